//! `stillroom`: try it out, make a program, bring its staff in, let them practise, run its relay, measure it.
//!
//! Each command is a file or a folder here. Everything that a command says goes through [`terminal`], and
//! every failure is a sentence of what happened and one of what to do ([`failure::Failure`]).

mod answers;
mod arguments;
mod bench;
mod client;
mod clock;
mod demo;
mod doctor;
mod failure;
mod files;
mod holdings;
mod host;
mod policy;
mod practice;
mod program;
mod randomness;
mod record;
mod secure;
mod serve;
mod service;
mod site;
mod staff;
mod state;
mod stop;
mod terminal;
mod throw_away;
mod which_relay;

use std::process::ExitCode;

use clap::Parser;

use crate::arguments::{Arguments, Command};
use crate::failure::Failure;

fn main() -> ExitCode {
    secure::for_all();
    match run(Arguments::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            terminal::remark(failure.to_string());
            ExitCode::FAILURE
        }
    }
}

fn run(arguments: Arguments) -> Result<(), Failure> {
    match arguments.command {
        Command::Program(arguments) => program::run(arguments),
        // The relay is the one whose configuration says on how many threads it runs.
        Command::Serve(arguments) => serve::run(&arguments),
        Command::Demo(arguments) => on_this_thread(demo::run(arguments)),
        Command::Policy(arguments) => on_this_thread(policy::run(arguments)),
        Command::Practice(arguments) => on_this_thread(practice::run(arguments)),
        Command::Answers(arguments) => on_this_thread(answers::run(arguments)),
        Command::Site(arguments) => on_this_thread(site::run(arguments)),
        Command::Doctor(arguments) => on_this_thread(doctor::run(arguments)),
        Command::Staff(arguments) => on_this_thread(staff::run(arguments)),
        Command::Record(arguments) => on_this_thread(record::run(arguments)),
        Command::Holdings(arguments) => on_this_thread(holdings::run(arguments)),
        Command::Host(arguments) => host::run(arguments),
        Command::State(arguments) => on_this_thread(state::run(arguments)),
        Command::Client(arguments) => on_this_thread(client::command::run(arguments)),
        Command::Bench(arguments) => on_this_thread(bench::run(arguments)),
        Command::BenchLimit(arguments) => on_this_thread(bench::limit::run(arguments)),
        Command::BenchTalk(arguments) => on_this_thread(bench::talk::run(arguments)),
    }
}

fn on_this_thread(command: impl Future<Output = Result<(), Failure>>) -> Result<(), Failure> {
    let mut runtime = tokio::runtime::Builder::new_current_thread();
    run_on(runtime.enable_all().build().map_err(serve::no_runtime)?, command)
}

/// Runs a command to its end, and waits for nothing else: whoever asked a second time to stop waits for no thread, and
/// nobody for a name that is still looked up.
fn run_on(
    runtime: tokio::runtime::Runtime,
    command: impl Future<Output = Result<(), Failure>>,
) -> Result<(), Failure> {
    let outcome = runtime.block_on(command);
    runtime.shutdown_background();
    outcome
}
