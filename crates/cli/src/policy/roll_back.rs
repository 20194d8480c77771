//! `stillroom policy roll-back`.

use clap::Args;
use stillroom_program::OldNotices;

use super::fetch::write_texts;
use super::merge::{keep, remember};
use super::published::Published;
use super::{AtRelay, Connected};
use crate::clock::Clock;
use crate::failure::Failure;
use crate::files;
use crate::terminal::answer;

/// Bring back what an older version said: write it as the next version of the policy, to be looked through and
/// published.
///
/// Its dates are new, and its notices are left out. The policy as it was is kept beside it.
#[derive(Args)]
pub(super) struct RollBackArguments {
    #[command(flatten)]
    at: AtRelay,
    /// The version, as `stillroom policy history` lists it.
    #[arg(long)]
    version: u64,
    /// Say its notices again as well.
    #[arg(long)]
    keep_notices: bool,
}

pub(super) async fn run(arguments: &RollBackArguments) -> Result<(), Failure> {
    let Connected { folder, mut line, public, .. } = arguments.at.connect().await?;
    let newest = Published::newest(&mut line, &public.root).await?;
    let old = Published::of_version(&mut line, &public.root, arguments.version).await?;
    let texts = old.files(&mut line).await?;
    let newest_texts = newest.files(&mut line).await?;
    let notices = if arguments.keep_notices { OldNotices::Kept } else { OldNotices::Dropped };
    let dropped = notices == OldNotices::Dropped && !old.policy.page.notices.is_empty();
    let back = old.policy.brought_back(&newest.policy, notices, Clock::start().now());
    let path = folder.policy();
    write_texts(&path, &back, &texts)?;
    keep(&folder, newest.verified.version)?;
    files::replace(&path, back.to_toml().as_bytes())?;
    remember(&folder, public, newest, newest_texts)?;
    if dropped {
        answer("Its notices are left out. `--keep-notices` says them again.");
    }
    answer(format!(
        "What version {} said is in {}, as version {}. Look it through, then publish it.",
        arguments.version,
        path.display(),
        back.terms.version
    ));
    Ok(())
}
