//! Whether what the configuration allows fits into what the system gives, said once at the start (`features.md` 6.1).
//!
//! Reckoned from limits, never from who is there. What it cannot know is what else runs on the computer.

use std::fmt;

use crate::config::{Config, Door, Hosting};
use crate::line::LINGERING;
use crate::listeners::HEAD_MAX;
use crate::sorting::UNKNOWN_MAX;
use crate::switchboard::WAYS_HOLD;

/// Bytes of the process itself, with its pages.
const EMPTY: u64 = 16 * MIB;

/// Bytes that a greeted line takes with its room (`docs/benchmarks.md`).
const OF_A_LINE: u64 = 8 * 1024;

/// Bytes that a request for pages takes beside its head.
const OF_A_REQUEST: u64 = 8 * 1024;

/// Bytes that either takes besides where this process speaks TLS itself (`docs/benchmarks.md`).
const OF_TLS: u64 = 4 * 1024;

/// Descriptors beside those of connections: listeners, database, log, what the runtime waits with.
const OTHER_DESCRIPTORS: u64 = 64;

const MIB: u64 = 1024 * 1024;

/// The most that a configuration lets a relay take, all its limits reached at once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Needs {
    /// Open files, sockets among them.
    pub files: u64,
    /// Bytes of memory.
    pub memory: u64,
}

/// What the system lets this process have, as far as it says so.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Given {
    /// Open files.
    pub files: Option<u64>,
    /// Bytes of memory: the computer's, or less where the process is held to less.
    pub memory: Option<u64>,
}

/// What does not fit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Shortage {
    Files { needed: u64, given: u64 },
    Memory { needed: u64, given: u64 },
}

impl Needs {
    /// Of a whole process.
    pub fn of(hosting: &Hosting) -> Self {
        let programs = hosting.programs();
        let survivors = match hosting {
            Hosting::One(config) => Self::of_survivors(
                config.limits.connections,
                config.limits.page_connections,
                config.limits.outgoing_bytes_in_all,
                has_tls(&config.survivor),
            ),
            Hosting::Many(many) => Self::of_survivors(
                many.in_all.connections,
                many.in_all.page_connections,
                many.in_all.outgoing_bytes,
                programs.iter().any(|config| has_tls(&config.survivor)),
            ),
        };
        let itself = Self { files: OTHER_DESCRIPTORS, memory: EMPTY };
        let together = itself.and(survivors).and(Self::of_the_unknown(hosting));
        programs.iter().map(Self::apart).fold(together, Self::and)
    }

    /// Those who have not said yet for which program they come, at listeners that programs share.
    fn of_the_unknown(hosting: &Hosting) -> Self {
        let shared = match hosting {
            Hosting::One(_) => 0,
            Hosting::Many(many) => {
                many.listeners().values().filter(|doors| doors.len() > 1).count()
            }
        };
        Self::of_requests(shared.saturating_mul(UNKNOWN_MAX), false)
    }

    /// What the survivors of all programs have together.
    fn of_survivors(connections: usize, pages: usize, outgoing: usize, tls: bool) -> Self {
        Self::of_lines(connections, tls)
            .and(Self::of_requests(pages, tls))
            .and(Self::of_lines(LINGERING, tls))
            .and(Self { files: 0, memory: outgoing as u64 })
    }

    /// What each program has by itself: its staff, what it holds for whoever is away, and what is on the ways to its other
    /// relays.
    fn apart(config: &Config) -> Self {
        let (limits, tls) = (&config.limits, has_tls(&config.desk));
        let ways = if config.relays.is_some() { WAYS_HOLD } else { 0 };
        let held = limits.bytes.saturating_add(limits.outgoing_bytes_in_all).saturating_add(ways);
        Self::of_lines(limits.staff_connections, tls)
            .and(Self::of_requests(limits.page_connections, tls))
            .and(Self { files: 0, memory: held as u64 })
    }

    fn of_lines(connections: usize, tls: bool) -> Self {
        Self::of_connections(connections, OF_A_LINE, tls)
    }

    fn of_requests(connections: usize, tls: bool) -> Self {
        Self::of_connections(connections, HEAD_MAX as u64 + OF_A_REQUEST, tls)
    }

    fn of_connections(connections: usize, each: u64, tls: bool) -> Self {
        let (connections, each) = (connections as u64, each + if tls { OF_TLS } else { 0 });
        Self { files: connections, memory: connections.saturating_mul(each) }
    }

    fn and(self, other: Self) -> Self {
        Self {
            files: self.files.saturating_add(other.files),
            memory: self.memory.saturating_add(other.memory),
        }
    }

    fn beyond(&self, given: &Given) -> Vec<Shortage> {
        let files = given.files.filter(|given| *given < self.files);
        let memory = given.memory.filter(|given| *given < self.memory);
        let files = files.map(|given| Shortage::Files { needed: self.files, given });
        let memory = memory.map(|given| Shortage::Memory { needed: self.memory, given });
        files.into_iter().chain(memory).collect()
    }

    /// Says both in the log, and what to do where one does not fit.
    pub fn report(&self, given: &Given) {
        let unsaid = || "unsaid".to_owned();
        tracing::info!(
            "the limits allow {} open files and {} MiB of memory; the system gives {} and {} MiB",
            in_threes(self.files),
            in_threes(self.memory.div_ceil(MIB)),
            given.files.map_or_else(unsaid, in_threes),
            given.memory.map_or_else(unsaid, |bytes| in_threes(bytes / MIB)),
        );
        for shortage in self.beyond(given) {
            tracing::warn!("{shortage}");
        }
    }
}

fn has_tls(door: &Door) -> bool {
    door.tls.is_some()
}

impl fmt::Display for Shortage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Files { needed, given } => write!(
                f,
                "the limits allow {} open files and the system {}: people would be turned away before the limits are \
                 reached; raise LimitNOFILE (ulimit -n), or lower `connections` and `page_connections`",
                in_threes(*needed),
                in_threes(*given)
            ),
            Self::Memory { needed, given } => write!(
                f,
                "the limits allow {} MiB of memory and the system {}: a flood could end the relay; give it more, or \
                 lower `bytes`, `outgoing_bytes_in_all` and `connections`",
                in_threes(needed.div_ceil(MIB)),
                in_threes(given / MIB)
            ),
        }
    }
}

/// A number that can be read, and is not taken for a port where a log is searched for such.
fn in_threes(number: u64) -> String {
    let digits = number.to_string();
    let threes = digits.as_bytes().rchunks(3).rev();
    let threes: Vec<&str> = threes.filter_map(|three| str::from_utf8(three).ok()).collect();
    threes.join(",")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn one() -> Hosting {
        let text = include_str!("../samples/everything.toml");
        Hosting::from_toml(text).unwrap()
    }

    #[test]
    fn the_defaults_fit_a_small_server() {
        let needs = Needs::of(&one());
        assert!(needs.memory < 1024 * MIB, "{needs:?}");
        assert!(needs.files < 65_536, "{needs:?}");
        let server = Given { files: Some(65_536), memory: Some(1024 * MIB) };
        assert_eq!(needs.beyond(&server), []);
    }

    #[test]
    fn what_does_not_fit_is_said_with_what_to_do() {
        let needs = Needs::of(&one());
        let small = Given { files: Some(1024), memory: Some(256 * MIB) };
        let said: Vec<_> = needs.beyond(&small).iter().map(ToString::to_string).collect();
        assert!(said[0].contains("LimitNOFILE") && said[0].contains("1,024"), "{said:?}");
        assert!(said[1].contains("`bytes`") && said[1].contains("256"), "{said:?}");
        assert_eq!(needs.beyond(&Given::default()), [], "what the system does not say is no fault");
    }

    #[test]
    fn tls_of_its_own_takes_memory_for_each_connection() {
        let tls = "tls = { certificate = \"a.pem\", key = \"b.pem\" }";
        let with = |survivor: &str, desk: &str| {
            let door = |port: u16, more: &str| {
                format!(
                    "listen = \"127.0.0.1:{port}\"\norigin = \"https://localhost:{port}\"\n{more}\n"
                )
            };
            let (survivor, desk) = (door(7420, survivor), door(7421, desk));
            let text = format!(
                "[survivor]\n{survivor}[desk]\n{desk}[program]\nfile = \"a\"\n[state]\nfolder = \"b\"\n"
            );
            Needs::of(&Hosting::from_toml(&text).unwrap())
        };
        let (none, desk, both) = (with("", ""), with("", tls), with(tls, tls));
        let limits = crate::config::Limits::default();
        let of_staff = (limits.staff_connections + limits.page_connections) as u64;
        assert_eq!(desk.memory - none.memory, of_staff * OF_TLS);
        let of_survivors = (limits.connections + limits.page_connections + LINGERING) as u64;
        assert_eq!(both.memory - desk.memory, of_survivors * OF_TLS);
        assert_eq!(none.files, both.files);
        assert!(both.memory < 1024 * MIB, "as it comes it fits into a small server: {both:?}");
    }

    #[test]
    fn ways_to_other_relays_take_memory_for_each_program() {
        let relays = "\n[relays]\nnats = [\"nats://localhost\"]\ntrial = true\n";
        for (sample, programs) in [
            (include_str!("../samples/everything.toml"), 1),
            (include_str!("../samples/many.toml"), 2),
        ] {
            let needs = |text: &str| Needs::of(&Hosting::from_toml(text).unwrap());
            let (alone, several) = (needs(sample), needs(&format!("{sample}{relays}")));
            assert_eq!(several.memory - alone.memory, programs * WAYS_HOLD as u64);
        }
        assert_eq!((WAYS_HOLD as u64).div_ceil(MIB), 178, "as docs/scaling.md says");
    }

    #[test]
    fn each_of_many_programs_has_its_staff_and_what_it_holds() {
        let many = Hosting::from_toml(include_str!("../samples/many.toml")).unwrap();
        let (two, one) = (Needs::of(&many), Needs::of(&one()));
        let apart = Needs::apart(&many.programs()[0]);
        // Of whom nobody knows yet for which program they come, at the two listeners.
        let unknown = Needs::of_requests(2 * UNKNOWN_MAX, false);
        assert_eq!(two.memory, one.memory + apart.memory + unknown.memory);
        assert_eq!(two.files, one.files + apart.files + unknown.files);
    }
}
