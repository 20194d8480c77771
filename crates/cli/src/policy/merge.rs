//! `stillroom policy merge`.

use clap::Args;
use stillroom_program::{Conflict, LocaleFile, Merge, MergeError, Side};
use stillroom_relay::ProgramFile;

use super::fetch::write_texts;
use super::published::Published;
use super::{AtRelay, Connected, check};
use crate::failure::Failure;
use crate::files;
use crate::program::ProgramFolder;
use crate::terminal::answer;

/// Join the policy that is being edited with one that somebody else published meanwhile.
///
/// What only one of you changed is taken. Where both changed the same field, say whose it is to be. The policy as it was
/// is kept beside the new one.
#[derive(Args)]
pub(super) struct MergeArguments {
    #[command(flatten)]
    at: AtRelay,
    /// A field that both changed, to be as it is here. Can be given several times.
    #[arg(long)]
    mine: Vec<String>,
    /// A field that both changed, to be as the other published it. Can be given several times.
    #[arg(long)]
    theirs: Vec<String>,
}

pub(super) async fn run(arguments: &MergeArguments) -> Result<(), Failure> {
    let Connected { folder, mut line, public, .. } = arguments.at.connect().await?;
    let theirs = Published::newest(&mut line, &public.root).await?;
    if theirs.signed == public.policy {
        answer("Nobody else has published: there is nothing to merge.");
        return Ok(());
    }
    let (mine, my_texts) = check::read(&folder.policy())?;
    let base = super::diff::signed(&public)?;
    let their_texts = theirs.files(&mut line).await?;
    let mut merge = Merge::new(&base, &mine, &theirs.policy);
    let choices = [(&arguments.mine, Side::Mine), (&arguments.theirs, Side::Theirs)];
    for (fields, side) in choices {
        fields.iter().for_each(|field| merge.choose(field, side));
    }
    let mut merged = merge.policy().map_err(|error| not_merged(&error, &merge.conflicts()))?;
    merged.terms.version = theirs.verified.version.saturating_add(1);
    let texts = [&my_texts[..], &their_texts].concat();
    let path = folder.policy();
    write_texts(&path, &merged, &texts)?;
    keep(&folder, theirs.verified.version)?;
    files::replace(&path, merged.to_toml().as_bytes())?;
    remember(&folder, public, theirs, their_texts)?;
    answer(format!(
        "Both are joined in {}, as version {}. Look it through, then publish it.",
        path.display(),
        merged.terms.version
    ));
    Ok(())
}

/// Keeps the policy that is being edited, before another one takes its place.
pub(super) fn keep(folder: &ProgramFolder, before: u64) -> Result<(), Failure> {
    let path = folder.policy();
    let beside = |number: u32| {
        let more = if number == 0 { String::new() } else { format!("-{number}") };
        path.with_file_name(format!("policy-before-{before}{more}.toml"))
    };
    let free = (0..).map(beside).find(|path| !path.exists());
    let free = free.unwrap_or_else(|| path.with_file_name("policy-before.toml"));
    files::create(&free, &files::read(&path)?)?;
    answer(format!("The policy as it was is in {}.", free.display()));
    Ok(())
}

/// What is published counts from now on as what was signed last here: the next is made from it.
pub(super) fn remember(
    folder: &ProgramFolder,
    public: ProgramFile,
    published: Published,
    texts: Vec<LocaleFile>,
) -> Result<(), Failure> {
    let public = ProgramFile {
        policy: published.signed,
        // As many as a policy names, and so never too many.
        locales: texts.try_into().unwrap_or_default(),
        ..public
    };
    files::replace(&folder.public_file(), &public.encode())
}

fn not_merged(error: &MergeError, conflicts: &[Conflict]) -> Failure {
    let MergeError::Undecided(_) = error else {
        return Failure::new(
            format!("The two cannot be joined: {error}."),
            "Mend it in an editor.",
        );
    };
    let open = conflicts.iter().filter(|conflict| conflict.chosen.is_none());
    let told: Vec<String> = open.map(in_words).collect();
    Failure::new(
        format!("These fields were changed twice:\n{}", told.join("\n")),
        "Run it again with --mine 'FIELD' or --theirs 'FIELD' for each. Nothing was changed.",
    )
}

fn in_words(conflict: &Conflict) -> String {
    let said = |said: &Option<String>| said.clone().unwrap_or_else(|| "(taken out)".to_owned());
    let Conflict { field, mine, theirs, .. } = conflict;
    let indented = |said: String| said.replace('\n', "\n      ");
    format!("  {field}\n    mine: {}\n    theirs: {}", indented(said(mine)), indented(said(theirs)))
}
