//! The one line to the relay (`features.md` 3.8): a WebSocket, or what behaves like one and goes by the second way
//! (`pages/components/line`). It carries bytes and knows nothing of them.

use js_sys::Function;
use stillroom_conversation::Way;
use web_sys::{BinaryType, Event, WebSocket, window};

use crate::{SOCKET, Shell};

/// Opens a connection to the relay that the document names; where it names none, the page came from there. What becomes of it arrives at `on`.
///
/// Returns whether the browser would try at all.
pub(crate) fn open(way: Way, shell: &Shell, on: &Function) -> bool {
    close();
    let socket = match way {
        Way::WebSocket => address().and_then(|address| WebSocket::new(&address).ok()),
        Way::Requests => Some(shell.second()),
    };
    if let Some(socket) = &socket {
        socket.set_binary_type(BinaryType::Arraybuffer);
        socket.set_onopen(Some(on));
        socket.set_onmessage(Some(on));
        socket.set_onclose(Some(on));
    }
    let opened = socket.is_some();
    SOCKET.set(socket);
    opened
}

fn address() -> Option<String> {
    let window = window()?;
    let named = window.document()?.document_element()?.get_attribute("data-relay")?;
    let origin = if named.is_empty() { window.location().origin().ok()? } else { named };
    // "http" becomes "ws", and "https" "wss".
    Some(["ws", origin.strip_prefix("http")?, "/line"].concat())
}

/// Sends one frame. One that cannot go is lost with the line, and what matters is sent again by the core.
pub(crate) fn send(frame: &[u8]) {
    SOCKET.with_borrow(|socket| {
        if let Some(socket) = socket {
            let _ = socket.send_with_u8_array(frame);
        }
    });
}

/// Lets the line go; what was sent before still leaves.
pub(crate) fn close() {
    if let Some(socket) = SOCKET.take() {
        socket.set_onopen(None);
        socket.set_onmessage(None);
        socket.set_onclose(None);
        let _ = socket.close();
    }
}

/// Whether this event is of the socket in use, and not of one let go before.
pub(crate) fn is_source_of(event: &Event) -> bool {
    SOCKET.with_borrow(|socket| match (socket, event.target()) {
        (Some(socket), Some(target)) => **AsRef::<web_sys::EventTarget>::as_ref(socket) == *target,
        _ => false,
    })
}
