//! Two hundred chats under what happens to a relay that is alone: it is stopped and started again on the same sockets, its
//! disk is full, its computer's clock jumps. With every change a few chats go through each.

use crate::failure::Outcome;
use crate::run::Run;
use crate::setup;

/// Chats that go on meanwhile.
pub(super) const CHATS: &str = "200";

pub(super) fn prove() -> Outcome {
    setup::for_unit_tests()?;
    Run::cargo()
        .args(["test", "--workspace", "--locked", "--test", "scenarios"])
        .args(["--", "--include-ignored", "--show-output", "::many_chats"])
        .env("STILLROOM_CHATS", CHATS)
        .done_with_last_lines()
}
