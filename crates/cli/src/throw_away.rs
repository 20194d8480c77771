//! A program that is thrown away: real keys, a real relay and real pages, in a temporary folder that goes when
//! whoever started it asks it to stop. One that is killed outright leaves a folder with keys that open nothing.

use std::net::SocketAddr;

use stillroom_program::{Device, Fingerprint, Policy, Roles};
use stillroom_relay::{Config, Door, Log, LogLevel, Relay, RunningRelay};
use tempfile::TempDir;

use crate::clock::Clock;
use crate::failure::Failure;
use crate::program::Fresh;
use crate::randomness::system;
use crate::{files, serve};

/// Any port that is free.
pub(crate) const ANY_PORT: u16 = 0;

/// The program, and what its relay reads.
pub(crate) struct ThrowAway {
    folder: TempDir,
    program: Fresh,
}

impl ThrowAway {
    /// Makes one with this policy; its folder's name begins with `prefix`.
    pub(crate) fn make(prefix: &str, policy: &Policy) -> Result<Self, Failure> {
        let folder = tempfile::Builder::new().prefix(prefix).tempdir().map_err(|error| {
            Failure::new(
                format!("No temporary folder can be made: {error}."),
                "Look whether the disk is full, or set TMPDIR to a folder that you may write to.",
            )
        })?;
        let program = Fresh::make(&mut system(), Clock::start().now())?;
        let public = program.public(policy).map_err(|error| {
            Failure::new(format!("The policy cannot be signed: {error}."), "Mend it and try again.")
        })?;
        files::create(&folder.path().join("public.stillroom"), &public.encode())?;
        Ok(Self { folder, program })
    }

    /// The fingerprint of its root key.
    pub(crate) fn root(&self) -> Fingerprint {
        self.program.root.fingerprint()
    }

    /// The device of a member of its staff.
    pub(crate) fn staff(&self, name: &str, roles: Roles) -> Result<Device, Failure> {
        self.program.staff(name, roles, &mut system(), Clock::start().now())
    }

    /// What its relay is told, with everything else left at its default.
    pub(crate) fn config(&self) -> Config {
        let folder = self.folder.path();
        Config::on_this_computer(folder.join("public.stillroom"), folder.join("state"))
    }

    /// Removes it.
    pub(crate) fn remove(self) -> Result<(), Failure> {
        let name = self.folder.path().display().to_string();
        self.folder.close().map_err(|error| {
            Failure::new(
                format!("The temporary folder could not be removed: {error}."),
                format!("Remove {name} by hand; its keys open nothing."),
            )
        })
    }
}

/// A door on this computer at the port that is `wanted`, or else at this one.
pub(crate) fn door(wanted: Option<u16>, or: u16) -> Door {
    Door::on(SocketAddr::from(([127, 0, 0, 1], wanted.unwrap_or(or))))
}

/// Lets the relay say what somebody should know, or `everything` that it ever says.
pub(crate) fn start_log(everything: bool) {
    let level = if everything { LogLevel::Trace } else { LogLevel::Warn };
    stillroom_relay::log::start(Log { level });
}

/// Starts a relay at its `usual` ports, or where one of them is taken at any that are free.
pub(crate) async fn start(
    usual: [u16; 2],
    config: impl Fn([u16; 2]) -> Config,
) -> Result<RunningRelay, Failure> {
    match Relay::start(config(usual)).await {
        Ok(relay) => Ok(relay),
        Err(_) => {
            Relay::start(config([ANY_PORT; 2])).await.map_err(|error| serve::not_started(&error))
        }
    }
}
