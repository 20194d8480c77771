//! Which device is whose: a file on the administrator's computer, since the relay knows no names.
//!
//! A line is the first digits of a device's key, and the name. Whoever has the file knows who works for the
//! program; it goes where the rest of the folder goes, which is nowhere.

use std::io::Write;
use std::path::Path;

use stillroom_program::VerifyingKey;

use crate::failure::Failure;

/// Bytes of a key that are shown: nobody makes two that begin alike by chance.
const SHOWN: usize = 8;

/// The first digits of a key, as people handle it.
pub(crate) fn digits(key: &VerifyingKey) -> String {
    key.0.iter().take(SHOWN).map(|byte| format!("{byte:02x}")).collect()
}

/// Notes whose device this is.
pub(super) fn note(register: &Path, key: &VerifyingKey, name: &str) -> Result<(), Failure> {
    let name = name.replace(['\n', '\r'], " ");
    std::fs::OpenOptions::new()
        .create(true)
        .append(true)
        .open(register)
        .and_then(|mut file| writeln!(file, "{} {name}", digits(key)))
        .map_err(|error| {
            Failure::new(
                format!("{} cannot be written: {error}.", register.display()),
                format!(
                    "The device is certified all the same. Note for yourself that {} is {name}'s.",
                    digits(key)
                ),
            )
        })
}

/// Whose device this is, as far as it was noted.
pub(crate) fn name(register: &Path, key: &VerifyingKey) -> Option<String> {
    let lines = std::fs::read_to_string(register).ok()?;
    let digits = digits(key);
    let of_key = |line: &str| line.strip_prefix(&digits)?.strip_prefix(' ').map(str::to_owned);
    lines.lines().rev().find_map(of_key)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_found_again_by_its_device_alone() {
        let folder = tempfile::tempdir().unwrap();
        let register = folder.path().join("staff.txt");
        let (sam, kim) = (VerifyingKey([0xab; 32]), VerifyingKey([0xcd; 32]));
        assert_eq!(name(&register, &sam), None);
        note(&register, &sam, "Sam\nof the night shift").unwrap();
        assert_eq!(name(&register, &sam).as_deref(), Some("Sam of the night shift"));
        assert_eq!(name(&register, &kim), None);
    }
}
