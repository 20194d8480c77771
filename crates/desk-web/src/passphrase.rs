//! Whether a passphrase is good enough to keep a staff device's keys (`features.md` 5.1; `decisions/0037`).
//!
//! How hard it is to guess is told by a module of its own (`stillroom-strength`), which is loaded while one is chosen.
//! Where that is not there, only the length counts, and the page says so. What makes guessing slow is Argon2id, in
//! `stillroom-program`.

use js_sys::{Array, Function};
use stillroom_program::limits::PASSPHRASE_SHORTEST;
use wasm_bindgen::prelude::*;

#[wasm_bindgen(inline_js = r#"
// The browser holds scripts to the hash of the link by which they are loaded first.
export async function load() {
  const parts = document.getElementById("strength").content;
  document.head.append(parts.cloneNode(true));
  return (await import(parts.firstElementChild.getAttribute("href"))).judge;
}
"#)]
extern "C" {
    #[wasm_bindgen(catch)]
    async fn load() -> Result<JsValue, JsValue>;
}

/// What tells more than the length.
#[derive(Clone, Default)]
pub(crate) enum Judge {
    /// It is on its way.
    #[default]
    Awaited,
    /// It cannot be had.
    None,
    /// It is there.
    There(Function),
}

impl Judge {
    /// Loads it.
    pub(crate) async fn load() -> Self {
        match load().await.map(|judge| judge.dyn_into()) {
            Ok(Ok(judge)) => Self::There(judge),
            _ => Self::None,
        }
    }

    fn of(&self, passphrase: &str, program: &str) -> Strength {
        let Self::There(judge) = self else {
            return Strength::Unjudged { awaited: matches!(self, Self::Awaited) };
        };
        let said = judge.call2(&JsValue::NULL, &passphrase.into(), &program.into());
        let said = said.map(|said| Array::from(&said).to_vec()).unwrap_or_default();
        let mut said = said.iter().filter_map(JsValue::as_string);
        match said.next() {
            Some(word) => Strength::Judged { will_do: word == "yes", texts: said.collect() },
            None => Strength::Unjudged { awaited: false },
        }
    }
}

/// How good a passphrase is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Strength {
    /// Nothing was typed yet.
    None,
    /// Too short by this many characters.
    Short(usize),
    /// Long enough, and nothing more is known of it; perhaps not yet.
    Unjudged {
        /// Whether what knows more is on its way.
        awaited: bool,
    },
    /// What is known of it.
    Judged {
        /// Whether it may be used.
        will_do: bool,
        /// The names of the texts that say so, and why not.
        texts: Vec<String>,
    },
}

impl Strength {
    /// Of this passphrase, in a program of this name.
    pub(crate) fn of(passphrase: &str, program: &str, judge: &Judge) -> Self {
        match passphrase.chars().count() {
            0 => Self::None,
            length @ 1..PASSPHRASE_SHORTEST => Self::Short(PASSPHRASE_SHORTEST - length),
            _ => judge.of(passphrase, program),
        }
    }

    /// Whether it may be used.
    pub(crate) fn will_do(&self) -> bool {
        matches!(self, Self::Unjudged { .. } | Self::Judged { will_do: true, .. })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn where_nothing_more_is_known_the_length_counts_and_it_is_told_apart() {
        let of = |passphrase, judge| Strength::of(passphrase, "Harbour", &judge);
        assert_eq!(of("", Judge::None), Strength::None);
        assert_eq!(of("short", Judge::Awaited), Strength::Short(7));
        assert!(!of("short", Judge::None).will_do());
        for (judge, awaited) in [(Judge::Awaited, true), (Judge::None, false)] {
            let strength = of("lamp river sock", judge);
            assert_eq!(strength, Strength::Unjudged { awaited });
            assert!(strength.will_do());
        }
    }
}
