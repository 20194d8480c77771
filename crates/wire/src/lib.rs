//! Fields that are sent or signed, each with its largest size in its type.
//!
//! Everything of Stillroom's own on the wire is written in the TLS presentation language as RFC 9420
//! section 2.1 uses it, by the codec that the MLS library brings along. That codec knows no limits; the
//! types here add them, so that a record that asks for more than it may have is refused while it is read
//! (`features.md` 6.6). Nothing here protects against a record that is well-formed and untrue: that is
//! for the crates that check signatures.
#![no_std]
extern crate alloc;

pub use alloc::vec::Vec;

use alloc::string::String;
use core::fmt;

pub use mls_rs_codec::{Error as CodecError, MlsDecode, MlsEncode, MlsSize};
use mls_rs_codec::{Error, byte_vec};

/// The codec's own number for "a field is longer than its type allows" (inside [`Error::Custom`]).
const TOO_LONG: u8 = 1;

/// Why bytes from outside are not the record that was asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DecodeError {
    /// The bytes end early, name an unknown variant, or are not UTF-8 where text belongs.
    Malformed,
    /// A field is longer than its type allows.
    TooLong,
    /// The record is whole, and more bytes follow it.
    Trailing,
}

impl fmt::Display for DecodeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Malformed => "the bytes are not such a record",
            Self::TooLong => "a field is longer than allowed",
            Self::Trailing => "bytes follow the record",
        })
    }
}

impl core::error::Error for DecodeError {}

impl From<Error> for DecodeError {
    fn from(error: Error) -> Self {
        match error {
            Error::Custom(TOO_LONG) => Self::TooLong,
            _ => Self::Malformed,
        }
    }
}

/// Reads one record that must fill `bytes` exactly.
///
/// # Errors
/// [`DecodeError`], whoever sent the bytes being at fault.
pub fn decode<T: MlsDecode>(mut bytes: &[u8]) -> Result<T, DecodeError> {
    let record = T::mls_decode(&mut bytes)?;
    if bytes.is_empty() { Ok(record) } else { Err(DecodeError::Trailing) }
}

/// Writes one record.
///
/// A record whose fields carry their limits always fits: the codec's one failure is a field of more than
/// 2^30 bytes, so an empty answer, which no [`decode`] accepts for a record with fields, stands for it.
pub fn encode<T: MlsEncode + ?Sized>(record: &T) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(record.mls_encoded_len());
    match record.mls_encode(&mut bytes) {
        Ok(()) => bytes,
        Err(_) => Vec::new(),
    }
}

/// A value is longer than its field allows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TooLong;

impl fmt::Display for TooLong {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the value is longer than its field allows")
    }
}

impl core::error::Error for TooLong {}

/// At most `MAX` bytes. Prints its length only: it may hold what somebody wrote.
#[derive(Clone, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Bytes<const MAX: usize>(Vec<u8>);

impl<const MAX: usize> Bytes<MAX> {
    /// The bytes themselves.
    pub fn into_vec(self) -> Vec<u8> {
        self.0
    }
}

impl<const MAX: usize> TryFrom<Vec<u8>> for Bytes<MAX> {
    type Error = TooLong;
    fn try_from(bytes: Vec<u8>) -> Result<Self, TooLong> {
        if bytes.len() <= MAX { Ok(Self(bytes)) } else { Err(TooLong) }
    }
}

impl<const MAX: usize> TryFrom<&[u8]> for Bytes<MAX> {
    type Error = TooLong;
    fn try_from(bytes: &[u8]) -> Result<Self, TooLong> {
        if bytes.len() <= MAX { Ok(Self(bytes.to_vec())) } else { Err(TooLong) }
    }
}

impl<const MAX: usize> core::ops::Deref for Bytes<MAX> {
    type Target = [u8];
    fn deref(&self) -> &[u8] {
        &self.0
    }
}

impl<const MAX: usize> AsRef<[u8]> for Bytes<MAX> {
    fn as_ref(&self) -> &[u8] {
        &self.0
    }
}

impl<const MAX: usize> zeroize::Zeroize for Bytes<MAX> {
    fn zeroize(&mut self) {
        self.0.zeroize();
    }
}

impl<const MAX: usize> fmt::Debug for Bytes<MAX> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} bytes", self.0.len())
    }
}

impl<const MAX: usize> MlsSize for Bytes<MAX> {
    fn mls_encoded_len(&self) -> usize {
        byte_vec::mls_encoded_len(&self.0)
    }
}

impl<const MAX: usize> MlsEncode for Bytes<MAX> {
    fn mls_encode(&self, writer: &mut Vec<u8>) -> Result<(), Error> {
        byte_vec::mls_encode(&self.0, writer)
    }
}

impl<const MAX: usize> MlsDecode for Bytes<MAX> {
    fn mls_decode(reader: &mut &[u8]) -> Result<Self, Error> {
        Ok(Self(field(reader, MAX)?.to_vec()))
    }
}

/// UTF-8 of at most `MAX` bytes. Prints its length only: it may hold what somebody wrote.
#[derive(Clone, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Text<const MAX: usize>(String);

impl<const MAX: usize> Text<MAX> {
    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl<const MAX: usize> TryFrom<String> for Text<MAX> {
    type Error = TooLong;
    fn try_from(text: String) -> Result<Self, TooLong> {
        if text.len() <= MAX { Ok(Self(text)) } else { Err(TooLong) }
    }
}

impl<const MAX: usize> TryFrom<&str> for Text<MAX> {
    type Error = TooLong;
    fn try_from(text: &str) -> Result<Self, TooLong> {
        if text.len() <= MAX { Ok(Self(text.into())) } else { Err(TooLong) }
    }
}

impl<const MAX: usize> core::ops::Deref for Text<MAX> {
    type Target = str;
    fn deref(&self) -> &str {
        &self.0
    }
}

impl<const MAX: usize> zeroize::Zeroize for Text<MAX> {
    fn zeroize(&mut self) {
        self.0.zeroize();
    }
}

impl<const MAX: usize> fmt::Debug for Text<MAX> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} bytes of text", self.0.len())
    }
}

impl<const MAX: usize> MlsSize for Text<MAX> {
    fn mls_encoded_len(&self) -> usize {
        byte_vec::mls_encoded_len(&self.0.as_bytes())
    }
}

impl<const MAX: usize> MlsEncode for Text<MAX> {
    fn mls_encode(&self, writer: &mut Vec<u8>) -> Result<(), Error> {
        byte_vec::mls_encode(&self.0.as_bytes(), writer)
    }
}

impl<const MAX: usize> MlsDecode for Text<MAX> {
    fn mls_decode(reader: &mut &[u8]) -> Result<Self, Error> {
        let bytes = field(reader, MAX)?;
        Ok(Self(core::str::from_utf8(bytes).map_err(|_| Error::Utf8)?.into()))
    }
}

/// Yes or no, in one byte: 1 or 0. (The codec's own `bool` reads any other byte as yes, so that one record
/// could be written in more than one way.)
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Flag(pub bool);

impl From<bool> for Flag {
    fn from(yes: bool) -> Self {
        Self(yes)
    }
}

impl core::ops::Deref for Flag {
    type Target = bool;
    fn deref(&self) -> &bool {
        &self.0
    }
}

impl MlsSize for Flag {
    fn mls_encoded_len(&self) -> usize {
        1
    }
}

impl MlsEncode for Flag {
    fn mls_encode(&self, writer: &mut Vec<u8>) -> Result<(), Error> {
        writer.push(self.0.into());
        Ok(())
    }
}

impl MlsDecode for Flag {
    fn mls_decode(reader: &mut &[u8]) -> Result<Self, Error> {
        match u8::mls_decode(reader)? {
            0 => Ok(Self(false)),
            1 => Ok(Self(true)),
            _ => Err(Error::UnsupportedEnumDiscriminant),
        }
    }
}

/// At most `MAX` records of one kind.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct List<T, const MAX: usize>(Vec<T>);

impl<T, const MAX: usize> Default for List<T, MAX> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<T, const MAX: usize> List<T, MAX> {
    /// The records themselves.
    pub fn into_vec(self) -> Vec<T> {
        self.0
    }
}

impl<T, const MAX: usize> TryFrom<Vec<T>> for List<T, MAX> {
    type Error = TooLong;
    fn try_from(records: Vec<T>) -> Result<Self, TooLong> {
        if records.len() <= MAX { Ok(Self(records)) } else { Err(TooLong) }
    }
}

impl<T, const MAX: usize> core::ops::Deref for List<T, MAX> {
    type Target = [T];
    fn deref(&self) -> &[T] {
        &self.0
    }
}

impl<T: MlsSize, const MAX: usize> MlsSize for List<T, MAX> {
    fn mls_encoded_len(&self) -> usize {
        self.0.mls_encoded_len()
    }
}

impl<T: MlsEncode, const MAX: usize> MlsEncode for List<T, MAX> {
    fn mls_encode(&self, writer: &mut Vec<u8>) -> Result<(), Error> {
        self.0.mls_encode(writer)
    }
}

impl<T: MlsDecode, const MAX: usize> MlsDecode for List<T, MAX> {
    fn mls_decode(reader: &mut &[u8]) -> Result<Self, Error> {
        let mut bytes = field(reader, usize::MAX)?;
        let mut records = Vec::new();
        while !bytes.is_empty() {
            if records.len() == MAX {
                return Err(Error::Custom(TOO_LONG));
            }
            records.push(T::mls_decode(&mut bytes)?);
        }
        Ok(Self(records))
    }
}

/// An enum of records, each a tag of one byte and its fields in order. (The codec's own derive knows no
/// variants with named fields.) An unknown tag does not decode.
#[macro_export]
macro_rules! choice {
    ($(#[$attribute:meta])* $visibility:vis enum $name:ident {
        $($(#[$about:meta])* $variant:ident
            $({ $($(#[$about_field:meta])* $field:ident: $type:ty),* $(,)? })?
            = $tag:literal),* $(,)?
    }) => {
        $(#[$attribute])*
        #[repr(u8)]
        $visibility enum $name {
            $($(#[$about])* $variant $({ $($(#[$about_field])* $field: $type),* })? = $tag),*
        }

        impl $crate::MlsSize for $name {
            fn mls_encoded_len(&self) -> usize {
                match self {
                    $(Self::$variant $({ $($field),* })? => {
                        1 $($(+ $crate::MlsSize::mls_encoded_len($field))*)?
                    })*
                }
            }
        }

        impl $crate::MlsEncode for $name {
            fn mls_encode(&self, writer: &mut $crate::Vec<u8>) -> Result<(), $crate::CodecError> {
                match self {
                    $(Self::$variant $({ $($field),* })? => {
                        writer.push($tag);
                        $($($crate::MlsEncode::mls_encode($field, writer)?;)*)?
                    })*
                }
                Ok(())
            }
        }

        impl $crate::MlsDecode for $name {
            fn mls_decode(reader: &mut &[u8]) -> Result<Self, $crate::CodecError> {
                match <u8 as $crate::MlsDecode>::mls_decode(reader)? {
                    $($tag => Ok(Self::$variant $({ $($field: $crate::MlsDecode::mls_decode(reader)?),* })?),)*
                    _ => Err($crate::CodecError::UnsupportedEnumDiscriminant),
                }
            }
        }
    };
}

/// Takes one length-prefixed field of at most `max` bytes off the front of `reader`.
fn field<'a>(reader: &mut &'a [u8], max: usize) -> Result<&'a [u8], Error> {
    let length = usize::try_from(u32::from(mls_rs_codec::VarInt::mls_decode(reader)?))
        .map_err(|_| Error::VarIntOutOfRange)?;
    if length > max {
        return Err(Error::Custom(TOO_LONG));
    }
    let (field, rest) = reader.split_at_checked(length).ok_or(Error::UnexpectedEOF)?;
    *reader = rest;
    Ok(field)
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::vec;
    use proptest::prelude::*;

    #[test]
    fn a_field_over_its_limit_is_refused_before_it_is_copied() {
        let long = encode(&Bytes::<16>::try_from(vec![7; 16]).unwrap());
        assert_eq!(decode::<Bytes<15>>(&long), Err(DecodeError::TooLong));
        assert_eq!(decode::<Bytes<16>>(&long).unwrap().len(), 16);
    }

    #[test]
    fn a_length_that_promises_more_than_there_is_is_refused() {
        assert_eq!(decode::<Bytes<1000>>(&[0x40, 0xff, 1, 2]), Err(DecodeError::Malformed));
    }

    #[test]
    fn bytes_after_the_record_are_refused() {
        let mut bytes = encode(&Text::<8>::try_from("abc").unwrap());
        bytes.push(0);
        assert_eq!(decode::<Text<8>>(&bytes), Err(DecodeError::Trailing));
    }

    #[test]
    fn text_that_is_not_utf8_is_refused() {
        assert_eq!(decode::<Text<8>>(&[2, 0xc3, 0x28]), Err(DecodeError::Malformed));
    }

    #[test]
    fn a_list_over_its_limit_is_refused() {
        let three = encode(&List::<u16, 3>::try_from(vec![1, 2, 3]).unwrap());
        assert_eq!(decode::<List<u16, 2>>(&three), Err(DecodeError::TooLong));
    }

    #[test]
    fn yes_and_no_are_written_in_one_way_each() {
        for yes in [false, true] {
            assert_eq!(decode::<Flag>(&encode(&Flag(yes))), Ok(Flag(yes)));
        }
        for byte in 2..=u8::MAX {
            assert_eq!(decode::<Flag>(&[byte]), Err(DecodeError::Malformed));
        }
    }

    #[test]
    fn what_somebody_wrote_does_not_print() {
        let text = Text::<64>::try_from("a secret").unwrap();
        assert!(!alloc::format!("{text:?}").contains("secret"));
    }

    proptest! {
        #[test]
        fn what_is_written_is_read_back(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
            let field = Bytes::<300>::try_from(bytes).unwrap();
            prop_assert_eq!(decode::<Bytes<300>>(&encode(&field)), Ok(field));
        }

        #[test]
        fn random_bytes_never_panic_and_are_canonical(bytes in proptest::collection::vec(any::<u8>(), 0..64)) {
            if let Ok(list) = decode::<List<Bytes<20>, 4>>(&bytes) {
                prop_assert_eq!(encode(&list), bytes);
            }
        }
    }
}
