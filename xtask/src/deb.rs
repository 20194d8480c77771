//! `cargo xtask deb`: the Debian package of the program, by cargo-deb, from what `build --release` made
//! (`docs/deploying.md`).

use std::path::PathBuf;

use crate::failure::{Failure, Outcome};
use crate::run::{Run, say};
use crate::setup::cargo_tools;
use crate::{build, places};

/// The version that the package's description is written for.
const VERSION: &str = "3.8.0";

/// Builds the package, and says where it is.
pub(crate) fn command(arguments: &[String]) -> Outcome {
    if !arguments.is_empty() {
        return Err(Failure::new("cargo xtask deb takes nothing"));
    }
    say(format!("the package: {}", package()?.display()));
    Ok(())
}

/// Builds the package.
pub(crate) fn package() -> Outcome<PathBuf> {
    build::release()?;
    let tool = cargo_tools::program("cargo-deb", VERSION)?;
    let folder = places::target().join("debian");
    places::remove_folder(&folder)?;
    // The binary is the one with the pages inside, which cargo-deb would not build; what it uses is found by its name.
    Run::new(&tool)
        .args(["--no-build", "--no-strip", "--locked", "--package", "stillroom-cli", "--output"])
        .args([&folder])
        .folder(&places::root())
        .quietly()?;
    let made =
        places::files(&folder)?.into_iter().find(|file| file.extension() == Some("deb".as_ref()));
    made.ok_or_else(|| Failure::new("cargo-deb said that all is well, and there is no package"))
}
