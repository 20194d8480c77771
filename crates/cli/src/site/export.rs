//! `stillroom site export`: a page as files, for a host name of the program's own.
//!
//! The document is filled from the signed policy, so it is exported anew whenever a policy is published;
//! whether chat is open the page asks the relay. Beside the files lie configurations for three servers and
//! the signed list of all that a server must give out.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use clap::Args;
use stillroom_program::{Device, Manifest, Policy, SignedManifest, Timestamp};
use stillroom_relay::{Origin, Packed, ProgramFile, Release};

use super::servers::SERVERS;
use super::{BuiltPages, Page, address, manifest, signed};
use crate::clock::Clock;
use crate::failure::Failure;
use crate::files;
use crate::program::ProgramFolder;
use crate::terminal::answer;

/// What is given out, below the export's folder.
const WWW: &str = "www";

/// The signed list of it.
const MANIFEST: &str = "manifest.stillroom";

/// Write a page as files for a host name of the program's own, so that the relay gives out no code.
#[derive(Args)]
pub(super) struct ExportArguments {
    /// Which page.
    page: Page,
    /// The program's folder.
    folder: PathBuf,
    /// The address at which the program will give the page out, such as https://chat.example.org: a host name
    /// of its own, never a folder of a website.
    #[arg(long, value_parser = address::page)]
    origin: Origin,
    /// The relay's address for this page, such as wss://relay.example.net.
    #[arg(long, value_parser = address::relay)]
    relay: Origin,
    /// Where to write it: a new folder, or one of an earlier export, which is replaced.
    #[arg(long)]
    into: PathBuf,
    /// A file with the passphrase, instead of being asked for it.
    #[arg(long)]
    passphrase_file: Option<PathBuf>,
    #[command(flatten)]
    built: BuiltPages,
}

pub(super) fn run(arguments: &ExportArguments) -> Result<(), Failure> {
    apart(&arguments.origin, &arguments.relay)?;
    let release = arguments.built.release()?;
    let folder = ProgramFolder::new(&arguments.folder);
    let now = Clock::start().now();
    let (public, policy) = signed(&folder, now)?;
    let target = Target::at(&arguments.into)?;
    let administrator = folder.administrator(arguments.passphrase_file.as_deref())?;

    let given_out = given_out(arguments, &release, &policy, &public, now)?;
    let list = sign(arguments, &policy, &given_out, &administrator)?;
    target.write(&given_out)?;
    for server in &SERVERS {
        let written = server.configuration(arguments.page, &arguments.origin, &arguments.relay);
        files::replace(&target.beside(server.file), written.as_bytes())?;
    }
    files::replace(&target.beside(MANIFEST), &manifest::written(&list))?;
    answer(next_steps(arguments, &target, &public.root.to_string()));
    Ok(())
}

/// The whole point is that whoever runs the relay does not decide what code people get.
fn apart(origin: &Origin, relay: &Origin) -> Result<(), Failure> {
    if origin != relay {
        return Ok(());
    }
    Err(Failure::new(
        format!("The page and the relay would both be at {origin}."),
        "Give the page a host name of its own: at the relay's, whoever runs the relay could give out other code \
         in its place.",
    ))
}

/// A file, and its path below the address.
type Given = (String, Packed);

/// The files of the page, and last its document: whoever finds the new document finds its files too.
fn given_out(
    arguments: &ExportArguments,
    release: &Release,
    policy: &Policy,
    public: &ProgramFile,
    now: Timestamp,
) -> Result<Vec<Given>, Failure> {
    let which = arguments.page.which();
    let place = (&arguments.origin, &arguments.relay);
    let documents = release
        .documents(which, policy, &public.locales, &public.root, place, now)
        .map_err(|error| {
            Failure::new(
                format!("The page cannot be filled: {error}."),
                "Tell the program's makers.",
            )
        })?;
    let files = release.files(which).map(|file| (format!("s/{}", file.name), file.packed.clone()));
    let documents = documents.into_iter().rev().map(|document| (document.path, document.packed));
    Ok(files.chain(documents).collect())
}

fn sign(
    arguments: &ExportArguments,
    policy: &Policy,
    given_out: &[Given],
    administrator: &Device,
) -> Result<SignedManifest, Failure> {
    use stillroom_program::ManifestError::TooLong;
    let files = given_out.iter().map(|(path, packed)| manifest::file(path, &packed.identity));
    let files: Vec<_> = files.collect::<Result<_, _>>()?;
    let manifest = Manifest {
        page: arguments.page.in_manifest(),
        policy_version: policy.terms.version,
        relay: arguments.relay.as_str().try_into().map_err(|_| manifest::not_signed(TooLong))?,
        files: files.try_into().map_err(|_| manifest::not_signed(TooLong))?,
    };
    SignedManifest::sign(&manifest, administrator).map_err(manifest::not_signed)
}

/// Where an export goes.
struct Target(PathBuf);

impl Target {
    /// A folder that is new or empty, or holds an earlier export.
    fn at(path: &Path) -> Result<Self, Failure> {
        let target = Self(path.to_owned());
        let holds_anything =
            std::fs::read_dir(path).is_ok_and(|mut entries| entries.next().is_some());
        if holds_anything && !target.beside(MANIFEST).is_file() {
            return Err(Failure::new(
                format!("{} holds something else than an export.", path.display()),
                "Name a new folder: nothing of what is there was changed.",
            ));
        }
        Ok(target)
    }

    /// A file that is not given out.
    fn beside(&self, name: &str) -> PathBuf {
        self.0.join(name)
    }

    fn www(&self) -> PathBuf {
        self.0.join(WWW)
    }

    /// Writes what is given out, then removes what an earlier release had more.
    fn write(&self, given_out: &[Given]) -> Result<(), Failure> {
        let files_folder = self.www().join("s");
        std::fs::create_dir_all(&files_folder).map_err(|error| {
            Failure::new(
                format!("The folder {} cannot be made: {error}.", files_folder.display()),
                "Name another place.",
            )
        })?;
        let mut written = BTreeSet::new();
        for (path, packed) in given_out {
            let forms = [
                ("", Some(&packed.identity)),
                (".br", packed.brotli.as_ref()),
                (".gz", packed.gzip.as_ref()),
            ];
            for (ending, bytes) in forms {
                if let Some(bytes) = bytes {
                    let file = self.www().join(format!("{path}{ending}"));
                    files::replace(&file, bytes)?;
                    written.insert(file);
                }
            }
        }
        let folders = [self.www(), files_folder];
        for entry in folders.iter().flat_map(std::fs::read_dir).flatten().flatten() {
            if entry.path().is_file() && !written.contains(&entry.path()) {
                // A file that nothing names any more does no harm where it cannot be removed.
                let _ = std::fs::remove_file(entry.path());
            }
        }
        Ok(())
    }
}

fn next_steps(arguments: &ExportArguments, target: &Target, root: &str) -> String {
    let ExportArguments { origin, relay, page, .. } = arguments;
    let names: Vec<&str> = SERVERS.iter().map(|server| server.file).collect();
    format!(
        "Written: {} ({}), a configuration for a server ({}), and {MANIFEST}, which names every file.\n\n\
         What next:\n  \
         1. Copy {WWW}/ to a server of the program's own, under the name {origin}, with one of the \
         configurations.\n  \
         2. Tell the relay at {relay}, in its configuration:\n       [{}]\n       \
         origins = [\"{origin}\"]\n       serve_pages = false\n  \
         3. See that it is right, now and then from another computer:\n       \
         stillroom site verify {origin} --root {root} --manifest {}\n  \
         4. Export again whenever a policy is published.",
        target.www().display(),
        page.called(),
        names.join(", "),
        page.key(),
        target.beside(MANIFEST).display(),
    )
}
