//! What a member of staff may do (`features.md` 5.1).
//!
//! A role is a right that a certificate carries, not proof of how somebody will use it.

use core::fmt;
use core::ops::BitOr;

use mls_rs_codec::{Error, MlsDecode, MlsEncode, MlsSize};
use stillroom_wire::Vec;

/// The roles that a certificate carries. A bit that this version does not know does not decode.
#[derive(Clone, Copy, Default, PartialEq, Eq, Hash)]
pub struct Roles(u8);

impl Roles {
    /// None.
    pub const NONE: Self = Self(0);
    /// Chats with survivors.
    pub const ADVOCATE: Self = Self(1);
    /// Looks after advocates and the floor, and can chat with survivors.
    pub const SUPERVISOR: Self = Self(2);
    /// Joins a chat to interpret.
    pub const INTERPRETER: Self = Self(4);
    /// Certifies staff and publishes the policy. Given by the root key alone.
    pub const ADMINISTRATOR: Self = Self(8);

    /// Whether all of `roles` are among these.
    pub const fn contains(self, roles: Self) -> bool {
        self.0 & roles.0 == roles.0
    }

    /// Whether somebody with these may lead a chat.
    pub const fn may_lead(self) -> bool {
        self.contains(Self::ADVOCATE) || self.contains(Self::SUPERVISOR)
    }

    /// Whether somebody with these is ever in a chat: leads one, or joins one as an interpreter. Those are on duty
    /// together and write to one another.
    pub const fn may_join(self) -> bool {
        self.may_lead() || self.contains(Self::INTERPRETER)
    }

    /// Whether somebody with these may state that somebody is on duty, and holds the duty key: the ones
    /// who may lead a chat.
    pub const fn may_state_duty(self) -> bool {
        self.may_lead()
    }

    /// Whether somebody with these may begin a new vault of code words in place of one that does not open, by which
    /// all words are lost.
    pub const fn may_begin_vault(self) -> bool {
        self.contains(Self::SUPERVISOR) || self.contains(Self::ADMINISTRATOR)
    }
}

impl BitOr for Roles {
    type Output = Self;

    fn bitor(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }
}

impl fmt::Debug for Roles {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names = [
            (Self::ADVOCATE, "advocate"),
            (Self::SUPERVISOR, "supervisor"),
            (Self::INTERPRETER, "interpreter"),
            (Self::ADMINISTRATOR, "administrator"),
        ];
        let held = names.into_iter().filter(|(role, _)| self.contains(*role));
        f.debug_list().entries(held.map(|(_, name)| name)).finish()
    }
}

impl MlsSize for Roles {
    fn mls_encoded_len(&self) -> usize {
        1
    }
}

impl MlsEncode for Roles {
    fn mls_encode(&self, writer: &mut Vec<u8>) -> Result<(), Error> {
        writer.push(self.0);
        Ok(())
    }
}

impl MlsDecode for Roles {
    fn mls_decode(reader: &mut &[u8]) -> Result<Self, Error> {
        match u8::mls_decode(reader)? {
            bits @ 0..=15 => Ok(Self(bits)),
            _ => Err(Error::InvalidContent),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use stillroom_wire::{DecodeError, decode, encode};

    #[test]
    fn an_interpreter_neither_leads_nor_states_duty() {
        assert!(!Roles::INTERPRETER.may_lead() && !Roles::INTERPRETER.may_state_duty());
        assert!(!Roles::ADMINISTRATOR.may_lead() && !Roles::ADMINISTRATOR.may_join());
        assert!(Roles::INTERPRETER.may_join() && Roles::SUPERVISOR.may_join());
        assert!(Roles::ADVOCATE.may_lead() && Roles::SUPERVISOR.may_state_duty());
    }

    #[test]
    fn a_role_of_a_later_version_does_not_decode() {
        assert_eq!(decode::<Roles>(&[16]), Err(DecodeError::Malformed));
        let both = Roles::ADVOCATE | Roles::ADMINISTRATOR;
        assert_eq!(decode::<Roles>(&encode(&both)), Ok(both));
    }
}
