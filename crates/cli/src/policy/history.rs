//! `stillroom policy history`.

use clap::Args;
use stillroom_program::{Fingerprint, VerifiedPolicy};

use super::published::history;
use super::{AtRelay, Connected};
use crate::failure::Failure;
use crate::program::date;
use crate::terminal::answer;

/// List the policies that the relay keeps, the newest first.
#[derive(Args)]
pub(super) struct HistoryArguments {
    #[command(flatten)]
    at: AtRelay,
}

pub(super) async fn run(arguments: &HistoryArguments) -> Result<(), Failure> {
    let Connected { mut line, public, administrator, .. } = arguments.at.connect().await?;
    for policy in history(&mut line, &public.root).await? {
        let signer = Fingerprint::of(&policy.signer().key);
        let whose = if policy.signer().key == administrator.key() {
            "this folder's administrator".to_owned()
        } else {
            format!("the device {signer}")
        };
        answer(format!("Version {}, {}, signed by {whose}.", policy.version, held(&policy)));
    }
    Ok(())
}

/// From when until when, as dates.
fn held(policy: &VerifiedPolicy) -> String {
    format!("from {} until {}", date(policy.issued), date(policy.expires))
}
