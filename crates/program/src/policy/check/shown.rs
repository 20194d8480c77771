//! Words that a title or a neutral name must not hold: whoever looks over a shoulder or at a history reads it
//! (`features.md` 1.4).

/// Telling wherever they stand, inside another word too.
const ANYWHERE: [&str; 15] = [
    "abuse", "advocate", "assault", "crisis", "domestic", "help", "hotline", "refuge", "safe",
    "shelter", "support", "survivor", "victim", "violen", "víctim",
];

/// Telling where a word begins with them: within one they say something else, as in "grape".
const BEGINNING: [&str; 27] = [
    "abus",
    "acoso",
    "advoc",
    "ayuda",
    "batter",
    "bully",
    "coerc",
    "confidential",
    "counsel",
    "harass",
    "incest",
    "molest",
    "mujer",
    "perpetrat",
    "police",
    "predator",
    "rape",
    "rapist",
    "refug",
    "sexual",
    "stalk",
    "suicid",
    "survive",
    "therap",
    "threat",
    "traffick",
    "trauma",
];

/// Telling as words of their own.
const ALONE: [&str; 11] =
    ["911", "danger", "dv", "emergency", "hurt", "ipv", "sex", "sos", "woman", "women", "womens"];

/// Whether a title or a neutral name says what the page is about.
pub(super) fn tells(shown: &str) -> bool {
    let shown = shown.to_lowercase();
    let mut words = shown.split(|c: char| !c.is_alphanumeric());
    ANYWHERE.iter().any(|telling| shown.contains(telling))
        || words.any(|word| {
            ALONE.contains(&word) || BEGINNING.iter().any(|telling| word.starts_with(telling))
        })
}
