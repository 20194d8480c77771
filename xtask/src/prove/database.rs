//! A relay whose PostgreSQL is gone for a whole minute, under 200 chats. With every change it is gone for as long as it
//! takes to see that.

use super::failures::CHATS;
use crate::failure::Outcome;
use crate::run::Run;
use crate::setup;

pub(super) fn prove() -> Outcome {
    setup::for_unit_tests()?;
    Run::cargo()
        .args(["test", "--workspace", "--locked", "--test", "scenarios"])
        .args(["--", "--ignored", "--show-output", "database::"])
        .env("STILLROOM_CHATS", CHATS)
        .done_with_last_lines()
}
