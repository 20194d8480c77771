//! A graceful stop.

use stillroom_protocol::Refusal;

use crate::scene::Scene;

#[tokio::test]
async fn everybody_is_told_that_the_relay_stops() {
    let scene = Scene::start().await;
    let mut first = scene.survivor().await;
    let mut second = scene.administrator().await;
    let told = async {
        first.is_refused(Refusal::Stopping).await;
        second.is_refused(Refusal::Stopping).await;
    };
    tokio::join!(scene.relay.stop(), told);
}

#[tokio::test]
async fn a_port_and_a_folder_are_free_once_the_relay_has_stopped() {
    let scene = Scene::start_with(|_, _| {}).await;
    let mut config = scene.config.clone();
    config.survivor.listen = scene.survivors();
    config.desk.listen = scene.desks();
    scene.relay.stop().await;
    let relay = stillroom_relay::Relay::start(config).await.unwrap();
    relay.stop().await;
}
