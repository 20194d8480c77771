//! Who is in the chat, in what role, under what name (`features.md` 3.1, 3.3).
//!
//! Nobody is in it whose certificate does not lead to the program's root, and nobody has a name but from
//! the part of that certificate that came inside the group.

use litemap::LiteMap;
use stillroom_program::{NameCertificate, VerifiedDevice, VerifyingKey};
use stillroom_protocol::{LeavingHash, decode};

use crate::{
    conversation::{Announcement, MemberNumber, Newcomer, Participant, Role, role_of},
    envelope::LeafNumber,
};

/// Somebody in the chat.
pub(crate) struct Member {
    pub(crate) role: Role,
    /// Nothing for the survivor.
    pub(crate) device: Option<VerifiedDevice>,
    /// Nothing until a member of staff has introduced themselves, and the survivor arrived.
    name: Option<String>,
    /// Of the survivor, once they arrived: what is given away when they leave.
    leaving: Option<LeavingHash>,
    here: bool,
}

impl Member {
    /// The survivor, who has no name to give, and counts as here once they said that they arrived.
    pub(crate) fn survivor(arrived: bool) -> Self {
        let name = arrived.then(String::new);
        Self { role: Role::Survivor, device: None, name, leaving: None, here: true }
    }

    pub(crate) fn staff(device: VerifiedDevice) -> Self {
        let role = role_of(device.roles);
        Self { role, device: Some(device), name: None, leaving: None, here: true }
    }

    /// Somebody whom the survivor agreed to, under the name and in the role that they were told.
    pub(crate) fn newcomer(device: VerifiedDevice, who: &Newcomer) -> Self {
        let (role, name) = (who.role, Some(who.name.clone()));
        Self { role, device: Some(device), name, leaving: None, here: true }
    }

    fn name(&self) -> String {
        self.name.clone().unwrap_or_default()
    }
}

/// The members, by leaf.
pub(crate) struct Roster {
    members: LiteMap<LeafNumber, Member>,
    me: LeafNumber,
}

impl Roster {
    pub(crate) fn new(me: LeafNumber) -> Self {
        Self { members: LiteMap::new(), me }
    }

    pub(crate) fn add(&mut self, leaf: LeafNumber, member: Member) {
        self.members.insert(leaf, member);
    }

    pub(crate) fn remove(&mut self, leaf: LeafNumber) -> Option<Announcement> {
        let member = self.members.remove(&leaf)?;
        Some(Announcement::Left { name: member.name(), role: member.role })
    }

    /// Who joined an advocate and a survivor, if somebody did.
    pub(crate) fn third(&self, lead: LeafNumber) -> Option<LeafNumber> {
        let mut members = self.members.iter();
        let third = members.find(|(leaf, one)| **leaf != lead && one.role != Role::Survivor);
        third.map(|(leaf, _)| *leaf)
    }

    /// What to say about somebody who joined.
    pub(crate) fn joined(&self, leaf: LeafNumber) -> Option<Announcement> {
        let member = self.members.get(&leaf)?;
        Some(Announcement::Joined { name: member.name(), role: member.role })
    }

    /// What the certificate of a member of staff says.
    pub(crate) fn device(&self, leaf: LeafNumber) -> Option<&VerifiedDevice> {
        self.members.get(&leaf)?.device.as_ref()
    }

    /// The key in it.
    pub(crate) fn key(&self, leaf: LeafNumber) -> Option<VerifyingKey> {
        self.device(leaf).map(|device| device.key)
    }

    /// What to say when the survivor goes on with somebody else than this member.
    pub(crate) fn handed_over(&self, leaf: LeafNumber) -> Option<Announcement> {
        let member = self.members.get(&leaf)?;
        Some(Announcement::HandedOver { name: member.name(), role: member.role })
    }

    pub(crate) fn others(&self) -> Vec<LeafNumber> {
        self.members.keys().copied().filter(|leaf| *leaf != self.me).collect()
    }

    /// The others whose line stands, as far as the relay says.
    pub(crate) fn others_here(&self) -> Vec<LeafNumber> {
        let here = self.members.iter().filter(|(leaf, member)| **leaf != self.me && member.here);
        here.map(|(leaf, _)| *leaf).collect()
    }

    pub(crate) fn role(&self, leaf: LeafNumber) -> Option<Role> {
        self.members.get(&leaf).map(|member| member.role)
    }

    pub(crate) fn is_introduced(&self, leaf: LeafNumber) -> bool {
        self.members.get(&leaf).is_some_and(|member| member.name.is_some())
    }

    /// A member of staff says their name. Whether their certificate bears it out.
    pub(crate) fn introduce(&mut self, leaf: LeafNumber, certificate: &[u8]) -> bool {
        let Some(member) = self.members.get_mut(&leaf) else {
            return false;
        };
        let Some(device) = &member.device else {
            return false;
        };
        let Ok(certificate) = decode::<NameCertificate>(certificate) else {
            return false;
        };
        let Ok(name) = certificate.verify(device) else {
            return false;
        };
        member.name = Some(name.as_str().into());
        true
    }

    /// The survivor says that they are in the group, and how to know that they left. Whether it is the
    /// survivor, and for the first time.
    pub(crate) fn arrive(&mut self, leaf: LeafNumber, leaving: LeavingHash) -> bool {
        match self.members.get_mut(&leaf) {
            Some(member) if member.role == Role::Survivor && member.leaving.is_none() => {
                member.name = Some(String::new());
                member.leaving = Some(leaving);
                true
            }
            _ => false,
        }
    }

    /// Whether this is what a member said would be given away when they leave.
    pub(crate) fn leaves_with(&self, hash: &LeavingHash) -> bool {
        self.members.values().any(|member| member.leaving.as_ref() == Some(hash))
    }

    /// Whether the survivor is in the group and their line stands.
    pub(crate) fn survivor_is_here(&self) -> bool {
        let mut members = self.members.values();
        members.any(|member| member.role == Role::Survivor && member.name.is_some() && member.here)
    }

    /// The relay says whether a member's line stands. What to say where that is news.
    pub(crate) fn set_here(&mut self, leaf: LeafNumber, here: bool) -> Option<Announcement> {
        let member = self.members.get_mut(&leaf)?;
        if core::mem::replace(&mut member.here, here) == here || member.name.is_none() {
            return None;
        }
        let (name, role) = (member.name(), member.role);
        Some(if here {
            Announcement::LineBack { name, role }
        } else {
            Announcement::LineDropped { name, role }
        })
    }

    /// What to say about a member whose desk is left for a moment, or who is back at it.
    pub(crate) fn stepped_away(&self, leaf: LeafNumber, away: bool) -> Option<Announcement> {
        let member = self.members.get(&leaf)?;
        let (name, role) = (member.name(), member.role);
        Some(if away {
            Announcement::SteppedAway { name, role }
        } else {
            Announcement::CameBack { name, role }
        })
    }

    pub(crate) fn participants(&self) -> Vec<Participant> {
        self.members
            .iter()
            .map(|(&leaf, member)| Participant {
                member: MemberNumber(leaf),
                name: member.name(),
                role: member.role,
                me: leaf == self.me,
                here: member.here,
            })
            .collect()
    }
}
