//! `stillroom policy fetch`.

use std::path::{Path, PathBuf};

use clap::Args;
use stillroom_program::{LocaleFile, Policy};

use super::published::Published;
use super::{AtRelay, Connected};
use crate::failure::Failure;
use crate::files;
use crate::terminal::answer;

/// Write the policy that is published, or any that was, as a file that can be edited and compared.
#[derive(Args)]
pub(super) struct FetchArguments {
    #[command(flatten)]
    at: AtRelay,
    /// The version, as `stillroom policy history` lists it. Without it, the newest.
    #[arg(long)]
    version: Option<u64>,
    /// The file to write. One that is there already is left alone.
    #[arg(long)]
    into: PathBuf,
}

pub(super) async fn run(arguments: &FetchArguments) -> Result<(), Failure> {
    let Connected { mut line, public, .. } = arguments.at.connect().await?;
    let published = match arguments.version {
        Some(version) => Published::of_version(&mut line, &public.root, version).await?,
        None => Published::newest(&mut line, &public.root).await?,
    };
    let texts = published.files(&mut line).await?;
    write_texts(&arguments.into, &published.policy, &texts)?;
    files::create(&arguments.into, published.policy.to_toml().as_bytes())?;
    let version = published.verified.version;
    answer(format!("Version {version} of the policy is in {}.", arguments.into.display()));
    Ok(())
}

/// Writes the files of texts that a policy names, beside the policy's file. Each is named by what is in it: one that
/// is there already is the same.
pub(super) fn write_texts(
    beside: &Path,
    policy: &Policy,
    texts: &[LocaleFile],
) -> Result<(), Failure> {
    let folder = beside.parent().unwrap_or_else(|| Path::new(""));
    for locale in policy.page.locales.iter() {
        let path = folder.join(locale.file_name());
        if let (Some(file), Some(within)) = (locale.find(texts), path.parent()) {
            files::make_folder(within)?;
            files::replace(&path, file)?;
        }
    }
    Ok(())
}
