//! Files of texts in other languages (`features.md` 1.5): those of the policy that holds are fetched, and those of the
//! next one go to the relay before it.
//!
//! A file is believed for its hash, which the signed policy names. A relay can keep one back.

use std::collections::VecDeque;

use stillroom_program::{Act, Locale, LocaleFile, Policy};
use stillroom_protocol::{ClientFrame, Operation, Reply};

/// The number of the request for a file, of which there is one at a time.
pub(super) const FETCHED: u32 = 3;

/// The number of the request that hands one over, of which there is one at a time as well.
pub(super) const SENT: u32 = 4;

/// What is to be fetched, and what is to be sent.
#[derive(Default)]
pub(super) struct Texts {
    wanted: VecDeque<[u8; 32]>,
    /// Every hash that was ever asked for: what came is the shell's to keep.
    asked: Vec<[u8; 32]>,
    files: VecDeque<LocaleFile>,
    policy: Option<(Act, Operation)>,
}

impl Texts {
    /// This policy holds: what it names is wanted.
    pub(super) fn want(&mut self, policy: &Policy) {
        for locale in policy.page.locales.iter() {
            if !self.asked.contains(&locale.file) {
                self.asked.push(locale.file);
                self.wanted.push_back(locale.file);
            }
        }
    }

    /// Asks for the next one.
    pub(super) fn ask(&self) -> Option<ClientFrame> {
        let file = *self.wanted.front()?;
        Some(ClientFrame::Request { number: FETCHED, operation: Operation::Locale { file } })
    }

    /// What was asked for, if it is that.
    pub(super) fn handle_fetched(&mut self, reply: &Reply) -> Option<LocaleFile> {
        let wanted = self.wanted.pop_front()?;
        let Reply::Records { records } = reply else {
            return None;
        };
        let file = LocaleFile::try_from(records.first()?.to_vec()).ok()?;
        (Locale::hash(&file) == wanted).then_some(file)
    }

    /// The relay does not give the one that was asked for.
    pub(super) fn skip(&mut self) {
        self.wanted.pop_front();
    }

    /// These files are to be sent, and then the policy that names them.
    pub(super) fn send_before(&mut self, policy: (Act, Operation), files: Vec<LocaleFile>) {
        self.files = files.into();
        self.policy = Some(policy);
    }

    /// Whether there are files to be sent.
    pub(super) fn has_files(&self) -> bool {
        !self.files.is_empty()
    }

    /// Hands over the next file.
    pub(super) fn next_file(&self) -> Option<ClientFrame> {
        let bytes = self.files.front()?.to_vec();
        // A file has fewer bytes than a record may have.
        let file = bytes.try_into().ok()?;
        Some(ClientFrame::Request { number: SENT, operation: Operation::PublishLocale { file } })
    }

    /// The relay has it.
    pub(super) fn handle_sent(&mut self) {
        self.files.pop_front();
    }

    /// The policy, once no file is left.
    pub(super) fn take_policy(&mut self) -> Option<(Act, Operation)> {
        self.policy.take_if(|_| self.files.is_empty())
    }

    /// Nothing of it is sent any more.
    pub(super) fn give_up(&mut self) {
        self.files.clear();
        self.policy = None;
    }
}
