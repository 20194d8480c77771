//! Where one kind of people come in: the listener, the page given out there, and the pages that may connect
//! (`features.md` 6.5).

use std::net::{IpAddr, SocketAddr};

use serde::Deserialize;

use super::{ConfigError, Origin};

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
}

fn yes() -> bool {
    true
}

impl Door {
    /// A door at this address that gives its own page out, and lets no other in.
    pub fn on(listen: SocketAddr) -> Self {
        Self { listen, origin: None, origins: Vec::new(), serve_pages: yes(), proxy: None }
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
    fn only_whole_origins_may_connect_and_not_too_many() {
        for wrong in ["*", "null", "https://example.org/chat", "http://chat.example.org", ""] {
            assert!(door(&format!("origins = [\"{wrong}\"]")).is_err(), "{wrong}");
        }
        let many = vec!["\"https://chat.example.org\""; ORIGINS_MAX + 1].join(",");
        assert!(door(&format!("origins = [{many}]")).unwrap_err().contains("more than"));
    }
}
