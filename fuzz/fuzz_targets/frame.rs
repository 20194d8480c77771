//! Frames: no bytes make a decoder panic, and what was read is written so that it is read alike. (Not quite
//! one form for each frame: the codec takes any byte but zero for "yes".)
#![no_main]

use libfuzzer_sys::fuzz_target;
use stillroom_protocol::{ClientFrame, RelayFrame, decode, encode, padding};

fuzz_target!(|bytes: &[u8]| {
    if let Ok(frame) = decode::<ClientFrame>(bytes) {
        let written = encode(&frame);
        assert_eq!(written.len(), bytes.len());
        assert_eq!(decode::<ClientFrame>(&written), Ok(frame));
    }
    if let Ok(frame) = decode::<RelayFrame>(bytes) {
        let written = encode(&frame);
        assert_eq!(written.len(), bytes.len());
        assert_eq!(decode::<RelayFrame>(&written), Ok(frame));
    }
    if let Some(record) = padding::unpad(bytes) {
        assert!(record.len() < bytes.len());
    }
});
