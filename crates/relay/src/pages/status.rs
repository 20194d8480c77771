//! What `/status` and `/now` say: for the program's own website, which may ask from anywhere, and for a page
//! that was opened a while ago (`features.md` 1.3, 5.7).
//!
//! The same for everybody, and nothing in it but what the page shows to all.

use std::fmt::Write as _;

use axum::body::Bytes;
use stillroom_program::{Offer, Policy};

use stillroom_document::values::{Moment, State};

/// The state at a moment, in JSON.
#[derive(Clone)]
pub(crate) struct Status {
    /// As `/status` says it.
    pub(crate) for_sites: Bytes,
    /// As `/now` says it: with what a notice that holds says, in the policy's language.
    pub(crate) for_page: Bytes,
}

impl Status {
    /// The state at a moment, under this policy.
    pub(super) fn of(moment: &Moment, policy: &Policy) -> Self {
        let said = said(moment, policy.terms.version);
        let notice = match moment.offer {
            Offer::Notice { number, .. } => policy.page.notices.get(number),
            Offer::Open { .. } | Offer::Closed { .. } => None,
        };
        let notice = notice.map_or("null".to_owned(), |notice| quoted(&notice.text));
        Self {
            for_sites: format!("{{{said}}}").into(),
            for_page: format!("{{{said},\"notice\":{notice}}}").into(),
        }
    }
}

/// A text in JSON (RFC 8259 section 7).
fn quoted(text: &str) -> String {
    let mut quoted = String::from('"');
    for character in text.chars() {
        if matches!(character, '"' | '\\') || character.is_control() {
            // Writing to a string cannot fail.
            let _ = write!(quoted, "\\u{:04x}", u32::from(character));
        } else {
            quoted.push(character);
        }
    }
    quoted.push('"');
    quoted
}

/// What both say: the members of the object.
fn said(moment: &Moment, version: u64) -> String {
    let state = moment.state();
    let opens = match moment.offer {
        Offer::Closed { opens } | Offer::Notice { opens, .. } => opens,
        Offer::Open { .. } => None,
    };
    let next = opens.map_or("null".to_owned(), |opens| format!("\"{}\"", opens));
    format!(
        "\"state\":\"{}\",\"open\":{},\"next\":{next},\"version\":{version}",
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
        format!("{{{}}}", super::said(&Moment { now: time(0), offer, on_duty }, 7))
    }

    #[test]
    fn a_page_is_told_what_a_notice_says_whatever_is_in_it() {
        let mut policy = Policy::from_toml(stillroom_program::SAMPLE_POLICY).unwrap();
        let text = "A \"flood\"\\\nGo up. \u{2028}مياه";
        let notice = stillroom_program::Notice {
            kind: stillroom_program::NoticeKind::Emergency,
            text: text.try_into().unwrap(),
            from: None,
            until: None,
        };
        policy.page.notices = vec![notice].try_into().unwrap();
        let offer = Offer::Notice { number: 0, opens: None };
        let status = Status::of(&Moment { now: time(0), offer, on_duty: true }, &policy);
        let said = std::str::from_utf8(&status.for_page).unwrap();
        let end = "\"notice\":\"A \\u0022flood\\u0022\\u005c\\u000aGo up. \u{2028}مياه\"}";
        assert!(said.ends_with(end), "{said}");
        assert!(!std::str::from_utf8(&status.for_sites).unwrap().contains("notice\":"));
        let offer = Offer::Open { closes: None };
        let status = Status::of(&Moment { now: time(0), offer, on_duty: true }, &policy);
        assert!(status.for_page.ends_with(b",\"notice\":null}"));
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
