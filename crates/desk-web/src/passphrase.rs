//! Whether a passphrase is good enough to keep a staff device's keys (`features.md` 5.1).
//!
//! A count of letters and words, told in plain sentences: it knows no dictionary, so it cannot tell a
//! famous line from a random one. What makes guessing slow is Argon2id, in `stillroom-program`.

use stillroom_program::limits::PASSPHRASE_SHORTEST;

/// The fewest different characters, against "aaaaaaaaaaaa".
const DIFFERENT: usize = 6;

/// From this length on, or with four words, nothing more is advised.
const LONG: usize = 20;

/// How good a passphrase looks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Strength {
    /// Nothing was typed yet.
    None,
    /// Too short by this many characters.
    Short(usize),
    /// Long enough, and too even.
    Plain,
    /// Good enough.
    Fair,
    /// Good.
    Strong,
}

impl Strength {
    /// Of this passphrase.
    pub(crate) fn of(passphrase: &str) -> Self {
        let length = passphrase.chars().count();
        if length == 0 {
            return Self::None;
        }
        if length < PASSPHRASE_SHORTEST {
            return Self::Short(PASSPHRASE_SHORTEST - length);
        }
        let mut seen: Vec<char> = passphrase.chars().collect();
        seen.sort_unstable();
        seen.dedup();
        let different = seen.len();
        zeroize::Zeroize::zeroize(&mut seen);
        if different < DIFFERENT {
            Self::Plain
        } else if length >= LONG || words(passphrase) >= 4 {
            Self::Strong
        } else {
            Self::Fair
        }
    }

    /// Whether it may be used.
    pub(crate) fn will_do(self) -> bool {
        matches!(self, Self::Fair | Self::Strong)
    }
}

/// Words of three letters or more.
fn words(passphrase: &str) -> usize {
    passphrase.split_whitespace().filter(|word| word.chars().count() >= 3).count()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_short_or_even_passphrase_will_not_do() {
        assert_eq!(Strength::of(""), Strength::None);
        assert_eq!(Strength::of("short"), Strength::Short(7));
        assert_eq!(Strength::of("aaaaaaaaaaaaaaaaaaaaaaaa"), Strength::Plain);
        assert!(!Strength::of("aaaaaaaaaaaaaaaaaaaaaaaa").will_do());
    }

    #[test]
    fn four_words_in_any_script_are_strong() {
        assert_eq!(Strength::of("lamp river sock tin"), Strength::Strong);
        assert_eq!(Strength::of("قمر نهر جبل شجرة"), Strength::Strong);
        assert_eq!(Strength::of("lampriver-soc"), Strength::Fair);
    }
}
