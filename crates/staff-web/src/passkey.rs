//! Passkeys, as the browser has them: made once, and asked for the one secret that opens this device
//! (Web Authentication level 3, the `prf` extension; `features.md` 5.1).
//!
//! Nobody signs in with it: what the authenticator signs is not looked at, and the challenges are random bytes that
//! nobody checks. Only its secret counts. It is good for this page's host name alone, and a passkey that its owner
//! has copied to other devices gives the same secret there, where nothing that it opens is kept.

use getrandom::SysRng;
use js_sys::{Array, Function, Object, Promise, Reflect, Uint8Array};
use rand_core::{Rng as _, UnwrapErr};
use stillroom_program::{Passkey, PasskeySecret};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use zeroize::Zeroizing;

use crate::browser::window;
use crate::texts::{program, say};

/// ECDSA on P-256, Ed25519, and RSA for older platforms: IANA's COSE algorithms. What they sign is not looked at.
const ALGORITHMS: [i32; 3] = [-7, -8, -257];

/// Why there is no secret.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NoSecret {
    /// The person let it be, or took too long; browsers do not say which.
    NotGiven,
    /// The passkey has no secret to give.
    None,
    /// The browser or this page's address has no passkeys.
    NotHere,
}

impl NoSecret {
    /// Why no passkey was made that could keep this device: the name of the text.
    pub fn not_made(self) -> &'static str {
        match self {
            Self::NotGiven => "passkey-not-given",
            Self::None => "passkey-cannot",
            Self::NotHere => "passkey-not-here",
        }
    }

    /// Why a passkey does not open this device: the name of the text.
    pub fn does_not_open(self) -> &'static str {
        match self {
            Self::NotGiven => "passkey-not-given",
            Self::None | Self::NotHere => "unlock-passkey-not-here",
        }
    }
}

/// A passkey that was made, and its secret where the browser gave it at once: others give it only when asked.
pub struct Made {
    /// The passkey.
    pub passkey: Passkey,
    /// Its secret.
    pub secret: Option<PasskeySecret>,
}

/// Whether this browser knows passkeys at all.
pub fn is_possible() -> bool {
    field(&window(), "PublicKeyCredential").is_function()
}

/// Has the person make a passkey for this page.
///
/// # Errors
/// [`NoSecret`].
pub async fn make() -> Result<Made, NoSecret> {
    let salt = random::<32>();
    let algorithm = |algorithm: &i32| {
        object(&[("type", "public-key".into()), ("alg", JsValue::from(*algorithm))])
    };
    let name = JsValue::from(say("passkey-name"));
    let user = [("id", bytes(&random::<16>())), ("name", name.clone()), ("displayName", name)];
    let selection = [("residentKey", "required".into()), ("userVerification", "required".into())];
    let options = object(&[
        ("challenge", bytes(&random::<32>())),
        ("rp", object(&[("name", program().into())])),
        ("user", object(&user)),
        ("pubKeyCredParams", ALGORITHMS.iter().map(algorithm).collect::<Array>().into()),
        ("authenticatorSelection", object(&selection)),
        ("attestation", "none".into()),
        ("extensions", secret_for(&salt)),
    ]);
    let made = ask_browser("create", options).await?;
    let credential = Uint8Array::new(&field(&made, "rawId")).to_vec();
    let credential = credential.try_into().map_err(|_| NoSecret::None)?;
    let given = given(&made);
    let secret = secret(&given);
    if secret.is_none() && !field(&given, "enabled").is_truthy() {
        return Err(NoSecret::None);
    }
    Ok(Made { passkey: Passkey { credential, salt }, secret })
}

/// Asks a passkey for its secret.
///
/// # Errors
/// [`NoSecret`].
pub async fn ask(passkey: &Passkey) -> Result<PasskeySecret, NoSecret> {
    let this_one = [("type", "public-key".into()), ("id", bytes(&passkey.credential))];
    let options = object(&[
        ("challenge", bytes(&random::<32>())),
        ("allowCredentials", Array::of1(&object(&this_one)).into()),
        ("userVerification", "required".into()),
        ("extensions", secret_for(&passkey.salt)),
    ]);
    let shown = ask_browser("get", options).await?;
    secret(&given(&shown)).ok_or(NoSecret::None)
}

/// `navigator.credentials`' answer.
async fn ask_browser(method: &str, options: JsValue) -> Result<JsValue, NoSecret> {
    let credentials = field(&field(&window(), "navigator"), "credentials");
    let method: Function = field(&credentials, method).dyn_into().map_err(|_| NoSecret::NotHere)?;
    let asked = method.call1(&credentials, &object(&[("publicKey", options)])).map_err(why)?;
    JsFuture::from(Promise::resolve(&asked)).await.map_err(why)
}

/// Browsers tell apart that a person did not and that a page cannot (Web Authentication level 3, section 5.1.3).
fn why(error: JsValue) -> NoSecret {
    match field(&error, "name").as_string().as_deref() {
        Some("NotAllowedError" | "AbortError") => NoSecret::NotGiven,
        _ => NoSecret::NotHere,
    }
}

fn secret_for(salt: &[u8; 32]) -> JsValue {
    object(&[("prf", object(&[("eval", object(&[("first", bytes(salt))]))]))])
}

/// What the extension gave with this credential.
fn given(credential: &JsValue) -> JsValue {
    let results = field(credential, "getClientExtensionResults").dyn_into::<Function>().ok();
    let results = results.and_then(|results| results.call0(credential).ok());
    results.map_or(JsValue::UNDEFINED, |results| field(&results, "prf"))
}

/// The secret in it. The buffer that the browser gave is overwritten; others that it may have are its own.
fn secret(given: &JsValue) -> Option<PasskeySecret> {
    let first = Uint8Array::new(&field(&field(given, "results"), "first"));
    let mut secret = Zeroizing::new([0; 32]);
    if first.length() != 32 {
        return None;
    }
    first.copy_to(&mut *secret);
    first.fill(0, 0, 32);
    Some(PasskeySecret::new(secret))
}

/// A field of an object; of anything else, nothing.
fn field(of: &JsValue, name: &str) -> JsValue {
    Reflect::get(of, &name.into()).unwrap_or(JsValue::UNDEFINED)
}

fn object(fields: &[(&str, JsValue)]) -> JsValue {
    let object = Object::new();
    for (name, value) in fields {
        // Fails only for an object that was frozen.
        let _ = Reflect::set(&object, &(*name).into(), value);
    }
    object.into()
}

fn bytes(bytes: &[u8]) -> JsValue {
    Uint8Array::from(bytes).into()
}

fn random<const N: usize>() -> [u8; N] {
    let mut bytes = [0; N];
    UnwrapErr(SysRng).fill_bytes(&mut bytes);
    bytes
}
