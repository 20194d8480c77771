//! What the host says to administrators, as this desk believes it (`features.md` 6.3; `decisions/0027`).
//!
//! The first rightly signed notice tells which key is the host's; the shell remembers it, and from then on no other is
//! believed. What was altered is passed over; that another key signed something is told, without its words. It does not
//! protect against a relay that keeps notices back, or that is another host's from the beginning.

use stillroom_program::{
    Act, Fingerprint, HostNotice, HostNoticeError, Roles, SignedHostNotice, Timestamp, VerifyingKey,
};
use stillroom_protocol::limits::{HOST_NOTICE_MAX, HOST_NOTICES_MAX};
use stillroom_protocol::{Bytes, HostNoticeId, List, Operation, decode};

use super::{Desk, DeskEvent};

/// A notice that was shown here.
pub(super) struct HostShown {
    /// SHA-256 of the signed notice.
    hash: [u8; 32],
    since: Timestamp,
}

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

impl Desk {
    /// The key that this device knows as the host's.
    pub fn know_host(&mut self, host: VerifyingKey) {
        self.host = Some(host);
    }

    /// Whoever is at this desk has read a notice, which is entered in the record of administrative acts. It goes when
    /// the relay has heard it.
    pub fn acknowledge(&mut self, notice: HostNoticeId) {
        let Some(HostShown { hash, since }) = self.host_shown.get(&notice) else { return };
        let act = Act::NoticeRead { notice, hash: *hash, shown: since.seconds() };
        self.enter(act, Operation::AcknowledgeHostNotice { notice });
    }

    /// The host says this, to administrators alone.
    pub(super) fn handle_host_notices(
        &mut self,
        signed: &List<Bytes<HOST_NOTICE_MAX>, HOST_NOTICES_MAX>,
    ) {
        if !self.setup.device.chain.leaf().roles.contains(Roles::ADMINISTRATOR) {
            return;
        }
        let mut says = HostSays::default();
        for notice in signed.iter() {
            let Ok(signed) = decode::<SignedHostNotice>(notice) else {
                continue;
            };
            match signed.verify(&self.setup.root, self.host.as_ref()) {
                Ok(notice) => {
                    self.host = Some(signed.host);
                    let shown = HostShown { hash: signed.hash(), since: self.now };
                    self.host_shown.entry(notice.id).or_insert(shown);
                    says.notices.push(notice.clone());
                }
                Err(HostNoticeError::OtherHost) => says.of_another = true,
                Err(HostNoticeError::SignatureWrong) => {}
            }
        }
        says.host = self.host;
        self.show(DeskEvent::Host(says));
    }
}
