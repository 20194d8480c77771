//! Frames: no bytes make a decoder panic, and what was read is written so that it is read alike. (Not quite
//! one form for each frame: the codec takes any byte but zero for "yes".)
#![no_main]

use libfuzzer_sys::fuzz_target;
use stillroom_protocol::second_way::{Down, Frames, Up, put_frame};
use stillroom_protocol::{ClientFrame, RelayFrame, decode, encode, padding};

/// As long as a frame may be here, so that the fuzzer finds both sides of the limit.
const LONGEST: usize = 64;

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
    if let Some(down) = Down::from_bytes(bytes) {
        assert_eq!(down.to_bytes(), bytes);
    }
    if let Some(up) = Up::from_bytes(bytes) {
        assert_eq!(up.to_bytes(), bytes);
    }
    frames_of_requests(bytes);
    if let Some(record) = padding::unpad(bytes) {
        assert!(record.len() < bytes.len());
    }
});

/// However bytes are cut, the same frames come out, and none longer than may be.
fn frames_of_requests(bytes: &[u8]) {
    let read = |pieces: &[&[u8]]| {
        let mut frames = Frames::new(LONGEST);
        let mut whole = Vec::new();
        for piece in pieces {
            let mut rest = *piece;
            while let Some(frame) = frames.next(&mut rest).ok()? {
                assert!((1..=LONGEST).contains(&frame.len()));
                whole.push(frame);
            }
        }
        Some(whole)
    };
    let at_once = read(&[bytes]);
    let (begins, ends) = bytes.split_at(bytes.len() / 2);
    assert_eq!(read(&[begins, ends]), at_once);
    if let Some(frames) = at_once {
        let mut written = Vec::new();
        frames.iter().for_each(|frame| put_frame(&mut written, frame));
        assert_eq!(read(&[&written]), Some(frames));
    }
}
