//! The whole draft as the text of its file (`features.md` 5.6): what is edited in forms and what is edited in a file are
//! one thing. It is the program's own policy; nothing about anybody who chats is in it.

use stillroom_program::{Fingerprint, Locale, LocaleFile, Policy, PolicyFileError};

/// Characters of the longest text that is read: several times the longest policy with its comments.
const FILE_MAX: usize = 1_000_000;

/// Why a text is not taken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum NotTaken {
    /// It is far longer than a policy.
    TooLong,
    /// It is not the file of a policy, from this line on.
    Line(usize, String),
    /// It is not the file of a policy.
    File(String),
}

impl From<PolicyFileError> for NotTaken {
    fn from(error: PolicyFileError) -> Self {
        match error.line {
            Some(line) => Self::Line(line, error.message),
            None => Self::File(error.message),
        }
    }
}

/// The policy that this text says, in the place of this one: it has the same answers' key, which no file has, and may
/// name the files of texts that are here.
///
/// # Errors
/// [`NotTaken`]. What could be said and not meant, the checks find.
pub(crate) fn read(
    text: &str,
    instead_of: &Policy,
    files: &[LocaleFile],
) -> Result<Policy, NotTaken> {
    if text.len() > FILE_MAX {
        return Err(NotTaken::TooLong);
    }
    let mut find = |name: &str| {
        let is_named =
            |file: &&LocaleFile| name.contains(&Fingerprint(Locale::hash(file)).to_string());
        files.iter().find(is_named).map(|file| file.to_vec())
    };
    let (policy, _) = Policy::from_toml_and_files(text, &mut find)?;
    Ok(match &instead_of.terms.report_key {
        Some(key) => policy.with_report_key(key),
        None => policy,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use stillroom_program::{Direction, SAMPLE_POLICY};

    fn sample() -> Policy {
        Policy::from_toml(SAMPLE_POLICY).unwrap()
    }

    #[test]
    fn what_is_copied_out_and_pasted_back_is_the_same() {
        assert_eq!(read(&sample().to_toml(), &sample(), &[]), Ok(sample()));
    }

    #[test]
    fn a_mistake_is_named_with_its_line() {
        let text = SAMPLE_POLICY.replace("[emergency]", "[emergncy]");
        let line = text.lines().position(|line| line == "[emergncy]").unwrap() + 1;
        let Err(NotTaken::Line(found, said)) = read(&text, &sample(), &[]) else { panic!("taken") };
        assert!(found == line && said.contains("emergncy"), "{found} {said}");
    }

    #[test]
    fn files_of_texts_are_found_by_their_hashes_and_one_that_is_not_here_is_named() {
        let file = LocaleFile::try_from("send = أرسل".as_bytes()).unwrap();
        let mut draft = sample();
        draft.page.locales = vec![Locale {
            tag: "ar".try_into().unwrap(),
            name: "العربية".try_into().unwrap(),
            direction: Direction::RightToLeft,
            file: Locale::hash(&file),
        }]
        .try_into()
        .unwrap();
        let text = draft.to_toml();
        assert_eq!(read(&text, &sample(), &[file]), Ok(draft));
        assert!(matches!(read(&text, &sample(), &[]), Err(NotTaken::File(_))));
    }

    #[test]
    fn the_key_of_answers_stays_though_no_file_has_it() {
        let key = stillroom_program::ReceivingKey::from_bytes(&[2; 32]).public_key();
        let keyed = sample().with_report_key(&key);
        assert_eq!(read(&keyed.to_toml(), &keyed, &[]), Ok(keyed));
    }

    #[test]
    fn a_text_without_end_is_not_read() {
        let text = "#".repeat(FILE_MAX + 1);
        assert_eq!(read(&text, &sample(), &[]), Err(NotTaken::TooLong));
    }

    proptest! {
        #[test]
        fn whatever_is_pasted_comes_to_a_policy_or_a_sentence(text in ".{0,400}") {
            let _ = read(&text, &sample(), &[]);
        }
    }
}
