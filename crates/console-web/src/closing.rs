//! What is typed to close chat at once, as the notice that the policy then has (`features.md` 5.7).

use stillroom_program::{Notice, NoticeKind, Timestamp};

/// How long a closing lasts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Lasts {
    /// Until somebody opens again.
    UntilOpened,
    /// So many hours; then chat opens by itself, as the hours have it.
    Hours(u8),
}

impl Lasts {
    /// Those that can be chosen: an errand, an afternoon, a night, a day.
    pub(crate) const ALL: [Self; 6] = [
        Self::UntilOpened,
        Self::Hours(1),
        Self::Hours(2),
        Self::Hours(4),
        Self::Hours(8),
        Self::Hours(24),
    ];

    /// As the page's list calls it.
    pub(crate) fn value(self) -> u8 {
        match self {
            Self::UntilOpened => 0,
            Self::Hours(hours) => hours,
        }
    }

    /// What was chosen from that list.
    pub(crate) fn from_value(value: &str) -> Self {
        let chosen = Self::ALL.into_iter().find(|lasts| lasts.value().to_string() == value);
        chosen.unwrap_or(Self::UntilOpened)
    }

    /// Until when, in seconds since the Unix epoch.
    fn until(self, now: Timestamp) -> Option<u64> {
        match self {
            Self::UntilOpened => None,
            Self::Hours(hours) => Some(now.seconds() + u64::from(hours) * 3_600),
        }
    }
}

/// Texts that are prepared for each kind, by their names in the page.
pub(crate) fn prepared(kind: NoticeKind) -> [&'static str; 3] {
    match kind {
        NoticeKind::Closed => {
            ["console-closed-away", "console-closed-lines", "console-closed-early"]
        }
        NoticeKind::Emergency => {
            ["console-emergency-building", "console-emergency-weather", "console-emergency-area"]
        }
    }
}

/// The notice.
///
/// # Errors
/// The name of the text that says what has to be mended.
pub(crate) fn notice(
    kind: NoticeKind,
    text: &str,
    lasts: Lasts,
    now: Timestamp,
) -> Result<Notice, &'static str> {
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    if text.is_empty() {
        return Err("console-text-empty");
    }
    let text = text.try_into().map_err(|_| "console-text-long")?;
    Ok(Notice { kind, text, from: None, until: lasts.until(now) })
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Timestamp = Timestamp(1_780_000_000_000);

    #[test]
    fn a_closing_is_a_notice_that_holds_at_once_and_ends_by_itself_where_that_was_chosen() {
        let made = |lasts| notice(NoticeKind::Closed, "  Our lines\n are down. ", lasts, NOW);
        let open_end = made(Lasts::UntilOpened).unwrap();
        assert_eq!(open_end.text.as_str(), "Our lines are down.");
        assert!(open_end.holds(NOW.seconds()) && open_end.holds(u64::MAX));
        let evening = made(Lasts::Hours(4)).unwrap();
        assert!(evening.holds(NOW.seconds() + 4 * 3_600 - 1));
        assert!(!evening.holds(NOW.seconds() + 4 * 3_600));
    }

    #[test]
    fn nobody_closes_without_a_word_or_with_too_many() {
        let made = |text: &str| notice(NoticeKind::Emergency, text, Lasts::UntilOpened, NOW);
        assert_eq!(made(" \n").map(|_| ()), Err("console-text-empty"));
        assert_eq!(made(&"word ".repeat(200)).map(|_| ()), Err("console-text-long"));
    }

    #[test]
    fn what_can_be_chosen_is_read_back() {
        for lasts in Lasts::ALL {
            assert_eq!(Lasts::from_value(&lasts.value().to_string()), lasts);
        }
        assert_eq!(Lasts::from_value("of course"), Lasts::UntilOpened);
    }
}
