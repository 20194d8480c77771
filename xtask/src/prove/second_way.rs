//! Whole chats through servers that break WebSocket, as slow as they are: cut every half minute for as long as it takes
//! to be cut several times. With every change connections are cut every few seconds instead.

use std::time::Duration;

use crate::failure::Outcome;
use crate::run::Run;
use crate::{build, places, setup};

/// How long it may take: two browsers for each of six servers, two minutes each, twice over.
const END: Duration = Duration::from_mins(50);

pub(super) fn prove() -> Outcome {
    setup::for_browser_tests()?;
    build::release()?;
    let folder = places::root().join("e2e");
    Run::scenarios([folder.join("scenarios/second-way.test.mjs")], 1, END)
        .folder(&folder)
        .env("STILLROOM", places::binary())
        .env("STILLROOM_CUT", "30000")
        .env("STILLROOM_MESSAGES", "300")
        .done()
}
