//! Which words ask for what, and whether they stand in a text.
//!
//! A phrase is found wherever its words stand one after the other, whatever is between them but letters.
//! `#` stands for a number, and a stop for the end of a clause: "who are you" is the end of a question, and
//! the beginning of an honest one.

use alloc::string::{String, ToString as _};
use alloc::vec::Vec;

use super::Problem;

/// What must not be asked for, with the phrases that ask for it.
pub(super) const FORBIDDEN: [(Problem, &[&str]); 4] = [
    (Problem::AsksName, NAME),
    (Problem::AsksContact, CONTACT),
    (Problem::AsksNumber, NUMBER),
    (Problem::AsksBirth, BIRTH),
];

const NAME: &[&str] = &[
    "alias",
    "apellido",
    "apellidos",
    "are you called",
    "autograph",
    "cómo se llama",
    "como se llama",
    "cómo te llamas",
    "como te llamas",
    "do you go by",
    "firstname",
    "forename",
    "forenames",
    "fullname",
    "initials",
    "lastname",
    "name",
    "names",
    "nickname",
    "nombre",
    "nombres",
    "pseudonym",
    "quién eres",
    "quien eres",
    "quién es usted",
    "quien es usted",
    "signature",
    "surname",
    "username",
    "who are you .",
    "who are you please",
    "who are you really",
    "who is writing .",
    "who you are .",
    "you are called",
];

const CONTACT: &[&str] = &[
    "addres",
    "address",
    "addresses",
    "adress",
    "adresse",
    "adresses",
    "apartment",
    "call you",
    "celular",
    "contact",
    "correo",
    "direccion",
    "dirección",
    "discord",
    "dónde vive",
    "donde vive",
    "dónde vives",
    "donde vives",
    "e mail",
    "email",
    "employer",
    "facebook",
    "fax number",
    "find you",
    "get hold of you",
    "in touch with you",
    "instagram",
    "linkedin",
    "message you",
    "mobile number",
    "phone number",
    "post code",
    "postal",
    "postcode",
    "reach you",
    "ring you",
    "skype",
    "snapchat",
    "street",
    "telefono",
    "teléfono",
    "telegram",
    "telephone",
    "text you",
    "tiktok",
    "viber",
    "visit you",
    "wechat",
    "whatsapp",
    "where are you",
    "where do you go to school",
    "where do you live",
    "where do you stay",
    "where do you study",
    "where do you work",
    "where you live",
    "where you work",
    "write to you",
    "your account",
    "your cell",
    "your handle",
    "your location",
    "your mobile",
    "your number",
    "your phone",
    "your profile",
    "your whereabouts",
    "zip",
];

const NUMBER: &[&str] = &[
    "account number",
    "card number",
    "case number",
    "cédula",
    "cedula",
    "dni",
    "driver's licence",
    "driver's license",
    "drivers license",
    "driving licence",
    "file number",
    "id card",
    "id number",
    "identity card",
    "identity number",
    "insurance number",
    "licence plate",
    "license plate",
    "number plate",
    "pasaporte",
    "passport",
    "seguro social",
    "social security",
    "ssn",
    "student number",
];

const BIRTH: &[&str] = &[
    "bday",
    "birth",
    "birthdate",
    "birthday",
    "born",
    "cumpleaños",
    "d o b",
    "dob",
    "horoscope",
    "into the world",
    "into this world",
    "nacimiento",
    "naciste",
    "star sign",
    "turn eighteen",
    "turned eighteen",
    "you become #",
    "you turn #",
    "you turned #",
    "zodiac",
];

/// What asks for an age.
pub(super) const AGE: &[&str] =
    &["how old", "your age", "age in years", "years old", "edad", "what age"];

/// Where so few people are that one can be found: asked for by "which" or "what" before it. A state or a
/// country has many.
const PLACES: &[&str] = &[
    "borough",
    "church",
    "city",
    "college",
    "county",
    "district",
    "mosque",
    "neighborhood",
    "neighbourhood",
    "parish",
    "school",
    "suburb",
    "synagogue",
    "temple",
    "town",
    "university",
    "village",
    "workplace",
];

/// Words that ask for what they name when nothing else is said, as on a form: "Phone:", "Your county".
const LABELS: &[&str] = &[
    "cell",
    "cellphone",
    "code",
    "fax",
    "handle",
    "id",
    "landline",
    "location",
    "mobile",
    "number",
    "phone",
    "tel",
    "whereabouts",
];

/// What stands beside a label and changes nothing.
const BESIDE_LABELS: &[&str] =
    &["a", "and", "current", "full", "home", "or", "own", "please", "the", "your"];

/// What has somebody write something down, where the text itself is no question.
const WRITE_DOWN: &[&str] = &[
    "add your",
    "enter",
    "escriba",
    "fill in",
    "give us",
    "leave us",
    "leave your",
    "let us know",
    "please",
    "put",
    "say your",
    "send us",
    "share your",
    "state your",
    "tell us",
    "type",
    "we need",
    "we want",
    "write",
];

/// What says that something is not asked for.
const NOT: &[&str] = &[
    "can't", "cannot", "can’t", "don't", "don’t", "never", "no", "nobody", "nor", "not", "nunca",
    "rather", "sin", "without",
];

/// A text as its words, in small letters, with a stop at the end of each clause.
pub(super) struct Words(Vec<String>);

impl Words {
    pub(super) fn of(text: &str) -> Self {
        let mut words: Vec<String> = Vec::new();
        // What has no width hides a word and does not end it.
        let seen = text.chars().filter(|c| !HAS_NO_WIDTH.contains(c)).collect::<String>();
        let of_word = |c: char| c.is_alphanumeric() || "'’".contains(c);
        for part in seen.split_inclusive(|c| !of_word(c)) {
            let word = part.trim_matches(|c: char| !c.is_alphanumeric());
            if !word.is_empty() {
                words.push(word.to_lowercase());
            }
            if part.ends_with(ends_clause) && words.last().is_some_and(|last| last != STOP) {
                words.push(STOP.to_string());
            }
        }
        if words.last().is_some_and(|last| last != STOP) {
            words.push(STOP.to_string());
        }
        Self(words)
    }

    /// The words without the stops.
    pub(super) fn plain(&self) -> Vec<&str> {
        self.0.iter().map(String::as_str).filter(|word| *word != STOP).collect()
    }

    /// Whether the words of a phrase stand here.
    pub(super) fn hold(&self, phrase: &str) -> bool {
        let phrase: Vec<&str> = phrase.split(' ').collect();
        let in_these = |words: &[&str]| {
            words.windows(phrase.len()).any(|window| {
                window.iter().zip(&phrase).all(|(word, wanted)| is_word(word, wanted))
            })
        };
        if phrase.contains(&STOP) {
            in_these(&self.0.iter().map(String::as_str).collect::<Vec<_>>())
        } else {
            in_these(&self.plain())
        }
    }

    pub(super) fn hold_any(&self, phrases: &[&str]) -> bool {
        phrases.iter().any(|phrase| self.hold(phrase))
    }

    /// What these words ask for that must not be asked for, where they are a question.
    pub(super) fn asked_for(&self) -> Vec<Problem> {
        let found = FORBIDDEN.into_iter().filter(|(_, phrases)| self.hold_any(phrases));
        let mut found: Vec<Problem> = found.map(|(problem, _)| problem).collect();
        let place = PLACES.iter().any(|place| {
            ["which", "what"].iter().any(|which| self.hold(&alloc::format!("{which} {place}")))
        });
        if (place || self.is_label()) && !found.contains(&Problem::AsksContact) {
            found.push(Problem::AsksContact);
        }
        found
    }

    /// Whether this is nothing but the name of a field in a form.
    fn is_label(&self) -> bool {
        let mut words = self.plain();
        words.retain(|word| !BESIDE_LABELS.contains(word));
        !words.is_empty() && words.iter().all(|word| LABELS.contains(word) || PLACES.contains(word))
    }
}

/// What a text asks for that does not have to be a question: a choice, a reason. It asks where it is one all
/// the same, or tells people to write something down; it may name what is not asked for.
pub(super) fn asked_in_passing(text: &str) -> Vec<Problem> {
    let mut found = Vec::new();
    for sentence in text.split_inclusive(['.', '!', '?', '¿', ';', '\n']) {
        let words = Words::of(sentence);
        let asks = sentence.ends_with('?') || (words.hold_any(WRITE_DOWN) && !words.hold_any(NOT));
        for problem in words.asked_for().into_iter().filter(|_| asks) {
            if !found.contains(&problem) {
                found.push(problem);
            }
        }
    }
    found
}

const STOP: &str = ".";

/// Letters that nobody sees: soft hyphens, joiners, marks of direction.
const HAS_NO_WIDTH: [char; 8] =
    ['\u{ad}', '\u{200b}', '\u{200c}', '\u{200d}', '\u{200e}', '\u{200f}', '\u{2060}', '\u{feff}'];

fn ends_clause(c: char) -> bool {
    ".,:;?!¿¡\n。،؟".contains(c)
}

fn is_word(word: &str, wanted: &str) -> bool {
    match wanted {
        "#" => word.bytes().all(|byte| byte.is_ascii_digit()),
        wanted => word == wanted,
    }
}
