//! Devices of advocates that the relay lists, as it does after an invitation: the desks of a program wrap the key that
//! opens what survivors say beforehand for whom it lists, and one that is not listed is at work without colleagues.

use stillroom_program::{Device, encode};
use stillroom_protocol::Operation;

use super::opening::local;
use super::rooms::Rooms;
use crate::failure::Failure;
use crate::program::ProgramFolder;
use crate::record::Record;
use crate::staff::line::{StaffLine, too_long};

/// As many devices, each certified and entered in the record by the program's administrator. The staff come in by
/// `port`.
pub(super) async fn advocates(
    rooms: &Rooms,
    port: u16,
    count: usize,
) -> Result<Vec<Device>, Failure> {
    let program = rooms.program();
    let (root, administrator) = (program.root.fingerprint(), &program.administrator);
    let mut line = StaffLine::open_as(&local(port)?, &root, administrator).await?;
    let record = Record::new(&ProgramFolder::new(&rooms.beside("")), root);
    let mut devices = Vec::new();
    for _ in 0..count {
        let device = rooms.advocate()?;
        let staff = encode(&device.staff_record());
        let staff = staff.try_into().map_err(|_| too_long("staff record"))?;
        let publish = Operation::PublishStaff { record: staff };
        record.perform(&mut line, administrator, &publish).await?;
        devices.push(device);
    }
    Ok(devices)
}
