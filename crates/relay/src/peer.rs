//! Where a request comes from, for as long as the request is being answered (`features.md` 6.1).
//!
//! The address is that of the socket. Where a server stands before the relay, which then sees nobody else's, it is
//! what that server says of it, once the configuration names that server; nobody else is believed. It is turned
//! into a share (`shares.rs`) and goes no further.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};

use axum::extract::Request;
use axum::http::HeaderMap;

/// To whom each server hands on a request adds where it got it from, at the end.
const FORWARDED_FOR: &str = "x-forwarded-for";

/// The other end of a request's connection.
#[derive(Clone, Copy)]
pub(crate) struct Peer(pub(crate) IpAddr);

/// Where the request comes from. Those of whom nothing is known, as from no listener, are nowhere together.
pub(crate) fn address(request: &Request, proxy: Option<IpAddr>) -> IpAddr {
    let known = request.extensions().get::<Peer>();
    let peer = known.map_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED), |Peer(address)| *address);
    let is_proxy = proxy.is_some_and(|proxy| proxy.to_canonical() == peer.to_canonical());
    let said = if is_proxy { forwarded(request.headers()) } else { None };
    said.unwrap_or(peer)
}

/// The last that was added: by the server before the relay itself. What stands before it anybody may have written.
fn forwarded(headers: &HeaderMap) -> Option<IpAddr> {
    let said = headers.get_all(FORWARDED_FOR).iter().next_back()?.to_str().ok()?;
    let last = said.rsplit(',').next()?.trim();
    let with_port = || last.parse::<SocketAddr>().map(|address| address.ip());
    last.parse().or_else(|_| with_port()).ok()
}

#[cfg(test)]
mod tests {
    use axum::body::Body;

    use super::*;

    const PROXY: &str = "127.0.0.1";

    fn from(peer: &str, forwarded: &[&str]) -> String {
        let mut request = Request::new(Body::empty());
        request.extensions_mut().insert(Peer(peer.parse().unwrap()));
        for said in forwarded {
            request.headers_mut().append(FORWARDED_FOR, said.parse().unwrap());
        }
        address(&request, Some(PROXY.parse().unwrap())).to_string()
    }

    #[test]
    fn the_server_before_the_relay_is_believed_in_what_it_added_itself() {
        assert_eq!(from(PROXY, &["198.51.100.7"]), "198.51.100.7");
        assert_eq!(from(PROXY, &["203.0.113.9, 198.51.100.7"]), "198.51.100.7");
        assert_eq!(from(PROXY, &["203.0.113.9", "198.51.100.7"]), "198.51.100.7");
        assert_eq!(from(PROXY, &["[2001:db8::1]:4711"]), "2001:db8::1");
        assert_eq!(from("::ffff:127.0.0.1", &["198.51.100.7"]), "198.51.100.7");
    }

    #[test]
    fn nobody_else_is_believed_and_nonsense_is_nobody() {
        assert_eq!(from("192.0.2.1", &["198.51.100.7"]), "192.0.2.1");
        assert_eq!(from(PROXY, &["198.51.100.7, unknown"]), PROXY);
        assert_eq!(from(PROXY, &[]), PROXY);
    }
}
