//! What both pages of staff's share, the desk and the administrator's console: the device that this browser keeps and
//! what opens it, locking a page that is left alone, the line to the relay, the texts, and what the host and the
//! record of administrative acts have to say (`features.md` 5.1, 5.9, 6.3).
//!
//! Nothing of a chat is in here. It does not protect against whoever sits at the device while it is open, nor against
//! a server that changes the code of a page.

pub mod attended;
pub mod browser;
pub mod clock;
pub mod dialogue;
pub mod draw;
pub mod focus;
pub mod host;
pub mod idle;
pub mod kept;
pub mod language;
pub mod line;
pub mod link;
pub mod lock;
pub mod passkey;
pub mod record;
pub mod texts;
pub mod tries;
pub mod view;
