//! Frames: no bytes make a decoder panic, and no frame has two forms.
#![no_main]

use libfuzzer_sys::fuzz_target;
use stillroom_protocol::{ClientFrame, RelayFrame, decode, encode, padding};

fuzz_target!(|bytes: &[u8]| {
    if let Ok(frame) = decode::<ClientFrame>(bytes) {
        assert_eq!(encode(&frame), bytes);
    }
    if let Ok(frame) = decode::<RelayFrame>(bytes) {
        assert_eq!(encode(&frame), bytes);
    }
    if let Some(record) = padding::unpad(bytes) {
        assert!(record.len() < bytes.len());
    }
});
