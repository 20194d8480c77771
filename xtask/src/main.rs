//! `cargo xtask`: everything that is done to this repository, each as one command.
//!
//! A command that builds sets up first what it needs, and skips what is there (`features.md` 4.1). It keeps
//! no promise to survivors itself; `check` and `size` hold the code to some. It does not protect against
//! tools that lie: what cargo, npm and the distribution deliver is taken as it comes.
#![allow(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a command line speaks through its output"
)]

mod bench;
mod build;
mod check;
mod cluster;
mod deb;
mod demo;
mod failure;
mod fingerprint;
mod forensics;
mod fuzz;
mod pages;
mod places;
mod prove;
mod run;
mod setup;
mod size;
mod test;
mod toolchain;
mod wasm;
mod workspace;

use std::process::ExitCode;

use crate::failure::Outcome;

const HELP: &str = "\
cargo xtask COMMAND

  setup              get what the other commands need (they do so by themselves)
  demo [ARGS]        build everything, then try it out: two links to open, nothing kept
  build [--release]  build all pages, and the program with the pages inside (--pages: those alone)
  deb                the Debian package, in target/debian
  test [STEP ...]    everything that CI runs; or only the steps named, see `test --list`
  check              which crate may use which, what the pages import, words that must not appear
  cluster-test       several relays over a NATS cluster, killed and cut off; --many for 200 chats
  size               bytes of each page over the line, beside their budgets
  forensics          chats in stock browsers, then every file that was written is searched; --short
  fuzz --seconds N   random and damaged bytes into every decoder, N seconds for each
  bench [ARGS]       measurements, beside their targets
  prove [PROOF ...]  what takes too long for every change, before a release; `prove --list` has them
";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let Some((command, rest)) = arguments.split_first() else {
        print!("{HELP}");
        return ExitCode::from(2);
    };
    match dispatch(command, rest) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            eprintln!("\n{failure}");
            ExitCode::FAILURE
        }
    }
}

fn dispatch(command: &str, rest: &[String]) -> Outcome {
    match command {
        "setup" => setup::everything(),
        "demo" => demo::demo(rest),
        "build" => build::command(rest),
        "deb" => deb::command(rest),
        "test" => test::command(rest),
        "check" => check::command(rest),
        "cluster-test" => cluster::command(rest),
        "size" => size::command(),
        "forensics" => forensics::command(rest),
        "fuzz" => fuzz::command(rest),
        "bench" => bench::command(rest),
        "prove" => prove::command(rest),
        "help" | "--help" | "-h" => {
            print!("{HELP}");
            Ok(())
        }
        other => Err(failure::Failure::new(format!("There is no command {other}.\n\n{HELP}"))),
    }
}
