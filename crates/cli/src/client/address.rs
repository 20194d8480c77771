//! Where a relay is, as a person writes it.

use std::fmt;
use std::net::IpAddr;
use std::str::FromStr;

use crate::site::fetch::Server;

/// The origin of a relay: `wss://chat.example.org`, or `ws://localhost:7420` on this computer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct RelayAddress {
    secure: bool,
    authority: String,
    /// Whether single requests are made by HTTP/2 alone.
    by_http_2: bool,
}

/// Why a text is not the address of a relay.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum AddressError {
    /// It starts with neither of `wss://`, `https://`, `ws://`, `http://`.
    Scheme,
    /// No host follows, or there is a name and password in it.
    Host,
    /// Without TLS, and not on this computer.
    NotSecure,
}

impl fmt::Display for AddressError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Scheme => "a relay's address starts with wss:// (or ws:// on this computer)",
            Self::Host => "the address names no host",
            Self::NotSecure => {
                "ws:// is for a relay on this computer; use wss:// for any other, so that nobody on the way \
                 can learn who talks to it"
            }
        })
    }
}

impl std::error::Error for AddressError {}

impl RelayAddress {
    /// The address of the line.
    pub(crate) fn line(&self) -> String {
        let scheme = if self.secure { "wss" } else { "ws" };
        format!("{scheme}://{}/line", self.authority)
    }

    /// The server behind it, for a single request; nothing where no browser would write the address so.
    pub(crate) fn server(&self) -> Option<Server> {
        let server = self.origin().parse().ok().map(|origin| Server::at(&origin))?;
        Some(if self.by_http_2 { server.by_http_2() } else { server })
    }

    /// The same relay, asked by HTTP/2 alone where it is asked by single requests.
    pub(crate) fn by_http_2(self) -> Self {
        Self { by_http_2: true, ..self }
    }

    /// The origin, as a browser writes it.
    pub(crate) fn origin(&self) -> String {
        let scheme = if self.secure { "https" } else { "http" };
        format!("{scheme}://{}", self.authority)
    }
}

impl FromStr for RelayAddress {
    type Err = AddressError;

    fn from_str(text: &str) -> Result<Self, AddressError> {
        let (scheme, rest) = text.split_once("://").ok_or(AddressError::Scheme)?;
        let secure = match scheme {
            "wss" | "https" => true,
            "ws" | "http" => false,
            _ => return Err(AddressError::Scheme),
        };
        let end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
        let authority = rest.get(..end).unwrap_or_default();
        if authority.is_empty() || authority.contains('@') {
            return Err(AddressError::Host);
        }
        if !secure && !on_this_computer(authority) {
            return Err(AddressError::NotSecure);
        }
        Ok(Self { secure, authority: authority.to_owned(), by_http_2: false })
    }
}

fn on_this_computer(authority: &str) -> bool {
    let host = match authority.rsplit_once(':') {
        Some((host, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => host,
        _ => authority,
    };
    let loopback = |host: &str| host.parse::<IpAddr>().is_ok_and(|host| host.is_loopback());
    host == "localhost" || loopback(host.trim_start_matches('[').trim_end_matches(']'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_relay_elsewhere_without_tls_is_refused() {
        assert_eq!("ws://chat.example.org".parse::<RelayAddress>(), Err(AddressError::NotSecure));
        assert_eq!(
            "ws://localhost.example.org:80".parse::<RelayAddress>(),
            Err(AddressError::NotSecure)
        );
        assert_eq!("ws://127.example.org:80".parse::<RelayAddress>(), Err(AddressError::NotSecure));
    }

    #[test]
    fn a_pages_link_leads_to_the_line_of_its_origin() {
        let address: RelayAddress = "http://localhost:7421/#device=abc".parse().unwrap();
        assert_eq!(address.line(), "ws://localhost:7421/line");
        let address: RelayAddress = "https://chat.example.org/".parse().unwrap();
        assert_eq!(address.line(), "wss://chat.example.org/line");
        assert_eq!(address.origin(), "https://chat.example.org");
    }

    #[test]
    fn what_names_no_relay_is_refused() {
        assert_eq!("chat.example.org".parse::<RelayAddress>(), Err(AddressError::Scheme));
        assert_eq!("ftp://x".parse::<RelayAddress>(), Err(AddressError::Scheme));
        assert_eq!("wss:///line".parse::<RelayAddress>(), Err(AddressError::Host));
        assert_eq!("wss://me:pw@host".parse::<RelayAddress>(), Err(AddressError::Host));
    }
}
