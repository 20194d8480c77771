//! What one listener answers: the page, its files, the line; for survivors whether chat is open, for staff the
//! page for practice and the administrator's console.
//!
//! Nothing that a request carries is kept or logged, and no answer sets a cookie.

use std::net::IpAddr;
use std::sync::Arc;

use axum::Router;
use axum::body::{Body, Bytes, to_bytes};
use axum::extract::{Path, Request, State};
use axum::http::header::{
    ACCESS_CONTROL_ALLOW_ORIGIN, CACHE_CONTROL, CONTENT_ENCODING, CONTENT_TYPE, HeaderName,
    HeaderValue, ORIGIN, VARY,
};
use axum::http::{HeaderMap, StatusCode};
use axum::middleware::map_response_with_state;
use axum::response::Response;
use axum::routing::{get, post};
use stillroom_protocol::second_way::{DOWN_PATH, UP_PATH};
use stillroom_protocol::{ANSWERS_BYTES_MAX, LEAVING_BYTES};

use crate::headers::{Headers, NOT_KEPT, files_kept};
use crate::line::Lines;
use crate::origins::Origins;
use crate::pages::{Packed, Pages, Which};
use crate::peer;
use crate::second_way::{self, Sessions};
use crate::shares::ShareKeys;
use crate::switchboard::{Readiness, Switchboard};
use crate::upgrade;

const HTML: HeaderValue = HeaderValue::from_static("text/html; charset=utf-8");
const PLAIN: HeaderValue = HeaderValue::from_static("text/plain; charset=utf-8");
const JSON: HeaderValue = HeaderValue::from_static("application/json");

/// What a listener needs to answer.
pub(crate) struct Door {
    pub(crate) which: Which,
    /// Whether the page is given out here.
    pub(crate) serves_pages: bool,
    pub(crate) origins: Origins,
    pub(crate) headers: Headers,
    /// Those of the page for practice, which staff get besides.
    pub(crate) practice_headers: Headers,
    /// Those of the administrator's console, likewise.
    pub(crate) console_headers: Headers,
    pub(crate) pages: Arc<Pages>,
    pub(crate) switchboard: Arc<dyn Switchboard>,
    pub(crate) lines: Lines,
    /// The lines that go by the second way.
    pub(crate) sessions: Arc<Sessions>,
    /// The server before this relay, whose word of where a request comes from is believed.
    pub(crate) proxy: Option<IpAddr>,
    pub(crate) share_keys: Arc<ShareKeys>,
}

impl Door {
    /// The routes of this listener.
    pub(crate) fn router(self: Arc<Self>) -> Router {
        let routes = Router::new()
            .route("/line", get(line))
            .route("/ready", get(ready))
            .route(DOWN_PATH, post(down))
            .route(UP_PATH, post(up));
        let routes = if self.serves_pages {
            routes.route("/", get(document)).route("/s/{name}", get(asset))
        } else {
            routes
        };
        let routes = match self.which {
            Which::Survivor => routes
                .route("/status", get(status))
                .route("/now", get(now))
                .route("/a", post(answers))
                .route("/b", post(leaving)),
            Which::Desk | Which::Practice | Which::Console if self.serves_pages => {
                routes.route("/practice", get(practice)).route("/console", get(console))
            }
            Which::Desk | Which::Practice | Which::Console => routes,
        };
        routes
            .fallback(nothing)
            .layer(map_response_with_state(Arc::clone(&self), strict))
            .with_state(self)
    }
}

impl Door {
    /// What one of the pages posted, if it is no longer than it may be; or what no page did.
    async fn posted(&self, request: Request, most: usize) -> Option<Bytes> {
        let headers = request.headers();
        let unnamed = headers.get(ORIGIN).is_some_and(|origin| origin == "null");
        if !unnamed && !self.origins.let_in(headers) {
            return None;
        }
        to_bytes(request.into_body(), most).await.ok()
    }
}

async fn document(State(door): State<Arc<Door>>, request: HeaderMap) -> Response {
    let mut answer = document_of(&door, door.which, &request);
    if door.which == Which::Survivor && answer.status().is_success() {
        let vary = HeaderValue::from_static("accept-encoding, accept-language");
        answer.headers_mut().insert(VARY, vary);
    }
    answer
}

/// The page for practice, which has stricter headers than the desk beside which it is given out.
async fn practice(State(door): State<Arc<Door>>, request: HeaderMap) -> Response {
    beside(&door, Which::Practice, &door.practice_headers, &request)
}

/// The administrator's console.
async fn console(State(door): State<Arc<Door>>, request: HeaderMap) -> Response {
    beside(&door, Which::Console, &door.console_headers, &request)
}

fn beside(door: &Door, which: Which, headers: &Headers, request: &HeaderMap) -> Response {
    let mut answer = document_of(door, which, request);
    headers.put(answer.headers_mut());
    answer
}

/// The answer of a relay that stands aside for those of another version: its page could not work with them, and whether
/// chat is open they know.
fn aside(door: &Door) -> Option<Response> {
    let aside = door.switchboard.readiness() == Readiness::OtherVersion;
    aside.then(|| plain(door, StatusCode::SERVICE_UNAVAILABLE, "other-version"))
}

fn document_of(door: &Door, which: Which, request: &HeaderMap) -> Response {
    if let Some(answer) = aside(door) {
        return answer;
    }
    match door.pages.document(which, door.switchboard.is_open(), request) {
        Some(document) => file(&document, request, HTML, HeaderValue::from_static(NOT_KEPT)),
        None if door.pages.are_built() => plain(door, StatusCode::SERVICE_UNAVAILABLE, "no-policy"),
        None => plain(door, StatusCode::SERVICE_UNAVAILABLE, "built-without-pages"),
    }
}

async fn asset(
    State(door): State<Arc<Door>>,
    Path(name): Path<String>,
    request: HeaderMap,
) -> Response {
    if door.which == Which::Survivor
        && let Some(document) = door.pages.in_language(&name, door.switchboard.is_open())
    {
        return file(&document, &request, HTML, HeaderValue::from_static(NOT_KEPT));
    }
    match door.pages.asset(door.which, &name) {
        Some(asset) => {
            let content_type = asset.content_type.clone();
            let kept = HeaderValue::from_static(files_kept(door.which));
            file(&asset.packed, &request, content_type, kept)
        }
        None => plain(&door, StatusCode::NOT_FOUND, "not-found"),
    }
}

/// Whether a balancer may send people here. In the status alone: nobody reads it.
async fn ready(State(door): State<Arc<Door>>) -> (StatusCode, [(HeaderName, &'static str); 1]) {
    let status = match door.switchboard.readiness() {
        Readiness::Ready => StatusCode::NO_CONTENT,
        Readiness::LetsNobodyIn | Readiness::OtherVersion => StatusCode::SERVICE_UNAVAILABLE,
    };
    (status, [(CACHE_CONTROL, NOT_KEPT)])
}

async fn line(State(door): State<Arc<Door>>, request: Request) -> Response {
    if !door.origins.let_in(request.headers()) {
        return plain(&door, StatusCode::FORBIDDEN, "page-not-let-in");
    }
    let share = door.share_keys.share_of(peer::address(&request, door.proxy));
    match upgrade::accept(request) {
        Ok((answer, upgrade)) => {
            door.lines.carry(upgrade, share, Arc::clone(&door.switchboard));
            answer
        }
        Err(answer) => *answer,
    }
}

/// What is for a device whose line goes by the second way.
async fn down(State(door): State<Arc<Door>>, request: Request) -> Response {
    second_way::down(&door, request).await
}

/// What such a device has to say.
async fn up(State(door): State<Arc<Door>>, request: Request) -> Response {
    second_way::up(&door, request).await
}

/// The last word of a page that is left: a browser sends it while the page goes, and nobody waits for the
/// answer, which is the same whatever was said. The token in it is what counts; other sites' pages, which
/// have none, are kept out for good order. A page that sends no referrer is called `null` here by its browser.
async fn leaving(State(door): State<Arc<Door>>, request: Request) -> StatusCode {
    if let Some(said) = door.posted(request, LEAVING_BYTES).await {
        door.switchboard.leaving(&said);
    }
    StatusCode::NO_CONTENT
}

/// Sealed answers to optional questions or to the survey. Whether they were answered, skipped or not taken, the
/// answer is the same, and a page from another server may see that it came: there is nothing in it.
async fn answers(
    State(door): State<Arc<Door>>,
    request: Request,
) -> (StatusCode, [(HeaderName, &'static str); 1]) {
    if let Some(sent) = door.posted(request, ANSWERS_BYTES_MAX).await {
        door.switchboard.answers(&sent);
    }
    (StatusCode::NO_CONTENT, [(ACCESS_CONTROL_ALLOW_ORIGIN, "*")])
}

/// Whether chat is open, and when it opens again: for a program's own site, which may ask from anywhere. Says
/// the same to everybody and may be five seconds old.
async fn status(State(door): State<Arc<Door>>) -> Response {
    let status = door.pages.status(door.switchboard.is_open());
    for_everybody(&door, status.map(|status| status.for_sites), "public, max-age=5")
}

/// The same for the survivor's page, with what a notice says. Kept by nobody: a page that a browser brings back
/// asks for what is in the browser's cache, however the page's own code asks, and so it would stay there.
async fn now(State(door): State<Arc<Door>>) -> Response {
    let status = door.pages.status(door.switchboard.is_open());
    for_everybody(&door, status.map(|status| status.for_page), NOT_KEPT)
}

/// What says nothing of who asks, and may be read by any site's page.
fn for_everybody(door: &Door, body: Option<Bytes>, kept: &'static str) -> Response {
    if let Some(answer) = aside(door) {
        return answer;
    }
    let Some(body) = body else {
        return plain(door, StatusCode::SERVICE_UNAVAILABLE, "no-policy");
    };
    let mut answer = with_body(StatusCode::OK, body, JSON);
    let headers = answer.headers_mut();
    headers.insert(CACHE_CONTROL, HeaderValue::from_static(kept));
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
