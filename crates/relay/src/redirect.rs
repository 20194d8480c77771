//! The listener without TLS, which leads whoever typed an address without `https://` there, and does nothing else
//! (`features.md` 6.7; `docs/decisions/0043`).
//!
//! Of all requests it answers one: for the document of one of this relay's own pages. What it cannot protect is that
//! first request: its host's name shows on the way, as it does in every connection, and whoever holds the network can
//! answer in its place. So browsers are told at the door itself to come by TLS from then on (`headers.rs`).

use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use axum::extract::State;
use axum::http::header::{CACHE_CONTROL, CONNECTION, HOST, HeaderValue, LOCATION};
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use axum::routing::get;

use crate::config::Origin;
use crate::headers::NOT_KEPT;

/// Connections at once: each is answered at once, and closed.
pub(crate) const CONNECTIONS: usize = 256;

/// What the listener answers for these pages.
pub(crate) fn router(pages: Vec<Origin>) -> Router {
    Router::new().route("/", get(lead)).with_state(Arc::new(pages))
}

async fn lead(State(pages): State<Arc<Vec<Origin>>>, request: HeaderMap) -> Response {
    let mut answer = Response::new(Body::empty());
    let page = asked_for(&request).and_then(|host| pages.iter().find(|page| page.host() == host));
    let to = page.and_then(|page| HeaderValue::try_from(format!("{page}/")).ok());
    let headers = answer.headers_mut();
    headers.insert(CONNECTION, HeaderValue::from_static("close"));
    headers.insert(CACHE_CONTROL, HeaderValue::from_static(NOT_KEPT));
    *answer.status_mut() = match to {
        Some(to) => {
            headers.insert(LOCATION, to);
            StatusCode::TEMPORARY_REDIRECT
        }
        None => StatusCode::MISDIRECTED_REQUEST,
    };
    answer
}

/// The host that is asked for, without a port; nothing where it is named twice or not at all.
fn asked_for(request: &HeaderMap) -> Option<String> {
    let mut named = request.get_all(HOST).iter();
    let (Some(only), None) = (named.next(), named.next()) else { return None };
    let named = only.to_str().ok()?.to_ascii_lowercase();
    let host = match named.rsplit_once(':') {
        Some((host, port)) if !port.ends_with(']') => host,
        _ => &named,
    };
    Some(host.trim_start_matches('[').trim_end_matches(']').to_owned())
}
