//! The binary `stillroom`, run and talked to as people and programs do.
//!
//! One program for all: each further one would be linked with everything once more.
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "helpers of tests fail like tests, and say what they skip or measure"
)]

mod acme;
mod answers;
mod backup;
mod balancer;
mod bench;
mod chat;
mod clock;
mod cluster;
mod database;
mod demo;
mod deploy;
mod doctor;
mod drain;
mod floods;
mod full_disk;
mod holdings;
mod host;
mod many;
mod many_tls;
mod policy;
mod practice;
mod program;
mod record;
mod secrecy;
mod serve;
#[allow(dead_code, reason = "other tests do more to it")]
#[path = "../../../relay/src/directory/postgres/tests/server.rs"]
mod server;
mod servers;
mod site;
mod staff;
mod state;
mod support;
mod term;
mod tls;
mod versions;
