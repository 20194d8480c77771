//! The folder of a program, on the program's own computer.

use std::path::{Path, PathBuf};

use stillroom_program::{Device, PassphraseError, ReportKey, RootKey};
use stillroom_relay::ProgramFile;
use zeroize::Zeroizing;

use crate::failure::Failure;
use crate::files;
use crate::terminal::{new_passphrase, passphrase};

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

    /// The report key, wrapped: what answers are opened with.
    pub(crate) fn report_key(&self) -> PathBuf {
        self.0.join("report.key")
    }

    /// The sums of what was answered.
    pub(crate) fn totals(&self) -> PathBuf {
        self.0.join("answers.json")
    }

    /// Held while the sums are changed.
    pub(crate) fn totals_lock(&self) -> PathBuf {
        self.0.join("answers.lock")
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

    /// The record of administrative acts, as far as this computer has seen it.
    pub(crate) fn record(&self) -> PathBuf {
        self.0.join("record.stillroom")
    }

    /// Held while an act is done and entered: two commands at once write one after the other.
    pub(crate) fn record_lock(&self) -> PathBuf {
        self.0.join("record.lock")
    }

    /// Where the relay showed another one: the newest signed entries of both.
    pub(crate) fn record_proof(&self) -> PathBuf {
        self.0.join("record-proof.stillroom")
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

    /// A new passphrase for the keys in it, from `file` or asked for. What the folder is called is no secret.
    pub(crate) fn new_passphrase(&self, file: Option<&Path>) -> Result<Zeroizing<String>, Failure> {
        let name = self.0.file_name().unwrap_or_default().to_string_lossy();
        new_passphrase("A new passphrase for this program's keys:", file, &[&name])
    }

    /// The administrator's device, opened with the passphrase from `file` or asked for.
    pub(crate) fn administrator(&self, file: Option<&Path>) -> Result<Device, Failure> {
        self.administrator_with(&ask(file)?)
    }

    /// The root key and the administrator's device, with one passphrase.
    pub(crate) fn root_and_administrator(
        &self,
        file: Option<&Path>,
    ) -> Result<(RootKey, Device), Failure> {
        let path = self.root_key();
        let wrapped = files::read(&path)?;
        let passphrase = ask(file)?;
        let root = RootKey::unwrap_with_passphrase(&wrapped, &passphrase)
            .map_err(|error| not_opened(&path, error))?;
        Ok((root, self.administrator_with(&passphrase)?))
    }

    /// The administrator's device and the report key, where there is one, with one passphrase.
    pub(crate) fn unlock(&self, file: Option<&Path>) -> Result<Unlocked, Failure> {
        let passphrase = ask(file)?;
        let administrator = self.administrator_with(&passphrase)?;
        let path = self.report_key();
        let report = match path.exists() {
            false => None,
            true => Some(
                ReportKey::unwrap_with_passphrase(&files::read(&path)?, &passphrase)
                    .map_err(|error| not_opened(&path, error))?,
            ),
        };
        Ok(Unlocked { administrator, report })
    }

    fn administrator_with(&self, passphrase: &str) -> Result<Device, Failure> {
        let path = self.administrator_key();
        Device::unwrap_with_passphrase(&files::read(&path)?, passphrase)
            .map_err(|error| not_opened(&path, error))
    }

    /// Makes the report key out of the root key, in a program that was made before there was one.
    pub(crate) fn make_report_key(&self, file: Option<&Path>) -> Result<(), Failure> {
        let path = self.root_key();
        let wrapped = files::read(&path)?;
        let passphrase = ask(file)?;
        let root = RootKey::unwrap_with_passphrase(&wrapped, &passphrase)
            .map_err(|error| not_opened(&path, error))?;
        self.write_report_key(&root, &passphrase)
    }

    fn write_report_key(&self, root: &RootKey, passphrase: &str) -> Result<(), Failure> {
        let mut rng = crate::randomness::system();
        let wrapped = root.report_key().wrap_with_passphrase(passphrase, &mut rng);
        let wrapped = wrapped.map_err(not_wrapped)?;
        files::replace_private_at_once(&self.report_key(), &wrapped)
    }

    /// Wraps all three keys and writes them, in place of what is there.
    pub(crate) fn write_keys(
        &self,
        root: &RootKey,
        administrator: &Device,
        passphrase: &str,
    ) -> Result<(), Failure> {
        let mut rng = crate::randomness::system();
        let wrapped = root.wrap_with_passphrase(passphrase, &mut rng).map_err(not_wrapped)?;
        let administrator =
            administrator.wrap_with_passphrase(passphrase, &mut rng).map_err(not_wrapped)?;
        files::replace_private(&self.root_key(), &wrapped)?;
        self.write_report_key(root, passphrase)?;
        files::replace_private(&self.administrator_key(), &administrator)
    }
}

/// What a passphrase opens.
pub(crate) struct Unlocked {
    /// The administrator's device.
    pub(crate) administrator: Device,
    /// The report key, if the program has one.
    pub(crate) report: Option<ReportKey>,
}

fn ask(file: Option<&Path>) -> Result<Zeroizing<String>, Failure> {
    passphrase("The passphrase of this program's keys:", file)
}

fn not_wrapped(error: PassphraseError) -> Failure {
    Failure::new(format!("The keys were not written: {error}."), "Choose another passphrase.")
}

fn not_opened(path: &Path, error: PassphraseError) -> Failure {
    Failure::new(
        format!("{} does not open: {error}.", path.display()),
        "Try again. If the passphrase is lost, `stillroom program recover` makes new keys from the recovery \
         words.",
    )
}
