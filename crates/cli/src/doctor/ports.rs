//! Ports that nobody outside should reach: those that were named, and the relay's own behind its doors. No other port
//! is tried.

use std::net::{IpAddr, SocketAddr};
use std::time::Duration;

use stillroom_relay::{Config, Origin};
use tokio::net::{TcpStream, lookup_host};
use tokio::time::timeout;

use super::finding::{Check, Finding};
use crate::site::fetch::Place;

/// How long a port may take to answer before it counts as closed.
const WITHIN: Duration = Duration::from_secs(5);

/// A port, and what would be behind it.
struct Behind {
    port: u16,
    what: String,
}

/// Tries them at the host of this origin.
pub(super) async fn look(origin: &Origin, named: &[u16], configs: &[Config]) -> Vec<Finding> {
    let host = Place::of(origin).host;
    let addresses: Vec<IpAddr> = match timeout(WITHIN, lookup_host((host.as_str(), 0))).await {
        Ok(Ok(found)) => found.map(|address| address.ip()).collect(),
        _ => Vec::new(),
    };
    let mut findings = Vec::new();
    for port in named {
        let behind = Behind { port: *port, what: "the port that you named".to_owned() };
        findings.push(look_at(&host, &addresses, &behind).await);
    }
    let from_here = addresses.iter().any(IpAddr::is_loopback);
    for behind in configs.iter().flat_map(own) {
        findings.push(if from_here {
            let why = format!(
                "{host} is this computer, from which {} can be reached anyway. Run this on another computer.",
                behind.what
            );
            Finding::not_looked(Check::Port, at(&host, behind.port), why)
        } else {
            look_at(&host, &addresses, &behind).await
        });
    }
    findings
}

/// What of the relay's own is no door of people's.
fn own(config: &Config) -> Vec<Behind> {
    let metrics = config.metrics.iter().map(|metrics| Behind {
        port: metrics.listen.port(),
        what: "the listener for figures (`metrics`)".to_owned(),
    });
    let plain = [&config.survivor, &config.desk].into_iter().filter(|door| door.tls.is_none());
    let plain = plain.map(|door| Behind {
        port: door.listen.port(),
        what: "a listener of the relay behind the server that speaks TLS".to_owned(),
    });
    metrics.chain(plain).filter(|behind| behind.port != 0).collect()
}

fn at(host: &str, port: u16) -> String {
    format!("{host}:{port}")
}

async fn look_at(host: &str, addresses: &[IpAddr], behind: &Behind) -> Finding {
    let Behind { port, what } = behind;
    let at = at(host, *port);
    if addresses.is_empty() {
        return Finding::not_looked(Check::Port, at, "Its name leads to no computer.");
    }
    for address in addresses {
        let opened = TcpStream::connect(SocketAddr::new(*address, *port));
        if timeout(WITHIN, opened).await.is_ok_and(|opened| opened.is_ok()) {
            return Finding::to_do(
                Check::Port,
                at,
                format!("From here one can reach {what}."),
                "Let it listen on 127.0.0.1, or close the port in the firewall.",
            );
        }
    }
    Finding::well(Check::Port, at, format!("From here nobody reaches {what}."))
}
