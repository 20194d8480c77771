//! Answers to the program's questions and survey, sealed to its report key with one-time tokens that the advocate's
//! desk gives out inside the chat (`features.md` 2.3, 5.9; `decisions/0040`).
//!
//! Staff never get them, and the relay gets as many bytes whether anything was answered or not. A token is taken only
//! where it was made with the key that duty statements name, which is the same for everybody: so nobody knows a chat
//! again by it. What this cannot hide from the relay: that a page was there, at that time.

use stillroom_program::{
    Answers, AnswersEnvelope, AnswersKind, AskedTokens, GivenTokens, IssuerRecord, ItemAnswer,
    ReceivingPublicKey, Token, TokenRequest,
};
use stillroom_protocol::{ProgramId, SealedAnswers};
use zeroize::{Zeroize as _, Zeroizing};

use crate::randomness::Randomness;

/// To whom answers are sealed, and what is said beside them. From terms that were verified.
pub(crate) struct Report {
    pub(crate) program: ProgramId,
    pub(crate) key: ReceivingPublicKey,
    /// The version of the policy whose questions were shown.
    pub(crate) policy_version: u64,
    pub(crate) language: Zeroizing<String>,
}

impl Report {
    /// The bytes to post; nothing where the answers are more than a policy can ask for, the key is none, or there is
    /// no token any more.
    pub(crate) fn seal(
        &self,
        tokens: &mut Tokens,
        kind: AnswersKind,
        mut items: Vec<ItemAnswer>,
        randomness: &mut Randomness,
    ) -> Option<Vec<u8>> {
        if kind == AnswersKind::Questions {
            items.iter_mut().for_each(|item| item.text.zeroize());
        }
        let answers = Answers {
            policy_version: self.policy_version,
            kind,
            language: self.language.as_str().try_into().unwrap_or_default(),
            items: items.try_into().ok()?,
        };
        let (issuer, token) = (tokens.issuer.clone(), tokens.tokens.last()?.clone());
        let envelope = AnswersEnvelope { answers, token, issuer };
        let sealed = envelope.seal(&self.program, &self.key, randomness).ok()?;
        tokens.tokens.pop();
        Some(SealedAnswers::new(self.program, kind, sealed).ok()?.to_bytes())
    }
}

/// Tokens that were not spent yet, and the record of the key that they were made with.
pub(crate) struct Tokens {
    issuer: IssuerRecord,
    tokens: Vec<Token>,
}

/// Tokens that were asked for in this chat.
pub(crate) struct Asking(TokenRequest);

impl Asking {
    /// Draws tokens, and what to ask the desk for.
    pub(crate) fn new(randomness: &mut Randomness) -> Option<(Self, AskedTokens)> {
        TokenRequest::new(randomness).map(|(request, asked)| (Self(request), asked))
    }

    /// The tokens, if they were made with the key of this record, and the record is the one that duty statements
    /// name.
    pub(crate) fn finish(
        self,
        issuer: IssuerRecord,
        given: &GivenTokens,
        named: &[u8; 32],
    ) -> Option<Tokens> {
        if issuer.hash() != *named {
            return None;
        }
        let tokens = self.0.finish(given, issuer.public()?)?;
        Some(Tokens { issuer, tokens })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mls::tests::staff::device;
    use stillroom_program::{Issuer, ReceivingKey, Timestamp, VerifiedRevocations, decode, encode};

    const NOW: Timestamp = Timestamp(1_780_000_000_000);

    fn randomness() -> Randomness {
        use rand_chacha::rand_core::SeedableRng as _;
        Randomness::new(rand_chacha::ChaCha20Rng::seed_from_u64(1))
    }

    /// What a desk has that makes a key for tokens: its record, and what it answers.
    fn given(
        maker: u8,
        asked: &AskedTokens,
        randomness: &mut Randomness,
    ) -> (IssuerRecord, GivenTokens) {
        let (report, none) = (ReceivingKey::from_bytes(&[7; 32]), VerifiedRevocations::none());
        let maker = device(maker, NOW);
        let made = Issuer::make(&maker, &report.public_key(), &none, NOW, randomness);
        let (issuer, key) = made.unwrap();
        let given = key.give(asked, randomness).unwrap();
        (issuer.record().unwrap(), given)
    }

    #[test]
    fn a_desk_that_gives_tokens_of_another_key_than_everybodys_gives_none() {
        let mut randomness = randomness();
        let mut finish = |named: &dyn Fn(&IssuerRecord) -> [u8; 32]| {
            let (asking, asked) = Asking::new(&mut randomness).unwrap();
            let (issuer, given) = given(20, &asked, &mut randomness);
            let named = named(&issuer);
            asking.finish(issuer, &given, &named)
        };
        assert_eq!(finish(&IssuerRecord::hash).map(|tokens| tokens.tokens.len()), Some(2));
        assert!(finish(&|_| [9; 32]).is_none(), "duty statements name another");
        assert!(finish(&|_| [0; 32]).is_none(), "or none");
    }

    #[test]
    fn a_record_that_is_everybodys_does_not_cover_tokens_of_the_desks_own_key() {
        let mut randomness = randomness();
        let (asking, asked) = Asking::new(&mut randomness).unwrap();
        let (everybodys, _) = given(20, &asked, &mut randomness);
        let (_, own) = given(20, &asked, &mut randomness);
        let named = everybodys.hash();
        assert!(asking.finish(everybodys, &own, &named).is_none());
    }

    #[test]
    fn what_a_desk_answers_is_read_back_and_tells_no_token_to_whoever_prints_it() {
        let mut randomness = randomness();
        let (_, asked) = Asking::new(&mut randomness).unwrap();
        let (issuer, given) = given(20, &asked, &mut randomness);
        assert_eq!(decode::<GivenTokens>(&encode(&given)), Ok(given));
        assert_eq!(decode::<IssuerRecord>(&encode(&issuer)), Ok(issuer));
    }
}
