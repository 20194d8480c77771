//! The host's own key: made once, kept in the state folder for the relay's own user alone (`features.md` 6.3).
//!
//! It signs what the host tells administrators, and nothing else. Their consoles know it by the first notice that they
//! see; whoever has the file can give notices in the host's name.

use std::io;
use std::path::Path;

use rand_core::CryptoRng;
use stillroom_program::SigningKey;
use zeroize::Zeroizing;

use crate::private;

/// The file in the state folder.
pub(crate) const FILE: &str = "host.key";

/// The host's key; made where there is none.
///
/// # Errors
/// The file cannot be read or written, or is no key.
pub(crate) fn open(folder: &Path, rng: &mut dyn CryptoRng) -> io::Result<SigningKey> {
    let path = folder.join(FILE);
    match std::fs::read(&path).map(Zeroizing::new) {
        Ok(seed) => {
            let seed = seed.as_slice().try_into().map_err(|_| {
                io::Error::new(io::ErrorKind::InvalidData, "the host's key was cut or altered")
            })?;
            Ok(SigningKey::from_bytes(seed))
        }
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            let key = SigningKey::generate(rng);
            private::store(&path, &*key.to_bytes())?;
            Ok(key)
        }
        Err(error) => Err(unreadable(error)),
    }
}

/// Why the key cannot be read, with what to do where somebody put it there as another user.
fn unreadable(error: io::Error) -> io::Error {
    if error.kind() != io::ErrorKind::PermissionDenied {
        return error;
    }
    let what = "`host.key` in the state folder belongs to another user: give it to the user that the relay runs as \
                (`chown`), and start the relay again";
    io::Error::new(io::ErrorKind::PermissionDenied, what)
}

#[cfg(test)]
mod tests {
    use super::*;
    use getrandom::SysRng;
    use rand_core::UnwrapErr;

    #[test]
    fn the_key_is_made_once_and_is_its_owners_alone() {
        let folder = tempfile::tempdir().unwrap();
        let first = open(folder.path(), &mut UnwrapErr(SysRng)).unwrap();
        let again = open(folder.path(), &mut UnwrapErr(SysRng)).unwrap();
        assert_eq!(first.verifying_key(), again.verifying_key());
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt as _;
            let mode = std::fs::metadata(folder.path().join(FILE)).unwrap().permissions().mode();
            assert_eq!(mode & 0o777, 0o600);
        }
    }

    #[test]
    fn a_key_that_belongs_to_somebody_else_is_said_with_what_to_do() {
        let said = unreadable(io::ErrorKind::PermissionDenied.into()).to_string();
        assert!(said.contains("`host.key`") && said.contains("chown"), "{said}");
        assert!(!unreadable(io::ErrorKind::IsADirectory.into()).to_string().contains("chown"));
    }

    #[test]
    fn a_key_that_was_cut_is_not_made_anew() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join(FILE), [1; 31]).unwrap();
        assert!(open(folder.path(), &mut UnwrapErr(SysRng)).is_err());
    }
}
