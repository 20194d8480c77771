//! The sockets that systemd, or whoever starts the relay in its way (`LISTEN_FDS`), hands over.

use listenfd::ListenFd;
use stillroom_relay::Sockets;

use crate::failure::Failure;

/// Those that were handed over to this process.
pub(crate) fn sockets() -> Result<Sockets, Failure> {
    let mut handed = ListenFd::from_env();
    let taken = (0..handed.len()).map(|place| handed.take_tcp_listener(place));
    let sockets: Vec<_> = taken
        .filter_map(Result::transpose)
        .collect::<Result<_, _>>()
        .map_err(|error| no_sockets(&error))?;
    Ok(Sockets::handed_over(sockets))
}

fn no_sockets(error: &std::io::Error) -> Failure {
    Failure::new(
        format!("A socket was handed over that cannot be listened on: {error}."),
        "Let the socket unit have ListenStream= with the addresses of `listen` and nothing else.",
    )
}
