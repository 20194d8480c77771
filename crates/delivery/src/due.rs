//! What is done when its time has come (`features.md` 3.8, 6.1).
//!
//! Nothing here looks at anything but what is due.

use stillroom_program::{Timestamp, VerifyingKey};
use stillroom_protocol::{About, Refusal};

use crate::command::ConnectionId;
use crate::connection::Telling;
use crate::delivery::Delivery;
use crate::timers::Timer;

impl Delivery {
    /// Time has passed: does what is due by `now`.
    pub fn handle_timeout(&mut self, now: Timestamp) {
        while let Some(timer) = self.fx.timers.take_due(now) {
            self.handle_due(timer, now);
        }
        self.count_open(now);
    }

    fn handle_due(&mut self, timer: Timer, now: Timestamp) {
        match timer {
            Timer::Silence(connection) => self.handle_silence(connection, now),
            Timer::Certificate(connection) => {
                self.close(connection, Some(Refusal::CertificateRefused), now);
            }
            Timer::SurvivorAway(ticket) => {
                self.count_left(ticket, now);
                self.line.remove(ticket, None, &self.staff, &mut self.fx, now);
            }
            Timer::Unoffered(ticket) | Timer::ClaimantAway(ticket) => {
                self.line.lapse(ticket, &self.staff, &mut self.fx, now);
            }
            Timer::Settled(ticket) => {
                self.line.settled.remove(&ticket);
            }
            Timer::TurnedAway(share) => self.forget_mark(share, now),
            Timer::Hours => self.follow_hours(now),
            Timer::Places => self.line.tell_places(&self.staff, &mut self.fx, now),
            Timer::Statement(device) | Timer::DeskAway(device) => self.end_duty(&device, now),
            Timer::Duty => self.tell_duty(Telling::Untold),
            Timer::Tail(room) => self.rooms.drop_old(&room, &mut self.fx, now),
            Timer::Idle(room) => self.rooms.expire(&room, &mut self.fx),
            Timer::Day => self.end_day(now),
            Timer::Solved => self.forget_solved(now),
            Timer::Closed => self.rooms.drop_old_closed(&mut self.fx, now),
        }
    }

    /// The connection was silent for too long when it was last looked at; perhaps it spoke since.
    fn handle_silence(&mut self, id: ConnectionId, now: Timestamp) {
        let silent_at = self.connections.get(id).map(|c| c.silent_at());
        match silent_at {
            Some(at) if at <= now => self.close(id, None, now),
            Some(_) => self.watch_silence(id),
            None => {}
        }
    }

    /// The device is no longer on duty, since its statement ran out or its line did not come back.
    fn end_duty(&mut self, device: &VerifyingKey, now: Timestamp) {
        if let Some(connection) = self.staff.go_off_duty(device, &mut self.fx) {
            self.fx.refuse(connection, About::Duty, Refusal::StatementRefused);
        }
        self.show_duty(now);
    }
}
