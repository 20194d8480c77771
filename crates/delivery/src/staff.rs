//! Which staff devices are connected, and where (`features.md` 5.1).
//!
//! One connection for each device, the newest: a device that is admitted again has lost its older line or
//! opened a second page, and two pages of one device would both take what is for one.

use std::collections::BTreeMap;
use std::sync::Arc;

use stillroom_program::{Roles, VerifiedDevice, VerifiedRevocations, VerifyingKey};
use stillroom_protocol::Bytes;
use stillroom_protocol::limits::STATEMENT_MAX;

use crate::command::ConnectionId;
use crate::duty::OnDuty;

/// The staff devices that the core knows of.
#[derive(Default)]
pub(crate) struct Staff {
    connected: BTreeMap<VerifyingKey, ConnectionId>,
    /// Every device that was admitted since the core started, so that one whose line is down when it is
    /// revoked loses its rooms and claims all the same. As many as the program has certified at most.
    known: BTreeMap<VerifyingKey, Arc<VerifiedDevice>>,
    pub(crate) duty: BTreeMap<VerifyingKey, OnDuty>,
    /// The statement that survivors were last shown; empty where nobody is on duty.
    pub(crate) shown: Bytes<STATEMENT_MAX>,
    /// Whether it says that the chat is open.
    pub(crate) open: bool,
}

impl Staff {
    /// The device is admitted on this connection; gives back an older one. Devices that are `still_good` no more
    /// are known no longer.
    pub(crate) fn connect(
        &mut self,
        device: &Arc<VerifiedDevice>,
        connection: ConnectionId,
        still_good: impl Fn(&VerifiedDevice) -> bool,
    ) -> Option<ConnectionId> {
        self.known.retain(|_, known| still_good(known));
        self.known.insert(device.key, Arc::clone(device));
        self.connected.insert(device.key, connection).filter(|older| *older != connection)
    }

    /// The connection is gone. Whether it was the device's own.
    pub(crate) fn disconnect(&mut self, device: &VerifyingKey, connection: ConnectionId) -> bool {
        let own = self.connection_of(device) == Some(connection);
        if own {
            self.connected.remove(device);
        }
        own
    }

    /// Where a device is to be reached now.
    pub(crate) fn connection_of(&self, device: &VerifyingKey) -> Option<ConnectionId> {
        self.connected.get(device).copied()
    }

    /// The connected devices that are ever in a chat, and where each is to be reached.
    pub(crate) fn colleagues(&self) -> impl Iterator<Item = (VerifyingKey, ConnectionId)> {
        let may_join = |key: &VerifyingKey| self.known.get(key).is_some_and(|d| d.roles.may_join());
        self.connected.iter().filter(move |(key, _)| may_join(key)).map(|(key, id)| (*key, *id))
    }

    /// The connected administrators' devices, and where each is to be reached.
    pub(crate) fn administrators(&self) -> impl Iterator<Item = (VerifyingKey, ConnectionId)> {
        let administers = |key: &VerifyingKey| {
            self.known.get(key).is_some_and(|known| known.roles.contains(Roles::ADMINISTRATOR))
        };
        self.connected.iter().filter(move |(key, _)| administers(key)).map(|(key, id)| (*key, *id))
    }

    /// Takes out the devices that are revoked now.
    pub(crate) fn take_revoked(&mut self, revocations: &VerifiedRevocations) -> Vec<VerifyingKey> {
        let revoked: Vec<VerifyingKey> = self
            .known
            .values()
            .filter(|device| revocations.is_revoked(device))
            .map(|device| device.key)
            .collect();
        for device in &revoked {
            self.known.remove(device);
        }
        revoked
    }

    pub(crate) fn connected(&self) -> usize {
        self.connected.len()
    }

    /// How many devices are known.
    pub(crate) fn known(&self) -> usize {
        self.known.len()
    }

    /// Bytes of all duty statements, and of the one that is shown.
    pub(crate) fn statement_bytes(&self) -> usize {
        self.duty.values().map(OnDuty::bytes).sum::<usize>() + self.shown.len()
    }
}
