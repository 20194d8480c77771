//! The group that tokens stand on: ristretto255 with SHA-512 (RFC 9497, 4.1), over the curve and the hash that signing
//! has in the page already.
//!
//! `voprf` has this group over older versions of both, which would be a second of each in every page. This is that
//! implementation, call for call, over the newer; the RFC's own vectors hold it to be the same.

use curve25519_dalek::constants::RISTRETTO_BASEPOINT_POINT;
use curve25519_dalek::ristretto::{CompressedRistretto, RistrettoPoint};
use curve25519_dalek::scalar::Scalar;
use curve25519_dalek::traits::{Identity as _, IsIdentity as _};
use digest::core_api::BlockSizeUser;
use digest::generic_array::GenericArray;
use digest::generic_array::typenum::{IsLess, IsLessOrEqual, U32, U64, U128, U256};
use digest::{FixedOutput, HashMarker, Output, OutputSizeUser, Update};
use elliptic_curve::hash2curve::{ExpandMsg as _, ExpandMsgXmd, Expander as _};
use rand_core_06::{CryptoRng, RngCore};
use sha2::Digest as _;
use subtle::{Choice, ConstantTimeEq as _};
use voprf::{CipherSuite, Error, Group, InternalError};
use zeroize::Zeroizing;

/// The order of the group less two, the least byte first (RFC 9496, 4).
const ORDER_LESS_TWO: [u8; 32] = [
    0xeb, 0xd3, 0xf5, 0x5c, 0x1a, 0x63, 0x12, 0x58, 0xd6, 0x9c, 0xf7, 0xa2, 0xde, 0xf9, 0xde, 0x14,
    0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x10,
];

/// ristretto255-SHA512.
pub(super) struct Ristretto;

impl CipherSuite for Ristretto {
    const ID: &'static str = "ristretto255-SHA512";
    type Group = Self;
    type Hash = Sha512;
}

/// SHA-512 as `voprf` wants it.
#[derive(Clone, Default)]
pub(super) struct Sha512(sha2::Sha512);

impl HashMarker for Sha512 {}

impl BlockSizeUser for Sha512 {
    type BlockSize = U128;
}

impl OutputSizeUser for Sha512 {
    type OutputSize = U64;
}

impl Update for Sha512 {
    fn update(&mut self, data: &[u8]) {
        sha2::Digest::update(&mut self.0, data);
    }
}

impl FixedOutput for Sha512 {
    fn finalize_into(self, out: &mut Output<Self>) {
        out.copy_from_slice(&self.0.finalize());
    }
}

impl Group for Ristretto {
    type Elem = RistrettoPoint;
    type ElemLen = U32;
    type Scalar = Scalar;
    type ScalarLen = U32;

    fn hash_to_curve<H>(input: &[&[u8]], dst: &[&[u8]]) -> Result<RistrettoPoint, InternalError>
    where
        H: BlockSizeUser + Default + FixedOutput + HashMarker,
        H::OutputSize: IsLess<U256> + IsLessOrEqual<H::BlockSize>,
    {
        Ok(RistrettoPoint::from_uniform_bytes(&expand::<H>(input, dst)?))
    }

    fn hash_to_scalar<H>(input: &[&[u8]], dst: &[&[u8]]) -> Result<Scalar, InternalError>
    where
        H: BlockSizeUser + Default + FixedOutput + HashMarker,
        H::OutputSize: IsLess<U256> + IsLessOrEqual<H::BlockSize>,
    {
        Ok(Scalar::from_bytes_mod_order_wide(&expand::<H>(input, dst)?))
    }

    fn base_elem() -> RistrettoPoint {
        RISTRETTO_BASEPOINT_POINT
    }

    fn identity_elem() -> RistrettoPoint {
        RistrettoPoint::identity()
    }

    fn serialize_elem(elem: RistrettoPoint) -> GenericArray<u8, U32> {
        elem.compress().to_bytes().into()
    }

    fn deserialize_elem(bytes: &[u8]) -> Result<RistrettoPoint, Error> {
        let compressed = CompressedRistretto::from_slice(bytes).ok();
        let point = compressed.and_then(|compressed| compressed.decompress());
        point.filter(|point| !point.is_identity()).ok_or(Error::Deserialization)
    }

    fn random_scalar<R: RngCore + CryptoRng>(rng: &mut R) -> Scalar {
        loop {
            let mut wide = Zeroizing::new([0; 64]);
            rng.fill_bytes(&mut *wide);
            let scalar = Scalar::from_bytes_mod_order_wide(&wide);
            if scalar != Scalar::ZERO {
                return scalar;
            }
        }
    }

    fn invert_scalar(scalar: Scalar) -> Scalar {
        // To the power of the group's order less two (Fermat), bit by bit of that public number: the curve's own
        // inversion is quicker, and weighs another 2 KB in the page.
        ORDER_LESS_TWO
            .iter()
            .rev()
            .flat_map(|byte| (0..8).rev().map(move |bit| byte >> bit & 1))
            .fold(Scalar::ONE, |power, bit| {
                let square = power * power;
                if bit == 1 { square * scalar } else { square }
            })
    }

    fn is_zero_scalar(scalar: Scalar) -> Choice {
        scalar.ct_eq(&Scalar::ZERO)
    }

    fn serialize_scalar(scalar: Scalar) -> GenericArray<u8, U32> {
        scalar.to_bytes().into()
    }

    fn deserialize_scalar(bytes: &[u8]) -> Result<Scalar, Error> {
        let scalar = bytes.try_into().ok();
        let scalar = scalar.and_then(|bytes| Scalar::from_canonical_bytes(bytes).into_option());
        scalar.filter(|scalar| *scalar != Scalar::ZERO).ok_or(Error::Deserialization)
    }
}

/// `expand_message_xmd` of RFC 9380 to as many bytes as both of the above take.
fn expand<H>(input: &[&[u8]], dst: &[&[u8]]) -> Result<[u8; 64], InternalError>
where
    H: BlockSizeUser + Default + FixedOutput + HashMarker,
    H::OutputSize: IsLess<U256> + IsLessOrEqual<H::BlockSize>,
{
    let mut uniform = GenericArray::<u8, U64>::default();
    ExpandMsgXmd::<H>::expand_message(input, dst, 64)
        .map_err(|_| InternalError::Input)?
        .fill_bytes(&mut uniform);
    Ok(uniform.into())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(32))]

        #[test]
        fn what_is_blinded_is_unblinded_by_the_curves_own_inverse(wide in any::<[[u8; 32]; 2]>()) {
            let scalar = Scalar::from_bytes_mod_order(wide[0]) * Scalar::from_bytes_mod_order(wide[1]);
            prop_assume!(scalar != Scalar::ZERO);
            prop_assert_eq!(Ristretto::invert_scalar(scalar), scalar.invert());
        }
    }
}
