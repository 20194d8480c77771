//! What comes in from a group: what it claims to be, and what it turned out to be.
//!
//! A claim is in the clear (RFC 9420 section 6.3), and anybody on the way can change it; it only decides
//! how the message is tried.

use std::fmt;

use mls_rs::group::ContentType;
use mls_rs::{MlsMessage, MlsMessageDescription};
use zeroize::Zeroizing;

use super::client::Config;
use super::credential::{Leaf, Member};
use super::error::MlsError;

/// What a message from the group was. Prints its kind only.
#[derive(PartialEq, Eq)]
pub enum Received {
    /// A member wrote something.
    Application {
        /// Who.
        sender: Leaf,
        /// What, as it was given to [`Group::encrypt`](super::Group::encrypt).
        plaintext: Zeroizing<Vec<u8>>,
    },
    /// The lead changed the group: a new epoch has begun.
    Changed {
        /// Who has come, to be verified before they are shown.
        joined: Vec<Member>,
        /// Who has gone; the leaf may be taken again at once.
        left: Vec<Leaf>,
    },
    /// The lead removed this member. The keys are erased.
    SelfRemoved,
    /// One's own message come back, or a commit from before this epoch.
    Nothing,
}

impl fmt::Debug for Received {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Application { .. } => "Application",
            Self::Changed { .. } => "Changed",
            Self::SelfRemoved => "SelfRemoved",
            Self::Nothing => "Nothing",
        })
    }
}

/// What kind of message of this group it says it is.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// Something written, in this epoch or one before.
    Application,
    /// A change of this epoch's group.
    Commit,
    /// A change that was made long since.
    OldCommit,
}

pub(super) fn kind_of(
    state: &mls_rs::Group<Config>,
    message: &MlsMessage,
) -> Result<Kind, MlsError> {
    match message.description() {
        MlsMessageDescription::PrivateProtocolMessage { group_id, epoch_id, content_type } => {
            if group_id != state.group_id() {
                return Err(MlsError::NotForThisChat);
            }
            if epoch_id > state.current_epoch() {
                return Err(MlsError::NotYet);
            }
            Ok(match content_type {
                ContentType::Application => Kind::Application,
                _ if epoch_id < state.current_epoch() => Kind::OldCommit,
                _ => Kind::Commit,
            })
        }
        MlsMessageDescription::PublicProtocolMessage { .. } => Err(MlsError::NotEncrypted),
        _ => Err(MlsError::Malformed),
    }
}
