//! How a file's bytes travel: as they are, or packed by brotli or gzip, whichever the browser takes.
//!
//! Everything is packed once, never for an answer. Nothing packed holds a secret beside what a stranger
//! chose, so how well it packs tells nothing.

use std::io::Write as _;
use std::ops::RangeInclusive;

use axum::body::Bytes;
use axum::http::HeaderMap;
use axum::http::header::{ACCEPT_ENCODING, HeaderValue};

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

/// Brotli's best. A page of 20 KB takes some ten milliseconds, once.
const BROTLI_QUALITY: i32 = 11;

/// The smallest and the largest window that every browser takes, as powers of two (RFC 7932, section 9.1).
const BROTLI_WINDOWS: RangeInclusive<u32> = 10..=24;

/// Bytes of a window that reach back to nothing (the same).
const BROTLI_WINDOW_GAP: usize = 16;

impl Packed {
    /// Packs a file here and now.
    pub(crate) fn pack(file: Vec<u8>) -> Self {
        Self { brotli: brotli(&file), gzip: gzip(&file), identity: file.into() }
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

fn brotli(file: &[u8]) -> Option<Bytes> {
    let parameters = brotli::enc::BrotliEncoderParams {
        quality: BROTLI_QUALITY,
        lgwin: window_for(file.len()),
        size_hint: file.len(),
        ..Default::default()
    };
    let mut packed = Vec::new();
    brotli::BrotliCompress(&mut &*file, &mut packed, &parameters).ok()?;
    Some(packed.into())
}

/// The smallest window from whose end a file can be seen whole, as a power of two. A larger one packs no better, and
/// takes memory with it: each program's thread had megabytes for it that it could not give back.
fn window_for(bytes: usize) -> i32 {
    let window = (bytes + BROTLI_WINDOW_GAP).next_power_of_two().trailing_zeros();
    window.clamp(*BROTLI_WINDOWS.start(), *BROTLI_WINDOWS.end()) as i32
}

fn gzip(file: &[u8]) -> Option<Bytes> {
    let mut packer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    packer.write_all(file).ok()?;
    packer.finish().ok().map(Bytes::from)
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

    #[test]
    fn a_window_holds_its_file_and_no_browser_finds_it_too_large() {
        for (bytes, window) in [(0, 10), (1_008, 10), (1_009, 11), (35_000, 16), (1 << 30, 24)] {
            assert_eq!(window_for(bytes), window, "{bytes}");
        }
    }

    #[test]
    fn what_is_packed_is_unpacked_alike() {
        let file = b"a page ".repeat(400);
        let packed = Packed::pack(file.clone());
        let mut unpacked = Vec::new();
        brotli::BrotliDecompress(&mut &packed.brotli.unwrap()[..], &mut unpacked).unwrap();
        assert_eq!(unpacked, file);
        let mut unpacked = Vec::new();
        let gzip = packed.gzip.unwrap();
        std::io::copy(&mut flate2::read::GzDecoder::new(&gzip[..]), &mut unpacked).unwrap();
        assert_eq!(unpacked, file);
    }
}
