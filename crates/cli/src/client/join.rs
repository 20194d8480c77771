//! `stillroom client join`: a new member's device without a page, for tests. It answers an invitation,
//! waits to be certified, and writes its keys to a file.

use std::path::PathBuf;
use std::time::Duration;

use clap::Args;
use stillroom_program::{Fingerprint, InvitationSecret, NewDevice, encode};
use stillroom_protocol::Operation;

use super::{RelayAddress, device_link};
use crate::clock::Clock;
use crate::failure::Failure;
use crate::files;
use crate::randomness::system;
use crate::staff::line::{StaffLine, too_long};
use crate::terminal::remark;

/// How often the relay is asked whether the certificates are there.
const ASKS_EVERY: Duration = Duration::from_millis(500);

/// How often it is begun anew, with the same keys, where the line breaks.
const TRIES: u32 = 3;

/// How far this computer's clock may be off, as everywhere.
const TOLERANCE: Duration = Duration::from_secs(24 * 60 * 60);

/// Answer an invitation with a device that is kept in a file.
#[derive(Args)]
pub(super) struct JoinArguments {
    /// The invitation's link.
    #[arg(long)]
    link: String,
    /// The fingerprint of the program's root key.
    #[arg(long)]
    root: Fingerprint,
    /// Where to write the device: whoever has the file is that member of staff.
    #[arg(long)]
    device_file: PathBuf,
}

pub(super) async fn run(arguments: &JoinArguments) -> Result<(), Failure> {
    let no_link = || {
        Failure::new(
            "This is no invitation's link.",
            "Copy the whole link, with everything after the #.",
        )
    };
    let address: RelayAddress = arguments.link.parse().map_err(|_| no_link())?;
    let secret = device_link::part(&arguments.link, "#join=").ok_or_else(no_link)?;
    let secret = InvitationSecret::from_bytes(secret.first_chunk().ok_or_else(no_link)?);
    let new = NewDevice::generate(&mut system());
    let root = &arguments.root;

    let request =
        encode(&new.request(&secret, root)).try_into().map_err(|_| too_long("request"))?;
    let enrol = Operation::Enrol { invitation: secret.id(), request };
    let mut tries = 1..TRIES;
    let sealed = loop {
        match completed(&address, root, &secret, &enrol).await {
            Err(_) if tries.next().is_some() => {}
            done => break done?,
        }
    };
    let device =
        new.complete(&secret, root, &sealed, Clock::start().now(), TOLERANCE).map_err(|error| {
            Failure::new(
                format!("What came back is not believed: {error}."),
                "Ask for a new invitation, and for the program's fingerprint by another way.",
            )
        })?;
    files::create_private(&arguments.device_file, &device.to_bytes())?;
    remark("This device is certified.");
    Ok(())
}

/// Asks, on one line, until an administrator has certified the device: what is sealed to it.
async fn completed(
    address: &RelayAddress,
    root: &Fingerprint,
    secret: &InvitationSecret,
    enrol: &Operation,
) -> Result<Vec<u8>, Failure> {
    let mut line = StaffLine::open(address, root).await?;
    line.done(enrol.clone()).await?;
    loop {
        let taken = line.records(Operation::TakeEnrolment { invitation: secret.id() }).await?;
        match taken.into_iter().next() {
            Some(sealed) => return Ok(sealed),
            None => tokio::time::sleep(ASKS_EVERY).await,
        }
    }
}
