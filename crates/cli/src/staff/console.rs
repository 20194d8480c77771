//! `stillroom staff console`: another administrator's device, for a browser.
//!
//! The root key makes it, on the program's own computer; the link carries it wrapped under a passphrase of its own, and
//! the browser keeps it so. Whoever has the link and the passphrase is an administrator: pass them on apart.

use std::path::PathBuf;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use clap::Args;
use stillroom_program::encode;
use stillroom_protocol::Operation;
use stillroom_relay::Origin;

use super::line::too_long;
use super::{Administration, register};
use crate::clock::Clock;
use crate::failure::Failure;
use crate::program::Fresh;
use crate::randomness::system;
use crate::site::page_address;
use crate::terminal::{answer, new_passphrase};

/// Make another administrator's device, for a browser: prints a link.
#[derive(Args)]
pub(super) struct ConsoleArguments {
    #[command(flatten)]
    administration: Administration,
    /// Who it is for, as `stillroom staff list` shows it.
    #[arg(long)]
    name: String,
    /// The address of the desk's page, where the program gives it out itself; else it is the relay's.
    #[arg(long, value_parser = page_address)]
    desk: Option<Origin>,
    /// A file with the passphrase under which the browser keeps the device, instead of being asked for it.
    #[arg(long)]
    device_passphrase_file: Option<PathBuf>,
}

pub(super) async fn run(arguments: &ConsoleArguments) -> Result<(), Failure> {
    let (administrator, root) = arguments.administration.open_with_root()?;
    let device = Fresh::of(root, &mut system(), Clock::start().now())?.administrator;
    let question = "A passphrase for this administrator's desk:";
    let file = arguments.device_passphrase_file.as_deref();
    let own = new_passphrase(question, file, &[&arguments.name])?;
    let wrapped = device.wrap_with_passphrase(&own, &mut system()).map_err(|error| {
        Failure::new(format!("The device was not made: {error}."), "Choose another passphrase.")
    })?;
    let record = encode(&device.staff_record()).try_into().map_err(|_| too_long("staff record"))?;
    let mut line = administrator.connect().await?;
    administrator.perform(&mut line, &Operation::PublishStaff { record }).await?;
    register::note(&administrator.folder.register(), &device.key(), &arguments.name)?;
    let page = match &arguments.desk {
        Some(desk) => desk.to_string(),
        None => administrator.relay.origin(),
    };
    answer(format!("{page}/#kept={}", URL_SAFE_NO_PAD.encode(wrapped)));
    Ok(())
}
