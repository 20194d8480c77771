//! Where "Leave this page" leads (`features.md` 1.7): to an ordinary site, and not to one that tells what the
//! page was.

use alloc::string::String;

use stillroom_wire::Text;

use super::{Findings, Place, Problem, is_https};
use crate::policy::{Alternative, AlternativeKind};

pub(super) fn check(exits: &[Text<200>], alternatives: &[Alternative], findings: &mut Findings) {
    let websites = alternatives.iter().filter(|way| way.kind == AlternativeKind::Website);
    let own = |exit: &str| websites.clone().any(|website| host(&website.value) == host(exit));
    if let Some(at) = exits.iter().position(|exit| is_https(exit) && own(exit)) {
        findings.add(place(at), Problem::LeadsBack);
    }
}

/// One of the sites.
pub(super) fn place(at: usize) -> Place {
    Place::of_field("exits", alloc::format!("exits[{at}]"))
}

/// The name of the site in an `https` address, with or without `www`.
fn host(address: &str) -> Option<String> {
    let (_, rest) = address.split_once("://")?;
    let authority = rest.split(['/', '?', '#']).next()?;
    let (_, host) = authority.rsplit_once('@').unwrap_or(("", authority));
    let host = host.split(':').next()?.trim_end_matches('.').to_lowercase();
    Some(host.strip_prefix("www.").unwrap_or(&host).into())
}
