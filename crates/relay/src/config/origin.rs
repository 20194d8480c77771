//! The address at which people reach a page: scheme, host and port, as a browser writes an `Origin`.
//!
//! Scheme and port decide which pages may open a line here (`features.md` 6.6). The check binds browsers
//! only: any other program writes what it likes into the header.

use std::fmt;
use std::str::FromStr;

use serde::Deserialize;

/// An origin: `https://chat.example.org`, or `http://localhost:7420` on this computer.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub struct Origin(String);

/// Why a text is not an origin that a relay may serve.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OriginError {
    /// It starts with neither `https://` nor `http://`.
    Scheme,
    /// `http://` is for this computer alone: on any other, everybody on the way reads along.
    PlainElsewhere,
    /// After the host there is more than a port, or there is no host.
    Host,
    /// It names the port that its scheme has anyway, which browsers leave out.
    UsualPort,
}

impl fmt::Display for OriginError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Scheme => "an origin starts with https:// (or http:// on this computer)",
            Self::PlainElsewhere => {
                "http:// is for localhost alone; write https://, and give the door `tls` or put a server that speaks it before \
                 the relay"
            }
            Self::Host => {
                "an origin is a host in lower case and perhaps a port, without a slash at the end"
            }
            Self::UsualPort => {
                "leave out the port: browsers write no :443 after https:// (or :80 after http://)"
            }
        })
    }
}

impl std::error::Error for OriginError {}

impl Origin {
    /// The origin of a listener on this computer that nobody gave a name.
    pub(crate) fn of_this_computer(port: u16) -> Self {
        Self(format!("http://localhost:{port}"))
    }

    /// As a browser writes it.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether browsers reach it over TLS.
    pub fn is_tls(&self) -> bool {
        self.0.starts_with("https://")
    }

    /// Host and port, as a browser asks for them in `Host`.
    pub(crate) fn authority(&self) -> &str {
        self.0.split_once("://").map_or(&*self.0, |(_, authority)| authority)
    }

    /// The host alone, as a certificate names it.
    pub fn host(&self) -> &str {
        let authority = self.authority();
        let host = host(authority).unwrap_or(authority);
        host.trim_start_matches('[').trim_end_matches(']')
    }

    /// The same place, for a WebSocket: `wss://…`, or `ws://…` on this computer.
    pub fn web_socket(&self) -> String {
        match self.0.strip_prefix("https://") {
            Some(host) => format!("wss://{host}"),
            None => format!("ws://{}", self.0.trim_start_matches("http://")),
        }
    }
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl FromStr for Origin {
    type Err = OriginError;

    fn from_str(text: &str) -> Result<Self, OriginError> {
        let (tls, rest) = match (text.strip_prefix("https://"), text.strip_prefix("http://")) {
            (Some(rest), _) => (true, rest),
            (None, Some(rest)) => (false, rest),
            (None, None) => return Err(OriginError::Scheme),
        };
        let host = host(rest).ok_or(OriginError::Host)?;
        if !tls && !matches!(host, "localhost" | "127.0.0.1" | "[::1]") {
            return Err(OriginError::PlainElsewhere);
        }
        if rest.ends_with(if tls { ":443" } else { ":80" }) && rest.len() > host.len() {
            return Err(OriginError::UsualPort);
        }
        Ok(Self(text.to_owned()))
    }
}

impl TryFrom<String> for Origin {
    type Error = OriginError;

    fn try_from(text: String) -> Result<Self, OriginError> {
        text.parse()
    }
}

/// The host of `host` or `host:port`; nothing where it is neither.
fn host(text: &str) -> Option<&str> {
    let host = match text.rsplit_once(':') {
        Some((host, port)) if !port.ends_with(']') => {
            // As a browser writes it: without noughts before it.
            (port.parse::<u16>().ok()?.to_string() == port).then_some(host)?
        }
        _ => text,
    };
    let bracketed = host
        .strip_prefix('[')
        .and_then(|rest| rest.strip_suffix(']'))
        .is_some_and(|address| address.parse::<std::net::Ipv6Addr>().is_ok());
    let named = !host.is_empty()
        && host.bytes().all(|byte| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'.' | b'-'));
    (bracketed || named).then_some(host)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_origin_is_read_as_a_browser_writes_it() {
        for text in [
            "https://chat.example.org",
            "https://chat.example.org:8443",
            "http://localhost:7420",
            "http://127.0.0.1:1",
            "http://[::1]:7420",
        ] {
            assert_eq!(text.parse::<Origin>().unwrap().as_str(), text);
        }
    }

    #[test]
    fn what_a_browser_would_never_send_is_refused() {
        for (text, why) in [
            ("chat.example.org", OriginError::Scheme),
            ("https://chat.example.org/", OriginError::Host),
            ("https://Chat.example.org", OriginError::Host),
            ("https://", OriginError::Host),
            ("https://chat.example.org:port", OriginError::Host),
            ("https://chat.example.org:08443", OriginError::Host),
            ("https://chat.example.org:443", OriginError::UsualPort),
            ("http://localhost:80", OriginError::UsualPort),
            ("http://[::1]:80", OriginError::UsualPort),
            ("https://chat example.org", OriginError::Host),
            ("https://a;b", OriginError::Host),
            ("https://[::443]x", OriginError::Host),
        ] {
            assert_eq!(text.parse::<Origin>(), Err(why), "{text}");
        }
    }

    #[test]
    fn an_origin_elsewhere_without_tls_is_refused() {
        assert_eq!("http://chat.example.org".parse::<Origin>(), Err(OriginError::PlainElsewhere));
    }

    #[test]
    fn a_certificate_names_the_host_without_its_port() {
        for (text, host) in [
            ("https://chat.example.org:8443", "chat.example.org"),
            ("https://chat.example.org", "chat.example.org"),
            ("http://[::1]:7420", "::1"),
        ] {
            assert_eq!(text.parse::<Origin>().unwrap().host(), host);
        }
    }

    #[test]
    fn a_web_socket_keeps_to_tls_where_the_page_has_it() {
        let origin: Origin = "https://chat.example.org:8443".parse().unwrap();
        assert_eq!(origin.web_socket(), "wss://chat.example.org:8443");
        assert_eq!(Origin::of_this_computer(7420).web_socket(), "ws://localhost:7420");
    }
}
