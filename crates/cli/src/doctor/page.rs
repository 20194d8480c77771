//! What a door gives out: the page and its files as they were released, the headers on them, and the server's clock.

use std::time::{Duration, SystemTime};

use hyper::header::DATE;
use stillroom_program::Fingerprint;
use stillroom_relay::Origin;

use super::finding::{Check, Finding};
use crate::clock::TOLERANCE;
use crate::site::fetch::{Answer, Server};
use crate::site::{BuiltPages, Looked, Page, document_headers, look_at};

/// How far two clocks may be apart before somebody should set one.
const APART: Duration = Duration::from_secs(5 * 60);

/// What was found of a page, and the relay to which it connects, where it names one.
pub(super) struct Seen {
    pub(super) findings: Vec<Finding>,
    pub(super) relay: Option<Origin>,
    /// Whether it is one of ours, so that a relay that it does not name is where it is.
    pub(super) is_ours: bool,
}

/// Looks at the page that is given out here.
pub(super) async fn look(
    page: Page,
    origin: &Origin,
    root: &Fingerprint,
    built: &BuiltPages,
) -> Seen {
    let answer = match Server::at(origin).get("/", "identity").await {
        Ok(answer) => answer,
        Err(why) => return not_seen(origin, &why),
    };
    let mut findings = vec![clock(origin, &answer)];
    if built.release().is_err() {
        let why = "This program was built without its pages, so there is nothing to compare with.";
        findings.push(Finding::not_looked(Check::Page, origin, why));
        findings.push(headers(origin, document_headers(&answer, page, origin)));
        return Seen { findings, relay: None, is_ours: false };
    }
    match look_at(origin, Some(*root), built).await {
        Ok(looked) => {
            let is_ours = looked.contents.is_empty();
            findings.push(is_released(page, origin, &looked));
            findings.push(headers(origin, looked.headers));
            Seen { findings, relay: looked.relay, is_ours }
        }
        Err(failure) => {
            findings.push(Finding::to_do(
                Check::Page,
                origin,
                failure.what(),
                "Check the address, and that the server gives out the page at it.",
            ));
            Seen { findings, relay: None, is_ours: false }
        }
    }
}

fn not_seen(origin: &Origin, why: &str) -> Seen {
    let why = format!("The page could not be asked for: {why}.");
    let checks = [Check::Page, Check::Headers, Check::Clock];
    let findings = checks.map(|check| Finding::not_looked(check, origin, why.clone()));
    Seen { findings: findings.into(), relay: None, is_ours: false }
}

/// The clock of a server that gives out no page.
pub(super) async fn clock_of(origin: &Origin) -> Finding {
    match Server::at(origin).get("/status", "identity").await {
        Ok(answer) => clock(origin, &answer),
        Err(why) => {
            let why = format!("The relay could not be asked: {why}.");
            Finding::not_looked(Check::Clock, origin, why)
        }
    }
}

fn is_released(page: Page, origin: &Origin, looked: &Looked) -> Finding {
    if looked.page != page {
        return Finding::to_do(
            Check::Page,
            origin,
            format!("This is {}, and should be {}.", looked.page.called(), page.called()),
            "Look whether the two addresses were mixed up, here or at the server.",
        );
    }
    if looked.contents.is_empty() {
        return Finding::well(
            Check::Page,
            origin,
            format!("It is {} of this release, with all {} files.", page.called(), looked.files),
        );
    }
    Finding::to_do(
        Check::Page,
        origin,
        format!(
            "It is not {} as this release has it: {}.",
            page.called(),
            looked.contents.join("; ")
        ),
        "Until that is mended, do not rely on this page: run the doctor of the release that the server has, or \
         export and copy the page anew. If nobody changed anything, somebody else did.",
    )
}

fn headers(origin: &Origin, wrong: Vec<String>) -> Finding {
    if wrong.is_empty() {
        return Finding::well(Check::Headers, origin, "Every header is there.");
    }
    Finding::to_do(
        Check::Headers,
        origin,
        format!("{}.", wrong.join("; ")),
        "Let the server before the relay pass headers on as they are, or take the configuration that `stillroom \
         site export` writes.",
    )
}

fn clock(origin: &Origin, answer: &Answer) -> Finding {
    let date = answer.headers.get(DATE).and_then(|date| date.to_str().ok());
    let Some(there) = date.and_then(|date| httpdate::parse_http_date(date).ok()) else {
        let why = "The server does not say what time it has.";
        return Finding::not_looked(Check::Clock, origin, why);
    };
    let here = SystemTime::now();
    let apart = here.duration_since(there).unwrap_or_else(|ahead| ahead.duration());
    if apart < APART {
        return Finding::well(
            Check::Clock,
            origin,
            "The server's clock and this computer's agree.",
        );
    }
    let way = if there > here { "ahead of" } else { "behind" };
    let minutes = apart.as_secs() / 60;
    let harm = if apart < TOLERANCE {
        "Records would hold from and until the wrong time."
    } else {
        "By more than a day, devices believe none of the program's records, and no chat starts."
    };
    Finding::to_do(
        Check::Clock,
        origin,
        format!("The server's clock is {minutes} minutes {way} this computer's. {harm}"),
        "Find out which of the two is wrong, and let it set itself over the network (NTP).",
    )
}
