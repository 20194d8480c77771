//! A file packed for the line by brotli and by gzip, as small as each makes it.
//!
//! It stands here and not in the relay for the sake of tests: brotli's code is generic and is compiled with whoever calls
//! it, each relay packs its pages when it starts, and this crate can be optimised for tests at little cost.

use std::io::Write as _;
use std::ops::RangeInclusive;

/// Brotli's best. A page of 20 KB takes some ten milliseconds, once.
const BROTLI_QUALITY: i32 = 11;

/// The smallest and the largest window that every browser takes, as powers of two (RFC 7932, section 9.1).
const BROTLI_WINDOWS: RangeInclusive<u32> = 10..=24;

/// Bytes of a window that reach back to nothing (the same).
const BROTLI_WINDOW_GAP: usize = 16;

/// Packed by brotli.
pub fn brotli(file: &[u8]) -> Option<Vec<u8>> {
    let parameters = brotli::enc::BrotliEncoderParams {
        quality: BROTLI_QUALITY,
        lgwin: window_for(file.len()),
        size_hint: file.len(),
        ..Default::default()
    };
    let mut packed = Vec::new();
    brotli::BrotliCompress(&mut &*file, &mut packed, &parameters).ok()?;
    Some(packed)
}

/// Packed by gzip.
pub fn gzip(file: &[u8]) -> Option<Vec<u8>> {
    let mut packer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    packer.write_all(file).ok()?;
    packer.finish().ok()
}

/// The smallest window from whose end a file can be seen whole, as a power of two. A larger one packs no better, and
/// takes memory with it: each program's thread had megabytes for it that it could not give back.
fn window_for(bytes: usize) -> i32 {
    let window = (bytes + BROTLI_WINDOW_GAP).next_power_of_two().trailing_zeros();
    window.clamp(*BROTLI_WINDOWS.start(), *BROTLI_WINDOWS.end()) as i32
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_window_holds_its_file_and_no_browser_finds_it_too_large() {
        for (bytes, window) in [(0, 10), (1_008, 10), (1_009, 11), (35_000, 16), (1 << 30, 24)] {
            assert_eq!(window_for(bytes), window, "{bytes}");
        }
    }

    #[test]
    fn what_is_packed_is_unpacked_alike() {
        let file = b"a page ".repeat(400);
        let mut unpacked = Vec::new();
        let packed = brotli(&file).unwrap();
        brotli::BrotliDecompress(&mut &packed[..], &mut unpacked).unwrap();
        assert_eq!(unpacked, file);
        let mut unpacked = Vec::new();
        let packed = gzip(&file).unwrap();
        std::io::copy(&mut flate2::read::GzDecoder::new(&packed[..]), &mut unpacked).unwrap();
        assert_eq!(unpacked, file);
    }
}
