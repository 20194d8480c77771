//! The server around the relay's core: pages, lines, lasting records, configuration (`features.md` 1.1,
//! 5.1, 6.1, 6.6; `design.md`, The relay).
//!
//! It carries bytes and keeps what is public. Nothing in it can read a message, nothing of a contact is
//! written anywhere or said in a log, and an address exists only in its socket and while a request from it is
//! answered; what goes on is a hash (`shares.rs`). What it does not protect
//! against: whoever runs it sees when devices connect and how much they send, and could run another
//! program in its place; survivors' and staff's devices trust it with delivery and nothing else.
//!
//! [`Relay::start`] is the whole of it. Live state is behind [`switchboard::Switchboard`], lasting state
//! behind [`directory::Directory`].

mod allotment;
mod audit;
mod backup;
pub mod bare;
mod begun;
mod capacity;
mod carrier;
mod clock;
mod config;
pub mod control;
pub mod directory;
mod door;
mod headers;
pub mod holdings;
mod host_key;
mod host_notices;
mod http2;
mod line;
mod listeners;
pub mod log;
mod metrics;
mod notice_board;
mod opening;
mod origins;
mod pages;
mod peer;
mod places;
mod private;
mod program_file;
mod program_thread;
mod records;
mod redirect;
mod relay;
mod relays;
mod retention;
mod runtime;
mod second_way;
mod shares;
mod sockets;
mod sorting;
mod stop;
pub mod switchboard;
mod tls;
mod upgrade;

pub use backup::{BackupError, back_up};
pub use capacity::{Given, Needs};
pub use config::{
    Acme, CertificateFiles, Config, ConfigError, Door, Hosting, InAll, Limits, Log, LogLevel, Many,
    Metrics, Origin, OriginError, Postgres, Program, PseudoLocale, Purpose, Redirect,
    Relays as OtherRelays, State, Testing, Threads, Tls,
};
pub use headers::{NOT_KEPT, files_kept, strict};
pub use host_notices::NOTICE_CHARACTERS;
pub use pages::{
    CONSOLE, DOCUMENT, Difference, Filled, Packed, PagesError, Release, ReleasedDocument,
    ReleasedFile, SNIPPET_SCRIPT, TemplateError, TextsError, Translation, TranslationFault, Which,
    content_type, snippet, translators_file,
};
pub use program_file::{PROGRAM_FILE_MAX, ProgramFile, ProgramFileError};
pub use program_thread::OneRelay;
pub use relay::{Listeners, Relay, RunningRelay, StartError};
pub use relays::{Relays, RunningRelays};
pub use runtime::runtime;
pub use sockets::Sockets;
pub use tls::TlsError;
