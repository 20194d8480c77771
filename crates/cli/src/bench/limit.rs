//! The limit: a relay that passes whole WebSocket messages from one connection to another and knows nothing
//! (`stillroom bench-limit`, started by the bench), and chats through it.

use std::io;
use std::net::{Ipv4Addr, TcpListener};

use clap::Args;
use futures_util::future::try_join_all;
use serde_json::json;

use super::end::End;
use super::load::{Chat, Other, broken};
use super::rooms::{Doors, MESSAGE, of_each_desk};
use super::wire::client_frame;
use crate::failure::Failure;
use crate::terminal::answer;

/// The relay that does nothing but pass bytes on.
#[derive(Args)]
pub(crate) struct LimitArguments {
    /// Keep to this CPU, to be measured.
    #[arg(long)]
    on_cpu: Option<usize>,
}

/// Runs until it is killed.
pub(crate) async fn run(arguments: LimitArguments) -> Result<(), Failure> {
    if let Some(cpu) = arguments.on_cpu {
        super::stay_on(cpu);
    }
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).map_err(broken)?;
    let port = listener.local_addr().map_err(broken)?.port();
    let origin = format!("http://localhost:{port}");
    answer(json!({"visitor": origin, "desk": origin}).to_string());
    stillroom_relay::bare::serve(listener).await.map_err(broken)
}

/// Opens so many chats, as many at once as at a real relay: two connections with one path are a pair.
pub(crate) async fn pairs(doors: Doors, chats: usize) -> Result<Vec<Chat>, Failure> {
    let mut opened = Vec::with_capacity(chats);
    for some in of_each_desk(chats) {
        opened.extend(try_join_all(some.map(|number| pair(doors, number))).await.map_err(broken)?);
    }
    Ok(opened)
}

async fn pair(doors: Doors, number: usize) -> io::Result<Chat> {
    let path = format!("/pair/{number}");
    Ok(Chat {
        left: End::open(doors.survivor, &path, 2 * number).await?,
        right: Other::Line(End::open(doors.survivor, &path, 2 * number + 1).await?),
        frame: client_frame(&[0xa5; MESSAGE]).into(),
        least: MESSAGE,
    })
}
