//! `stillroom policy close` and `stillroom policy open`: the next version of what is published, with a notice or without
//! (`features.md` 5.7).
//!
//! What is changed is the policy at the relay, whoever published it, and not the file in the program's folder: closing
//! must not publish a draft. public.stillroom follows, so that a relay that starts anew says the same.

use clap::{Args, ValueEnum};
use stillroom_program::{
    Device, Locale, LocaleFile, Notice, NoticeKind, Policy, SignedPolicy, encode,
};
use stillroom_protocol::Operation;
use stillroom_relay::ProgramFile;

use super::published::Published;
use super::{AtRelay, Connected};
use crate::clock::Clock;
use crate::failure::Failure;
use crate::files;
use crate::program::ProgramFolder;
use crate::record::Record;
use crate::staff::line::too_long;
use crate::terminal::{answer, remark};

/// Close chat at once, with a notice on every page.
#[derive(Args)]
pub(super) struct CloseArguments {
    #[command(flatten)]
    place: AtRelay,
    /// What kind of notice.
    #[arg(long, default_value = "closed")]
    kind: Kind,
    /// What people read: a sentence or two.
    #[arg(long)]
    text: String,
    /// For so many hours; without it, until `stillroom policy open`.
    #[arg(long, value_parser = clap::value_parser!(u64).range(1..=720))]
    hours: Option<u64>,
}

/// Open chat again after it was closed by a notice.
#[derive(Args)]
pub(super) struct OpenArguments {
    #[command(flatten)]
    place: AtRelay,
}

/// A kind of notice as people write it.
#[derive(Clone, Copy, ValueEnum)]
enum Kind {
    /// Chat is closed though it should be open.
    Closed,
    /// There is danger or a disaster, and people need to know.
    Emergency,
}

impl From<Kind> for NoticeKind {
    fn from(kind: Kind) -> Self {
        match kind {
            Kind::Closed => Self::Closed,
            Kind::Emergency => Self::Emergency,
        }
    }
}

pub(super) async fn close(arguments: &CloseArguments) -> Result<(), Failure> {
    let now = Clock::start().now();
    let text = arguments.text.trim();
    let text = text.try_into().map_err(|_| too_long("notice"))?;
    if arguments.text.trim().is_empty() {
        return Err(Failure::new(
            "The notice says nothing.",
            "Say in `--text` what people are to read.",
        ));
    }
    let until = arguments.hours.map(|hours| now.seconds() + hours * 3_600);
    let notice = Notice { kind: arguments.kind.into(), text, from: None, until };
    let version = publish(&arguments.place, |policy| {
        policy.closed_with(notice, now).map_err(|full| {
            Failure::new(
                format!("Chat was not closed: {full}."),
                "Take one of them out of the policy, and publish it.",
            )
        })
    });
    let version = version.await?;
    answer(format!("Chat is closed. Version {version} of the policy is published."));
    Ok(())
}

pub(super) async fn open(arguments: &OpenArguments) -> Result<(), Failure> {
    let now = Clock::start().now();
    let version = publish(&arguments.place, |policy| {
        if policy.notices_now(now).next().is_none() {
            return Err(Failure::new(
                "No notice holds now: chat is as your hours have it.",
                "Nothing has to be done.",
            ));
        }
        Ok(policy.reopened(now))
    });
    let version = version.await?;
    answer(format!("No notice holds any more. Version {version} of the policy is published."));
    Ok(())
}

/// Publishes what `change` makes of the policy that is published.
async fn publish(
    place: &AtRelay,
    change: impl FnOnce(&Policy) -> Result<Policy, Failure>,
) -> Result<u64, Failure> {
    let Connected { folder, public, administrator, mut line } = place.connect().await?;
    let published = Published::newest(&mut line, &public.root).await?.policy;
    let next = change(&published)?;
    let signed = SignedPolicy::sign(&next, &administrator).map_err(|error| {
        Failure::new(
            format!("The policy was not signed: {error}."),
            "Mend it, and publish it with `stillroom policy publish`.",
        )
    })?;
    let policy = encode(&signed).try_into().map_err(|_| too_long("policy"))?;
    let publish = Operation::PublishPolicy { replaces: published.terms.version, policy };
    let record = Record::new(&folder, public.root);
    record.perform(&mut line, &administrator, &publish).await?;
    follow(&folder, public, &next, signed, &administrator)?;
    Ok(next.terms.version)
}

/// Writes it into public.stillroom, where the files of texts that it names are there.
fn follow(
    folder: &ProgramFolder,
    public: ProgramFile,
    policy: &Policy,
    signed: SignedPolicy,
    administrator: &Device,
) -> Result<(), Failure> {
    let named: Option<Vec<LocaleFile>> = policy
        .page
        .locales
        .iter()
        .map(|locale: &Locale| locale.find(&public.locales).cloned())
        .collect();
    let Some(named) = named else {
        remark(
            "public.stillroom stays as it was: the published policy has languages whose files are not in it.",
        );
        return Ok(());
    };
    let public = ProgramFile {
        policy: signed,
        administrator: administrator.chain.clone(),
        // As many as the policy names, and so never too many.
        locales: named.try_into().unwrap_or_default(),
        ..public
    };
    files::replace(&folder.public_file(), &public.encode())
}
