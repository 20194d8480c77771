//! Where a database shared by several relays is reached.

use std::fmt;
use std::path::{Path, PathBuf};

use serde::Deserialize;

use super::ConfigError;

/// A PostgreSQL database for the lasting records, in the place of the state folder's own.
#[derive(Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Postgres {
    /// `postgres://user@host:port/database`, without a password. One on another computer is reached by TLS alone.
    pub url: String,
    /// A file with the password. Without it the environment's `PGPASSWORD` counts. From the configuration's own
    /// folder, if relative.
    pub password_file: Option<PathBuf>,
    /// The certificate of the authority that the database's own comes from; Mozilla's list of authorities without it.
    /// From the configuration's own folder, if relative.
    pub ca: Option<PathBuf>,
}

impl Postgres {
    pub(super) fn take_from(&mut self, folder: &Path) {
        self.password_file = self.password_file.take().map(|file| folder.join(file));
        self.ca = self.ca.take().map(|file| folder.join(file));
    }

    pub(super) fn check(&self) -> Result<(), ConfigError> {
        let wrong = |what: &str| Err(ConfigError { line: None, what: what.to_owned() });
        let Some((_, rest)) = self.url.split_once("://") else {
            return wrong("`url` of `[postgres]` is like `postgres://user@host:5432/database`");
        };
        let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
        let user = authority.rsplit_once('@').map_or("", |(user, _)| user);
        if user.contains(':') || rest.contains("password=") {
            return wrong(
                "a password does not belong in `url`: put it in a file, and name that in `password_file`",
            );
        }
        Ok(())
    }
}

/// The address may name a user, and is of no use in a log.
impl fmt::Debug for Postgres {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Postgres").finish_non_exhaustive()
    }
}
