//! The sockets that a relay listens on: handed over by whoever started it, or its own (`features.md` 6.7).
//!
//! A socket that a service manager holds outlives the process: whoever connects between two relays waits in its
//! queue, and is refused nothing. Which door it is for, its address says (`docs/decisions/0046`).

use std::io;
use std::net::{SocketAddr, TcpListener};

use crate::relay::StartError;

/// The sockets of one process, before its listeners have taken theirs.
#[derive(Debug, Default)]
pub struct Sockets {
    handed_over: Vec<TcpListener>,
}

impl Sockets {
    /// None is handed over: each listener opens its own.
    pub fn own() -> Self {
        Self::default()
    }

    /// These listen already. A listener at another address opens its own.
    pub fn handed_over(sockets: Vec<TcpListener>) -> Self {
        Self { handed_over: sockets }
    }

    /// The socket for a listener at this address.
    pub(crate) fn at(&mut self, address: SocketAddr) -> io::Result<TcpListener> {
        let own = |socket: &TcpListener| socket.local_addr().is_ok_and(|own| own == address);
        match self.handed_over.iter().position(own) {
            Some(place) => Ok(self.handed_over.swap_remove(place)),
            None => TcpListener::bind(address),
        }
    }

    /// Whoever connects to a socket that nobody takes would wait for ever: then it is better not to start.
    pub(crate) fn check(&self, listeners: &[SocketAddr]) -> Result<(), StartError> {
        for socket in &self.handed_over {
            let address = socket
                .local_addr()
                .map_err(|error| StartError::SocketUnusable { why: error.to_string() })?;
            if !listeners.contains(&address) {
                return Err(StartError::NobodysSocket { address });
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn socket() -> (TcpListener, SocketAddr) {
        let socket = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = socket.local_addr().unwrap();
        (socket, address)
    }

    #[test]
    fn a_listener_takes_the_socket_of_its_address_and_opens_one_where_none_was_handed_over() {
        let ((first, at), (second, other)) = (socket(), socket());
        let mut sockets = Sockets::handed_over(vec![first, second]);
        sockets.check(&[at, other]).unwrap();
        assert_eq!(sockets.at(other).unwrap().local_addr().unwrap(), other);
        assert_eq!(sockets.at(at).unwrap().local_addr().unwrap(), at);
        assert_ne!(sockets.at("127.0.0.1:0".parse().unwrap()).unwrap().local_addr().unwrap(), at);
    }

    #[test]
    fn a_socket_that_nothing_listens_on_is_not_left_to_wait_for_ever() {
        let ((first, at), (second, other)) = (socket(), socket());
        let sockets = Sockets::handed_over(vec![first, second]);
        assert_eq!(sockets.check(&[at]), Err(StartError::NobodysSocket { address: other }));
    }
}
