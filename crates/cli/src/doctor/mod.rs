//! `stillroom doctor`: looks at a deployment from outside in, as a survivor's browser and a desk meet it, and says what
//! to do (`features.md` 6.7).
//!
//! Everything that answers is outside: each answer has a longest size and a longest time. It shows what these servers
//! gave to this computer now, and can be no proof against a server that knows who asks.

mod certificate;
mod computer;
mod finding;
mod line;
mod page;
mod ports;

use std::path::PathBuf;

use clap::Args;
use serde_json::json;
use stillroom_program::Fingerprint;
use stillroom_relay::{Hosting, Origin};

use self::finding::Finding;
use crate::failure::Failure;
use crate::program::ProgramFolder;
use crate::serve::read_config;
use crate::site::{BuiltPages, Page, page_address, relay_address};
use crate::terminal::answer;

/// Look at a deployment from outside, and say what to do. Exit code 1 where something must be done.
#[derive(Args)]
pub(crate) struct DoctorArguments {
    /// The program's folder, for the fingerprint of its root key. No key in it is opened.
    folder: PathBuf,
    /// Where survivors open their page, such as https://chat.example.org.
    #[arg(long, value_parser = page_address)]
    chat: Origin,
    /// Where staff open the desk, such as https://desk.example.org.
    #[arg(long, value_parser = page_address)]
    desk: Origin,
    /// The relay's address for survivors, such as wss://relay.example.net, where another server gives out the page.
    /// Without it, the one that the page names.
    #[arg(long, value_parser = relay_address)]
    relay: Option<Origin>,
    /// The relay's configuration, where this is its computer: limits are looked at as well, and the ports in it.
    #[arg(long)]
    config: Option<PathBuf>,
    /// A port at the relay's host that nobody outside should reach; may be given several times.
    #[arg(long, value_name = "PORT")]
    closed: Vec<u16>,
    /// Print JSON.
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    built: BuiltPages,
}

/// Looks at everything.
pub(crate) async fn run(arguments: DoctorArguments) -> Result<(), Failure> {
    let root = ProgramFolder::new(&arguments.folder).public()?.root;
    let hosting = arguments.config.as_deref().map(read_config).transpose()?;
    let findings = all(&arguments, &root, hosting.as_ref()).await?;
    let to_do = findings.iter().filter(|finding| finding.is_to_do()).count();
    if arguments.json {
        answer(json!({"well": to_do == 0, "findings": findings}).to_string());
    } else {
        findings.iter().for_each(|finding| answer(finding.in_words()));
    }
    match to_do {
        0 => Ok(()),
        1 => Err(failure("One thing must be done.")),
        many => Err(failure(&format!("{many} things must be done."))),
    }
}

fn failure(what: &str) -> Failure {
    Failure::new(what, "What, stands above; then run this again.")
}

async fn all(
    arguments: &DoctorArguments,
    root: &Fingerprint,
    hosting: Option<&Hosting>,
) -> Result<Vec<Finding>, Failure> {
    let DoctorArguments { chat, desk, relay, built, .. } = arguments;
    let look = Look { root, built };
    let (survivors, staff) = tokio::try_join!(
        look.at(Page::Survivor, chat, relay.as_ref()),
        look.at(Page::Desk, desk, None)
    )?;
    let relays = [survivors.relay, staff.relay];
    let mut findings = [survivors.findings, staff.findings].concat();
    findings.extend(ports::look(&relays, &arguments.closed, hosting).await);
    if let Some(hosting) = hosting {
        findings.extend(computer::look(hosting).await);
    }
    Ok(findings)
}

/// How doors are looked at.
struct Look<'a> {
    root: &'a Fingerprint,
    built: &'a BuiltPages,
}

/// What was found of a door and of the relay behind it, and which relay that is.
struct Door {
    findings: Vec<Finding>,
    relay: Origin,
}

impl Look<'_> {
    /// Looks at the page at this address and at the relay to which it leads, or at the one that was `told`. What waits
    /// for an answer waits beside the rest.
    async fn at(
        &self,
        page: Page,
        origin: &Origin,
        told: Option<&Origin>,
    ) -> Result<Door, Failure> {
        let Self { root, built } = self;
        let (certificate, seen) =
            tokio::join!(certificate::look(origin), page::look(page, origin, root, built));
        let mut findings = [certificate?, seen.findings].concat();
        let is_known = told.is_some() || seen.is_ours;
        let relay = told.cloned().or(seen.relay).unwrap_or_else(|| origin.clone());
        if relay != *origin {
            let (certificate, clock) =
                tokio::join!(certificate::look(&relay), page::clock_of(&relay));
            findings.extend(certificate?);
            findings.push(clock);
        }
        let doubt = if findings.iter().any(|finding| finding.is_no_certificate_of(&relay)) {
            Some("No line opens over this certificate, or without one.")
        } else if is_known {
            None
        } else {
            Some("The page does not show where its relay is: name it with --relay.")
        };
        let ((line, policy), second_way) =
            tokio::join!(line::look(&relay, root, doubt), line::second_way(&relay, root, doubt));
        findings.extend([line, second_way]);
        if page == Page::Survivor {
            findings.extend(policy.map(|policy| line::policy(&relay, root, &policy)));
        }
        Ok(Door { findings, relay })
    }
}
