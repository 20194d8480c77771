//! What one listener answers: the page, its files, the line, and for survivors whether chat is open.
//!
//! Nothing that a request carries is kept or logged, and no answer sets a cookie.

use std::sync::Arc;

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::{Path, Request, State};
use axum::http::header::{
    ACCESS_CONTROL_ALLOW_ORIGIN, CACHE_CONTROL, CONTENT_ENCODING, CONTENT_TYPE, HeaderName,
    HeaderValue, VARY,
};
use axum::http::{HeaderMap, StatusCode};
use axum::middleware::map_response_with_state;
use axum::response::Response;
use axum::routing::get;

use crate::config::Origin;
use crate::headers::{Headers, KEPT_FOR_EVER, NOT_KEPT};
use crate::line::Lines;
use crate::pages::{Packed, Pages, Which};
use crate::switchboard::Switchboard;
use crate::upgrade;

const HTML: HeaderValue = HeaderValue::from_static("text/html; charset=utf-8");
const PLAIN: HeaderValue = HeaderValue::from_static("text/plain; charset=utf-8");
const JSON: HeaderValue = HeaderValue::from_static("application/json");

/// What a listener needs to answer.
pub(crate) struct Door {
    pub(crate) which: Which,
    pub(crate) origin: Origin,
    pub(crate) headers: Headers,
    pub(crate) pages: Arc<Pages>,
    pub(crate) switchboard: Arc<dyn Switchboard>,
    pub(crate) lines: Lines,
}

impl Door {
    /// The routes of this listener.
    pub(crate) fn router(self: Arc<Self>) -> Router {
        let routes = Router::new()
            .route("/", get(document))
            .route("/s/{name}", get(asset))
            .route("/line", get(line));
        let routes = match self.which {
            Which::Survivor => routes.route("/status", get(status)),
            Which::Desk => routes,
        };
        routes
            .fallback(nothing)
            .layer(map_response_with_state(Arc::clone(&self), strict))
            .with_state(self)
    }
}

async fn document(State(door): State<Arc<Door>>, request: HeaderMap) -> Response {
    match door.pages.document(door.which, door.switchboard.is_open()) {
        Some(document) => file(&document, &request, HTML, NOT_KEPT),
        None if door.pages.are_built() => {
            plain(&door, StatusCode::SERVICE_UNAVAILABLE, "no-policy")
        }
        None => plain(&door, StatusCode::SERVICE_UNAVAILABLE, "built-without-pages"),
    }
}

async fn asset(
    State(door): State<Arc<Door>>,
    Path(name): Path<String>,
    request: HeaderMap,
) -> Response {
    match door.pages.asset(door.which, &name) {
        Some(asset) => {
            let content_type = asset.content_type.clone();
            file(&asset.packed, &request, content_type, KEPT_FOR_EVER)
        }
        None => plain(&door, StatusCode::NOT_FOUND, "not-found"),
    }
}

async fn line(State(door): State<Arc<Door>>, request: Request) -> Response {
    match upgrade::accept(request, &door.origin) {
        Ok((answer, upgrade)) => {
            door.lines.carry(upgrade, Arc::clone(&door.switchboard));
            answer
        }
        Err(answer) => *answer,
    }
}

/// Whether chat is open, and when it opens again: for a program's own site, which may ask from anywhere. Says
/// the same to everybody and may be five seconds old.
async fn status(State(door): State<Arc<Door>>) -> Response {
    let Some(body) = door.pages.status(door.switchboard.is_open()) else {
        return plain(&door, StatusCode::SERVICE_UNAVAILABLE, "no-policy");
    };
    let mut answer = with_body(StatusCode::OK, body, JSON);
    let headers = answer.headers_mut();
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("public, max-age=5"));
    headers.insert(ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("*"));
    headers.insert(
        HeaderName::from_static("cross-origin-resource-policy"),
        HeaderValue::from_static("cross-origin"),
    );
    answer
}

async fn nothing(State(door): State<Arc<Door>>) -> Response {
    plain(&door, StatusCode::NOT_FOUND, "not-found")
}

async fn strict(State(door): State<Arc<Door>>, mut answer: Response) -> Response {
    door.headers.put(answer.headers_mut());
    answer
}

fn file(packed: &Packed, request: &HeaderMap, kind: HeaderValue, kept: HeaderValue) -> Response {
    let (body, encoding) = packed.for_request(request);
    let mut answer = with_body(StatusCode::OK, body, kind);
    let headers = answer.headers_mut();
    headers.insert(CACHE_CONTROL, kept);
    headers.insert(VARY, HeaderValue::from_static("accept-encoding"));
    if let Some(encoding) = encoding {
        headers.insert(CONTENT_ENCODING, encoding);
    }
    answer
}

fn plain(door: &Door, status: StatusCode, sentence: &str) -> Response {
    let sentence = format!("{}\n", door.pages.sentence(sentence));
    with_body(status, sentence.into(), PLAIN)
}

fn with_body(status: StatusCode, body: Bytes, kind: HeaderValue) -> Response {
    let mut answer = Response::new(Body::from(body));
    *answer.status_mut() = status;
    answer.headers_mut().insert(CONTENT_TYPE, kind);
    answer
}
