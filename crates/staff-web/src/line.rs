//! The line to the relay: a WebSocket, or what behaves like one and goes by the second way (`pages/components/line`).
//! Carries bytes, and says when it stands and when it is gone; when to try again, and by which way, is decided
//! elsewhere.
//!
//! At most one at a time: whatever an older one still reports is not heard.

use std::cell::RefCell;
use std::rc::Rc;

use js_sys::{ArrayBuffer, Uint8Array};
use stillroom_conversation::Way;
use wasm_bindgen::JsCast;
use wasm_bindgen::prelude::*;
use web_sys::{BinaryType, Event, MessageEvent, WebSocket};

use crate::browser::{document, location, queue_microtask};

#[wasm_bindgen(inline_js = r#"
let missing = "";
// The line is there at once, and moves when its file has come: under another name where a browser remembers that it did
// not. The first time the browser holds it to the hash of the link in the page.
export function second_way(relay) {
  const line = new EventTarget();
  line.send = line.close = () => { line.over = true };
  line.addEventListener("close", (event) => line.onclose?.(event));
  const part = document.getElementById("second-way").content.firstElementChild;
  if (!missing) document.head.append(part.cloneNode());
  import(part.getAttribute("href") + missing).then(({ carry }) => line.over || carry(line, relay), () => {
    missing += "?";
    line.dispatchEvent(new Event("close"));
  });
  return line;
}
"#)]
extern "C" {
    fn second_way(relay: &str) -> WebSocket;
}

/// What a socket reports.
pub enum Heard {
    /// It stands.
    Connected,
    /// One frame came.
    Frame(Vec<u8>),
    /// It is gone, or could not be opened.
    Disconnected,
}

/// The line.
pub struct Line {
    origin: String,
    report: Rc<dyn Fn(Heard)>,
    socket: RefCell<Option<Socket>>,
}

/// One socket with the closures that it calls.
struct Socket {
    socket: WebSocket,
    _open: Closure<dyn FnMut(Event)>,
    _message: Closure<dyn FnMut(MessageEvent)>,
    _close: Closure<dyn FnMut(Event)>,
}

/// The relay that the document names; none where the page came from it.
pub fn relay_elsewhere() -> Option<String> {
    let relay = document().document_element()?.get_attribute("data-relay")?;
    Some(relay).filter(|relay| !relay.is_empty())
}

impl Drop for Socket {
    fn drop(&mut self) {
        self.socket.set_onopen(None);
        self.socket.set_onmessage(None);
        self.socket.set_onclose(None);
        // Closing what is closed already does nothing.
        let _ = self.socket.close();
    }
}

impl Line {
    /// A line to the relay that the document names, or else to the page's own origin. It reports to `report`.
    pub fn new(report: impl Fn(Heard) + 'static) -> Self {
        let origin = relay_elsewhere().unwrap_or_else(|| location().origin().unwrap_or_default());
        Self { origin, report: Rc::new(report), socket: RefCell::new(None) }
    }

    /// Opens a socket by this way, in place of one that is there.
    pub fn connect(&self, way: Way) {
        self.disconnect();
        match self.open(way) {
            Some(socket) => *self.socket.borrow_mut() = Some(socket),
            None => {
                // Not within the caller's call: a socket never reports that early either.
                let report = Rc::clone(&self.report);
                queue_microtask(move || report(Heard::Disconnected));
            }
        }
    }

    fn open(&self, way: Way) -> Option<Socket> {
        let socket = match way {
            // "http" becomes "ws" and "https" "wss".
            Way::WebSocket => {
                WebSocket::new(&format!("{}/line", self.origin.replacen("http", "ws", 1))).ok()?
            }
            Way::Requests => second_way(&self.origin),
        };
        socket.set_binary_type(BinaryType::Arraybuffer);
        let report = Rc::clone(&self.report);
        let open = Closure::new(move |_: Event| report(Heard::Connected));
        let report = Rc::clone(&self.report);
        let message = Closure::new(move |event: MessageEvent| {
            if let Ok(buffer) = event.data().dyn_into::<ArrayBuffer>() {
                report(Heard::Frame(Uint8Array::new(&buffer).to_vec()));
            }
        });
        let report = Rc::clone(&self.report);
        let close = Closure::new(move |_: Event| report(Heard::Disconnected));
        socket.set_onopen(Some(open.as_ref().unchecked_ref()));
        socket.set_onmessage(Some(message.as_ref().unchecked_ref()));
        socket.set_onclose(Some(close.as_ref().unchecked_ref()));
        Some(Socket { socket, _open: open, _message: message, _close: close })
    }

    /// Sends one frame. Where no socket stands it is lost, as on any line: the core sends it again.
    pub fn send(&self, frame: &[u8]) {
        if let Some(socket) = self.socket.borrow().as_ref() {
            let _ = socket.socket.send_with_u8_array(frame);
        }
    }

    /// Closes the socket; nothing more is heard of it.
    pub fn disconnect(&self) {
        // Taken out first: dropping it must not find it borrowed.
        let socket = self.socket.borrow_mut().take();
        drop(socket);
    }
}
