//! Which pages may open a line: the relay's own, where it gives one out, and those of the program's own
//! addresses (`features.md` 6.5, 6.6; `docs/decisions/0011`).
//!
//! A browser says of every WebSocket from which page it comes, and no page can make it say otherwise; so
//! this keeps other sites' pages from opening a line in a visitor's browser. A program that is no browser
//! says nothing, or anything, and is let in: what it may do is decided by what it can sign and by the
//! limits.

use axum::http::HeaderMap;
use axum::http::header::ORIGIN;

use crate::config::{Door, Origin};

/// The pages that one door lets in.
#[derive(Clone, Debug)]
pub(crate) struct Origins(Vec<Origin>);

impl Origins {
    /// Those that the configuration lets through this door, which browsers reach at `own`.
    pub(crate) fn of(door: &Door, own: &Origin) -> Self {
        let served = door.serve_pages.then_some(own);
        Self(served.into_iter().chain(&door.origins).cloned().collect())
    }

    /// Whether a request with these headers comes from one of the pages, or from no page at all.
    pub(crate) fn let_in(&self, request: &HeaderMap) -> bool {
        let mut named = request.get_all(ORIGIN).iter();
        match (named.next(), named.next()) {
            (None, _) => true,
            (Some(only), None) => self.0.iter().any(|origin| only == origin.as_str()),
            (Some(_), Some(_)) => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;

    use super::*;

    const OWN: &str = "https://relay.example.net";
    const EXPORTED: &str = "https://chat.example.org";

    fn origins(serve_pages: bool) -> Origins {
        let mut door = Door::on(([127, 0, 0, 1], 0).into());
        door.origins.push(EXPORTED.parse().unwrap());
        door.serve_pages = serve_pages;
        Origins::of(&door, &OWN.parse().unwrap())
    }

    fn request(origins: &[&'static str]) -> HeaderMap {
        let line = |origin: &&'static str| (ORIGIN, HeaderValue::from_static(origin));
        origins.iter().map(line).collect()
    }

    #[test]
    fn the_relays_own_page_and_those_of_the_list_are_let_in() {
        for page in [OWN, EXPORTED] {
            assert!(origins(true).let_in(&request(&[page])), "{page}");
        }
    }

    #[test]
    fn every_other_page_is_not() {
        for page in [
            "https://evil.example",
            "https://chat.example.org.evil.example",
            "https://evil.chat.example.org",
            "https://chat.example.org:8443",
            "http://chat.example.org",
            "https://CHAT.example.org",
            "https://chat.example.org/",
            "null",
            "*",
            "",
        ] {
            assert!(!origins(true).let_in(&request(&[page])), "{page}");
        }
    }

    #[test]
    fn a_request_that_names_two_pages_is_not_let_in_even_if_both_may_come() {
        let mut both = request(&[OWN]);
        both.append(ORIGIN, HeaderValue::from_static(EXPORTED));
        assert!(!origins(true).let_in(&both));
    }

    #[test]
    fn a_relay_that_gives_no_page_out_lets_its_own_origin_not_in() {
        assert!(!origins(false).let_in(&request(&[OWN])));
        assert!(origins(false).let_in(&request(&[EXPORTED])));
    }

    #[test]
    fn a_program_that_is_no_browser_says_nothing_and_is_let_in() {
        assert!(origins(false).let_in(&HeaderMap::new()));
    }
}
