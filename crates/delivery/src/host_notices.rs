//! What the host tells the program's administrators: to each of them who is connected at once, to the others when
//! they come, until whoever is at that device has read it (`features.md` 6.3; `decisions/0027`).
//!
//! The notices are the shell's, signed, and bytes here. A relay that runs other code can keep them back; it cannot
//! write one without the host's key.

use std::collections::BTreeSet;

use stillroom_program::VerifyingKey;
use stillroom_protocol::limits::HOST_NOTICE_MAX;
use stillroom_protocol::{Bytes, RelayFrame};

use crate::command::ConnectionId;
use crate::delivery::Delivery;

/// A notice of the host's, and who has read it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HostNotice {
    /// As the host signed it.
    pub signed: Bytes<HOST_NOTICE_MAX>,
    /// The administrators' devices on which it was read.
    pub read_by: BTreeSet<VerifyingKey>,
}

impl Delivery {
    /// These are the notices that stand, the newest last. Every administrator who is connected is told, where that
    /// changes anything.
    pub fn set_host_notices(&mut self, notices: Vec<HostNotice>) {
        if self.host_notices == notices {
            return;
        }
        self.host_notices = notices;
        let administrators: Vec<_> = self.staff.administrators().collect();
        for (device, line) in administrators {
            self.tell_host_notices(device, line);
        }
    }

    /// Tells an administrator's device, whole, what was not read on it.
    pub(crate) fn tell_host_notices(&mut self, device: VerifyingKey, line: ConnectionId) {
        let unread = self.host_notices.iter().filter(|notice| !notice.read_by.contains(&device));
        let unread: Vec<_> = unread.map(|notice| notice.signed.clone()).collect();
        if let Ok(notices) = unread.try_into() {
            self.fx.send(line, &RelayFrame::HostNotices { notices });
        }
    }
}
