//! `cargo xtask fuzz`: random and damaged bytes into the decoders, guided by which code they reach.
//!
//! The fuzzers are libFuzzer's, built with the usual compiler: no part of ours is unsafe, so what a nightly
//! compiler's address checks would add is little. `fuzz/seeds` is where they start; what they find on the
//! way is kept in the target folder, and whatever breaks a decoder in `fuzz/artifacts`.

use std::path::PathBuf;

use crate::failure::{Failure, Outcome};
use crate::places;
use crate::run::{Run, say};
use crate::setup::packages;

/// Every target, as `fuzz/Cargo.toml` has them.
pub(crate) const TARGETS: [&str; 7] =
    ["frame", "certificate", "policy", "statement", "enrolment", "answers", "audit"];

/// What tells libFuzzer which code was reached.
const GUIDED: &str = "-Cpasses=sancov-module -Cllvm-args=-sanitizer-coverage-level=4 \
    -Cllvm-args=-sanitizer-coverage-inline-8bit-counters -Cllvm-args=-sanitizer-coverage-pc-table \
    -Cllvm-args=-sanitizer-coverage-trace-compares --cfg fuzzing -Ccodegen-units=1";

/// The longest input: a signed policy is the largest record that is decoded whole.
const LONGEST: u32 = 100_000;

/// `--seconds N [TARGET ...]`, or `--write-seeds`.
pub(crate) fn command(arguments: &[String]) -> Outcome {
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match words.as_slice() {
        ["--write-seeds"] => write_seeds(),
        ["--seconds", seconds, named @ ..] => {
            let seconds = seconds
                .parse()
                .map_err(|_| Failure::new(format!("{seconds} is not a number of seconds")))?;
            if let Some(unknown) = named.iter().find(|name| !TARGETS.contains(name)) {
                return Err(Failure::new(format!(
                    "There is no fuzzer {unknown}: {}",
                    TARGETS.join(", ")
                )));
            }
            fuzz(seconds, if named.is_empty() { &TARGETS } else { named })
        }
        _ => Err(Failure::new(format!("cargo xtask fuzz --seconds N [{}]", TARGETS.join("|")))),
    }
}

/// Every fuzzer named, for so many seconds each.
pub(crate) fn fuzz(seconds: u32, named: &[&str]) -> Outcome {
    let host = host()?;
    packages::programs(&[("c++", "g++")])?;
    say("building the fuzzers");
    cargo("build")
        .args(["--release", "--target", &host])
        .args(TARGETS.iter().flat_map(|name| ["--bin", *name]))
        .env("RUSTFLAGS", GUIDED)
        .done()?;
    for name in named {
        run_one(name, &host, seconds)?;
    }
    Ok(())
}

fn run_one(name: &str, host: &str, seconds: u32) -> Outcome {
    let found = places::target().join("fuzz-found").join(name);
    let artifacts = places::root().join("fuzz/artifacts").join(name);
    for folder in [&found, &artifacts] {
        std::fs::create_dir_all(folder).map_err(|error| Failure::at(folder, error))?;
    }
    say(format!("fuzzing {name} for {seconds} s"));
    let log = Run::new(folder().join(host).join("release").join(name))
        .args([&found, &places::root().join("fuzz/seeds").join(name)])
        .args([
            format!("-max_total_time={seconds}"),
            format!("-max_len={LONGEST}"),
            format!("-artifact_prefix={}/", artifacts.display()),
            "-timeout=10".into(),
            "-rss_limit_mb=2048".into(),
            "-print_final_stats=1".into(),
        ])
        .quietly_with_log()?;
    let inputs = log
        .lines()
        .find_map(|line| line.strip_prefix("stat::number_of_executed_units:"))
        .map_or("no number of", str::trim);
    println!("  {name}: {inputs} inputs, nothing broke");
    Ok(())
}

fn write_seeds() -> Outcome {
    cargo("run").args(["--release", "--bin", "seeds"]).done()
}

/// The fuzzers' own workspace, in a folder of the target folder.
fn cargo(what: &str) -> Run {
    Run::cargo()
        .args([what, "--locked", "--manifest-path", "fuzz/Cargo.toml"])
        .env("CARGO_TARGET_DIR", folder())
}

fn folder() -> PathBuf {
    places::target().join("fuzz")
}

fn host() -> Outcome<String> {
    let version = Run::new("rustc").args(["-vV"]).quietly()?;
    version
        .lines()
        .find_map(|line| line.strip_prefix("host: "))
        .map(str::to_owned)
        .ok_or_else(|| Failure::new("rustc does not say which machine it builds for"))
}
