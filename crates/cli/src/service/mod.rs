//! What passes between a relay and whoever runs it as a service: the sockets that it is handed, word that it runs,
//! lives and stops, and what the system lets it have (`docs/deploying.md`).

mod handed_over;
mod manager;
mod system;

pub(crate) use handed_over::sockets;
pub(crate) use manager::Manager;
pub(crate) use system::{given, keep_no_core, memory_of};
