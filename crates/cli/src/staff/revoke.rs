//! `stillroom staff revoke`.

use clap::Args;
use stillroom_program::{SignedRevocations, VerifiedDevice, encode};
use stillroom_protocol::Operation;

use super::line::too_long;
use super::{Administration, list, register};
use crate::clock::Clock;
use crate::failure::Failure;
use crate::terminal::answer;

/// Revoke a device: it is let in no more.
#[derive(Args)]
pub(super) struct RevokeArguments {
    #[command(flatten)]
    administration: Administration,
    /// The device, as `stillroom staff list` shows it.
    device: String,
}

pub(super) async fn run(arguments: &RevokeArguments) -> Result<(), Failure> {
    let administrator = arguments.administration.open()?;
    let mut line = administrator.connect().await?;
    let devices = list::devices(&mut line, &administrator.root).await?;
    let device = find(&devices, &arguments.device)?;
    let current = list::revocations(&mut line, &administrator.root).await?;
    let next = current
        .list()
        .with(device.key, device.not_after, Clock::start().now())
        .map_err(|error| not_revoked(&error))?;
    let signed = SignedRevocations::sign(next, &administrator.device)
        .map_err(|error| not_revoked(&error))?;
    let list = encode(&signed).try_into().map_err(|_| too_long("list"))?;
    administrator.perform(&mut line, &Operation::PublishRevocations { list }).await?;
    let name = register::name(&administrator.folder.register(), &device.key);
    answer(format!(
        "Revoked: {} {}. It is let in no more, and survivors' pages refuse it.",
        register::digits(&device.key),
        name.unwrap_or_default()
    ));
    Ok(())
}

fn find<'a>(devices: &'a [VerifiedDevice], wanted: &str) -> Result<&'a VerifiedDevice, Failure> {
    let mut found = devices.iter().filter(|device| register::digits(&device.key) == wanted);
    found.next().ok_or_else(|| {
        Failure::new(
            format!("There is no device {wanted}."),
            "`stillroom staff list` shows each; copy its first column.",
        )
    })
}

fn not_revoked(error: &dyn std::fmt::Display) -> Failure {
    Failure::new(format!("The device was not revoked: {error}."), "Look at that, and revoke again.")
}
