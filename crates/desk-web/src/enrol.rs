//! Enrolling a new device with the relay, without I/O (`features.md` 5.1).
//!
//! Says Hello, answers the invitation with this device's request, and asks again and again for what an
//! administrator hands over. Nothing that comes back is believed here: whether it was signed by this
//! program's administrator is found out when it is opened. A relay can keep a request or an answer back;
//! then nothing happens, and the person sees that nothing happens.

use core::time::Duration;

use stillroom_program::Timestamp;
use stillroom_protocol::{
    About, Bytes, ClientFrame, InvitationId, Operation, ProgramId, Refusal, RelayFrame, Reply,
    VERSION, decode, encode, limits::RECORD_MAX,
};

/// How often the relay is asked whether the administrator has confirmed: soon enough for somebody who
/// sits beside them.
const ASK_EVERY: Duration = Duration::from_secs(4);

/// How long the relay may take for an answer. Then the line is taken for dead, which no browser says of one that was cut
/// without a word.
const ANSWER_WITHIN: Duration = Duration::from_secs(10);

/// What it is time for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Due {
    /// To send this question.
    Ask(Vec<u8>),
    /// To connect anew: an answer did not come.
    Connect,
}

/// What has become of the request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// The relay has the request.
    Sent,
    /// What the administrator handed over.
    Completion(Vec<u8>),
    /// The relay does not take it, for this reason.
    Refused(Refusal),
}

/// One device's enrolment.
pub(crate) struct Enrolling {
    program: ProgramId,
    invitation: InvitationId,
    request: Bytes<RECORD_MAX>,
    /// The number of the last request; the first of each connection carries the keys.
    number: u32,
    sending: u32,
    ask_at: Option<Timestamp>,
    /// When an answer that is awaited must be there.
    answer_by: Option<Timestamp>,
    taken: bool,
}

impl Enrolling {
    /// The enrolment that answers `invitation` with `request`.
    pub(crate) fn new(
        program: ProgramId,
        invitation: InvitationId,
        request: Bytes<RECORD_MAX>,
    ) -> Self {
        Self {
            program,
            invitation,
            request,
            number: 0,
            sending: 0,
            ask_at: None,
            answer_by: None,
            taken: false,
        }
    }

    /// The line stands: what to send. The request goes again on every connection, since nobody knows
    /// what a lost one carried.
    pub(crate) fn handle_connected(&mut self, now: Timestamp) -> [Vec<u8>; 2] {
        self.sending = self.number + 1;
        let enrol = Operation::Enrol { invitation: self.invitation, request: self.request.clone() };
        let hello = ClientFrame::Hello { version: VERSION, program: self.program };
        [encode(&hello), self.ask(enrol, now)]
    }

    /// The line is gone.
    pub(crate) fn handle_disconnected(&mut self) {
        self.ask_at = None;
        self.answer_by = None;
    }

    /// A frame came.
    pub(crate) fn handle_frame(&mut self, frame: &[u8], now: Timestamp) -> Option<Outcome> {
        match decode::<RelayFrame>(frame).ok()? {
            RelayFrame::Reply { number, reply } if number == self.number => {
                self.handle_reply(number, reply, now)
            }
            RelayFrame::Refused { about: About::Request(number), refusal }
                if number == self.number =>
            {
                self.handle_refused(number, refusal, now)
            }
            RelayFrame::Refused { about: About::Invitation(_), refusal } => {
                self.handle_refused(self.number, refusal, now)
            }
            RelayFrame::Refused { about: About::Connection, refusal } => {
                (refusal != Refusal::Stopping).then_some(Outcome::Refused(refusal))
            }
            _ => None,
        }
    }

    fn handle_reply(&mut self, number: u32, reply: Reply, now: Timestamp) -> Option<Outcome> {
        self.answer_by = None;
        let completion = match reply {
            Reply::Records { records } => records.into_vec().into_iter().next(),
            Reply::Done | Reply::Shared { .. } => None,
        };
        match completion {
            Some(completion) if number != self.sending => {
                self.taken = true;
                self.ask_at = None;
                Some(Outcome::Completion(completion.into_vec()))
            }
            _ => {
                // The first answer: ask at once, since a page that was closed may come back to a
                // confirmation that has long been there.
                let first = number == self.sending;
                self.ask_at = Some(if first { now } else { now + ASK_EVERY });
                first.then_some(Outcome::Sent)
            }
        }
    }

    /// A refused request may be one that the relay has already: whether the invitation still stands, the
    /// next question tells.
    fn handle_refused(&mut self, number: u32, refusal: Refusal, now: Timestamp) -> Option<Outcome> {
        self.answer_by = None;
        let told_twice = matches!(refusal, Refusal::InvitationUnknown | Refusal::RecordRefused);
        if number == self.sending && told_twice {
            self.ask_at = Some(now);
            return None;
        }
        self.ask_at = None;
        Some(Outcome::Refused(refusal))
    }

    /// When it is time for something.
    pub(crate) fn poll_timeout(&self) -> Option<Timestamp> {
        self.ask_at.into_iter().chain(self.answer_by).min()
    }

    /// What it is time for, if for anything: whether the administrator has confirmed is asked, or was asked in vain.
    pub(crate) fn handle_timeout(&mut self, now: Timestamp) -> Option<Due> {
        if self.answer_by.is_some_and(|by| by <= now) {
            self.handle_disconnected();
            return Some(Due::Connect);
        }
        if self.taken || self.ask_at.is_none_or(|at| now < at) {
            return None;
        }
        self.ask_at = None;
        let invitation = self.invitation;
        Some(Due::Ask(self.ask(Operation::TakeEnrolment { invitation }, now)))
    }

    fn ask(&mut self, operation: Operation, now: Timestamp) -> Vec<u8> {
        self.number += 1;
        self.answer_by = Some(now + ANSWER_WITHIN);
        encode(&ClientFrame::Request { number: self.number, operation })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Timestamp = Timestamp(1_000_000);
    const INVITATION: InvitationId = InvitationId([3; 16]);

    fn enrolling() -> Enrolling {
        let request = Bytes::try_from(vec![1, 2, 3]).unwrap();
        Enrolling::new(ProgramId([1; 16]), INVITATION, request)
    }

    fn reply(number: u32, reply: Reply) -> Vec<u8> {
        encode(&RelayFrame::Reply { number, reply })
    }

    fn records(records: &[&[u8]]) -> Reply {
        let records: Vec<_> =
            records.iter().map(|record| Bytes::try_from(*record).unwrap()).collect();
        Reply::Records { records: records.try_into().unwrap() }
    }

    fn refused(number: u32, refusal: Refusal) -> Vec<u8> {
        encode(&RelayFrame::Refused { about: About::Request(number), refusal })
    }

    #[test]
    fn a_request_is_sent_and_its_completion_is_fetched_when_it_is_there() {
        let mut enrolling = enrolling();
        let [hello, request] = enrolling.handle_connected(NOW);
        assert!(matches!(decode(&hello), Ok(ClientFrame::Hello { version: VERSION, .. })));
        assert!(matches!(
            decode(&request),
            Ok(ClientFrame::Request { number: 1, operation: Operation::Enrol { .. } })
        ));
        assert_eq!(enrolling.handle_frame(&reply(1, Reply::Done), NOW), Some(Outcome::Sent));
        assert!(enrolling.handle_timeout(NOW).is_some());
        assert_eq!(enrolling.handle_frame(&reply(2, records(&[])), NOW), None);
        let due = enrolling.poll_timeout().unwrap();
        assert_eq!(enrolling.handle_timeout(NOW), None);
        assert!(enrolling.handle_timeout(due).is_some());
        let outcome = enrolling.handle_frame(&reply(3, records(&[b"done"])), due);
        assert_eq!(outcome, Some(Outcome::Completion(b"done".to_vec())));
        assert_eq!(enrolling.poll_timeout(), None);
    }

    #[test]
    fn a_request_that_the_relay_has_already_is_followed_by_the_question() {
        let mut enrolling = enrolling();
        enrolling.handle_connected(NOW);
        assert_eq!(enrolling.handle_frame(&refused(1, Refusal::InvitationUnknown), NOW), None);
        assert!(enrolling.handle_timeout(NOW).is_some());
        let outcome = enrolling.handle_frame(&refused(2, Refusal::InvitationUnknown), NOW);
        assert_eq!(outcome, Some(Outcome::Refused(Refusal::InvitationUnknown)));
    }

    #[test]
    fn after_a_dropped_line_the_request_goes_again() {
        let mut enrolling = enrolling();
        enrolling.handle_connected(NOW);
        enrolling.handle_frame(&reply(1, Reply::Done), NOW);
        enrolling.handle_disconnected();
        assert_eq!(enrolling.poll_timeout(), None);
        let [_, request] = enrolling.handle_connected(NOW);
        assert!(matches!(decode(&request), Ok(ClientFrame::Request { number: 2, .. })));
        assert_eq!(
            enrolling.handle_frame(&reply(1, Reply::Done), NOW),
            None,
            "an answer of before"
        );
    }

    #[test]
    fn where_an_answer_does_not_come_the_line_is_made_anew_and_the_request_goes_again() {
        let mut enrolling = enrolling();
        enrolling.handle_connected(NOW);
        enrolling.handle_frame(&reply(1, Reply::Done), NOW);
        assert!(matches!(enrolling.handle_timeout(NOW), Some(Due::Ask(_))));
        let due = enrolling.poll_timeout().unwrap();
        assert_eq!(due, NOW + ANSWER_WITHIN);
        assert_eq!(enrolling.handle_timeout(due), Some(Due::Connect));
        assert_eq!(enrolling.poll_timeout(), None, "until the line stands");
        let [_, request] = enrolling.handle_connected(due);
        assert!(matches!(
            decode(&request),
            Ok(ClientFrame::Request { number: 3, operation: Operation::Enrol { .. } })
        ));
    }

    #[test]
    fn random_bytes_are_passed_over() {
        let mut enrolling = enrolling();
        enrolling.handle_connected(NOW);
        for byte in 0..=255 {
            assert_eq!(enrolling.handle_frame(&[byte, 7, 7], NOW), None);
        }
    }
}
