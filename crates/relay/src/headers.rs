//! The headers on every answer: what a page may do in a browser is what these allow (`features.md` 6.1,
//! 6.5; `design.md`, Pages).
//!
//! [`strict`] is the one list of them: the relay puts it on what it answers, and whoever gives a page out
//! without the relay is told the same. They bind an honest browser. They do not protect against a host that
//! changes them; nor do they hide that a page was opened from anybody who can see the device or its network.

use axum::http::header::{CACHE_CONTROL, HeaderName, HeaderValue};
use axum::http::{Error, HeaderMap};
use stillroom_document::preview_style;

use crate::config::Origin;
use crate::pages::Which;

/// Two years, the shortest that browsers' preload lists take. Subdomains are left to whoever owns them.
const TRANSPORT: &str = "max-age=63072000";

/// Every feature that a browser of today asks permission for, and of yesterday, apart from [`PASSKEYS`].
const PERMISSIONS: &str = "accelerometer=(), autoplay=(), \
     browsing-topics=(), camera=(), clipboard-read=(), clipboard-write=(), compute-pressure=(), \
     display-capture=(), encrypted-media=(), fullscreen=(), gamepad=(), geolocation=(), gyroscope=(), \
     hid=(), identity-credentials-get=(), idle-detection=(), keyboard-map=(), local-fonts=(), \
     magnetometer=(), microphone=(), midi=(), payment=(), picture-in-picture=(), \
     screen-wake-lock=(), serial=(), speaker-selection=(), storage-access=(), \
     unload=(), usb=(), window-management=(), xr-spatial-tracking=()";

/// Making a passkey and asking for it: for staff's devices alone.
const PASSKEYS: [&str; 2] = ["publickey-credentials-create", "publickey-credentials-get"];

/// How documents are kept, and whatever else tells one moment from another: not at all.
pub const NOT_KEPT: &str = "no-store";

/// How the files of staff's pages are kept, which are named by their hash.
const KEPT_FOR_EVER: &str = "public, max-age=31536000, immutable";

/// How the files are kept that a page names. Removing a visit from the history leaves its files in the cache,
/// with their host's name, so a survivor's browser keeps none (`docs/traces.md`).
pub fn files_kept(which: Which) -> &'static str {
    match which {
        Which::Survivor => NOT_KEPT,
        Which::Desk | Which::Practice | Which::Console => KEPT_FOR_EVER,
    }
}

/// What a page may ask permission for: nothing, but those that open a device of staff's for passkeys.
fn permissions(which: Which) -> String {
    let whose = match which {
        Which::Survivor | Which::Practice => "()",
        Which::Desk | Which::Console => "(self)",
    };
    let passkeys = PASSKEYS.iter().map(|feature| format!(", {feature}={whose}"));
    core::iter::once(PERMISSIONS.to_owned()).chain(passkeys).collect()
}

/// The headers of everything that is given out at `origin`, for this page, whose relay is at `relay`; how long
/// an answer is kept ([`NOT_KEPT`], [`files_kept`]) comes besides.
pub fn strict(which: Which, origin: &Origin, relay: &Origin) -> Vec<(&'static str, String)> {
    let mut headers = vec![
        ("content-security-policy", content_policy(which, origin, relay)),
        ("referrer-policy", "no-referrer".to_owned()),
        ("x-content-type-options", "nosniff".to_owned()),
        ("x-frame-options", "DENY".to_owned()),
        ("permissions-policy", permissions(which)),
        ("cross-origin-opener-policy", "same-origin".to_owned()),
        ("cross-origin-embedder-policy", "require-corp".to_owned()),
        ("cross-origin-resource-policy", "same-origin".to_owned()),
        ("x-dns-prefetch-control", "off".to_owned()),
        ("x-robots-tag", "noindex".to_owned()),
    ];
    if origin.is_tls() {
        headers.push(("strict-transport-security", TRANSPORT.to_owned()));
    }
    headers
}

/// Own files alone, no inline script or style, no evaluation but WebAssembly's; connections as
/// [`connections`] has them.
fn content_policy(which: Which, origin: &Origin, relay: &Origin) -> String {
    let frames = "frame-ancestors 'none'";
    format!("{}; {frames}", document_policy(which, origin, relay))
}

/// What of the content policy a document can say of itself, where no server says it: all but who may show
/// the page in a frame.
pub(crate) fn document_policy(which: Which, origin: &Origin, relay: &Origin) -> String {
    let connect = connections(which, origin, relay);
    let (styles, trusted) = (styles(which), trusted(which));
    format!(
        "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src {styles}; img-src 'self'; \
         connect-src {connect}; form-action 'none'; base-uri 'none'; \
         require-trusted-types-for 'script'; trusted-types {trusted}"
    )
}

/// Which styles a page may have: its own files; in the console the one inside a preview of the survivor's page as well,
/// which is in a frame that has the console's own rules.
fn styles(which: Which) -> String {
    match which {
        Which::Survivor | Which::Desk | Which::Practice => "'self'".to_owned(),
        Which::Console => format!("'self' {}", preview_style()),
    }
}

/// Who may say that a text is more than a text: nobody, but on the survivor's page the one policy by which `puzzle.js`
/// starts itself as a worker, beside a page that goes on being of use, and in the console the one by which a frame that
/// may do nothing gets a preview. The first says always that script's own address, the second always what was drawn last.
fn trusted(which: Which) -> &'static str {
    match which {
        Which::Survivor => "puzzle",
        Which::Console => "preview",
        Which::Desk | Which::Practice => "'none'",
    }
}

/// Where a page may connect: to the relay alone. The WebSocket is named because older browsers do not count it
/// as `'self'`. The page for practice has to do with no relay: it may fetch its module, which is among the files,
/// and nothing that is none, the line above all.
fn connections(which: Which, origin: &Origin, relay: &Origin) -> String {
    match which {
        Which::Practice => format!("{origin}/s/"),
        Which::Survivor | Which::Desk | Which::Console if origin == relay => {
            format!("'self' {}", relay.web_socket())
        }
        Which::Survivor | Which::Desk | Which::Console => {
            format!("'self' {relay} {}", relay.web_socket())
        }
    }
}

/// The headers of one origin, as the relay sends them.
#[derive(Clone, Debug)]
pub(crate) struct Headers(Vec<(HeaderName, HeaderValue)>);

impl Headers {
    /// Those for answers to browsers that get this page and know the relay as `origin`.
    ///
    /// # Errors
    /// Never for an [`Origin`], whose characters are those of a header; the types ask.
    pub(crate) fn of(which: Which, origin: &Origin) -> Result<Self, Error> {
        let header = |(name, value): (&'static str, String)| {
            Ok((HeaderName::try_from(name)?, HeaderValue::try_from(value)?))
        };
        strict(which, origin, origin).into_iter().map(header).collect::<Result<_, _>>().map(Self)
    }

    /// Puts them on an answer. What the answer says already of itself stays, and what says nothing of being
    /// kept is not kept.
    pub(crate) fn put(&self, answer: &mut HeaderMap) {
        for (name, value) in &self.0 {
            if !answer.contains_key(name) {
                answer.insert(name, value.clone());
            }
        }
        if !answer.contains_key(CACHE_CONTROL) {
            answer.insert(CACHE_CONTROL, HeaderValue::from_static(NOT_KEPT));
        }
    }
}

#[cfg(test)]
mod tests {
    use axum::http::header::STRICT_TRANSPORT_SECURITY;

    use super::*;

    #[test]
    fn what_an_answer_says_of_being_kept_stays() {
        let headers =
            Headers::of(Which::Desk, &"https://chat.example.org".parse().unwrap()).unwrap();
        let mut answer = HeaderMap::new();
        answer.insert(CACHE_CONTROL, HeaderValue::from_static(KEPT_FOR_EVER));
        headers.put(&mut answer);
        assert_eq!(answer[CACHE_CONTROL], KEPT_FOR_EVER);
    }

    #[test]
    fn an_answer_that_says_nothing_of_being_kept_is_not_kept() {
        let headers =
            Headers::of(Which::Desk, &"https://chat.example.org".parse().unwrap()).unwrap();
        let mut answer = HeaderMap::new();
        headers.put(&mut answer);
        assert_eq!(answer[CACHE_CONTROL], NOT_KEPT);
        assert!(answer.contains_key(STRICT_TRANSPORT_SECURITY));
    }

    #[test]
    fn a_browser_is_told_to_insist_on_tls_only_where_there_is_tls() {
        let headers = Headers::of(Which::Survivor, &Origin::of_this_computer(7420)).unwrap();
        let mut answer = HeaderMap::new();
        headers.put(&mut answer);
        assert!(!answer.contains_key(STRICT_TRANSPORT_SECURITY));
    }

    #[test]
    fn only_pages_that_open_a_device_of_staffs_may_ask_for_passkeys() {
        for feature in PASSKEYS {
            for own in [Which::Desk, Which::Console] {
                assert!(permissions(own).contains(&format!("{feature}=(self)")));
            }
            for other in [Which::Survivor, Which::Practice] {
                assert!(permissions(other).contains(&format!("{feature}=()")));
            }
        }
    }

    #[test]
    fn a_page_that_the_relay_does_not_give_out_may_connect_to_the_relay_and_to_nobody_else() {
        let origin = "https://chat.example.org".parse().unwrap();
        let relay = "https://relay.example.net".parse().unwrap();
        let policy = content_policy(Which::Survivor, &origin, &relay);
        let connect = "connect-src 'self' https://relay.example.net wss://relay.example.net;";
        assert!(policy.contains(connect), "{policy}");
        assert!(!document_policy(Which::Survivor, &origin, &relay).contains("frame-ancestors"));
    }

    #[test]
    fn only_the_survivors_page_may_start_a_worker_and_by_one_policy_alone() {
        let origin = "https://chat.example.org".parse().unwrap();
        let ends = |which| content_policy(which, &origin, &origin);
        assert!(ends(Which::Survivor).contains("; trusted-types puzzle;"));
        for other in [Which::Desk, Which::Practice] {
            assert!(ends(other).contains("; trusted-types 'none';"));
        }
        assert!(ends(Which::Console).contains("; trusted-types preview;"));
    }

    #[test]
    fn only_the_console_may_have_a_style_that_is_no_file_and_no_page_a_frame_of_a_site() {
        let origin = "https://desk.example.org".parse().unwrap();
        for which in [Which::Survivor, Which::Desk, Which::Practice, Which::Console] {
            let policy = content_policy(which, &origin, &origin);
            assert!(!policy.contains("unsafe-inline") && !policy.contains("frame-src"), "{policy}");
            assert!(policy.starts_with("default-src 'none'; "), "{policy}");
            let inline = policy.contains("style-src 'self' 'sha256-");
            assert_eq!(inline, which == Which::Console, "{policy}");
        }
    }

    #[test]
    fn a_page_for_practice_may_fetch_files_and_reach_no_line() {
        let origin = "https://desk.example.org".parse().unwrap();
        let policy = content_policy(Which::Practice, &origin, &origin);
        assert!(policy.contains("connect-src https://desk.example.org/s/;"), "{policy}");
        assert!(!policy.contains("wss:"), "{policy}");
    }
}
