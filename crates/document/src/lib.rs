//! What a policy makes of the pages: the template language, the texts in every language, and the values that fill them
//! (`features.md` 1.1, 1.2, 1.5, 5.6; `decisions/0029`).
//!
//! The relay fills its documents with it, and so does whoever writes a policy, for a [`preview`](preview()) in the
//! browser: both show the same, since it is the same code. There are no sockets, files or clock in here; the moment is
//! an argument.
//!
//! Not protected against: a policy that says what is not so. An address becomes a link only where it is a telephone
//! number or an `https` address, whoever signed it, or nobody did.

mod hours;
#[cfg(feature = "pack")]
pub mod pack;
mod preview;
mod pseudo;
pub mod template;
pub mod texts;
pub mod translation;
pub mod values;

use serde::Deserialize;

pub use preview::{Look, PreviewError, PreviewScreen, preview, preview_style};
pub use template::{Template, TemplateError};
pub use texts::{Texts, TextsError};
pub use translation::{
    Languages, Originals, PageTexts, Translation, TranslationFault, languages, translators_file,
};

/// A language that nobody speaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
pub enum PseudoLocale {
    /// Accented and a third longer: shows texts that are not translated, and rooms too narrow for German.
    #[serde(rename = "en-XA")]
    Accented,
    /// Written from right to left: shows what does not turn around.
    #[serde(rename = "ar-XB")]
    RightToLeft,
}
