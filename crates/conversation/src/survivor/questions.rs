//! Sending what was answered to the optional questions, once a chat has begun (`features.md` 2.3, 5.9;
//! `decisions/0040`).
//!
//! Every page asks its first advocate's desk for tokens, and with the first of them sends one envelope, answered or
//! not. Where a desk gives none, or other than duty statements name, nothing is sent by anybody and nothing waits.
//! Whoever never gets into a chat has sent nothing.

use stillroom_program::{AnswersKind, GivenTokens, IssuerRecord, Timestamp};
use zeroize::Zeroizing;

use super::{State, Survivor};
use crate::{
    Transmit,
    answers::{Asking, Report},
    envelope::Content,
};

impl Survivor {
    /// Asks for tokens, unless there were some, in an earlier chat or this.
    pub(super) fn ask_tokens(&mut self, now: Timestamp) {
        let asks = self.trust.policy().is_some_and(|policy| policy.report_key.is_some());
        if !asks || self.report.is_some() || self.asking_tokens.is_some() {
            return;
        }
        if let State::Chatting(chat) = &mut self.state
            && let Some((asking, asked)) = Asking::new(&mut self.randomness)
        {
            self.asking_tokens = Some(asking);
            chat.say(Content::AskTokens { asked }, now);
        }
    }

    /// Tokens came: sends what was answered, or as many bytes where nothing was, and keeps the other for the survey.
    pub(super) fn handle_tokens(&mut self, (issuer, given): (IssuerRecord, GivenTokens)) {
        let asking = self.asking_tokens.take();
        let tokens = asking.zip(self.trust.issuer());
        let tokens = tokens.and_then(|(asking, named)| asking.finish(issuer, &given, named));
        let Some((report, mut tokens)) = self.report().zip(tokens) else {
            return;
        };
        let answers = core::mem::take(&mut self.said.answers);
        let mut seal =
            |items| report.seal(&mut tokens, AnswersKind::Questions, items, &mut self.randomness);
        let sealed = seal(answers).or_else(|| seal(Vec::new()));
        self.transmits.extend(sealed.map(Transmit::Answers));
        self.report = Some((report, tokens));
    }

    /// To whom answers go; nothing where the program asks nothing.
    fn report(&self) -> Option<Report> {
        let policy = self.trust.policy()?;
        let shown = Some(self.said.policy_version).filter(|version| *version != 0);
        Some(Report {
            program: self.setup.root.program_id(),
            key: policy.report_key.clone()?,
            policy_version: shown.unwrap_or(policy.version),
            language: Zeroizing::new(self.said.language.clone()),
        })
    }
}
