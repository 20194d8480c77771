//! What staff say among themselves: carried from one line to another and never kept (`features.md` 5.4).
//!
//! Whoever is ever in a chat learns which other such devices are connected, by their keys, and can reach each with a
//! note that is sealed to it. The relay sees from whom, to whom and when; neither a word nor a name, and every
//! note is as long as any other of its kind. It proves nothing to the receiver, who checks inside the note who wrote it.

use stillroom_program::{Timestamp, VerifyingKey};
use stillroom_protocol::limits::{STAFF_HERE_MAX, STAFF_NOTE_MAX};
use stillroom_protocol::{About, Bytes, Refusal, RelayFrame, StaffId};

use crate::command::ConnectionId;
use crate::connection::Denied;
use crate::delivery::Delivery;

impl Delivery {
    /// Carries a note to a colleague whose line stands. To anybody else it goes nowhere, as if it had been lost. A device
    /// that writes faster than a desk does is cut off, whoever its notes are for.
    pub(crate) fn carry_note(
        &mut self,
        from: ConnectionId,
        to: StaffId,
        sealed: Bytes<STAFF_NOTE_MAX>,
        now: Timestamp,
    ) -> Result<(), Denied> {
        let sender = self.device(from, About::Connection)?;
        if !sender.roles.may_join() {
            return Err((About::Connection, Refusal::RoleMissing));
        }
        let sender = sender.key;
        if let Some(connection) = self.connections.get_mut(from) {
            let counted = connection.count_note(&self.limits, now);
            counted.map_err(|refusal| (About::Connection, refusal))?;
        }
        let receiver = VerifyingKey(to.0);
        let line = self.staff.colleagues().find(|(key, _)| *key == receiver && *key != sender);
        if let Some((_, line)) = line {
            self.fx.send(line, &RelayFrame::FromStaff { from: StaffId(sender.0), sealed });
        }
        Ok(())
    }

    /// Tells every connected device that is ever in a chat which others there are.
    pub(crate) fn show_staff(&mut self) {
        let colleagues = self.staff.colleagues().take(STAFF_HERE_MAX);
        let (devices, lines): (Vec<_>, Vec<_>) =
            colleagues.map(|(key, line)| (StaffId(key.0), line)).unzip();
        if let Ok(devices) = devices.try_into() {
            self.fx.send_all(lines, &RelayFrame::StaffHere { devices });
        }
    }
}
