//! Which frame is whose: each is led to the part of the core that obeys it, after the right to send it was
//! checked (`features.md` 6.6).
//!
//! What is inside an opaque field is nobody's business here.

use rand_core::Rng;
use stillroom_program::{Timestamp, VerifyingKey};
use stillroom_protocol::{
    About, ClientFrame, Operation, ProgramId, Refusal, RelayFrame, RoomId, RoomSecret, TicketId,
    VERSION,
};

use crate::command::{Command, ConnectionId};
use crate::connection::{Denied, Stage};
use crate::delivery::Delivery;
use crate::line::Asked;
use crate::puzzles::Solved;
use crate::requests;
use crate::rooms::Tokens;

impl Delivery {
    /// Does what a frame asks.
    ///
    /// # Errors
    /// What the device is told; about [`About::Connection`] it is told last.
    pub(crate) fn obey(
        &mut self,
        from: ConnectionId,
        frame: ClientFrame,
        now: Timestamp,
    ) -> Result<(), Denied> {
        let greeted = self.connections.get(from).is_some_and(|c| c.is_greeted());
        match frame {
            ClientFrame::Hello { version, program } if !greeted => {
                self.hello(from, version, program)
            }
            _ if !greeted => Err(unexpected()),
            ClientFrame::Hello { .. } => Err(unexpected()),
            ClientFrame::Ping => {
                self.fx.send(from, &RelayFrame::Pong);
                Ok(())
            }
            ClientFrame::Post { room, message } => self
                .rooms
                .post(room, from, message, &self.limits, &mut self.fx, now)
                .map_err(|refusal| (About::Room(room), refusal)),
            ClientFrame::Request { number, operation } => self.request(from, number, operation),
            ClientFrame::Staff { chain } => self.present_chain(from, &chain, now),
            ClientFrame::Proof { signature } => self.prove(from, &signature, now),
            ClientFrame::GoOnDuty { statement } => self.go_on_duty(from, statement, now),
            ClientFrame::GoOffDuty => self.go_off_duty(from, now),
            ClientFrame::TurnAway { room, note } => self.turn_contact_away(from, room, note, now),
            ClientFrame::ToStaff { to, sealed } => self.carry_note(from, to, sealed, now),
            ClientFrame::Leave { room, token } => {
                self.rooms.leave(room, token, &self.limits, &mut self.fx, now);
                Ok(())
            }
            frame @ (ClientFrame::Ask { .. }
            | ClientFrame::AskSolved { .. }
            | ClientFrame::Accept { .. }
            | ClientFrame::Decline { .. }
            | ClientFrame::Withdraw { .. }) => self.obey_survivor(from, frame, now),
            frame @ (ClientFrame::Claim { .. }
            | ClientFrame::Offer { .. }
            | ClientFrame::Release { .. }) => self.obey_claimant(from, frame, now),
            frame @ (ClientFrame::Attach { .. }
            | ClientFrame::CloseRoom { .. }
            | ClientFrame::OpenRoom { .. }) => self.obey_member(from, frame, now),
        }
    }

    fn hello(
        &mut self,
        from: ConnectionId,
        version: u16,
        program: ProgramId,
    ) -> Result<(), Denied> {
        if version != VERSION {
            return Err((About::Connection, Refusal::VersionUnsupported));
        }
        if program != self.program {
            return Err((About::Connection, Refusal::ProgramUnknown));
        }
        if let Some(connection) = self.connections.get_mut(from) {
            connection.stage = Stage::Greeted;
        }
        self.watch_silence(from);
        let greeting = self.published.greeting(&self.staff.shown);
        self.fx.send_encoded(from, greeting);
        Ok(())
    }

    /// What a survivor asks of the line. The ticket is the right to it, on whichever connection.
    fn obey_survivor(
        &mut self,
        from: ConnectionId,
        frame: ClientFrame,
        now: Timestamp,
    ) -> Result<(), Denied> {
        match frame {
            ClientFrame::Ask { ticket, key_package, intake } => {
                let asked = Asked { ticket: ticket.id(), key_package, intake };
                return self.ask(from, asked, None, now);
            }
            ClientFrame::AskSolved { ticket, key_package, intake, puzzle, answer } => {
                let asked = Asked { ticket: ticket.id(), key_package, intake };
                return self.ask(from, asked, Some((puzzle, answer)), now);
            }
            ClientFrame::Accept { ticket, offer } => {
                self.count_chat(from, ticket.id(), offer, now);
                let held = self.line.accept(ticket.id(), offer, &self.staff, &mut self.fx, now);
                self.forget_place(held);
            }
            ClientFrame::Decline { ticket, offer } => {
                self.line.decline(ticket.id(), offer, &self.staff, &mut self.fx, now);
            }
            ClientFrame::Withdraw { ticket } => self.give_up(ticket.id(), now),
            _ => return Err(unexpected()),
        }
        Ok(())
    }

    fn ask(
        &mut self,
        from: ConnectionId,
        asked: Asked,
        solved: Option<Solved>,
        now: Timestamp,
    ) -> Result<(), Denied> {
        self.tell_duty_if_untold(from);
        let ticket = asked.ticket;
        let held = self.connections.get(from).and_then(|c| c.place);
        if let Some(other) = held.filter(|held| *held != ticket) {
            // One connection is one person, and holds one place.
            self.give_up(other, now);
        }
        if !self.line.places.contains_key(&ticket) {
            self.check_new_place().map_err(|refusal| (About::Ticket(ticket), refusal))?;
            if !self.may_have_place(from, ticket, solved, now)? {
                return Ok(());
            }
        }
        let Some(connection) = self.connections.get(from) else {
            return Ok(());
        };
        if connection.turned_away {
            return Err((About::Ticket(ticket), Refusal::TurnedAway));
        }
        let share = connection.share.ok_or(unexpected())?;
        let older = self
            .line
            .ask(asked, from, share, &self.staff, &mut self.fx, now)
            .map_err(|refusal| (About::Ticket(ticket), refusal))?;
        self.forget_place(older);
        if let Some(connection) = self.connections.get_mut(from) {
            connection.place = Some(ticket);
        }
        Ok(())
    }

    /// Whether there is a place for anybody more.
    fn check_new_place(&self) -> Result<(), Refusal> {
        if self.hours.refuse_chat() {
            return Err(Refusal::ChatClosed);
        }
        self.line.check_new(&self.staff)
    }

    /// The survivor gives the place up.
    pub(crate) fn give_up(&mut self, ticket: TicketId, now: Timestamp) {
        self.count_left(ticket, now);
        let held = self.line.remove(ticket, None, &self.staff, &mut self.fx, now);
        self.forget_place(held);
    }

    /// What a staff device asks of the line.
    fn obey_claimant(
        &mut self,
        from: ConnectionId,
        frame: ClientFrame,
        now: Timestamp,
    ) -> Result<(), Denied> {
        let (ClientFrame::Claim { ticket }
        | ClientFrame::Offer { ticket, .. }
        | ClientFrame::Release { ticket }) = &frame
        else {
            return Err(unexpected());
        };
        let ticket = *ticket;
        let device = self.lead(from, About::Ticket(ticket))?;
        let (line, staff, fx) = (&mut self.line, &self.staff, &mut self.fx);
        let outcome = match frame {
            ClientFrame::Claim { .. } => line.claim(ticket, device, from, staff, fx, now),
            ClientFrame::Offer { welcome, .. } => {
                line.offer(ticket, device, welcome, self.rng.next_u64(), staff, fx)
            }
            _ => line.release(ticket, device, staff, fx, now),
        };
        outcome.map_err(|refusal| (About::Ticket(ticket), refusal))
    }

    /// What opens a room, gets into it, and closes it.
    fn obey_member(
        &mut self,
        from: ConnectionId,
        frame: ClientFrame,
        now: Timestamp,
    ) -> Result<(), Denied> {
        match frame {
            ClientFrame::Attach { room, token } => {
                let Some(connection) = self.connections.get(from) else {
                    return Ok(());
                };
                if !connection.may_attach(&room, &self.limits) {
                    return Err((About::Room(room), Refusal::AttachmentsFull));
                }
                let replaced = self
                    .rooms
                    .attach(room, &token, from, &mut self.fx)
                    .map_err(|refusal| (About::Room(room), refusal))?;
                self.forget_rooms(replaced.map(|connection| (room, connection)));
                if let Some(connection) = self.connections.get_mut(from) {
                    connection.remember_room(room);
                }
                Ok(())
            }
            ClientFrame::CloseRoom { room } => {
                let out = self
                    .rooms
                    .close(room, from, &self.limits, &mut self.fx, now)
                    .map_err(|refusal| (About::Room(room), refusal))?;
                self.forget_rooms(out.into_iter().map(|connection| (room, connection)));
                Ok(())
            }
            ClientFrame::OpenRoom { secret, members } => {
                self.open_room(from, &secret, &members, now)
            }
            _ => Err(unexpected()),
        }
    }

    /// Opens the room whose address the secret and the device's own key make.
    fn open_room(
        &mut self,
        from: ConnectionId,
        secret: &RoomSecret,
        members: &Tokens,
        now: Timestamp,
    ) -> Result<(), Denied> {
        let device = self.device(from, About::Connection)?;
        let room = secret.room(&device.key.0);
        let about = About::Room(room);
        self.lead(from, about)?;
        let out = self
            .rooms
            .open(room, device.key, members, &self.limits, &mut self.fx, now)
            .map_err(|refusal| (about, refusal))?;
        self.forget_rooms(out.into_iter().map(|connection| (room, connection)));
        self.fx.send(from, &RelayFrame::RoomOpened { room });
        Ok(())
    }

    /// These connections are no longer in these rooms.
    pub(crate) fn forget_rooms(&mut self, out: impl IntoIterator<Item = (RoomId, ConnectionId)>) {
        for (room, connection) in out {
            if let Some(connection) = self.connections.get_mut(connection) {
                connection.forget_room(&room);
            }
        }
    }

    /// Hands a request out to the lasting records.
    fn request(
        &mut self,
        from: ConnectionId,
        number: u32,
        operation: Operation,
    ) -> Result<(), Denied> {
        let about = About::Request(number);
        let Some(connection) = self.connections.get_mut(from) else {
            return Ok(());
        };
        let by = connection.staff().ok().cloned();
        requests::check(&operation, by.as_deref()).map_err(|refusal| (about, refusal))?;
        if connection.requests >= self.limits.requests {
            return Err((about, Refusal::TooFast));
        }
        connection.requests = connection.requests.saturating_add(1);
        self.fx.push(Command::Lasting { connection: from, number, operation, by });
        Ok(())
    }

    /// The key of the staff device behind a connection, if it may lead a chat.
    pub(crate) fn lead(&self, from: ConnectionId, about: About) -> Result<VerifyingKey, Denied> {
        let device = self.device(from, about)?;
        if device.roles.may_lead() { Ok(device.key) } else { Err((about, Refusal::RoleMissing)) }
    }
}

/// A frame that makes no sense at this point.
pub(crate) fn unexpected() -> Denied {
    (About::Connection, Refusal::FrameUnexpected)
}
