//! The hours and notices of the policy, at the door of the line (`features.md` 1.2, 2.4, 5.7).
//!
//! While they do not offer chat nobody gets a new place, and when they stop offering it, those who wait are
//! told at once. Whoever is claimed by then, or in a chat, goes on: somebody is there for them. The relay
//! goes by its own clock.

use stillroom_program::{Calendar, Timestamp};
use stillroom_protocol::{About, Refusal, TicketId};

use crate::delivery::Delivery;
use crate::timers::Timer;

/// The calendar of the policy of now, and what it comes to.
#[derive(Default)]
pub(crate) struct Hours {
    calendar: Option<Calendar>,
    offer: bool,
}

impl Hours {
    /// Goes by this calendar from the next look on.
    pub(crate) fn set(&mut self, calendar: Calendar) {
        self.calendar = Some(calendar);
    }

    /// Whether chat was offered when it was last looked.
    pub(crate) fn offer_chat(&self) -> bool {
        self.offer
    }

    /// Whether there is a calendar, and it does not offer chat.
    pub(crate) fn refuse_chat(&self) -> bool {
        self.calendar.is_some() && !self.offer
    }
}

impl Delivery {
    /// Looks what the calendar says now, and when it says something else.
    pub(crate) fn follow_hours(&mut self, now: Timestamp) {
        let Some(calendar) = &self.hours.calendar else {
            return;
        };
        self.hours.offer = calendar.offer(now).is_open();
        match calendar.next_change(now) {
            Some(next) => self.fx.timers.set(Timer::Hours, next),
            None => self.fx.timers.clear(Timer::Hours),
        }
        if !self.hours.offer {
            self.turn_away(now);
        }
    }

    /// Tells everybody who waits and whom nobody has claimed that chat is closed; their places are gone.
    fn turn_away(&mut self, now: Timestamp) {
        let waiting: Vec<TicketId> = self.line.waiting.values().copied().collect();
        for ticket in waiting {
            let held = self.line.remove(ticket, None, &self.staff, &mut self.fx, now);
            if let Some(connection) = held {
                self.fx.refuse(connection, About::Ticket(ticket), Refusal::ChatClosed);
            }
            self.forget_place(held);
        }
    }
}
