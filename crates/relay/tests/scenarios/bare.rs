//! The bare relay that the bench measures against.

use futures_util::{SinkExt as _, StreamExt as _};
use tokio::net::TcpStream;
use tokio_tungstenite::client_async;
use tokio_tungstenite::tungstenite::Message;

#[tokio::test]
async fn two_connections_of_one_path_are_a_pair() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let addr = listener.local_addr().unwrap();
    let serving = tokio::spawn(stillroom_relay::bare::serve(listener));
    let open = async |path: &str| {
        let stream = TcpStream::connect(addr).await.unwrap();
        client_async(format!("ws://{addr}{path}"), stream).await.unwrap().0
    };
    let (mut a, mut b, mut c) = (open("/1").await, open("/1").await, open("/2").await);
    let mut d = open("/2").await;
    a.send(Message::Binary(vec![1; 400].into())).await.unwrap();
    d.send(Message::Binary(vec![2; 4].into())).await.unwrap();
    assert_eq!(b.next().await.unwrap().unwrap(), Message::Binary(vec![1; 400].into()));
    assert_eq!(c.next().await.unwrap().unwrap(), Message::Binary(vec![2; 4].into()));
    serving.abort();
}
