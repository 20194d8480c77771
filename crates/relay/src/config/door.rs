//! Where one kind of people come in: the listener, the page given out there, and the pages that may connect
//! (`features.md` 6.5).

use std::net::{IpAddr, SocketAddr};
use std::path::Path;

use serde::Deserialize;

use super::{ConfigError, Origin, Tls};

/// Pages of one kind that may connect beside the relay's own: a program has one, and a second for as long
/// as it moves.
const ORIGINS_MAX: usize = 16;

/// A listener and the origin under which browsers know it.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Door {
    /// Address and port to listen on; port 0 takes any that is free.
    pub listen: SocketAddr,
    /// The address at which browsers reach this listener, such as `https://chat.example.org`. May be left out
    /// where `listen` is on this computer: it is `http://localhost:PORT` then.
    pub origin: Option<Origin>,
    /// The addresses at which the program gives this page out itself (`stillroom site export`). Pages from
    /// there may connect, and no others but the relay's own.
    #[serde(default)]
    pub origins: Vec<Origin>,
    /// Whether the relay gives this page out too. Where it does not, no code comes from it at this door, and
    /// only pages of `origins` may connect.
    #[serde(default = "yes")]
    pub serve_pages: bool,
    /// The address from which the server before this listener connects, such as `127.0.0.1`. The last entry of its
    /// `X-Forwarded-For` is then believed, and used for fair shares alone. Without it everybody who comes through
    /// that server has one share between them.
    pub proxy: Option<IpAddr>,
    /// The certificate, where the relay speaks TLS here itself. Without it a server that does stands before it.
    pub tls: Option<Tls>,
}

fn yes() -> bool {
    true
}

impl Door {
    /// A door at this address that gives its own page out, and lets no other in.
    pub fn on(listen: SocketAddr) -> Self {
        Self {
            listen,
            origin: None,
            origins: Vec::new(),
            serve_pages: yes(),
            proxy: None,
            tls: None,
        }
    }

    /// Takes relative paths from this folder.
    pub(super) fn take_from(&mut self, folder: &Path) {
        if let Some(tls) = &mut self.tls {
            tls.take_from(folder);
        }
    }

    /// Every origin that the configuration names for this door.
    pub(super) fn named(&self) -> impl Iterator<Item = &Origin> {
        self.origin.iter().chain(&self.origins)
    }

    pub(super) fn check(&self) -> Result<(), ConfigError> {
        let wrong = |what: &str| Err(ConfigError { line: None, what: what.to_owned() });
        if self.origin.is_none() && !self.listen.ip().is_loopback() {
            return wrong("`origin` may be left out only where `listen` is on this computer");
        }
        if self.tls.is_some() && !self.origin.as_ref().is_some_and(Origin::is_tls) {
            return wrong(
                "with `tls`, name the `origin` that the certificate is for: it starts with https://",
            );
        }
        if self.tls.is_none() && self.proxy.is_none() && !self.listen.ip().is_loopback() {
            return wrong(
                "other computers can reach `listen`, and what they say would be read on the way: give this door \
                 a certificate (`tls`); or name in `proxy` the server before it that speaks TLS; or listen on \
                 127.0.0.1",
            );
        }
        if !self.serve_pages && self.origins.is_empty() {
            return wrong(
                "with `serve_pages = false` no page could connect: name in `origins` the address at which \
                 the page is given out",
            );
        }
        if self.origins.len() > ORIGINS_MAX {
            return wrong("`origins` names more than 16 addresses");
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn door(more: &str) -> Result<Door, String> {
        let text = format!("listen = \"127.0.0.1:7420\"\n{more}");
        let door: Door = toml::from_str(&text).map_err(|error| error.message().to_owned())?;
        door.check().map(|()| door).map_err(|error| error.what)
    }

    #[test]
    fn unless_told_otherwise_a_door_gives_its_page_out_and_lets_no_other_in() {
        let door = door("").unwrap();
        assert!(door.serve_pages && door.origins.is_empty());
    }

    #[test]
    fn a_door_that_no_page_could_come_through_is_refused() {
        assert!(door("serve_pages = false").unwrap_err().contains("origins"));
        let elsewhere = "serve_pages = false\norigins = [\"https://chat.example.org\"]";
        assert_eq!(door(elsewhere).unwrap().origins.len(), 1);
    }

    #[test]
    fn a_door_to_the_world_speaks_tls_or_has_a_server_before_it() {
        let of = |more: &str| {
            let origin = "origin = \"https://chat.example.org\"";
            let text = format!("listen = \"0.0.0.0:443\"\n{origin}\n{more}");
            toml::from_str::<Door>(&text).unwrap().check().map_err(|error| error.what)
        };
        assert!(of("").unwrap_err().contains("read on the way"));
        assert_eq!(of("proxy = \"10.0.0.2\""), Ok(()));
        assert_eq!(of("tls = { certificate = \"a.pem\", key = \"b.pem\" }"), Ok(()));
    }

    #[test]
    fn a_certificate_is_for_an_address_that_browsers_reach_over_tls() {
        let tls = "tls = { certificate = \"a.pem\", key = \"b.pem\" }";
        assert!(door(tls).unwrap_err().contains("https://"));
        assert!(door(&format!("{tls}\norigin = \"http://localhost:7420\"")).is_err());
        assert!(door(&format!("{tls}\norigin = \"https://localhost:7420\"")).is_ok());
    }

    #[test]
    fn only_whole_origins_may_connect_and_not_too_many() {
        for wrong in ["*", "null", "https://example.org/chat", "http://chat.example.org", ""] {
            assert!(door(&format!("origins = [\"{wrong}\"]")).is_err(), "{wrong}");
        }
        let many = vec!["\"https://chat.example.org\""; ORIGINS_MAX + 1].join(",");
        assert!(door(&format!("origins = [{many}]")).unwrap_err().contains("more than"));
    }
}
