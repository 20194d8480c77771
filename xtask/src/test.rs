//! `cargo xtask test`: everything that CI runs, step by step, with a table of what passed and how long it
//! took. A step that fails does not stop the others: one run shows all that is wrong.

mod deny;

use std::num::NonZero;
use std::thread;
use std::time::{Duration, Instant};

use crate::failure::{Failure, Outcome};
use crate::run::{Run, say, there_is};
use crate::{build, check, cluster, forensics, fuzz, places, setup, size};

/// One step.
struct Step {
    name: &'static str,
    what: &'static str,
    run: fn() -> Outcome,
}

const STEPS: [Step; 11] = [
    Step { name: "format", what: "the code is laid out by rustfmt", run: format },
    Step { name: "lint", what: "clippy has no remark", run: lint },
    Step { name: "deny", what: "licences and sources of what we use", run: deny::run },
    Step { name: "unit", what: "unit, property and scenario tests", run: unit },
    Step {
        name: "cluster",
        what: "relays over a NATS cluster, of which each is killed",
        run: cluster::short,
    },
    Step { name: "build", what: "the program with its pages inside", run: build::release },
    Step { name: "check", what: "who may use what; what the pages import", run: check::everything },
    Step { name: "size", what: "the pages keep their budgets", run: size::weigh },
    Step { name: "fuzz", what: "a few seconds of every fuzzer", run: a_little_fuzzing },
    Step { name: "browsers", what: "whole chats in Chromium, Firefox and WebKit", run: browsers },
    Step {
        name: "forensics",
        what: "no trace of a chat in the browsers' and the relay's files",
        run: forensics::short,
    },
];

/// Seconds that each fuzzer gets here. `cargo xtask fuzz --seconds N` gives it more.
const FUZZ_SECONDS: u32 = 5;

/// Files of scenarios that run beside each other. Three take a fifth less time on two processors, and keep both so busy
/// that what waits for one is seen late.
const SCENARIOS_AT_ONCE: u8 = 2;

/// Unit tests that run at once for each processor: half of their time they wait for a process, a socket or a time limit.
const TESTS_AT_ONCE: usize = 2;

/// How long one file of scenarios may take: three times what the longest does.
const SCENARIOS_END: Duration = Duration::from_mins(15);

/// All steps, or those named.
pub(crate) fn command(arguments: &[String]) -> Outcome {
    if arguments.first().is_some_and(|first| first == "--list") {
        for step in &STEPS {
            println!("{:<11}{}", step.name, step.what);
        }
        return Ok(());
    }
    if let Some(unknown) =
        arguments.iter().find(|name| STEPS.iter().all(|step| step.name != name.as_str()))
    {
        return Err(Failure::new(format!(
            "There is no step {unknown}; `cargo xtask test --list` has them"
        )));
    }
    let wanted =
        |step: &&Step| arguments.is_empty() || arguments.iter().any(|name| name == step.name);
    let results: Vec<_> = STEPS.iter().filter(wanted).map(run).collect();
    summary(&results)
}

fn run(step: &Step) -> (&'static str, Duration, Outcome) {
    say(format!("test: {} ({})", step.name, step.what));
    let start = Instant::now();
    let outcome = (step.run)();
    if outcome.is_err() {
        say(format!("test: {} failed; why stands at the end", step.name));
    }
    (step.name, start.elapsed(), outcome)
}

fn summary(results: &[(&str, Duration, Outcome)]) -> Outcome {
    println!("\n{:<12}{:>8}", "step", "seconds");
    for (name, took, outcome) in results {
        let word = if outcome.is_ok() { "passed" } else { "FAILED" };
        println!("{name:<12}{:>8}  {word}", took.as_secs());
    }
    // At the end, where it is looked for: long output may have gone by since.
    for (name, _, outcome) in results {
        if let Err(failure) = outcome {
            println!("\n{name}: {failure}");
        }
    }
    let failed: Vec<&str> = results
        .iter()
        .filter(|(_, _, outcome)| outcome.is_err())
        .map(|(name, _, _)| *name)
        .collect();
    if failed.is_empty() {
        return Ok(());
    }
    Err(Failure::new(format!(
        "Failed: {}. One alone: cargo xtask test {}",
        failed.join(", "),
        failed.first().unwrap_or(&"")
    )))
}

fn format() -> Outcome {
    Run::cargo().args(["fmt", "--all", "--check"]).done()?;
    Run::cargo().args(["fmt", "--manifest-path", "fuzz/Cargo.toml", "--check"]).done()
}

fn lint() -> Outcome {
    Run::cargo()
        .args(["clippy", "--workspace", "--all-targets", "--locked", "--", "-D", "warnings"])
        .done_with_last_lines()
}

/// Through nextest where it is, which shows each test's name and time. No documentation has examples that run:
/// to build every crate once more for none would take a minute.
fn unit() -> Outcome {
    setup::for_unit_tests()?;
    let all = ["--workspace", "--locked", "--no-fail-fast"];
    if there_is("cargo-nextest") {
        let processors = thread::available_parallelism().map_or(1, NonZero::get);
        let at_once = format!("--test-threads={}", processors * TESTS_AT_ONCE);
        let all = all.into_iter().chain(["--failure-output=immediate-final", &at_once]);
        Run::cargo().args(["nextest", "run"]).args(all).done_with_last_lines()
    } else {
        let all = all.into_iter().chain(["--lib", "--bins", "--tests"]);
        Run::cargo().args(["test"]).args(all).done_with_last_lines()
    }
}

fn a_little_fuzzing() -> Outcome {
    fuzz::fuzz(FUZZ_SECONDS, &fuzz::TARGETS)
}

fn browsers() -> Outcome {
    setup::for_browser_tests()?;
    build::release()?;
    let folder = places::root().join("e2e");
    let mut scenarios = places::files(&folder.join("scenarios"))?;
    scenarios.retain(|file| file.to_string_lossy().ends_with(".test.mjs"));
    Run::scenarios(scenarios, SCENARIOS_AT_ONCE, SCENARIOS_END)
        .folder(&folder)
        .env("STILLROOM", places::binary())
        .done_with_last_lines()
}
