//! `stillroom staff list`.

use clap::Args;
use stillroom_program::{
    Fingerprint, SignedRevocations, StaffRecord, VerifiedDevice, VerifiedRevocations, decode,
};
use stillroom_protocol::Operation;

use super::line::StaffLine;
use super::{Administration, in_words, register};
use crate::clock::{Clock, TOLERANCE};
use crate::failure::Failure;
use crate::terminal::{answer, remark};

/// List everybody's devices.
#[derive(Args)]
pub(super) struct ListArguments {
    #[command(flatten)]
    administration: Administration,
}

pub(super) async fn run(arguments: &ListArguments) -> Result<(), Failure> {
    let administrator = arguments.administration.open()?;
    let mut line = administrator.connect().await?;
    let revocations = revocations(&mut line, &administrator.root).await?;
    let devices = devices(&mut line, &administrator.root).await?;
    if devices.is_empty() {
        remark("Nobody has been invited yet.");
    }
    for device in devices {
        let name = register::name(&administrator.folder.register(), &device.key);
        answer(format!(
            "{}  {}  {}{}",
            register::digits(&device.key),
            in_words(device.roles),
            name.as_deref().unwrap_or("(invited elsewhere)"),
            if revocations.is_revoked(&device) { "  REVOKED" } else { "" }
        ));
    }
    Ok(())
}

/// Every device whose certificates hold.
pub(crate) async fn devices(
    line: &mut StaffLine,
    root: &Fingerprint,
) -> Result<Vec<VerifiedDevice>, Failure> {
    let now = Clock::start().now();
    let records = line.records(Operation::ListStaff).await?;
    let verified = records.iter().filter_map(|record| {
        let record: StaffRecord = decode(record).ok()?;
        record.verify(root, now, TOLERANCE).ok()
    });
    Ok(verified.map(|staff| staff.device).collect())
}

/// The list of revoked devices, checked.
pub(crate) async fn revocations(
    line: &mut StaffLine,
    root: &Fingerprint,
) -> Result<VerifiedRevocations, Failure> {
    let now = Clock::start().now();
    let records = line.records(Operation::Revocations).await?;
    let Some(record) = records.first() else {
        return Ok(VerifiedRevocations::none());
    };
    decode::<SignedRevocations>(record)
        .ok()
        .and_then(|signed| signed.verify(root, now, TOLERANCE).ok())
        .ok_or_else(|| {
            Failure::new(
                "The relay's list of revoked devices is not signed by this program.",
                "Ask whoever runs the relay; until then, do not rely on it.",
            )
        })
}
