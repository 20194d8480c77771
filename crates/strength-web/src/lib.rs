//! How hard a passphrase is to guess, as a module of its own that the desk loads only where one is chosen
//! (`features.md` 5.1). `pages/desk/strength.js` loads it. Of the browser it asks the year and how long it takes: it
//! can neither send nor keep anything.

use stillroom_strength::{Strength, Tip, Why};
use wasm_bindgen::prelude::*;

/// `yes` where it may be used, else `no`; then the names of the texts to say. `program` is the program's name, which
/// whoever guesses knows.
#[wasm_bindgen]
pub fn judge(passphrase: &str, program: &str) -> Vec<String> {
    let strength = Strength::of(passphrase, &[program]);
    let will_do = if strength.will_do() { "yes" } else { "no" };
    [will_do].into_iter().chain(texts(strength)).map(String::from).collect()
}

fn texts(strength: Strength) -> impl Iterator<Item = &'static str> {
    let (first, tip, more) = match strength {
        Strength::Strong => ("passphrase-strong", None, None),
        Strength::Fair => ("passphrase-fair", None, None),
        Strength::Weak { why, tip } => {
            (self::why(why), tip.map(self::tip), Some("passphrase-more"))
        }
    };
    [Some(first), tip, more].into_iter().flatten()
}

fn why(why: Why) -> &'static str {
    match why {
        Why::Little => "passphrase-little",
        Why::Common => "passphrase-common",
        Why::Keys => "passphrase-keys",
        Why::Repeats => "passphrase-repeats",
        Why::Sequence => "passphrase-sequence",
        Why::Date => "passphrase-date",
        Why::Word => "passphrase-word",
        Why::Name => "passphrase-name",
        Why::Own => "passphrase-own",
    }
}

fn tip(tip: Tip) -> &'static str {
    match tip {
        Tip::Capitals => "passphrase-capitals",
        Tip::Backwards => "passphrase-backwards",
        Tip::Signs => "passphrase-signs",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn everything_that_it_says_is_a_text_of_the_desk() {
        let page = include_str!("../../../pages/desk/page.html");
        let of = [
            Why::Little,
            Why::Common,
            Why::Keys,
            Why::Repeats,
            Why::Sequence,
            Why::Date,
            Why::Word,
            Why::Name,
            Why::Own,
        ];
        let tips = [Some(Tip::Capitals), Some(Tip::Backwards), Some(Tip::Signs), None];
        let weak = of.iter().flat_map(|why| tips.map(|tip| Strength::Weak { why: *why, tip }));
        for strength in weak.chain([Strength::Fair, Strength::Strong]) {
            for text in texts(strength) {
                assert!(page.contains(&format!("data-text=\"{text}\"")), "{text}");
            }
        }
    }

    #[test]
    fn it_says_whether_it_may_be_used_and_why_not() {
        assert_eq!(judge("lamp river sock tin", "Harbour"), ["yes", "passphrase-strong"]);
        let weak = judge("P@ssw0rd1234", "Harbour");
        assert_eq!(weak[..2], ["no", "passphrase-common"]);
        assert_eq!(judge("Harbour Light 1", "Harbour Light")[1], "passphrase-own");
    }
}
