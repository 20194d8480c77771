//! Padding to a few sizes, so that a length on the line says next to nothing of what was written.

use alloc::vec::Vec;

use crate::limits::MESSAGE_TEXT_MAX;

/// The sizes, in bytes, that a padded record can have. The largest holds the longest message and its
/// envelope.
pub const BUCKETS: [usize; 8] = [256, 512, 1024, 2048, 4096, 8192, 12_288, 17_408];

const _: () = assert!(BUCKETS[7] > MESSAGE_TEXT_MAX + 1024);

/// The record is longer than the largest bucket.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TooLongToPad;

/// Fills up `record` with one byte 0x80 and zeros (ISO/IEC 7816-4) to the smallest of [`BUCKETS`] that has
/// `least` bytes or more.
///
/// # Errors
/// [`TooLongToPad`], which a caller who keeps the limits of messages never sees.
pub fn pad(mut record: Vec<u8>, least: usize) -> Result<Vec<u8>, TooLongToPad> {
    let fits = |bucket: &usize| record.len() < *bucket && least <= *bucket;
    let bucket = BUCKETS.into_iter().find(fits).ok_or(TooLongToPad)?;
    record.push(0x80);
    record.resize(bucket, 0);
    Ok(record)
}

/// The record inside a padded one, or nothing where no mark ends it.
pub fn unpad(padded: &[u8]) -> Option<&[u8]> {
    let mark = padded.iter().rposition(|byte| *byte != 0)?;
    (padded[mark] == 0x80).then(|| &padded[..mark])
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn only_bucket_sizes_leave_the_device(
            record in proptest::collection::vec(any::<u8>(), 0..17_407),
            least in 0_usize..17_408,
        ) {
            let padded = pad(record.clone(), least).unwrap();
            prop_assert!(BUCKETS.contains(&padded.len()) && padded.len() >= least);
            prop_assert_eq!(unpad(&padded), Some(&record[..]));
        }

        #[test]
        fn random_bytes_never_panic(bytes in proptest::collection::vec(any::<u8>(), 0..64)) {
            let _ = unpad(&bytes);
        }
    }

    #[test]
    fn a_record_longer_than_any_bucket_is_refused() {
        assert_eq!(pad(alloc::vec![1; 17_408], 0), Err(TooLongToPad));
    }
}
