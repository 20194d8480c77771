//! The headers on every answer: what a page may do in a browser is what these allow (`features.md` 6.1,
//! `design.md`, Pages).
//!
//! They bind an honest browser. They do not protect against a host that changes them; nor do they hide
//! that a page was opened from anybody who can see the device or its network.

use axum::http::HeaderMap;
use axum::http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, HeaderName, HeaderValue, InvalidHeaderValue,
    REFERRER_POLICY, STRICT_TRANSPORT_SECURITY, X_CONTENT_TYPE_OPTIONS, X_FRAME_OPTIONS,
};

use crate::config::Origin;

/// Two years, the shortest that browsers' preload lists take. Subdomains are left to whoever owns them.
const TRANSPORT: HeaderValue = HeaderValue::from_static("max-age=63072000");

/// Every feature that a browser of today asks permission for, and of yesterday.
const PERMISSIONS: HeaderValue = HeaderValue::from_static(
    "accelerometer=(), autoplay=(), \
     browsing-topics=(), camera=(), clipboard-read=(), clipboard-write=(), compute-pressure=(), \
     display-capture=(), encrypted-media=(), fullscreen=(), gamepad=(), geolocation=(), gyroscope=(), \
     hid=(), identity-credentials-get=(), idle-detection=(), keyboard-map=(), local-fonts=(), \
     magnetometer=(), microphone=(), midi=(), payment=(), picture-in-picture=(), \
     publickey-credentials-create=(), publickey-credentials-get=(), screen-wake-lock=(), serial=(), \
     speaker-selection=(), storage-access=(), unload=(), usb=(), window-management=(), \
     xr-spatial-tracking=()",
);

/// For documents and whatever else tells one moment from another.
pub(crate) const NOT_KEPT: HeaderValue = HeaderValue::from_static("no-store");

/// For files that are named by their hash.
pub(crate) const KEPT_FOR_EVER: HeaderValue =
    HeaderValue::from_static("public, max-age=31536000, immutable");

/// The headers of one origin.
#[derive(Clone, Debug)]
pub(crate) struct Headers(Vec<(HeaderName, HeaderValue)>);

impl Headers {
    /// Those for answers to browsers that know the relay as `origin`.
    ///
    /// # Errors
    /// Never for an [`Origin`], whose characters are those of a header; the type asks.
    pub(crate) fn of(origin: &Origin) -> Result<Self, InvalidHeaderValue> {
        let fixed = |name: &'static str, value: &'static str| {
            (HeaderName::from_static(name), HeaderValue::from_static(value))
        };
        let mut headers = vec![
            (CONTENT_SECURITY_POLICY, content_policy(origin)?),
            (REFERRER_POLICY, HeaderValue::from_static("no-referrer")),
            (X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")),
            (X_FRAME_OPTIONS, HeaderValue::from_static("DENY")),
            (HeaderName::from_static("permissions-policy"), PERMISSIONS),
            fixed("cross-origin-opener-policy", "same-origin"),
            fixed("cross-origin-embedder-policy", "require-corp"),
            fixed("cross-origin-resource-policy", "same-origin"),
            fixed("x-dns-prefetch-control", "off"),
            fixed("x-robots-tag", "noindex"),
        ];
        if origin.is_tls() {
            headers.push((STRICT_TRANSPORT_SECURITY, TRANSPORT));
        }
        Ok(Self(headers))
    }

    /// Puts them on an answer. What the answer says already of itself stays, and what says nothing of being
    /// kept is not kept.
    pub(crate) fn put(&self, answer: &mut HeaderMap) {
        for (name, value) in &self.0 {
            if !answer.contains_key(name) {
                answer.insert(name, value.clone());
            }
        }
        if !answer.contains_key(CACHE_CONTROL) {
            answer.insert(CACHE_CONTROL, NOT_KEPT);
        }
    }
}

/// Own files alone, no inline script or style, no evaluation but WebAssembly's. The WebSocket is named
/// because older browsers do not count it as `'self'`.
fn content_policy(origin: &Origin) -> Result<HeaderValue, InvalidHeaderValue> {
    HeaderValue::try_from(format!(
        "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; img-src 'self'; \
         connect-src 'self' {}; form-action 'none'; base-uri 'none'; frame-ancestors 'none'; \
         require-trusted-types-for 'script'; trusted-types 'none'",
        origin.web_socket()
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_an_answer_says_of_being_kept_stays() {
        let headers = Headers::of(&"https://chat.example.org".parse().unwrap()).unwrap();
        let mut answer = HeaderMap::new();
        answer.insert(CACHE_CONTROL, KEPT_FOR_EVER);
        headers.put(&mut answer);
        assert_eq!(answer[CACHE_CONTROL], KEPT_FOR_EVER);
    }

    #[test]
    fn an_answer_that_says_nothing_of_being_kept_is_not_kept() {
        let headers = Headers::of(&"https://chat.example.org".parse().unwrap()).unwrap();
        let mut answer = HeaderMap::new();
        headers.put(&mut answer);
        assert_eq!(answer[CACHE_CONTROL], NOT_KEPT);
        assert!(answer.contains_key(STRICT_TRANSPORT_SECURITY));
    }

    #[test]
    fn a_browser_is_told_to_insist_on_tls_only_where_there_is_tls() {
        let headers = Headers::of(&Origin::of_this_computer(7420)).unwrap();
        let mut answer = HeaderMap::new();
        headers.put(&mut answer);
        assert!(!answer.contains_key(STRICT_TRANSPORT_SECURITY));
    }
}
