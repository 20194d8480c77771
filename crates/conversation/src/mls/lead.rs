//! The extension of the group's context that names the lead: the one advocate who may change the group.
//!
//! It is part of what every member signs over and of every key of the group, so that nobody can be told of
//! another lead than the rest.

use mls_rs::{Extension, ExtensionList};
use mls_rs_core::extension::ExtensionType;
use stillroom_program::VerifyingKey;

/// Its number, of those for private use (RFC 9420 section 17.3).
pub(super) const LEAD: ExtensionType = ExtensionType::new(0xF0A1);

/// A group context that names `lead`, and holds nothing else.
pub(super) fn context_of(lead: &VerifyingKey) -> ExtensionList {
    ExtensionList::from(vec![Extension::new(LEAD, lead.0.to_vec())])
}

/// The lead that a group context names; `None` if it names none or holds anything else.
pub(super) fn lead_of(context: &ExtensionList) -> Option<VerifyingKey> {
    let [extension] = context.as_slice() else {
        return None;
    };
    if extension.extension_type() != LEAD {
        return None;
    }
    Some(VerifyingKey(extension.extension_data().try_into().ok()?))
}
