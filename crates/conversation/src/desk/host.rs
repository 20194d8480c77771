//! What the host says to administrators, at a desk (`features.md` 6.3): nothing to anybody else.

use stillroom_program::{Roles, VerifyingKey};
use stillroom_protocol::limits::{HOST_NOTICE_MAX, HOST_NOTICES_MAX};
use stillroom_protocol::{Bytes, HostNoticeId, List};

use super::{Desk, DeskEvent};

impl Desk {
    /// The key that this device knows as the host's.
    pub fn know_host(&mut self, host: VerifyingKey) {
        self.host.know(host);
    }

    /// Whoever is at this desk has read a notice, which is entered in the record of administrative acts. It goes when
    /// the relay has heard it.
    pub fn acknowledge(&mut self, notice: HostNoticeId) {
        if let Some((act, operation)) = self.host.read(notice) {
            self.enter(act, operation);
        }
    }

    /// The host says this, to administrators alone.
    pub(super) fn handle_host_notices(
        &mut self,
        signed: &List<Bytes<HOST_NOTICE_MAX>, HOST_NOTICES_MAX>,
    ) {
        if self.setup.device.chain.leaf().roles.contains(Roles::ADMINISTRATOR) {
            let says = self.host.hear(signed, &self.setup.root, self.now);
            self.show(DeskEvent::Host(says));
        }
    }
}
