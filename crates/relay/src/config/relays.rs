//! Where the relays of a program meet, where there are several (`docs/scaling.md`; `docs/decisions/0044`).

use std::net::IpAddr;
use std::path::{Path, PathBuf};

use async_nats::ServerAddr;
use serde::Deserialize;

use super::ConfigError;

/// Servers of the cluster that are named at most. Relays go to no other.
const SERVERS_MAX: usize = 16;

/// Replicas that NATS can keep.
const REPLICAS_MAX: usize = 5;

/// Characters of a prefix.
const PREFIX_MAX: usize = 32;

/// What an address begins with where there is no TLS, and where there is.
const PLAIN: &str = "nats://";
const TLS: &str = "tls://";

/// The NATS cluster by which relays of the same programs reach one another.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Relays {
    /// Addresses of its servers, all that relays may go to: `tls://`, or `nats://` within one computer.
    pub nats: Vec<String>,
    /// Whether `nats://` may lead to another computer, since the network between is nobody else's. Whoever is on it then
    /// reads and says what relays do.
    #[serde(default)]
    pub without_tls: bool,
    /// A file with the user's credentials, as `nsc` writes it, or with the user's seed alone.
    pub credentials: Option<PathBuf>,
    /// Files with the certificates of who signs the servers'; without them what the system trusts.
    #[serde(default)]
    pub certificates: Vec<PathBuf>,
    /// What the names of everything in the cluster begin with.
    #[serde(default = "prefix")]
    pub prefix: String,
    /// Servers that keep the lease of each program. More than one only spares a change of relay when a server is lost.
    #[serde(default = "replicas")]
    pub replicas: usize,
    /// Whether this is a trial, in which each relay may have records of its own. What is published to one then stays
    /// there.
    #[serde(default)]
    pub trial: bool,
}

fn prefix() -> String {
    "stillroom".to_owned()
}

/// As many as the smallest cluster has servers that goes on when one is lost.
fn replicas() -> usize {
    3
}

impl Relays {
    /// Takes relative paths from this folder.
    pub(super) fn take_from(&mut self, folder: &Path) {
        self.credentials = self.credentials.take().map(|file| folder.join(file));
        self.certificates.iter_mut().for_each(|file| *file = folder.join(&*file));
    }

    pub(super) fn check(&self) -> Result<(), ConfigError> {
        let wrong = |what: &str| Err(ConfigError { line: None, what: what.to_owned() });
        if self.nats.is_empty() || self.nats.len() > SERVERS_MAX {
            return wrong("`nats` names from 1 to 16 servers");
        }
        if self.nats.iter().any(|address| address.contains('@')) {
            return wrong(
                "no password stands in an address of `nats`: name a file in `credentials`",
            );
        }
        self.check_tls()?;
        let of_name = |character: char| character.is_ascii_alphanumeric() || character == '-';
        if self.prefix.is_empty()
            || self.prefix.len() > PREFIX_MAX
            || !self.prefix.chars().all(of_name)
        {
            return wrong("`prefix` is made of up to 32 letters, digits and hyphens");
        }
        if !(1..=REPLICAS_MAX).contains(&self.replicas) {
            return wrong("`replicas` is from 1 to 5");
        }
        Ok(())
    }

    /// Whether the cluster is reached by TLS, at each of its servers.
    pub(crate) fn has_tls(&self) -> bool {
        self.nats.iter().any(|address| address.starts_with(TLS))
    }

    fn check_tls(&self) -> Result<(), ConfigError> {
        let wrong = |what: &str| Err(ConfigError { line: None, what: what.to_owned() });
        let Some(servers) = self.nats.iter().map(|address| server_at(address)).collect() else {
            return wrong("an address of `nats` is like `tls://nats-1.example.org:4222`");
        };
        let servers: Vec<ServerAddr> = servers;
        if self.has_tls() && !servers.iter().all(ServerAddr::tls_required) {
            return wrong(
                "addresses of `nats` are all tls:// or all nats://: a relay that goes to either can be led to the one \
                 without TLS",
            );
        }
        if !self.has_tls() && !self.without_tls && !servers.iter().all(is_on_this_computer) {
            return wrong(
                "nats:// leads to a server on this computer: write tls://, or `without_tls = true` where the network to \
                 it is nobody else's",
            );
        }
        Ok(())
    }
}

/// The server at an address, if it is one.
fn server_at(address: &str) -> Option<ServerAddr> {
    let known = [PLAIN, TLS].iter().any(|scheme| address.starts_with(scheme));
    let server = known.then(|| address.parse::<ServerAddr>().ok()).flatten()?;
    (!server.host().is_empty()).then_some(server)
}

fn is_on_this_computer(server: &ServerAddr) -> bool {
    let host = server.host();
    host == "localhost" || host.parse().is_ok_and(|address: IpAddr| address.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::super::Config;

    const SAMPLE: &str = include_str!("../../samples/several.toml");

    fn error(text: &str) -> String {
        Config::from_toml(text).unwrap_err().what
    }

    #[test]
    fn the_sample_names_the_cluster_and_the_defaults() {
        let relays = Config::from_toml(SAMPLE).unwrap().relays.unwrap();
        assert_eq!(relays.nats.len(), 3);
        assert_eq!((&*relays.prefix, relays.replicas), ("stillroom", 3));
    }

    #[test]
    fn relays_of_one_program_have_their_records_in_one_place_but_in_a_trial() {
        let apart = SAMPLE.split("[postgres]").next().unwrap();
        let apart = format!("{apart}[relays]{}", SAMPLE.split("[relays]").nth(1).unwrap());
        let refused = error(&apart);
        assert!(refused.contains("[postgres]") && refused.contains("trial = true"), "{refused}");
        let trial = apart.replace("trial = false", "trial = true");
        assert!(Config::from_toml(&trial).unwrap().postgres.is_none());
    }

    /// The sample with these addresses, and with this said about going without TLS.
    fn at(addresses: &[&str], without_tls: bool) -> Result<(), String> {
        let line = SAMPLE.lines().find(|line| line.starts_with("nats = ")).unwrap();
        let text = SAMPLE
            .replace(line, &format!("nats = {addresses:?}"))
            .replace("without_tls = false", &format!("without_tls = {without_tls}"));
        Config::from_toml(&text).map(drop).map_err(|error| error.what)
    }

    #[test]
    fn nobody_goes_to_another_computer_without_tls_but_where_the_configuration_says_so() {
        for here in
            ["nats://localhost", "nats://127.0.0.1:4222", "nats://127.9.9.9", "nats://[::1]:4222"]
        {
            assert_eq!(at(&[here], false), Ok(()), "{here}");
        }
        for elsewhere in [
            "nats://nats-1.example.org",
            "nats://10.0.0.1:4222",
            "nats://127.0.0.1.example.org",
            "nats://localhost.example.org",
            "nats://[::2]",
        ] {
            let of = ["nats://localhost", elsewhere];
            assert!(at(&of, false).unwrap_err().contains("without_tls"), "{elsewhere}");
            assert_eq!(at(&of, true), Ok(()), "{elsewhere}");
        }
    }

    #[test]
    fn servers_by_tls_and_without_are_not_mixed() {
        for mixed in
            [["tls://a.example.org", "nats://b.example.org"], ["nats://localhost", "tls://a"]]
        {
            for without_tls in [false, true] {
                let refused = at(&mixed, without_tls).unwrap_err();
                assert!(refused.contains("all tls:// or all nats://"), "{refused}");
            }
        }
    }

    #[test]
    fn no_authority_is_asked_for_the_certificate_of_one_of_several_relays_but_in_a_trial() {
        let origin = "origin = \"https://desk.example.org\"\n";
        let asking = SAMPLE.replace(origin, &format!("{origin}tls.acme = {{}}\n"));
        let refused = error(&asking);
        assert!(refused.contains("tls.acme") && refused.contains("balancer"), "{refused}");
        assert!(Config::from_toml(&asking.replace("trial = false", "trial = true")).is_ok());
        let files = asking.replace("tls.acme = {}", "tls = { certificate = \"a\", key = \"b\" }");
        assert!(Config::from_toml(&files).is_ok());
    }

    #[test]
    fn what_no_cluster_can_be_is_refused() {
        let of = |one: &str, other: &str| error(&SAMPLE.replace(one, other));
        for nowhere in ["http://nats-1", "nats-1", "TLS://nats-1", "tls://"] {
            let sample = SAMPLE.replace("tls://nats-1.example.org", nowhere);
            assert!(error(&sample).contains("is like `tls://"), "{nowhere}");
        }
        assert!(of("tls://nats-1", "tls://me:secret@nats-1").contains("credentials"));
        assert!(of("prefix = \"stillroom\"", "prefix = \"a.b\"").contains("prefix"));
        assert!(of("replicas = 3", "replicas = 0").contains("replicas"));
        assert!(of("[relays]", "[relays]\nstreams = 3").contains("streams"));
    }
}
