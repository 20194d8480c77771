//! One-time tokens: a survivor's page gets two inside a chat, and spends one with each envelope of answers, so that
//! nobody fills a batch around one person with envelopes of their own (`features.md` 5.9; `decisions/0040`).
//!
//! A verifiable oblivious pseudorandom function (RFC 9497). Whoever gives a token out sees nothing by which to know
//! it again, and shows by a proof that it was made with the key that everybody's are made with; whoever has that key
//! can check it and is told by it of no chat. It does not protect against a desk that was changed: whoever is on duty
//! has the key, and can make as many as they like.

mod group;
mod issuer;

use alloc::vec::Vec;
use core::fmt;

use mls_rs_codec::{MlsDecode, MlsEncode, MlsSize};
use rand_core::CryptoRng;
use voprf::{BlindedElement, EvaluationElement, Group as _, Proof, VoprfClient, VoprfServer};
use zeroize::{Zeroize, ZeroizeOnDrop, Zeroizing};

use self::group::Ristretto;
pub use self::issuer::{
    Issuer, IssuerContent, IssuerError, IssuerRecord, IssuingKey, SharedIssuer, VerifiedIssuer,
};

/// What a page asks for in a chat: one for the questions, one for the survey.
const TOGETHER: usize = 2;

/// Bytes of a group element.
const ELEMENT: usize = 32;

/// What a page sends to be given tokens: one blinded element for each. Tells nothing of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, MlsSize, MlsEncode, MlsDecode)]
pub struct AskedTokens([u8; TOGETHER * ELEMENT]);

/// What a desk answers: each element raised to the key, and a proof that it was the key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, MlsSize, MlsEncode, MlsDecode)]
pub struct GivenTokens {
    evaluated: [u8; TOGETHER * ELEMENT],
    proof: [u8; 64],
}

/// A token: a number that the page drew, and what only the key makes of it. Erased when dropped; does not print.
#[derive(Clone, PartialEq, Eq, Zeroize, ZeroizeOnDrop, MlsSize, MlsEncode, MlsDecode)]
pub struct Token {
    nonce: [u8; 16],
    output: [u8; 64],
}

impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Token")
    }
}

impl Token {
    /// What is remembered of one that was spent.
    pub fn nonce(&self) -> &[u8; 16] {
        &self.nonce
    }
}

/// Tokens that were asked for and are not here yet. Erased when dropped; does not print.
pub struct TokenRequest {
    nonces: Zeroizing<[[u8; 16]; TOGETHER]>,
    clients: [VoprfClient<Ristretto>; TOGETHER],
}

impl fmt::Debug for TokenRequest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("TokenRequest")
    }
}

impl TokenRequest {
    /// Draws them, and what to send for them. Nothing where the group refuses, which for what is drawn it does not.
    pub fn new(rng: &mut dyn CryptoRng) -> Option<(Self, AskedTokens)> {
        let mut nonces = Zeroizing::new([[0; 16]; TOGETHER]);
        nonces.iter_mut().for_each(|nonce| rng.fill_bytes(nonce));
        let mut asked = [0; TOGETHER * ELEMENT];
        let mut clients = Vec::with_capacity(TOGETHER);
        for (element, nonce) in asked.chunks_exact_mut(ELEMENT).zip(&*nonces) {
            let blind = VoprfClient::blind(nonce, &mut Drawn(rng)).ok()?;
            element.copy_from_slice(&blind.message.serialize());
            clients.push(blind.state);
        }
        let clients = clients.try_into().ok()?;
        Some((Self { nonces, clients }, AskedTokens(asked)))
    }

    /// The tokens in what was given; nothing where the proof does not show that this key made them.
    pub fn finish(self, given: &GivenTokens, key: &[u8; ELEMENT]) -> Option<Vec<Token>> {
        let key = Ristretto::deserialize_elem(key).ok()?;
        let proof = Proof::deserialize(&given.proof).ok()?;
        let (one, other) = given.evaluated.split_at(ELEMENT);
        let elements = [
            EvaluationElement::deserialize(one).ok()?,
            EvaluationElement::deserialize(other).ok()?,
        ];
        let outputs =
            VoprfClient::batch_finalize(&*self.nonces, &self.clients, &elements, &proof, key);
        let mut tokens = Vec::with_capacity(TOGETHER);
        for (nonce, output) in self.nonces.iter().zip(outputs.ok()?) {
            tokens.push(Token { nonce: *nonce, output: output.ok()?.into() });
        }
        Some(tokens)
    }
}

impl IssuingKey {
    /// Gives the tokens that were asked for; nothing where what was sent are no elements.
    pub fn give(&self, asked: &AskedTokens, rng: &mut dyn CryptoRng) -> Option<GivenTokens> {
        let elements = asked.0.chunks_exact(ELEMENT).map(BlindedElement::deserialize);
        let elements: Vec<_> = elements.collect::<Result<_, _>>().ok()?;
        let given = self.server().batch_blind_evaluate(&mut Drawn(rng), &elements).ok()?;
        let mut evaluated = [0; TOGETHER * ELEMENT];
        for (place, element) in evaluated.chunks_exact_mut(ELEMENT).zip(&given.messages) {
            place.copy_from_slice(&element.serialize());
        }
        Some(GivenTokens { evaluated, proof: given.proof.serialize().into() })
    }

    /// Whether this key made the token. Not in constant time: whoever checks is alone with it.
    pub fn made(&self, token: &Token) -> bool {
        self.server().evaluate(&token.nonce).is_ok_and(|output| output[..] == token.output)
    }

    fn server(&self) -> &VoprfServer<Ristretto> {
        &self.0
    }
}

/// Randomness as the `voprf` crate wants it.
struct Drawn<'a>(&'a mut dyn CryptoRng);

impl rand_core_06::RngCore for Drawn<'_> {
    fn next_u32(&mut self) -> u32 {
        self.0.next_u32()
    }

    fn next_u64(&mut self) -> u64 {
        self.0.next_u64()
    }

    fn fill_bytes(&mut self, out: &mut [u8]) {
        self.0.fill_bytes(out);
    }

    fn try_fill_bytes(&mut self, out: &mut [u8]) -> Result<(), rand_core_06::Error> {
        self.0.fill_bytes(out);
        Ok(())
    }
}

impl rand_core_06::CryptoRng for Drawn<'_> {}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test that fails here has failed")]
mod tests {
    use super::*;
    use rand_chacha::ChaCha20Rng;
    use rand_core::SeedableRng as _;

    fn rng() -> ChaCha20Rng {
        ChaCha20Rng::from_seed([3; 32])
    }

    fn key(seed: u8) -> IssuingKey {
        IssuingKey::of_seed(&[seed; 32]).unwrap()
    }

    fn bytes<const N: usize>(hex: &str) -> [u8; N] {
        let byte = |at| u8::from_str_radix(&hex[at..at + 2], 16).unwrap();
        let bytes: Vec<u8> = (0..hex.len()).step_by(2).map(byte).collect();
        bytes.try_into().unwrap()
    }

    /// RFC 9497, A.1.2: ristretto255-SHA512, VOPRF mode, test vectors 1 and 2.
    #[test]
    fn it_is_the_function_of_the_rfc() {
        let seed = [0xa3; 32];
        let server = VoprfServer::<Ristretto>::new_from_seed(&seed, b"test key").unwrap();
        let public: [u8; 32] =
            bytes("c803e2cc6b05fc15064549b5920659ca4a77b2cca6f04f6b357009335476ad4e");
        assert_eq!(Ristretto::serialize_elem(server.get_public_key())[..], public);
        let blinded: [u8; 32] =
            bytes("863f330cc1a1259ed5a5998a23acfd37fb4351a793a5b3c090b642ddc439b945");
        let evaluated: [u8; 32] =
            bytes("aa8fa048764d5623868679402ff6108d2521884fa138cd7f9c7669a9a014267e");
        let blinded = BlindedElement::deserialize(&blinded).unwrap();
        let given = server.blind_evaluate(&mut Drawn(&mut rng()), &blinded);
        assert_eq!(given.message.serialize()[..], evaluated);
        let output: [u8; 64] = bytes(
            "b58cfbe118e0cb94d79b5fd6a6dafb98764dff49c14e1770b566e42402da1a7d\
             a4d8527693914139caee5bd03903af43a491351d23b430948dd50cde10d32b3c",
        );
        assert_eq!(server.evaluate(&[0]).unwrap()[..], output);
    }

    #[test]
    fn two_that_are_given_are_two_that_the_key_made() {
        let (key, mut rng) = (key(1), rng());
        let (request, asked) = TokenRequest::new(&mut rng).unwrap();
        let given = key.give(&asked, &mut rng).unwrap();
        let tokens = request.finish(&given, &key.public_key()).unwrap();
        let [one, other] = &tokens[..] else { unreachable!("two") };
        assert!(key.made(one) && key.made(other));
        assert_ne!(one.nonce(), other.nonce());
    }

    #[test]
    fn whoever_gives_tokens_sees_nothing_that_is_in_them() {
        let (key, mut rng) = (key(1), rng());
        let (request, asked) = TokenRequest::new(&mut rng).unwrap();
        let given = key.give(&asked, &mut rng).unwrap();
        let seen = [&asked.0[..], &given.evaluated, &given.proof].concat();
        for token in request.finish(&given, &key.public_key()).unwrap() {
            let parts = token.nonce.chunks(8).chain(token.output.chunks(8));
            for part in parts {
                assert!(!seen.windows(8).any(|window| window == part));
            }
        }
    }

    #[test]
    fn a_desk_that_uses_a_key_of_its_own_to_mark_one_person_is_found_out() {
        let (shared, own, mut rng) = (key(1), key(2), rng());
        let (request, asked) = TokenRequest::new(&mut rng).unwrap();
        let given = own.give(&asked, &mut rng).unwrap();
        assert_eq!(request.finish(&given, &shared.public_key()), None);
        let (request, asked) = TokenRequest::new(&mut rng).unwrap();
        let mut given = shared.give(&asked, &mut rng).unwrap();
        given.evaluated.rotate_left(ELEMENT);
        assert_eq!(request.finish(&given, &shared.public_key()), None);
    }

    #[test]
    fn a_forged_or_altered_token_is_none_and_neither_is_one_of_another_key() {
        let (key, mut rng) = (key(1), rng());
        assert!(!key.made(&Token { nonce: [7; 16], output: [0; 64] }));
        let (request, asked) = TokenRequest::new(&mut rng).unwrap();
        let given = key.give(&asked, &mut rng).unwrap();
        let token = request.finish(&given, &key.public_key()).unwrap().remove(0);
        assert!(!super::tests::key(2).made(&token));
        assert!(!key.made(&Token { nonce: [1; 16], output: token.output }));
        let mut altered = token.clone();
        altered.output[63] ^= 1;
        assert!(key.made(&token) && !key.made(&altered));
    }

    #[test]
    fn what_are_no_elements_is_given_nothing_and_nobody_panics() {
        let (key, mut rng) = (key(1), rng());
        for byte in [0, 1, 255] {
            assert_eq!(key.give(&AskedTokens([byte; 64]), &mut rng), None);
            let (request, _) = TokenRequest::new(&mut rng).unwrap();
            let given = GivenTokens { evaluated: [byte; 64], proof: [byte; 64] };
            assert_eq!(request.finish(&given, &key.public_key()), None);
        }
    }
}
