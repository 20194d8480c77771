//! Wrong passphrases are slowed, besides what Argon2id takes (`features.md` 5.1).
//!
//! Counted in this page alone: a page that is loaded again counts anew, and has lost its chats and its keys.

use std::time::Duration;

/// Wrong tries that cost nothing: a slip of the hand, and a key for capitals.
const FREE: u32 = 2;

/// The wait after the first that does; it doubles from there.
const FIRST_WAIT: Duration = Duration::from_secs(2);

/// The longest wait: whoever knows the passphrase still gets in while a chat is held for them.
const LONGEST_WAIT: Duration = Duration::from_secs(60);

/// How long the next try waits after so many wrong ones.
pub fn wait_after(wrong: u32) -> Option<Duration> {
    let doublings = wrong.checked_sub(FREE + 1)?;
    let doubled = FIRST_WAIT.saturating_mul(2_u32.saturating_pow(doublings));
    Some(doubled.min(LONGEST_WAIT))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wrong_tries_wait_longer_and_longer_and_never_for_ever() {
        let waits = (0..9).map(|wrong| wait_after(wrong).map_or(0, |wait| wait.as_secs()));
        assert_eq!(waits.collect::<Vec<_>>(), [0, 0, 0, 2, 4, 8, 16, 32, 60]);
        assert_eq!(wait_after(u32::MAX), Some(LONGEST_WAIT));
    }
}
