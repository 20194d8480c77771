//! Giving, listing and withdrawing the host's notices, and who has read them (`features.md` 6.3; `decisions/0027`).

use getrandom::SysRng;
use rand_core::{CryptoRng, UnwrapErr};
use stillroom_delivery::HostNotice as Standing;
use stillroom_program::{
    Fingerprint, HostNotice, HostNoticeKind, SignedHostNotice, SigningKey, VerifyingKey, encode,
};
use stillroom_protocol::limits::HOST_NOTICES_MAX;
use stillroom_protocol::{HostNoticeId, decode};

use crate::directory::{DirectoryError, StoredNotice};
use crate::records::Records;
use crate::retention::{DAY, NOTICE_DAYS};

/// Characters of a notice's text.
pub const NOTICE_CHARACTERS: usize = 1_000;

/// Why a notice was not given.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum NotGiven {
    /// It says nothing, or too much.
    Length,
    /// Too many stand already.
    TooMany,
    /// The lasting records do not answer.
    Directory(DirectoryError),
}

impl From<DirectoryError> for NotGiven {
    fn from(error: DirectoryError) -> Self {
        Self::Directory(error)
    }
}

/// A notice that stands.
pub(crate) struct Given {
    pub(crate) notice: HostNotice,
    /// On how many administrators' devices it was read.
    pub(crate) read_by: usize,
}

impl Records {
    /// Gives a notice: it is stored, and every administrator who is connected has it at once.
    pub(crate) async fn give_notice(
        &self,
        kind: HostNoticeKind,
        text: &str,
        host: &SigningKey,
    ) -> Result<HostNoticeId, NotGiven> {
        let text = text.trim();
        if text.is_empty() || text.chars().count() > NOTICE_CHARACTERS {
            return Err(NotGiven::Length);
        }
        let id = drawn(&mut UnwrapErr(SysRng));
        let text = text.try_into().map_err(|_| NotGiven::Length)?;
        let given = self.seconds();
        let notice = HostNotice { id, kind, given, text };
        let record = encode(&SignedHostNotice::sign(notice, &self.root, host));
        let runs_out = given + NOTICE_DAYS * DAY;
        let stored = StoredNotice { id, runs_out, record, read_by: Vec::new() };
        if !self.surely(self.directory.put_notice(stored, HOST_NOTICES_MAX)).await? {
            return Err(NotGiven::TooMany);
        }
        self.notices_changed().await?;
        Ok(id)
    }

    /// The notices that stand, in the order in which they were given.
    pub(crate) async fn notices(&self) -> Result<Vec<Given>, DirectoryError> {
        let stored = self.directory.notices().await?;
        let given = stored.into_iter().filter_map(|stored| {
            let signed: SignedHostNotice = decode(&stored.record).ok()?;
            Some(Given { notice: signed.notice, read_by: stored.read_by.len() })
        });
        Ok(given.collect())
    }

    /// Withdraws a notice, also from consoles where it stands. Whether there was one.
    pub(crate) async fn withdraw_notice(&self, id: HostNoticeId) -> Result<bool, DirectoryError> {
        let there = self.surely(self.directory.withdraw_notice(id)).await?;
        self.notices_changed().await?;
        Ok(there)
    }

    /// Whoever is at this device has read it.
    pub(crate) async fn acknowledge_notice(
        &self,
        id: HostNoticeId,
        device: VerifyingKey,
    ) -> Result<(), DirectoryError> {
        self.surely(self.directory.read_notice(id, device.0)).await?;
        self.notices_changed().await
    }

    async fn notices_changed(&self) -> Result<(), DirectoryError> {
        self.surely(Box::pin(self.show_notices())).await?;
        self.switchboard.published();
        Ok(())
    }

    /// Brings the live state to where the records are.
    pub(crate) async fn show_notices(&self) -> Result<(), DirectoryError> {
        // An older list never comes after a newer one.
        let _alone = self.showing_notices.lock().await;
        let stored = self.directory.notices().await?;
        let standing = stored.into_iter().filter_map(|stored| {
            let read_by = stored.read_by.into_iter().map(VerifyingKey).collect();
            Some(Standing { signed: stored.record.try_into().ok()?, read_by })
        });
        self.switchboard.set_host_notices(standing.collect());
        Ok(())
    }
}

/// The host's fingerprint, as consoles show it.
pub(crate) fn fingerprint(host: &SigningKey) -> Fingerprint {
    Fingerprint::of(&host.verifying_key())
}

fn drawn(rng: &mut dyn CryptoRng) -> HostNoticeId {
    let mut id = HostNoticeId([0; 16]);
    rng.fill_bytes(&mut id.0);
    id
}
