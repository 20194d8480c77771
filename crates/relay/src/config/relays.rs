//! Where the relays of a program meet, where there are several (`docs/scaling.md`; `docs/decisions/0044`).

use std::path::{Path, PathBuf};

use serde::Deserialize;

use super::ConfigError;

/// Servers of the cluster that are named at most; the others are learnt from them.
const SERVERS_MAX: usize = 16;

/// Replicas that NATS can keep.
const REPLICAS_MAX: usize = 5;

/// Characters of a prefix.
const PREFIX_MAX: usize = 32;

/// The NATS cluster by which relays of the same programs reach one another.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Relays {
    /// Addresses of its servers: `nats://` within one computer or a network of one's own, `tls://` across any other.
    pub nats: Vec<String>,
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
        let known = |address: &String| ["nats://", "tls://"].iter().any(|s| address.starts_with(s));
        if !self.nats.iter().all(known) {
            return wrong("an address of `nats` begins with nats:// or tls://");
        }
        if self.nats.iter().any(|address| address.contains('@')) {
            return wrong(
                "no password stands in an address of `nats`: name a file in `credentials`",
            );
        }
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
        assert!(of("tls://nats-1", "http://nats-1").contains("nats://"));
        assert!(of("tls://nats-1", "tls://me:secret@nats-1").contains("credentials"));
        assert!(of("prefix = \"stillroom\"", "prefix = \"a.b\"").contains("prefix"));
        assert!(of("replicas = 3", "replicas = 0").contains("replicas"));
        assert!(of("[relays]", "[relays]\nstreams = 3").contains("streams"));
    }
}
