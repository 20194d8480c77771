//! What the host says to administrators, as a device believes it (`features.md` 6.3; `decisions/0027`): at the desk and
//! at the console alike.
//!
//! The first rightly signed notice tells which key is the host's; the shell remembers it, and from then on no other is
//! believed. What was altered is passed over; that another key signed something is told, without its words. It does not
//! protect against a relay that keeps notices back, or that is another host's from the beginning.

use std::collections::BTreeMap;

use stillroom_program::{
    Act, Fingerprint, HostNotice, HostNoticeError, SignedHostNotice, Timestamp, VerifyingKey,
};
use stillroom_protocol::limits::{HOST_NOTICE_MAX, HOST_NOTICES_MAX};
use stillroom_protocol::{Bytes, HostNoticeId, List, Operation, decode};

/// What the host says, whole.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct HostSays {
    /// The host's key, where one is known.
    pub host: Option<VerifyingKey>,
    /// What was not read on this device, the newest last.
    pub notices: Vec<HostNotice>,
    /// Whether there are notices that another key signed.
    pub of_another: bool,
}

impl HostSays {
    /// The host's fingerprint, to be compared by a way that one trusts.
    pub fn fingerprint(&self) -> Option<Fingerprint> {
        self.host.as_ref().map(Fingerprint::of)
    }
}

/// A notice that was shown here.
struct HostShown {
    /// SHA-256 of the signed notice.
    hash: [u8; 32],
    since: Timestamp,
}

/// The host, as this device knows it.
#[derive(Default)]
pub(crate) struct Host {
    key: Option<VerifyingKey>,
    shown: BTreeMap<HostNoticeId, HostShown>,
}

impl Host {
    /// The key that this device knows as the host's.
    pub(crate) fn know(&mut self, key: VerifyingKey) {
        self.key = Some(key);
    }

    /// The host says this.
    pub(crate) fn hear(
        &mut self,
        signed: &List<Bytes<HOST_NOTICE_MAX>, HOST_NOTICES_MAX>,
        root: &Fingerprint,
        now: Timestamp,
    ) -> HostSays {
        let mut says = HostSays::default();
        for notice in signed.iter() {
            let Ok(signed) = decode::<SignedHostNotice>(notice) else {
                continue;
            };
            match signed.verify(root, self.key.as_ref()) {
                Ok(notice) => {
                    self.key = Some(signed.host);
                    let shown = HostShown { hash: signed.hash(), since: now };
                    self.shown.entry(notice.id).or_insert(shown);
                    says.notices.push(notice.clone());
                }
                Err(HostNoticeError::OtherHost) => says.of_another = true,
                Err(HostNoticeError::SignatureWrong) => {}
            }
        }
        says.host = self.key;
        says
    }

    /// That a notice was read, as it is entered in the record of administrative acts; nothing for one that was never
    /// shown.
    pub(crate) fn read(&self, notice: HostNoticeId) -> Option<(Act, Operation)> {
        let HostShown { hash, since } = self.shown.get(&notice)?;
        let act = Act::NoticeRead { notice, hash: *hash, shown: since.seconds() };
        Some((act, Operation::AcknowledgeHostNotice { notice }))
    }
}
