//! Two states of a relay, measured in turns of a moment each, so that whatever else the computer does meanwhile is in
//! both alike. What is told is the middle one of the ratios of all pairs.

use std::time::Duration;

use super::load::{Chat, paced, per};
use super::process::Thread;
use crate::failure::Failure;

/// How long a turn is listened to.
const TURN: Duration = Duration::from_millis(400);

/// Messages a second in a turn, in all.
const PACE: u32 = 500;

/// Chats, and the thread that carries them.
pub(super) struct Carried {
    chats: Vec<Chat>,
    by: Thread,
}

/// What one turn was measured at.
struct Turn {
    latency: Duration,
    /// Of the carrying thread, for each message.
    cpu: Duration,
}

/// What it is beside something to what it is without: once a turn of each.
#[derive(Default)]
pub(super) struct Ratios {
    latency: Vec<f64>,
    cpu: Vec<f64>,
}

impl Carried {
    /// These chats, carried by this thread.
    pub(super) fn new(chats: Vec<Chat>, by: Thread) -> Self {
        Self { chats, by }
    }

    async fn turn(&mut self) -> Result<Turn, Failure> {
        let before = self.by.cpu()?;
        let (latency, chats) = paced(std::mem::take(&mut self.chats), PACE, TURN).await?;
        self.chats = chats;
        let cpu = self.by.cpu()?.saturating_sub(before);
        Ok(Turn { latency: latency.median, cpu: per(cpu, latency.messages) })
    }
}

impl Ratios {
    /// One pair of chats that are measured apart: without something, and beside it.
    pub(super) async fn of_two(
        &mut self,
        without: &mut Carried,
        beside: &mut Carried,
    ) -> Result<(), Failure> {
        let (without, beside) = (without.turn().await?, beside.turn().await?);
        self.push(&without, &beside);
        Ok(())
    }

    /// One pair of the same chats, between whose turns something is switched.
    pub(super) async fn of_one(
        &mut self,
        chats: &mut Carried,
        switch: impl Fn(bool),
    ) -> Result<(), Failure> {
        switch(false);
        let without = chats.turn().await?;
        switch(true);
        let beside = chats.turn().await?;
        switch(false);
        self.push(&without, &beside);
        Ok(())
    }

    fn push(&mut self, without: &Turn, beside: &Turn) {
        self.latency.push(ratio(beside.latency, without.latency));
        self.cpu.push(ratio(beside.cpu, without.cpu));
    }

    /// Of how long a message takes.
    pub(super) fn latency(&self) -> f64 {
        middle(&self.latency)
    }

    /// Of what it costs.
    pub(super) fn cpu(&self) -> f64 {
        middle(&self.cpu)
    }
}

/// How many times the second the first is.
pub(super) fn ratio(time: Duration, to: Duration) -> f64 {
    time.as_secs_f64() / to.as_secs_f64().max(f64::MIN_POSITIVE)
}

/// The middle one.
pub(super) fn middle(ratios: &[f64]) -> f64 {
    let mut sorted = ratios.to_vec();
    sorted.sort_unstable_by(f64::total_cmp);
    sorted.get(sorted.len() / 2).copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_few_turns_that_something_disturbed_move_the_middle_by_nothing() {
        assert!((middle(&[1.0, 1.1, 90.0, 1.0, 0.01, 1.1, 1.1]) - 1.1).abs() < f64::EPSILON);
        assert!(middle(&[]).abs() < f64::EPSILON);
    }
}
