//! Ports that nobody outside should reach: those that were named, and the relay's own behind its doors, each where it is.
//! No other port is tried.

use std::collections::HashSet;
use std::future::Future;
use std::net::{IpAddr, SocketAddr, TcpListener};
use std::time::Duration;

use futures_util::stream::{self, StreamExt as _};
use stillroom_relay::{Config, Door, Hosting, Metrics, Origin};
use tokio::net::{TcpStream, lookup_host};
use tokio::time::timeout;

use super::finding::{Check, Finding};
use crate::site::fetch::Place;

/// How long a port may take to answer before it counts as closed.
const WITHIN: Duration = Duration::from_secs(5);

/// Ports that are tried at once: where a firewall drops what comes, each takes as long as it may.
const AT_ONCE: usize = 16;

/// A port, where it would be reached, and what would be behind it.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct Behind {
    host: String,
    port: u16,
    what: &'static str,
    /// Whether it is known from the relay's own configuration, and no word of whoever asks.
    is_own: bool,
}

/// Tries them: those that were named at the relays' hosts, and each of the configuration's own at its own.
pub(super) async fn look(
    relays: &[Origin],
    named: &[u16],
    hosting: Option<&Hosting>,
) -> Vec<Finding> {
    let hosts: Vec<_> = relays.iter().map(|relay| Place::of(relay).host).collect();
    let at_each = |port: &u16| {
        let port = *port;
        let what = "the port that you named";
        hosts.clone().into_iter().map(move |host| Behind { host, port, what, is_own: false })
    };
    let mut all: Vec<Behind> = named.iter().flat_map(at_each).collect();
    all.extend(hosting.into_iter().flat_map(|hosting| own(hosting, &hosts)));
    look_at_each(all, look_at).await
}

/// Looks at each once, and tells of them in their order.
async fn look_at_each<T, Looking: Future<Output = T>>(
    mut all: Vec<Behind>,
    look_at: impl FnMut(Behind) -> Looking,
) -> Vec<T> {
    let mut before = HashSet::new();
    all.retain(|behind| before.insert(behind.clone()));
    stream::iter(all).map(look_at).buffered(AT_ONCE).collect().await
}

/// What of the relay's own is no door of people's. Doors whose origin the configuration does not say are those of
/// `hosts`: survivors', then staff's.
fn own(hosting: &Hosting, hosts: &[String]) -> Vec<Behind> {
    let figures = match hosting {
        Hosting::One(config) => &config.metrics,
        Hosting::Many(many) => &many.metrics,
    };
    let doors = hosting.programs().iter().flat_map(doors_of);
    let doors =
        doors.map(|(door, side)| (door, host_of(door).or_else(|| hosts.get(side).cloned())));
    let doors: Vec<(&Door, String)> =
        doors.filter_map(|(door, host)| Some((door, host?))).collect();
    let plain = doors.iter().filter(|(door, _)| door.tls.is_none());
    let plain = plain.map(|(door, host)| {
        behind(door.listen, host, "a listener of the relay behind the server that speaks TLS")
    });
    let figures = figures.iter().flat_map(|Metrics { listen }| {
        let what = "the listener for figures (`metrics`)";
        doors.iter().map(move |(_, host)| behind(*listen, host, what))
    });
    figures.chain(plain).filter(|behind| behind.port != 0).collect()
}

fn doors_of(config: &Config) -> [(&Door, usize); 2] {
    [(&config.survivor, 0), (&config.desk, 1)]
}

fn host_of(door: &Door) -> Option<String> {
    door.origin.as_ref().map(|origin| Place::of(origin).host)
}

/// A listener at one address is reached there, and not where the name of its page leads. One at every address, or at
/// this computer's own alone, would be reached at that name if at all.
fn behind(listen: SocketAddr, host: &str, what: &'static str) -> Behind {
    let ip = listen.ip();
    let is_anywhere = ip.is_unspecified() || ip.is_loopback();
    let host = if is_anywhere { host.to_owned() } else { ip.to_string() };
    Behind { host, port: listen.port(), what, is_own: true }
}

/// Whether whatever is at this address is reached from here anyway.
fn is_here(address: &IpAddr, host: &str) -> bool {
    let is_number = host.parse::<IpAddr>().is_ok();
    address.is_loopback() || is_number && TcpListener::bind((*address, 0)).is_ok()
}

async fn look_at(behind: Behind) -> Finding {
    let Behind { host, port, what, is_own } = behind;
    let at = if host.contains(':') { format!("[{host}]:{port}") } else { format!("{host}:{port}") };
    let addresses: Vec<IpAddr> = match timeout(WITHIN, lookup_host((host.as_str(), 0))).await {
        Ok(Ok(found)) => found.map(|address| address.ip()).collect(),
        _ => Vec::new(),
    };
    if addresses.is_empty() {
        return Finding::not_looked(Check::Port, at, "Its name leads to no computer.");
    }
    if is_own && addresses.iter().any(|address| is_here(address, &host)) {
        let why = format!(
            "{host} is this computer, from which {what} can be reached anyway. Run this on another computer."
        );
        return Finding::not_looked(Check::Port, at, why);
    }
    for address in addresses {
        let opened = TcpStream::connect(SocketAddr::new(address, port));
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

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use tokio::sync::Barrier;

    use super::*;

    /// Where the relay's own are looked for, of a relay whose page and desk are at these hosts.
    fn looked_for(text: &str) -> Vec<(String, u16)> {
        let hosts = ["chat.example.org", "desk.example.org"].map(str::to_owned);
        let found = own(&Hosting::from_toml(text).unwrap(), &hosts);
        found.into_iter().map(|behind| (behind.host, behind.port)).collect()
    }

    fn at(host: &str, port: u16) -> (String, u16) {
        (host.to_owned(), port)
    }

    const REST: &str = "[program]\nfile = \"a\"\n[state]\nfolder = \"b\"\n";

    #[test]
    fn each_door_is_looked_for_at_its_own_host() {
        let text = format!(
            "[survivor]\nlisten = \"127.0.0.1:7420\"\n[desk]\nlisten = \"127.0.0.1:7421\"\n{REST}"
        );
        let doors = [at("chat.example.org", 7420), at("desk.example.org", 7421)];
        assert_eq!(looked_for(&text), doors);
        let text = text.replace("7421\"", "7421\"\norigin = \"https://staff.example.net\"");
        assert_eq!(looked_for(&text)[1], at("staff.example.net", 7421));
    }

    #[test]
    fn a_listener_at_an_address_of_its_own_is_looked_for_there() {
        let door = |name: &str, listen: &str| {
            format!(
                "[{name}]\nlisten = \"{listen}\"\norigin = \"https://{name}.example.org\"\nproxy = \"10.0.0.1\"\n"
            )
        };
        let metrics = "[metrics]\nlisten = \"192.0.2.9:7422\"\n";
        let text = [
            door("survivor", "0.0.0.0:7420"),
            door("desk", "192.0.2.7:7421"),
            format!("{REST}{metrics}"),
        ];
        let found = looked_for(&text.concat());
        for place in
            [at("survivor.example.org", 7420), at("192.0.2.7", 7421), at("192.0.2.9", 7422)]
        {
            assert!(found.contains(&place), "{place:?}: {found:?}");
        }
    }

    #[test]
    fn figures_of_many_programs_are_looked_for_too() {
        let many = looked_for(include_str!("../../../relay/samples/many.toml"));
        assert!(many.contains(&at("chat.rivertown.example", 7422)), "{many:?}");
        assert!(many.contains(&at("desk.hilltown.example", 7421)), "{many:?}");
    }

    #[tokio::test]
    async fn ports_are_looked_at_together_and_told_of_in_their_order() {
        let port =
            |port| Behind { host: "chat.example.org".into(), port, what: "it", is_own: true };
        let again = (0..40).chain(0..40).map(port).collect();
        let (tried, most) = (Cell::new(0), Cell::new(0));
        // None has an answer before as many are tried as may be.
        let full = Barrier::new(AT_ONCE);
        let (now, at_once, enough) = (&tried, &most, &full);
        let look_at = |behind: Behind| async move {
            now.set(now.get() + 1);
            at_once.set(at_once.get().max(now.get()));
            if usize::from(behind.port) < 2 * AT_ONCE {
                enough.wait().await;
            }
            now.set(now.get() - 1);
            behind.port
        };
        let looking = look_at_each(again, look_at);
        let told = timeout(Duration::from_secs(60), looking).await.expect("none waits for another");
        assert_eq!(told, (0..40).collect::<Vec<_>>());
        assert_eq!(most.get(), AT_ONCE);
    }
}
