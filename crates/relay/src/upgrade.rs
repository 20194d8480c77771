//! From a request to a WebSocket (RFC 6455 section 4.2), for pages of our own origin alone.
//!
//! The check of the `Origin` header keeps other sites' pages from opening a line in a visitor's browser. A
//! program that is no browser sends none, or any, and is let in: what it may do is decided by what it can
//! sign and by the limits. No extension is agreed upon, so nothing is compressed.

use axum::body::Body;
use axum::extract::Request;
use axum::http::header::{
    CONNECTION, HeaderMap, HeaderValue, ORIGIN, SEC_WEBSOCKET_ACCEPT, SEC_WEBSOCKET_KEY,
    SEC_WEBSOCKET_VERSION, UPGRADE,
};
use axum::http::{Method, StatusCode, Version};
use axum::response::Response;
use hyper::upgrade::OnUpgrade;
use tokio_tungstenite::tungstenite::handshake::derive_accept_key;

use crate::config::Origin;

/// The answer that switches protocols, and what the connection becomes once it has been sent.
///
/// # Errors
/// The answer that refuses.
pub(crate) fn accept(
    mut request: Request,
    origin: &Origin,
) -> Result<(Response, OnUpgrade), Box<Response>> {
    if !is_ours(request.headers(), origin) {
        return Err(refuse(StatusCode::FORBIDDEN));
    }
    let Some(key) = key(&request) else {
        let mut answer = refuse(StatusCode::UPGRADE_REQUIRED);
        let headers = answer.headers_mut();
        headers.insert(UPGRADE, HeaderValue::from_static("websocket"));
        headers.insert(CONNECTION, HeaderValue::from_static("upgrade"));
        headers.insert(SEC_WEBSOCKET_VERSION, HeaderValue::from_static("13"));
        return Err(answer);
    };
    let Ok(accept) = HeaderValue::try_from(derive_accept_key(key.as_bytes())) else {
        return Err(refuse(StatusCode::BAD_REQUEST));
    };
    let mut answer = refuse(StatusCode::SWITCHING_PROTOCOLS);
    let headers = answer.headers_mut();
    headers.insert(UPGRADE, HeaderValue::from_static("websocket"));
    headers.insert(CONNECTION, HeaderValue::from_static("upgrade"));
    headers.insert(SEC_WEBSOCKET_ACCEPT, accept);
    Ok((*answer, hyper::upgrade::on(&mut request)))
}

/// Whether the request names our own origin, or none.
pub(crate) fn is_ours(headers: &HeaderMap, origin: &Origin) -> bool {
    let mut named = headers.get_all(ORIGIN).iter();
    match (named.next(), named.next()) {
        (None, _) => true,
        (Some(only), None) => only == origin.as_str(),
        (Some(_), Some(_)) => false,
    }
}

/// The key of a request for a WebSocket; nothing if it is another request.
fn key(request: &Request) -> Option<HeaderValue> {
    let headers = request.headers();
    let asks = request.method() == Method::GET
        && request.version() == Version::HTTP_11
        && lists(headers, &CONNECTION, "upgrade")
        && lists(headers, &UPGRADE, "websocket")
        && headers.get(SEC_WEBSOCKET_VERSION)? == "13";
    asks.then(|| headers.get(SEC_WEBSOCKET_KEY).cloned())?
}

fn lists(headers: &HeaderMap, name: &axum::http::HeaderName, word: &str) -> bool {
    headers
        .get_all(name)
        .iter()
        .filter_map(|line| line.to_str().ok())
        .flat_map(|line| line.split(','))
        .any(|part| part.trim().eq_ignore_ascii_case(word))
}

fn refuse(status: StatusCode) -> Box<Response> {
    let mut answer = Response::new(Body::empty());
    *answer.status_mut() = status;
    Box::new(answer)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn request(change: impl FnOnce(&mut HeaderMap)) -> Request {
        let mut request = Request::new(Body::empty());
        let headers = request.headers_mut();
        headers.insert(CONNECTION, HeaderValue::from_static("keep-alive, Upgrade"));
        headers.insert(UPGRADE, HeaderValue::from_static("WebSocket"));
        headers.insert(SEC_WEBSOCKET_VERSION, HeaderValue::from_static("13"));
        let key = HeaderValue::from_static("dGhlIHNhbXBsZSBub25jZQ==");
        headers.insert(SEC_WEBSOCKET_KEY, key);
        change(headers);
        request
    }

    fn answer(change: impl FnOnce(&mut HeaderMap)) -> Response {
        let origin = "https://chat.example.org".parse().unwrap();
        match accept(request(change), &origin) {
            Ok((answer, _)) => answer,
            Err(answer) => *answer,
        }
    }

    #[test]
    fn the_example_of_the_standard_is_answered_as_it_says() {
        let answer = answer(|_| {});
        assert_eq!(answer.status(), StatusCode::SWITCHING_PROTOCOLS);
        assert_eq!(answer.headers()[SEC_WEBSOCKET_ACCEPT], "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
    }

    #[test]
    fn a_page_of_another_origin_is_refused() {
        for origin in ["https://evil.example", "null", "http://chat.example.org"] {
            let answer = answer(|headers| {
                headers.insert(ORIGIN, HeaderValue::from_static(origin));
            });
            assert_eq!(answer.status(), StatusCode::FORBIDDEN, "{origin}");
        }
    }

    #[test]
    fn our_own_page_is_let_in() {
        let answer = answer(|headers| {
            headers.insert(ORIGIN, HeaderValue::from_static("https://chat.example.org"));
        });
        assert_eq!(answer.status(), StatusCode::SWITCHING_PROTOCOLS);
    }

    #[test]
    fn a_request_that_is_none_for_a_web_socket_is_told_so() {
        for name in [CONNECTION, UPGRADE, SEC_WEBSOCKET_VERSION, SEC_WEBSOCKET_KEY] {
            let answer = answer(|headers| {
                headers.remove(name);
            });
            assert_eq!(answer.status(), StatusCode::UPGRADE_REQUIRED);
        }
    }
}
