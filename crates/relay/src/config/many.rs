//! What a process is told that serves many programs, each with everything of its own (`features.md` 6.4;
//! `docs/decisions/0033`).

use std::collections::{BTreeMap, BTreeSet};
use std::net::{IpAddr, SocketAddr};
use std::path::{Path, PathBuf};

use serde::Deserialize;

use super::{
    Config, ConfigError, Door, Limits, Log, Metrics, Origin, Postgres, Program, Purpose, Redirect,
    Relays, State, Testing, Threads, in_toml,
};

/// Programs of one process at most: each has threads and a database of its own.
const PROGRAMS_MAX: usize = 64;

/// What one process is told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Hosting {
    /// It serves one program.
    One(Box<Config>),
    /// It serves many.
    Many(Many),
}

/// Many programs in one process.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Many {
    /// What is said of each.
    pub programs: Vec<Config>,
    /// What all have together.
    pub in_all: InAll,
    /// Figures of all, for a monitoring system.
    pub metrics: Option<Metrics>,
    /// A listener without TLS that leads browsers to the doors of all.
    pub redirect: Option<Redirect>,
}

/// What the programs of one process share, and how much of it is each one's alone.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct InAll {
    /// Survivors' devices connected at once, of all programs. Default 25,000, as for one program. Of staff's each
    /// program has 1,000 of its own, and what they ask for and wait for is counted for that program alone.
    pub connections: usize,
    /// Requests for pages at once, of all programs. Default 2,000.
    pub page_connections: usize,
    /// Bytes that wait to be sent to survivors' devices, of all programs. Default 64 MiB.
    pub outgoing_bytes: usize,
    /// The part of each of these, in hundredths, that is kept apart for the programs in equal parts, so that no other
    /// can take it. Default 50. The rest goes to whoever comes first.
    pub reserved: u8,
}

impl Default for InAll {
    fn default() -> Self {
        let one = Limits::default();
        Self {
            connections: one.connections,
            page_connections: one.page_connections,
            outgoing_bytes: one.outgoing_bytes_in_all,
            reserved: 50,
        }
    }
}

/// The file that names many programs.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ManyFile {
    programs: Vec<OneOfMany>,
    #[serde(default)]
    limits: InAll,
    #[serde(default)]
    log: Log,
    metrics: Option<Metrics>,
    redirect: Option<Redirect>,
    relays: Option<Relays>,
    postgres: Option<Postgres>,
    #[serde(default)]
    threads: Threads,
    #[serde(default)]
    testing: Testing,
}

/// What it says of one of them.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct OneOfMany {
    file: PathBuf,
    folder: PathBuf,
    survivor: Door,
    desk: Door,
    #[serde(default)]
    limits: Limits,
}

/// Which of the two the file is.
#[derive(Deserialize)]
struct Form {
    programs: Option<Vec<serde::de::IgnoredAny>>,
}

impl Hosting {
    /// Reads the file at `path`. Relative paths in it are taken from its own folder.
    ///
    /// # Errors
    /// [`ConfigError`] if there is no such file, or as [`Hosting::from_toml`].
    pub fn read(path: &Path) -> Result<Self, ConfigError> {
        let mut hosting = Self::from_toml(&super::text_of(path)?)?;
        let folder = path.parent().unwrap_or_else(|| Path::new(""));
        match &mut hosting {
            Self::One(config) => config.take_from(folder),
            Self::Many(many) => {
                many.programs.iter_mut().for_each(|config| config.take_from(folder));
            }
        }
        Ok(hosting)
    }

    /// Reads a configuration's text.
    ///
    /// # Errors
    /// [`ConfigError`] if it does not say what it must, or says more.
    pub fn from_toml(text: &str) -> Result<Self, ConfigError> {
        let form: Form = in_toml(text)?;
        if form.programs.is_none() {
            return Config::from_toml(text).map(|config| Self::One(Box::new(config)));
        }
        let many = Many::of(in_toml(text)?);
        many.check()?;
        Ok(Self::Many(many))
    }

    /// What is said of each program.
    pub fn programs(&self) -> &[Config] {
        match self {
            Self::One(config) => std::slice::from_ref(config),
            Self::Many(many) => &many.programs,
        }
    }

    /// How much the process says about itself.
    pub fn log(&self) -> Log {
        self.programs().first().map(|config| config.log).unwrap_or_default()
    }
}

impl Many {
    fn of(file: ManyFile) -> Self {
        let ManyFile {
            programs,
            limits,
            log,
            metrics,
            redirect,
            relays,
            threads,
            testing,
            postgres,
        } = file;
        let programs = programs.into_iter().map(|one| Config {
            survivor: one.survivor,
            desk: one.desk,
            program: Program { file: one.file },
            state: State { folder: one.folder },
            postgres: postgres.clone(),
            limits: one.limits,
            log,
            metrics: None,
            redirect: None,
            relays: relays.clone(),
            threads,
            testing: testing.clone(),
            purpose: Purpose::default(),
        });
        Self { programs: programs.collect(), in_all: limits, metrics, redirect }
    }

    /// What no single program can be blamed for.
    pub(crate) fn check(&self) -> Result<(), ConfigError> {
        if self.programs.is_empty() || self.programs.len() > PROGRAMS_MAX {
            return wrong("`programs` names from 1 to 64 programs");
        }
        for config in &self.programs {
            config.check().map_err(|error| ConfigError {
                what: format!("{}: {}", config.program.file.display(), error.what),
                ..error
            })?;
        }
        self.in_all.check()?;
        if !all_differ(self.programs.iter().map(|config| &config.state.folder)) {
            return wrong("each program needs a folder of its own");
        }
        if !all_differ(self.doors().flat_map(Door::named).map(Origin::as_str)) {
            return wrong("each page of each program needs an origin of its own");
        }
        for doors in self.listeners().values().filter(|doors| doors.len() > 1) {
            check_shared(doors)?;
        }
        self.check_others()
    }

    /// What is not right about listeners that are no door of people's.
    fn check_others(&self) -> Result<(), ConfigError> {
        let mut taken: BTreeSet<_> = self.listeners().into_keys().collect();
        if !self.others().filter(|listen| listen.port() != 0).all(|listen| taken.insert(listen)) {
            return wrong(
                "metrics and `redirect` need a listener of their own: another address, or another port",
            );
        }
        let is_tls = |door: &Door| door.origin.as_ref().is_some_and(Origin::is_tls);
        if self.redirect.is_some() && !self.doors().all(is_tls) {
            return wrong(
                "with `redirect`, name the `origin` of every page: they start with https://",
            );
        }
        Ok(())
    }

    /// Listeners that are no door of people's.
    pub(crate) fn others(&self) -> impl Iterator<Item = SocketAddr> {
        let figures = self.metrics.iter().map(|metrics| metrics.listen);
        figures.chain(self.redirect.iter().map(|redirect| redirect.listen))
    }

    fn doors(&self) -> impl Iterator<Item = &Door> {
        self.programs.iter().flat_map(|config| [&config.survivor, &config.desk])
    }

    /// Who comes in where, without those that take any port that is free.
    pub(crate) fn listeners(&self) -> BTreeMap<SocketAddr, Vec<&Door>> {
        let mut listeners = BTreeMap::<_, Vec<_>>::new();
        for door in self.doors().filter(|door| door.listen.port() != 0) {
            listeners.entry(door.listen).or_default().push(door);
        }
        listeners
    }
}

impl InAll {
    fn check(&self) -> Result<(), ConfigError> {
        if [self.connections, self.page_connections, self.outgoing_bytes].contains(&0) {
            return wrong("a limit of 0 would let nobody in");
        }
        if self.reserved > 100 {
            return wrong("`reserved` is a part in hundredths: from 0 to 100");
        }
        Ok(())
    }
}

/// Whether those who come to one listener can be told apart.
fn check_shared(doors: &[&Door]) -> Result<(), ConfigError> {
    let mut origins = Vec::new();
    for door in doors {
        let Some(origin) = &door.origin else {
            return wrong(
                "programs that share a listener are told apart by the host that a browser asks for: name \
                 the `origin` of each",
            );
        };
        origins.push(origin);
    }
    let with_tls = doors.iter().filter(|door| door.tls.is_some()).count();
    if with_tls == 0 {
        return Ok(());
    }
    if with_tls < doors.len() {
        return wrong(
            "of the doors that share a listener either all have `tls` or none has: give each a certificate, or give \
             those without one a listener of their own",
        );
    }
    if origins.iter().any(|origin| origin.host().parse::<IpAddr>().is_ok()) {
        return wrong(
            "doors that share a listener with `tls` are told apart by name: an `origin` there has a name, and no \
             address in numbers",
        );
    }
    if !all_differ(origins.iter().map(|origin| origin.host())) {
        return wrong(
            "doors that share a listener with `tls` are told apart by name, whatever the port: each `origin` there \
             needs a host of its own, or the door a listener of its own",
        );
    }
    Ok(())
}

fn wrong(what: &str) -> Result<(), ConfigError> {
    Err(ConfigError { line: None, what: what.to_owned() })
}

fn all_differ<T: Ord>(mut all: impl Iterator<Item = T>) -> bool {
    let mut seen = BTreeSet::new();
    all.all(|one| seen.insert(one))
}

#[cfg(test)]
mod tests {
    use super::*;

    const MANY: &str = include_str!("../../samples/many.toml");
    const MANY_TLS: &str = include_str!("../../samples/many-tls.toml");

    fn error(text: &str) -> String {
        Hosting::from_toml(text).unwrap_err().what
    }

    #[test]
    fn the_sample_names_two_programs_and_the_defaults_of_what_they_share() {
        let Hosting::Many(many) = Hosting::from_toml(MANY).unwrap() else {
            panic!("it is of the other form");
        };
        assert_eq!(many.programs.len(), 2);
        assert_eq!(many.in_all, InAll::default());
        assert_eq!(many.programs[0].limits, Limits::default());
        assert_eq!(many.programs[1].limits.line, 50);
        assert_eq!(many.listeners().len(), 2, "both are told apart by their hosts");
    }

    #[test]
    fn a_file_for_one_program_is_read_as_ever() {
        let one = Hosting::from_toml(include_str!("../../samples/least.toml")).unwrap();
        assert!(matches!(one, Hosting::One(_)));
        assert_eq!(one.programs().len(), 1);
    }

    #[test]
    fn a_file_of_both_forms_is_refused() {
        let both = format!("{MANY}\n[program]\nfile = \"a\"\n");
        assert!(error(&both).contains("program"), "{}", error(&both));
    }

    #[test]
    fn what_two_programs_may_not_share_is_refused() {
        let of = |one: &str, other: &str| error(&MANY.replace(one, other));
        assert!(of("stillroom/hilltown\"", "stillroom/rivertown\"").contains("folder"));
        let origin = of("https://chat.hilltown.example", "https://chat.rivertown.example");
        assert!(origin.contains("origin"), "{origin}");
        let unnamed = of("origin = \"https://chat.hilltown.example\"\n", "");
        assert!(unnamed.contains("share a listener"), "{unnamed}");
        assert!(of("127.0.0.1:7422", "127.0.0.1:7420").contains("metrics"));
        assert!(of("reserved = 50", "reserved = 101").contains("hundredths"));
    }

    #[test]
    fn the_sample_over_tls_has_all_programs_at_one_port_of_each_kind_and_leads_there() {
        let Hosting::Many(many) = Hosting::from_toml(MANY_TLS).unwrap() else {
            panic!("it is of the other form");
        };
        assert_eq!(many.listeners().len(), 2);
        assert!(many.doors().all(|door| door.tls.is_some()));
        assert_eq!(many.redirect.unwrap().listen.port(), 80);
    }

    #[test]
    fn doors_at_one_listener_all_have_tls_or_none_and_names_of_their_own() {
        let of = |one: &str, other: &str| error(&MANY_TLS.replacen(one, other, 1));
        let plain = error(&MANY.replacen(
            "proxy = \"127.0.0.1\"\n",
            "tls = { certificate = \"a\", key = \"b\" }\n",
            1,
        ));
        assert!(plain.contains("either all have `tls` or none has"), "{plain}");
        let numbers = of("https://desk.hilltown.example", "https://192.0.2.7");
        assert!(numbers.contains("has a name"), "{numbers}");
        let port = of("https://desk.hilltown.example", "https://desk.rivertown.example:8443");
        assert!(port.contains("a host of its own"), "{port}");
        let redirect = of("0.0.0.0:80", "192.0.2.1:443");
        assert!(redirect.contains("`redirect`"), "{redirect}");
    }

    #[test]
    fn nobody_is_led_to_a_page_without_tls() {
        let led = format!("{MANY}\n[redirect]\nlisten = \"0.0.0.0:80\"\n");
        assert!(
            matches!(Hosting::from_toml(&led).unwrap(), Hosting::Many(many) if many.redirect.is_some())
        );
        let here = led.replace("https://chat.hilltown.example", "http://localhost:7420");
        assert!(error(&here).contains("https://"), "{}", error(&here));
    }

    #[test]
    fn a_misspelt_key_of_one_program_is_refused_with_its_line() {
        let wrong = MANY.replace("line = 50", "lien = 50");
        let error = Hosting::from_toml(&wrong).unwrap_err();
        assert!(error.what.contains("lien") && error.line.is_some(), "{error}");
    }

    #[test]
    fn what_is_wrong_with_one_program_is_told_with_its_name() {
        let wrong = MANY.replace("line = 50", "line = 0");
        assert!(error(&wrong).starts_with("/etc/stillroom/hilltown"), "{}", error(&wrong));
    }
}
