//! How a file's bytes travel: as they are, or packed by brotli or gzip, whichever the browser takes.
//!
//! Everything is packed once, never for an answer. Nothing packed holds a secret beside what a stranger
//! chose, so how well it packs tells nothing.

use axum::body::Bytes;
use axum::http::HeaderMap;
use axum::http::header::{ACCEPT_ENCODING, HeaderValue};
use stillroom_document::pack;

/// One file, in each form that there is of it.
#[derive(Clone, Debug)]
pub struct Packed {
    /// As it is.
    pub identity: Bytes,
    /// Packed by brotli.
    pub brotli: Option<Bytes>,
    /// Packed by gzip.
    pub gzip: Option<Bytes>,
}

impl Packed {
    /// Packs a file here and now.
    pub(crate) fn pack(file: Vec<u8>) -> Self {
        let (brotli, gzip) = (pack::brotli(&file), pack::gzip(&file));
        Self { brotli: brotli.map(Bytes::from), gzip: gzip.map(Bytes::from), identity: file.into() }
    }

    /// The form that an answer to a request with these headers carries, and its name where it has one.
    pub(crate) fn for_request(&self, request: &HeaderMap) -> (Bytes, Option<HeaderValue>) {
        let accepted = Accepted::of(request);
        match (&self.brotli, &self.gzip) {
            (Some(packed), _) if accepted.brotli => {
                (packed.clone(), Some(HeaderValue::from_static("br")))
            }
            (_, Some(packed)) if accepted.gzip => {
                (packed.clone(), Some(HeaderValue::from_static("gzip")))
            }
            _ => (self.identity.clone(), None),
        }
    }
}

/// What a browser takes.
#[derive(Default)]
struct Accepted {
    brotli: bool,
    gzip: bool,
}

impl Accepted {
    fn of(request: &HeaderMap) -> Self {
        let mut accepted = Self::default();
        let lines = request.get_all(ACCEPT_ENCODING).into_iter();
        for part in lines.filter_map(|line| line.to_str().ok()).flat_map(|line| line.split(',')) {
            let (name, weight) = part.split_once(';').unwrap_or((part, ""));
            let wanted = !is_zero(weight);
            match name.trim().to_ascii_lowercase().as_str() {
                "br" => accepted.brotli = wanted,
                "gzip" => accepted.gzip = wanted,
                _ => {}
            }
        }
        accepted
    }
}

/// Whether this is a weight of nothing, by which a browser says that it does not take a form.
fn is_zero(weight: &str) -> bool {
    weight.trim().strip_prefix("q=").is_some_and(|weight| weight.parse() == Ok(0.0_f32))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn form(accept: &str) -> String {
        let packed = Packed::pack(b"the same words the same words the same words".to_vec());
        let mut request = HeaderMap::new();
        request.insert(ACCEPT_ENCODING, accept.parse().unwrap());
        let (_, name) = packed.for_request(&request);
        name.map_or(String::new(), |name| name.to_str().unwrap().to_owned())
    }

    #[test]
    fn the_smallest_form_that_the_browser_takes_is_sent() {
        assert_eq!(form("gzip, deflate, br, zstd"), "br");
        assert_eq!(form("gzip;q=1.0, *;q=0.5"), "gzip");
        assert_eq!(form("br;q=0, gzip"), "gzip");
        assert_eq!(form("br;q=0.000"), "");
        assert_eq!(form("identity"), "");
        assert_eq!(form(""), "");
    }
}
