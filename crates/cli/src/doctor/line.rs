//! The line: a real WebSocket to the relay, as a page opens it, the relay's greeting, and the policy in it; and the second
//! way in, which a page takes where something breaks WebSocket (`docs/decisions/0042`).

use stillroom_program::{Fingerprint, PolicyError, SignedPolicy, decode, encode};
use stillroom_protocol::{ClientFrame, VERSION};
use stillroom_relay::Origin;

use super::finding::{Check, Finding};
use crate::client::{RelayAddress, Tried, try_out};
use crate::clock::{Clock, TOLERANCE};
use crate::program::date;
use crate::staff::line::StaffLine;

/// Days before a policy runs out in which it should have been signed anew.
const SIGNED_BEFORE: u64 = 14;

const DAY: u64 = 24 * 60 * 60;

/// Opens a line to the relay; the finding, and the policy with which the relay greets. `doubt` is why a line that does
/// not open may be no fault of the relay's.
pub(super) async fn look(
    relay: &Origin,
    root: &Fingerprint,
    doubt: Option<&str>,
) -> (Finding, Option<Vec<u8>>) {
    let Ok(address) = relay.as_str().parse::<RelayAddress>() else {
        return (Finding::not_looked(Check::WebSocket, relay, "This is no relay's address."), None);
    };
    match StaffLine::open(&address, root).await {
        Ok(line) => {
            let found = "A line opens, and the relay greets.";
            let policy = line.policy().to_vec();
            (Finding::well(Check::WebSocket, relay, found), Some(policy))
        }
        Err(failure) => {
            if let Some(doubt) = doubt {
                return (Finding::not_looked(Check::WebSocket, relay, doubt), None);
            }
            let advice = "Let the server before the relay pass WebSocket on at /line (nginx: proxy_http_version \
                          1.1 and the headers Upgrade and Connection), and see that the relay runs and is this \
                          program's.";
            (Finding::to_do(Check::WebSocket, relay, failure.what(), advice), None)
        }
    }
}

/// Tries the second way in.
pub(super) async fn second_way(relay: &Origin, root: &Fingerprint, doubt: Option<&str>) -> Finding {
    let check = Check::SecondWay;
    let Ok(address) = relay.as_str().parse::<RelayAddress>() else {
        return Finding::not_looked(check, relay, "This is no relay's address.");
    };
    let hello = encode(&ClientFrame::Hello { version: VERSION, program: root.program_id() });
    match (try_out(&address, hello).await, doubt) {
        (Tried::Flows, _) => Finding::well(
            check,
            relay,
            "Plain requests go through, and answers come as they are written.",
        ),
        (_, Some(doubt)) => Finding::not_looked(check, relay, doubt),
        (Tried::KeptBack, None) => Finding::better(
            check,
            relay,
            "Something before the relay keeps answers back until they are whole. Chats by plain requests work, but slower.",
            "Let the server before the relay hand on at once what comes from /d (nginx: proxy_buffering off, or no \
             proxy_ignore_headers for X-Accel-Buffering), and neither pack nor keep it.",
        ),
        (Tried::Scattered, None) => Finding::to_do(
            check,
            relay,
            "Requests from one address come to different relays, of which each knows its own lines alone: where \
             something breaks WebSocket, nobody gets a chat.",
            "Let the balancer lead everybody from one address to one relay, as the configurations in deploy/balancer do \
             (docs/scaling.md). Where there is one relay alone and it was just started anew, run this again.",
        ),
        (Tried::Broken, None) => Finding::to_do(
            check,
            relay,
            "Plain requests do not get through: where something breaks WebSocket, nobody gets a chat.",
            "Let the server before the relay pass POST on at /d and /u, and see that the relay runs.",
        ),
    }
}

/// Whether the policy is the program's, and how long it holds.
pub(super) fn policy(relay: &Origin, root: &Fingerprint, policy: &[u8]) -> Finding {
    let now = Clock::start().now();
    let to_do = |found: String, advice: &str| Finding::to_do(Check::Policy, relay, found, advice);
    let Ok(signed) = decode::<SignedPolicy>(policy) else {
        return to_do(
            "The relay shows no policy that can be read.".to_owned(),
            "Look whether the relay and this program are of the same release.",
        );
    };
    let verified = match signed.verify_as_it_held(root, now, TOLERANCE) {
        Ok(verified) => verified,
        Err(error @ (PolicyError::NotYetValid | PolicyError::Expired)) => {
            return to_do(
                format!("The relay's policy does not hold: {error}."),
                "Look at the clock of this computer; sign and publish a policy that holds.",
            );
        }
        Err(error) => {
            return to_do(
                format!("The relay's policy is not believed: {error}."),
                "Ask whoever runs the relay what happened. Survivors' pages start no chat under it.",
            );
        }
    };
    let (version, expires, now) = (verified.version, verified.expires, now.seconds());
    let advice =
        "Sign and publish it anew: `stillroom policy sign`, then `stillroom policy publish`.";
    if now >= expires {
        return to_do(
            format!(
                "Version {version} of the policy ran out on {}. No chat starts.",
                date(expires)
            ),
            advice,
        );
    }
    let days = (expires - now) / DAY;
    if days < SIGNED_BEFORE {
        return to_do(
            format!(
                "Version {version} of the policy runs out on {}, in {days} days.",
                date(expires)
            ),
            advice,
        );
    }
    let age = now.saturating_sub(verified.issued) / DAY;
    Finding::well(
        Check::Policy,
        relay,
        format!(
            "Version {version} is the program's, {age} days old, and holds for {days} more days."
        ),
    )
}
