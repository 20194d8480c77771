//! One address for several relays, as a load balancer gives it: each connection goes to the next one that answers.

use std::cell::Cell;
use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::rc::Rc;

use tokio::io::copy_bidirectional;
use tokio::net::{TcpListener, TcpStream};
use tokio::task::spawn_local;

/// Listens, and passes what comes on to these ports of this computer. Within a set of local tasks.
pub(super) async fn over(relays: Vec<u16>) -> io::Result<u16> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
    let port = listener.local_addr()?.port();
    let (relays, next) = (Rc::new(relays), Rc::new(Cell::new(0)));
    spawn_local(async move {
        while let Ok((device, _)) = listener.accept().await {
            let (relays, next) = (Rc::clone(&relays), Rc::clone(&next));
            spawn_local(async move { pass_on(device, &relays, &next).await });
        }
    });
    Ok(port)
}

async fn pass_on(mut device: TcpStream, relays: &[u16], next: &Cell<usize>) {
    for _ in relays {
        let turn = next.get();
        next.set(turn.wrapping_add(1));
        let Some(port) = relays.get(turn % relays.len().max(1)) else { return };
        let address = SocketAddr::from((Ipv4Addr::LOCALHOST, *port));
        if let Ok(mut relay) = TcpStream::connect(address).await {
            let _ = device.set_nodelay(true).and_then(|()| relay.set_nodelay(true));
            // Either end that closes ends both.
            let _ = copy_bidirectional(&mut device, &mut relay).await;
            return;
        }
    }
}
