//! `stillroom policy publish`.

use std::path::PathBuf;

use clap::Args;
use stillroom_program::encode;
use stillroom_protocol::Operation;

use super::published::Published;
use super::sign::Signed;
use crate::client::RelayAddress;
use crate::failure::Failure;
use crate::record::Record;
use crate::staff::line::{StaffLine, too_long};
use crate::terminal::answer;

/// Sign the policy, write it into public.stillroom, and send it to the relay.
#[derive(Args)]
pub(super) struct PublishArguments {
    /// The program's folder.
    folder: PathBuf,
    /// The desk's address at the relay, such as wss://desk.example.org.
    #[arg(long)]
    relay: RelayAddress,
    /// A file with the passphrase, instead of being asked for it.
    #[arg(long)]
    passphrase_file: Option<PathBuf>,
}

pub(super) async fn run(arguments: &PublishArguments) -> Result<(), Failure> {
    let signed = Signed::make(&arguments.folder, arguments.passphrase_file.as_deref())?;
    let policy = encode(&signed.public.policy).try_into().map_err(|_| too_long("policy"))?;
    let mut line =
        StaffLine::open_as(&arguments.relay, &signed.public.root, &signed.administrator).await?;
    let newest = Published::newest(&mut line, &signed.public.root).await?;
    if !signed.knows(&newest) {
        return Err(Failure::new(
            format!(
                "Somebody else published version {} of the policy. Yours was not sent, and nothing of it is lost.",
                newest.verified.version
            ),
            "`stillroom policy merge` joins theirs with yours; then publish again.",
        ));
    }
    let replaces = newest.verified.version;
    for file in signed.public.locales.iter() {
        let file = file.to_vec().try_into().map_err(|_| too_long("file of texts"))?;
        line.done(Operation::PublishLocale { file }).await?;
    }
    let record = Record::new(&signed.folder, signed.public.root);
    let publish = Operation::PublishPolicy { replaces, policy };
    record.perform(&mut line, &signed.administrator, &publish).await?;
    signed.write()?;
    answer(format!("Version {} of the policy is published.", signed.version));
    Ok(())
}
