//! Two relays over one database, and a database that is away while people write.

use stillroom_protocol::{Operation, Refusal, Reply, encode};
use stillroom_relay::{Config, Postgres, Relay};

use crate::scene::Scene;
use crate::traffic::chat;

#[path = "../../src/directory/postgres/tests/server.rs"]
pub(crate) mod server;

use server::Server;

fn over(server: &Server) -> impl FnOnce(&mut crate::program::Program, &mut Config) {
    let postgres = Postgres { url: server.url(), password_file: None, ca: None };
    |_, config| config.postgres = Some(postgres)
}

#[tokio::test]
async fn chats_go_on_while_the_database_is_away_and_requests_are_answered_once_it_is_back() {
    let mut server = Server::start();
    let mut scene = Scene::start_with(over(&server)).await;
    let mut chat = chat(&mut scene).await;
    let mut administrator = scene.administrator().await;
    for away in ["STOP", "KILL"] {
        server.signal(away);
        chat.write().await;
        let refused = administrator.ask_alone(Operation::ListStaff).await;
        assert_eq!(refused, Err(Refusal::RelayFault), "{away}");
        chat.write().await;
        let page = crate::scene::Answer::to(scene.survivors(), "GET /", &[]).await;
        assert_eq!(page.status, 200);
        match away {
            "STOP" => server.signal("CONT"),
            _ => server.start_again(),
        }
        // No faster than a device may ask.
        while administrator.ask_alone(Operation::ListStaff).await.is_err() {
            server.wait_until_ready();
        }
        chat.write().await;
    }
}

#[tokio::test]
async fn what_is_published_at_one_relay_is_found_at_another_after_its_start() {
    let server = Server::start();
    let mut scene = Scene::start_with(over(&server)).await;
    let advocate = scene.program.advocate();
    let record = encode(&advocate.staff_record()).try_into().unwrap();
    let mut administrator = scene.administrator().await;
    assert_eq!(administrator.ask(Operation::PublishStaff { record }).await, Ok(Reply::Done));
    let mut config = scene.config.clone();
    config.state.folder = scene.folder.path().join("another");
    let other = Relay::start(config).await.unwrap();
    let program = &scene.program;
    let mut line =
        crate::device::Line::staff(other.desk_addr, program, &program.administrator).await;
    match line.ask(Operation::ListStaff).await {
        Ok(Reply::Records { records }) => assert_eq!(records.len(), 1),
        answer => panic!("{answer:?}"),
    }
    other.stop().await;
}
