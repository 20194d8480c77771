//! Solving what a relay under pressure asks, on a thread of its own: the client goes on meanwhile
//! (`features.md` 6.6).

use std::future::pending;

use stillroom_protocol::Puzzle;
use stillroom_puzzle::Solver;
use tokio::sync::oneshot;

/// A search that goes on until it is dropped.
pub(super) struct Solving(oneshot::Receiver<u64>);

impl Solving {
    /// Begins to search.
    pub(super) fn start(puzzle: Puzzle) -> Self {
        let (found, answer) = oneshot::channel();
        tokio::task::spawn_blocking(move || {
            let puzzle = stillroom_puzzle::Puzzle { salt: puzzle.tag, bits: puzzle.bits };
            let mut solver = Solver::new(puzzle);
            while !found.is_closed() {
                if let Some(answer) = solver.step() {
                    // Nobody may want it any more.
                    let _ = found.send(answer);
                    return;
                }
            }
        });
        Self(answer)
    }

    /// The answer. Cancel safe.
    pub(super) async fn answer(solving: &mut Option<Self>) -> u64 {
        match solving {
            Some(Self(answer)) => match answer.await {
                Ok(answer) => answer,
                Err(_) => pending().await,
            },
            None => pending().await,
        }
    }
}
