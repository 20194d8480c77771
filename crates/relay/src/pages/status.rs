//! What `/status` says: for the program's own website, which may ask from anywhere (`features.md` 1.3).
//!
//! The same for everybody, and nothing in it but what the page shows to all.

use stillroom_program::Offer;

use super::values::{Moment, State};

/// The state at a moment, in JSON.
pub(super) fn status(moment: &Moment, version: u64) -> String {
    let state = moment.state();
    let opens = match moment.offer {
        Offer::Closed { opens } | Offer::Notice { opens, .. } => opens,
        Offer::Open { .. } => None,
    };
    let next = opens.map_or("null".to_owned(), |opens| format!("\"{}\"", opens));
    format!(
        "{{\"state\":\"{}\",\"open\":{},\"next\":{next},\"version\":{version}}}",
        state.word(),
        state == State::Open,
    )
}

#[cfg(test)]
mod tests {
    use stillroom_program::{Date, Day, LocalTime, Timestamp};

    use super::*;

    fn time(offset: i32) -> LocalTime {
        let date = Date { year: 2026, month: 11, day: 26 };
        LocalTime { at: Timestamp(0), date, day: Day::Thursday, minutes: 8 * 60, offset }
    }

    fn said(offer: Offer, on_duty: bool) -> String {
        status(&Moment { now: time(0), offer, on_duty }, 7)
    }

    #[test]
    fn the_next_opening_is_told_by_the_programs_own_clock() {
        let opens = Some(time(-360));
        assert_eq!(
            said(Offer::Closed { opens }, false),
            "{\"state\":\"closed\",\"open\":false,\"next\":\"2026-11-26T08:00-06:00\",\"version\":7}"
        );
        let opens = Some(time(330));
        assert!(said(Offer::Notice { number: 0, opens }, true).contains("08:00+05:30\""));
    }

    #[test]
    fn chat_is_open_only_where_hours_and_duty_both_say_so() {
        let offer = Offer::Open { closes: Some(time(0)) };
        assert_eq!(
            said(offer, true),
            "{\"state\":\"open\",\"open\":true,\"next\":null,\"version\":7}"
        );
        assert!(said(offer, false).starts_with("{\"state\":\"nobody\",\"open\":false,"));
        assert!(said(Offer::Closed { opens: None }, true).contains("\"open\":false,\"next\":null"));
    }
}
