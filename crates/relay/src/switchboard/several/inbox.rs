//! What came for this relay on one subject and was not read yet.
//!
//! The client counts messages that wait, and whoever may publish in the cluster makes them long. Here they are bounded in
//! bytes. What is beyond is dropped as NATS drops it: a number is missing, and the way that it was on is over.

use std::sync::Arc;

use async_nats::Message;
use futures_util::{Stream, StreamExt as _};
use tokio::sync::{Semaphore, mpsc};

use super::connection::PAYLOAD_LEAST;

/// Bytes that a message takes beside what is in it.
const AROUND: usize = 256;

/// Messages that wait, within a bound.
pub(super) struct Inbox {
    waiting: mpsc::UnboundedReceiver<Message>,
    room: Arc<Semaphore>,
}

impl Inbox {
    /// Of what comes here, so many bytes at most.
    pub(super) fn of(coming: impl Stream<Item = Message> + Send + 'static, most: usize) -> Self {
        let room = Arc::new(Semaphore::new(most));
        let (put, waiting) = mpsc::unbounded_channel();
        tokio::spawn(receive(Box::pin(coming), Arc::clone(&room), put));
        Self { waiting, room }
    }

    /// The next message, as soon as there is one.
    pub(super) async fn next(&mut self) -> Option<Message> {
        let message = self.waiting.recv().await?;
        self.room.add_permits(weight(&message));
        Some(message)
    }
}

fn weight(message: &Message) -> usize {
    message.payload.len() + AROUND
}

/// Puts in what there is room for, until nobody reads it any more.
async fn receive(
    mut coming: impl Stream<Item = Message> + Unpin,
    room: Arc<Semaphore>,
    put: mpsc::UnboundedSender<Message>,
) {
    loop {
        let message = tokio::select! {
            () = put.closed() => None,
            message = coming.next() => message,
        };
        let Some(message) = message else { return };
        // No relay says a longer one.
        let fits = message.payload.len() <= PAYLOAD_LEAST;
        let weight = u32::try_from(weight(&message)).unwrap_or(u32::MAX);
        if fits && let Ok(taken) = room.try_acquire_many(weight) {
            taken.forget();
            // If nobody reads it the next turn ends this.
            let _ = put.send(message);
        }
    }
}

#[cfg(test)]
mod tests {
    use futures_util::stream;

    use super::*;

    fn message(length: usize) -> Message {
        Message {
            subject: "stillroom".into(),
            reply: None,
            payload: vec![7; length].into(),
            headers: None,
            status: None,
            description: None,
            length,
        }
    }

    /// Everything that is read from an inbox after all of this came.
    async fn read(lengths: &[usize], most: usize) -> Vec<usize> {
        let coming: Vec<_> = lengths.iter().copied().map(message).collect();
        let mut inbox = Inbox::of(stream::iter(coming), most);
        while !inbox.waiting.is_closed() {
            tokio::task::yield_now().await;
        }
        let mut read = Vec::new();
        while let Some(message) = inbox.next().await {
            read.push(message.payload.len());
        }
        read
    }

    #[tokio::test]
    async fn a_relay_that_does_not_come_to_read_holds_no_more_bytes_than_it_has_room_for() {
        let held = read(&[PAYLOAD_LEAST; 100], 3 * (PAYLOAD_LEAST + AROUND) + 1).await;
        assert_eq!(held, [PAYLOAD_LEAST; 3]);
        let held = read(&[0; 100], 10 * AROUND).await;
        assert_eq!(held, [0; 10], "messages with nothing in them take room as well");
    }

    #[tokio::test]
    async fn what_was_read_leaves_its_room_to_what_comes() {
        let (come, coming) = mpsc::unbounded_channel();
        let coming =
            stream::unfold(coming, async |mut coming| Some((coming.recv().await?, coming)));
        let mut inbox = Inbox::of(coming, 100 + AROUND);
        for _ in 0..3 {
            come.send(message(100)).unwrap();
            assert_eq!(inbox.next().await.map(|message| message.payload.len()), Some(100));
        }
    }

    #[tokio::test]
    async fn a_message_longer_than_any_relay_says_is_not_held() {
        assert_eq!(read(&[PAYLOAD_LEAST + 1, 1], 1 << 30).await, [1]);
    }
}
