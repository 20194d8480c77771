//! A file and its two compressed forms, made once: brotli 11 for nearly every browser, gzip for the rest.

use std::io::Write as _;
use std::path::{Path, PathBuf};

use brotli::enc::BrotliEncoderParams;
use flate2::Compression;
use flate2::write::GzEncoder;

use crate::failure::{Failure, Outcome};
use crate::places;

/// Writes a file under a name that is its hash. Where that name is there, so are its compressed forms.
pub(crate) fn write_all(path: &Path, bytes: &[u8]) -> Outcome {
    let (br, gz) = (beside(path, "br"), beside(path, "gz"));
    if path.is_file() && br.is_file() && gz.is_file() {
        return Ok(());
    }
    places::write(&br, &brotli(bytes)?)?;
    places::write(&gz, &gzip(bytes)?)?;
    places::write(path, bytes)
}

/// The bytes as brotli at its best, the window as large as browsers allow.
pub(crate) fn brotli(mut bytes: &[u8]) -> Outcome<Vec<u8>> {
    let parameters = BrotliEncoderParams {
        quality: 11,
        lgwin: 24,
        size_hint: bytes.len(),
        ..BrotliEncoderParams::default()
    };
    let mut small = Vec::new();
    brotli::BrotliCompress(&mut bytes, &mut small, &parameters)
        .map_err(|error| Failure::new(format!("brotli: {error}")))?;
    Ok(small)
}

fn gzip(bytes: &[u8]) -> Outcome<Vec<u8>> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder
        .write_all(bytes)
        .and_then(|()| encoder.finish())
        .map_err(|error| Failure::new(format!("gzip: {error}")))
}

fn beside(path: &Path, kind: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(".");
    name.push(kind);
    PathBuf::from(name)
}
