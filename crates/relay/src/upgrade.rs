//! From a request to a WebSocket (RFC 6455 section 4.2). No extension is agreed upon, so nothing is
//! compressed.

use axum::body::Body;
use axum::extract::Request;
use axum::http::header::{
    CONNECTION, HeaderMap, HeaderValue, SEC_WEBSOCKET_ACCEPT, SEC_WEBSOCKET_KEY,
    SEC_WEBSOCKET_VERSION, UPGRADE,
};
use axum::http::{Method, StatusCode, Version};
use axum::response::Response;
use hyper::upgrade::OnUpgrade;
use tokio_tungstenite::tungstenite::handshake::derive_accept_key;

/// The answer that switches protocols, and what the connection becomes once it has been sent.
///
/// # Errors
/// The answer that refuses.
pub(crate) fn accept(mut request: Request) -> Result<(Response, OnUpgrade), Box<Response>> {
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
        match accept(request(change)) {
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
    fn a_request_that_is_none_for_a_web_socket_is_told_so() {
        for name in [CONNECTION, UPGRADE, SEC_WEBSOCKET_VERSION, SEC_WEBSOCKET_KEY] {
            let answer = answer(|headers| {
                headers.remove(name);
            });
            assert_eq!(answer.status(), StatusCode::UPGRADE_REQUIRED);
        }
    }
}
