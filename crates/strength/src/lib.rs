//! How hard a passphrase is to guess for somebody who has stolen what it opens (`features.md` 5.1; `decisions/0037`).
//!
//! zxcvbn tries it as guessers do: lists of used passphrases, words and names, dates, rows of keys, repetitions. It
//! knows English alone, and no line of a song or a book: four words of one look as good as four that were drawn. Its
//! copies of what it looks at are not overwritten when it is done with them.

use zxcvbn::feedback::{Suggestion, Warning};
use zxcvbn::zxcvbn;

/// Characters that are looked at: what comes after them makes it only harder to guess, and the time that it takes
/// grows with the square of the length, or faster.
const LOOKED_AT: usize = 64;

/// The guesses that it must take. Whoever has a stolen device's file pays Argon2id for each: 19 MiB written and read
/// twice (`PassphraseCost::BROWSER`), of which a graphics card that moves 1 TB in a second does at most some 13,000
/// in it. So these are more than two years of one card. The library's best score begins at a hundredth of that: a
/// week.
const NEEDED: u64 = 1_000_000_000_000;

/// From here on nothing more is advised: more than two years of ten thousand cards.
const STRONG: u64 = 10_000_000_000_000_000;

/// What anybody who knows where it is used would try first, beside the names that are known.
const TRIED_FIRST: [&str; 8] =
    ["stillroom", "advocate", "survivor", "hotline", "helpline", "shelter", "desk", "chat"];

/// Names of fewer characters are no help in guessing.
const NAME_SHORTEST: usize = 3;

/// How good a passphrase is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Strength {
    /// Too easy to guess.
    Weak {
        /// What makes it so.
        why: Why,
        /// What does not help as much as one may think.
        tip: Option<Tip>,
    },
    /// Good enough.
    Fair,
    /// Nothing more is needed.
    Strong,
}

/// What makes a passphrase easy to guess.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Why {
    /// Too little of it is hard to foresee.
    Little,
    /// It is one that many people use, or like one.
    Common,
    /// A row or a pattern of keys.
    Keys,
    /// The same again and again.
    Repeats,
    /// A sequence, as abc.
    Sequence,
    /// A date or a year.
    Date,
    /// One word.
    Word,
    /// People's names.
    Name,
    /// The program's name or the person's, or what the passphrase is for.
    Own,
}

/// What does not help as much as one may think.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tip {
    /// Capital letters.
    Capitals,
    /// Words backwards.
    Backwards,
    /// Signs in the place of letters.
    Signs,
}

impl Strength {
    /// Of this passphrase. `names` are those that somebody who guesses would know: the program's, the person's.
    pub fn of(passphrase: &str, names: &[&str]) -> Self {
        let end = passphrase.char_indices().nth(LOOKED_AT).map_or(passphrase.len(), |(at, _)| at);
        let looked_at = passphrase.get(..end).unwrap_or(passphrase);
        let mut known = TRIED_FIRST.to_vec();
        let parts = names.iter().flat_map(|name| name.split(|one: char| !one.is_alphanumeric()));
        let all = parts.chain(names.iter().copied());
        known.extend(all.filter(|name| name.chars().count() >= NAME_SHORTEST));
        let found = zxcvbn(looked_at, &known);
        match found.guesses() {
            STRONG.. => return Self::Strong,
            NEEDED.. => return Self::Fair,
            _ => {}
        }
        let lower = looked_at.to_lowercase();
        let is_own = known.iter().any(|name| lower.contains(&name.to_lowercase()));
        let feedback = found.feedback();
        let warning = feedback.and_then(|feedback| feedback.warning());
        let why = match warning {
            Some(warning) => why(warning),
            None if is_own => Why::Own,
            None => Why::Little,
        };
        let mut tips = feedback.into_iter().flat_map(|feedback| feedback.suggestions());
        Self::Weak { why, tip: tips.find_map(tip) }
    }

    /// Whether it may be used.
    pub fn will_do(self) -> bool {
        !matches!(self, Self::Weak { .. })
    }
}

fn why(warning: Warning) -> Why {
    match warning {
        Warning::StraightRowsOfKeysAreEasyToGuess
        | Warning::ShortKeyboardPatternsAreEasyToGuess => Why::Keys,
        Warning::RepeatsLikeAaaAreEasyToGuess
        | Warning::RepeatsLikeAbcAbcAreOnlySlightlyHarderToGuess => Why::Repeats,
        Warning::ThisIsATop10Password
        | Warning::ThisIsATop100Password
        | Warning::ThisIsACommonPassword
        | Warning::ThisIsSimilarToACommonlyUsedPassword => Why::Common,
        Warning::SequencesLikeAbcAreEasyToGuess => Why::Sequence,
        Warning::RecentYearsAreEasyToGuess | Warning::DatesAreOftenEasyToGuess => Why::Date,
        Warning::AWordByItselfIsEasyToGuess => Why::Word,
        Warning::NamesAndSurnamesByThemselvesAreEasyToGuess
        | Warning::CommonNamesAndSurnamesAreEasyToGuess => Why::Name,
    }
}

/// More words are advised whatever it is, and the rest says again what makes it easy.
fn tip(suggestion: &Suggestion) -> Option<Tip> {
    match suggestion {
        Suggestion::CapitalizationDoesntHelpVeryMuch
        | Suggestion::AllUppercaseIsAlmostAsEasyToGuessAsAllLowercase => Some(Tip::Capitals),
        Suggestion::ReversedWordsArentMuchHarderToGuess => Some(Tip::Backwards),
        Suggestion::PredictableSubstitutionsDontHelpVeryMuch => Some(Tip::Signs),
        Suggestion::UseAFewWordsAvoidCommonPhrases
        | Suggestion::NoNeedForSymbolsDigitsOrUppercaseLetters
        | Suggestion::AddAnotherWordOrTwo
        | Suggestion::UseALongerKeyboardPatternWithMoreTurns
        | Suggestion::AvoidRepeatedWordsAndCharacters
        | Suggestion::AvoidSequences
        | Suggestion::AvoidRecentYears
        | Suggestion::AvoidYearsThatAreAssociatedWithYou
        | Suggestion::AvoidDatesAndYearsThatAreAssociatedWithYou => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const NAMES: [&str; 2] = ["Harbour Light", "Sam Ortega"];

    fn of(passphrase: &str) -> Strength {
        Strength::of(passphrase, &NAMES)
    }

    #[test]
    fn words_that_do_not_belong_together_will_do_in_any_script_and_so_do_random_characters() {
        for good in ["lamp river sock tin", "قمر نهر جبل شجرة", "kümmel lampe sechs fahrrad"]
        {
            assert_eq!(of(good), Strength::Strong, "{good}");
        }
        assert!(of("x7#kQ9!mZ2p$").will_do());
    }

    #[test]
    fn what_is_long_enough_and_tried_early_will_not_do_and_it_is_said_why() {
        for (weak, expected) in [
            ("aaaaaaaaaaaaaaaaaaaaaaaa", Why::Repeats),
            ("letmeinletmein", Why::Repeats),
            ("P@ssw0rd1234", Why::Common),
            ("123456789012", Why::Sequence),
            ("alexander1990", Why::Name),
            ("stillroom stillroom", Why::Own),
            ("Harbour Light 1", Why::Own),
            ("Summer2026!!!", Why::Little),
        ] {
            let Strength::Weak { why, .. } = of(weak) else {
                panic!("{weak} is {:?}", of(weak));
            };
            assert_eq!(why, expected, "{weak}");
        }
    }

    #[test]
    fn the_names_that_a_guesser_knows_make_it_easier() {
        let passphrase = "Ortega Harbour Light";
        assert!(Strength::of(passphrase, &[]).will_do());
        assert!(!of(passphrase).will_do());
    }

    #[test]
    fn what_does_not_help_is_said() {
        let tip = |passphrase| match of(passphrase) {
            Strength::Weak { tip, .. } => tip,
            Strength::Fair | Strength::Strong => None,
        };
        assert_eq!(tip("Password12"), Some(Tip::Capitals));
        assert_eq!(tip("p@ssw0rd12"), Some(Tip::Signs));
        assert_eq!(tip("drowssap12"), Some(Tip::Backwards));
    }

    #[test]
    fn nothing_but_the_beginning_of_a_very_long_one_is_looked_at() {
        let long = "قمر نهر جبل شجرة ".repeat(10_000);
        assert_eq!(of(&long), of(&long.chars().take(LOOKED_AT).collect::<String>()));
    }

    proptest! {
        #[test]
        fn whatever_is_typed_is_judged(passphrase in ".{0,80}", name in ".{0,20}") {
            let _ = Strength::of(&passphrase, &[&name]);
        }
    }
}
