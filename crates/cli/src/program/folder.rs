//! The folder of a program, on the program's own computer.

use std::path::{Path, PathBuf};

use stillroom_program::{Device, PassphraseError, RootKey};
use stillroom_relay::ProgramFile;

use crate::failure::Failure;
use crate::files;
use crate::terminal::passphrase;

/// The folder, and what is where in it.
pub(crate) struct ProgramFolder(PathBuf);

impl ProgramFolder {
    /// A program's folder at `path`.
    pub(crate) fn new(path: &Path) -> Self {
        Self(path.to_owned())
    }

    /// The root key, wrapped. Needed to make administrators, and best moved to a drawer.
    pub(crate) fn root_key(&self) -> PathBuf {
        self.0.join("root.key")
    }

    /// The administrator's device, wrapped.
    pub(crate) fn administrator_key(&self) -> PathBuf {
        self.0.join("administrator.key")
    }

    /// The policy, to be edited.
    pub(crate) fn policy(&self) -> PathBuf {
        self.0.join("policy.toml")
    }

    /// What the relay is told. Public.
    pub(crate) fn public_file(&self) -> PathBuf {
        self.0.join("public.stillroom")
    }

    /// Which device is whose. Names stay on this computer.
    pub(crate) fn register(&self) -> PathBuf {
        self.0.join("staff.txt")
    }

    /// Makes the folder, which must be empty if it exists.
    pub(crate) fn make(&self) -> Result<(), Failure> {
        let path = self.0.display();
        std::fs::create_dir_all(&self.0).map_err(|error| {
            Failure::new(
                format!("The folder {path} cannot be made: {error}."),
                "Name another place.",
            )
        })?;
        let empty = std::fs::read_dir(&self.0).is_ok_and(|mut entries| entries.next().is_none());
        if !empty {
            return Err(Failure::new(
                format!("The folder {path} is not empty."),
                "Name a new one: a program's keys are never written over others.",
            ));
        }
        Ok(())
    }

    /// What the relay is told.
    pub(crate) fn public(&self) -> Result<ProgramFile, Failure> {
        let path = self.public_file();
        ProgramFile::decode(&files::read(&path)?).map_err(|error| {
            Failure::new(
                format!("{} cannot be used: {error}.", path.display()),
                "Name the folder that `stillroom program new` made, or take the file from a backup.",
            )
        })
    }

    /// The administrator's device, opened with the passphrase from `file` or asked for.
    pub(crate) fn administrator(&self, file: Option<&Path>) -> Result<Device, Failure> {
        let path = self.administrator_key();
        let wrapped = files::read(&path)?;
        let passphrase = passphrase("The passphrase of this program's keys:", file)?;
        Device::unwrap_with_passphrase(&wrapped, &passphrase)
            .map_err(|error| not_opened(&path, error))
    }

    /// Wraps both keys and writes them, in place of what is there.
    pub(crate) fn write_keys(
        &self,
        root: &RootKey,
        administrator: &Device,
        passphrase: &str,
    ) -> Result<(), Failure> {
        let mut rng = crate::randomness::system();
        let refused = |error: PassphraseError| {
            Failure::new(
                format!("The keys were not written: {error}."),
                "Choose another passphrase.",
            )
        };
        let root = root.wrap_with_passphrase(passphrase, &mut rng).map_err(refused)?;
        let administrator =
            administrator.wrap_with_passphrase(passphrase, &mut rng).map_err(refused)?;
        files::replace_private(&self.root_key(), &root)?;
        files::replace_private(&self.administrator_key(), &administrator)
    }
}

fn not_opened(path: &Path, error: PassphraseError) -> Failure {
    Failure::new(
        format!("{} does not open: {error}.", path.display()),
        "Try again. If the passphrase is lost, `stillroom program recover` makes new keys from the recovery \
         words.",
    )
}
