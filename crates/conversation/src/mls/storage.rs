//! What the library keeps between calls, in memory only and no longer than needed: one key package until
//! it is used, and the keys of the last few epochs for messages that come late.
//!
//! Nothing of a chat is ever written to a device (`features.md` 3.12). Both are erased when dropped.

use std::convert::Infallible;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use litemap::LiteMap;
use mls_rs_core::group::{EpochRecord, GroupState, GroupStateStorage};
use mls_rs_core::key_package::{KeyPackageData, KeyPackageStorage};
use zeroize::Zeroizing;

/// How many epochs before the current one stay readable. A commit happens when somebody joins or leaves;
/// a message that is three of these late is resent by its writer.
const EPOCHS_KEPT: usize = 3;

/// The secret part of one key package.
#[derive(Clone, Debug, Default)]
pub(super) struct OneKeyPackage(Arc<Mutex<Slot>>);

/// Its reference (RFC 9420 section 5.2) and its keys.
type Slot = Option<(Vec<u8>, KeyPackageData)>;

impl OneKeyPackage {
    /// Whether it is still there to be used.
    pub(super) fn is_there(&self) -> bool {
        self.slot().is_some()
    }

    /// Erases it.
    pub(super) fn erase(&self) {
        *self.slot() = None;
    }

    fn slot(&self) -> MutexGuard<'_, Slot> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl KeyPackageStorage for OneKeyPackage {
    type Error = Infallible;

    fn delete(&mut self, id: &[u8]) -> Result<(), Infallible> {
        self.slot().take_if(|(kept, _)| kept == id);
        Ok(())
    }

    fn insert(&mut self, id: Vec<u8>, data: KeyPackageData) -> Result<(), Infallible> {
        *self.slot() = Some((id, data));
        Ok(())
    }

    fn get(&self, id: &[u8]) -> Result<Option<KeyPackageData>, Infallible> {
        Ok(self.slot().as_ref().filter(|(kept, _)| kept == id).map(|(_, data)| data.clone()))
    }
}

/// The keys of the last few epochs of one group. The group's current state is never stored.
#[derive(Clone, Debug, Default)]
pub(super) struct RecentEpochs(Arc<Mutex<LiteMap<u64, Zeroizing<Vec<u8>>>>>);

impl RecentEpochs {
    fn epochs(&self) -> MutexGuard<'_, LiteMap<u64, Zeroizing<Vec<u8>>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl GroupStateStorage for RecentEpochs {
    type Error = Infallible;

    fn state(&self, _: &[u8]) -> Result<Option<Zeroizing<Vec<u8>>>, Infallible> {
        Ok(None)
    }

    fn epoch(&self, _: &[u8], epoch: u64) -> Result<Option<Zeroizing<Vec<u8>>>, Infallible> {
        Ok(self.epochs().get(&epoch).cloned())
    }

    fn write(
        &mut self,
        _: GroupState,
        inserts: Vec<EpochRecord>,
        updates: Vec<EpochRecord>,
    ) -> Result<(), Infallible> {
        let mut epochs = self.epochs();
        for EpochRecord { id, data } in updates {
            // One that has gone meanwhile does not come back.
            if let Some(kept) = epochs.get_mut(&id) {
                *kept = data;
            }
        }
        for EpochRecord { id, data } in inserts {
            epochs.insert(id, data);
        }
        while epochs.len() > EPOCHS_KEPT {
            let oldest = epochs.first().map(|(id, _)| *id);
            oldest.and_then(|id| epochs.remove(&id));
        }
        Ok(())
    }

    fn max_epoch_id(&self, _: &[u8]) -> Result<Option<u64>, Infallible> {
        Ok(self.epochs().last().map(|(id, _)| *id))
    }
}
