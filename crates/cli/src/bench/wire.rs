//! WebSocket as a load generator speaks it: frames made once and written as they are, answers counted by
//! their headers. What a generator does not spend, the relay's share is measured with.
//!
//! Masks are zero, which RFC 6455 (section 5.3) asks a real client not to do; nobody's content is sent.

/// A masked binary frame with a mask of zeros.
pub(crate) fn client_frame(payload: &[u8]) -> Vec<u8> {
    let mut frame = vec![0x82];
    match (u8::try_from(payload.len()), u16::try_from(payload.len())) {
        (Ok(length @ 0..=125), _) => frame.push(0x80 | length),
        (_, Ok(length)) => {
            frame.push(0x80 | 126);
            frame.extend(length.to_be_bytes());
        }
        _ => {
            frame.push(0x80 | 127);
            frame.extend((payload.len() as u64).to_be_bytes());
        }
    }
    frame.extend([0; 4]);
    frame.extend(payload);
    frame
}

/// The payload of the whole frame at the front of `bytes`, and the frame's length.
pub(crate) fn relay_frame(bytes: &[u8]) -> Option<(&[u8], usize)> {
    let (header, length) = match *bytes.get(1)? & 0x7f {
        126 => (4, usize::from(u16::from_be_bytes(array(bytes, 2)?))),
        127 => (10, usize::try_from(u64::from_be_bytes(array(bytes, 2)?)).ok()?),
        length => (2, usize::from(length)),
    };
    let end = length.checked_add(header)?;
    Some((bytes.get(header..end)?, end))
}

fn array<const N: usize>(bytes: &[u8], start: usize) -> Option<[u8; N]> {
    bytes.get(start..start + N)?.try_into().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_frame_is_found_only_once_it_is_whole() {
        let mut bytes = vec![0x82, 126, 1, 0];
        bytes.extend([7; 256]);
        assert_eq!(relay_frame(&bytes[..259]), None);
        assert_eq!(relay_frame(&bytes), Some((&[7; 256][..], 260)));
        assert_eq!(relay_frame(&[0x82, 1, 9, 0x82]), Some((&[9][..], 3)));
        assert_eq!(relay_frame(&[]), None);
    }

    #[test]
    fn lengths_are_written_as_the_standard_says() {
        assert_eq!(client_frame(&[1])[..2], [0x82, 0x81]);
        assert_eq!(client_frame(&[1; 300])[..4], [0x82, 0x80 | 126, 1, 44]);
        assert_eq!(client_frame(&vec![1; 70_000])[1], 0x80 | 127);
    }
}
