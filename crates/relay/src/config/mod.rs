//! What a relay is told when it starts: one TOML file, read once (`features.md` 6.1).
//!
//! One structure for each concern. A key that no structure knows is an error that names its line, so that
//! a misspelt limit does not silently stay at its default. The file holds nothing secret: a relay has seen
//! only public things.

mod door;
mod limits;
mod many;
mod origin;
mod postgres;
mod relays;
mod tls;

use std::fmt;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use serde::Deserialize;
pub use stillroom_document::PseudoLocale;

pub use door::Door;
pub use limits::Limits;
pub use many::{Hosting, InAll, Many};
pub use origin::{Origin, OriginError};
pub use postgres::Postgres;
pub use relays::Relays;
pub use tls::{Acme, CertificateFiles, Tls};

/// Everything a relay is told. `samples/` holds whole files.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// Where survivors come in.
    pub survivor: Door,
    /// Where staff come in. Another origin, so that neither page can reach the other's storage.
    pub desk: Door,
    /// Whose relay this is.
    pub program: Program,
    /// Where lasting records are kept.
    pub state: State,
    /// A database that several relays share, for the records. They are in the state folder unless said.
    pub postgres: Option<Postgres>,
    /// How much the relay holds. Each has a default.
    #[serde(default)]
    pub limits: Limits,
    /// What the relay says about itself.
    #[serde(default)]
    pub log: Log,
    /// Figures of the relay itself, for a monitoring system. None unless said.
    pub metrics: Option<Metrics>,
    /// A listener without TLS that leads browsers to the doors. None unless said.
    pub redirect: Option<Redirect>,
    /// The other relays of the program, where there are several. None unless said.
    pub relays: Option<Relays>,
    /// How many processors it uses.
    #[serde(default)]
    pub threads: Threads,
    /// For tests of the pages. Not for a relay that people reach.
    #[serde(default)]
    pub testing: Testing,
    /// What its chats are. No file says it: a relay that survivors reach cannot be marked by mistake.
    #[serde(skip)]
    pub purpose: Purpose,
}

/// What a relay's chats are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Purpose {
    /// What they look like.
    #[default]
    Chats,
    /// Practice among colleagues, one of whom plays the survivor: both pages say so all the time
    /// (`features.md` 5.5).
    Practice,
}

/// Whose relay this is.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Program {
    /// The public file that `stillroom program new` wrote. From the configuration's own folder, if relative.
    pub file: PathBuf,
}

/// Where lasting records are kept: policies, certificates, revocations, sealed blobs. No word of a chat.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct State {
    /// A folder of this relay's own; made if it is not there. From the configuration's own folder, if
    /// relative.
    pub folder: PathBuf,
}

/// What the relay says about itself, on standard error.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Log {
    /// How much. At no level does a line speak of a contact.
    #[serde(default)]
    pub level: LogLevel,
}

/// How much the relay says.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum LogLevel {
    /// Nothing.
    Off,
    /// What went wrong and needs somebody.
    Error,
    /// And what may need somebody.
    Warn,
    /// And when it started and stopped.
    #[default]
    Info,
    /// And what it does for its own records.
    Debug,
    /// Everything that it ever says.
    Trace,
}

/// Where a monitoring system asks for figures of the relay itself. None of them moves with one chat.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Metrics {
    /// Address and port to listen on, for this computer or a network of one's own; port 0 takes any that is free.
    pub listen: SocketAddr,
}

/// Where browsers come that were given an address without `https://`. They are led to the door, and nothing else is
/// answered.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Redirect {
    /// Address and port to listen on: port 80, where browsers look.
    pub listen: SocketAddr,
}

/// How many processors the relay uses.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Threads {
    /// Threads that carry frames. Default 1: the line and the rooms are one structure behind one lock, one
    /// core carries 10,000 chats, and each further thread costs memory.
    pub workers: usize,
}

impl Default for Threads {
    fn default() -> Self {
        Self { workers: 1 }
    }
}

/// For tests of the pages.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Testing {
    /// Texts in a language that nobody speaks, made from English.
    pub pseudo_locale: Option<PseudoLocale>,
    /// A folder with `survivor/`, `desk/`, `practice/` and `console/` to serve instead of the pages inside the program.
    pub pages: Option<PathBuf>,
}

/// Why a configuration was not accepted. The person who wrote the file can mend it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConfigError {
    /// The line, from 1, where one is to blame.
    pub line: Option<usize>,
    /// What is wrong, in words.
    pub what: String,
}

impl fmt::Display for ConfigError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.line {
            Some(line) => write!(f, "line {line}: {}", self.what),
            None => f.write_str(&self.what),
        }
    }
}

impl std::error::Error for ConfigError {}

impl Config {
    /// Takes relative paths from this folder.
    fn take_from(&mut self, folder: &Path) {
        self.program.file = folder.join(&self.program.file);
        self.state.folder = folder.join(&self.state.folder);
        self.survivor.take_from(folder);
        self.desk.take_from(folder);
        if let Some(postgres) = &mut self.postgres {
            postgres.take_from(folder);
        }
        self.testing.pages = self.testing.pages.take().map(|pages| folder.join(pages));
        self.relays.iter_mut().for_each(|relays| relays.take_from(folder));
    }

    /// Reads the text of a configuration for one program.
    ///
    /// # Errors
    /// [`ConfigError`] if it does not say what it must, or says more.
    pub fn from_toml(text: &str) -> Result<Self, ConfigError> {
        let config: Self = in_toml(text)?;
        config.check()?;
        Ok(config)
    }

    /// A configuration for a relay on this computer, with defaults for everything else.
    pub fn on_this_computer(program: PathBuf, state: PathBuf) -> Self {
        let door = Door::on(([127, 0, 0, 1], 0).into());
        Self {
            survivor: door.clone(),
            desk: door,
            program: Program { file: program },
            state: State { folder: state },
            postgres: None,
            limits: Limits::default(),
            log: Log::default(),
            metrics: None,
            redirect: None,
            relays: None,
            threads: Threads::default(),
            testing: Testing::default(),
            purpose: Purpose::default(),
        }
    }

    /// Listeners that are no door of people's: for figures, and the one that leads to the doors.
    pub(crate) fn others(&self) -> [Option<SocketAddr>; 2] {
        let figures = self.metrics.as_ref().map(|metrics| metrics.listen);
        [figures, self.redirect.as_ref().map(|redirect| redirect.listen)]
    }

    /// What no single key can be blamed for.
    pub(crate) fn check(&self) -> Result<(), ConfigError> {
        let wrong = |what: &str| Err(ConfigError { line: None, what: what.to_owned() });
        let [survivor, desk] = [&self.survivor, &self.desk];
        survivor.check()?;
        desk.check()?;
        if survivor.named().any(|origin| desk.named().any(|other| origin == other)) {
            return wrong("survivors and staff need two origins: another host, or another port");
        }
        if survivor.listen == desk.listen && survivor.listen.port() != 0 {
            return wrong(
                "survivors and staff need two listeners: another address, or another port",
            );
        }
        let others = ["`metrics` needs", "`redirect` needs"].into_iter().zip(self.others());
        let mut taken = vec![survivor.listen, desk.listen];
        for (who, own) in others {
            let Some(own) = own.filter(|own| own.port() != 0) else { continue };
            if taken.contains(&own) {
                return wrong(&format!(
                    "{who} a listener of its own: another address, or another port"
                ));
            }
            taken.push(own);
        }
        let origins = [&survivor.origin, &desk.origin];
        if self.redirect.is_some()
            && !origins.iter().all(|origin| origin.as_ref().is_some_and(Origin::is_tls))
        {
            return wrong(
                "with `redirect`, name the `origin` of both pages: they start with https://",
            );
        }
        if self.threads.workers == 0 {
            return wrong("`workers` must be at least 1");
        }
        self.relays.as_ref().map_or(Ok(()), Relays::check)?;
        if self.postgres.is_none() && self.relays.as_ref().is_some_and(|relays| !relays.trial) {
            return wrong(
                "several relays keep their records in one place: add `[postgres]`; or, for a trial alone, `trial = true` \
                 to `[relays]`, and what is published to one relay stays there",
            );
        }
        let asks = [survivor, desk].iter().any(|door| matches!(door.tls, Some(Tls::Acme(_))));
        if asks && self.relays.as_ref().is_some_and(|relays| !relays.trial) {
            return wrong(
                "one of several relays cannot ask for a certificate (`tls.acme`): the authority would look at any of \
                 them, and only the one that asked could answer. Let the balancer before them speak TLS, or give each \
                 of them the certificate in files",
            );
        }
        self.postgres.as_ref().map_or(Ok(()), Postgres::check)?;
        self.limits.check()
    }
}

fn text_of(path: &Path) -> Result<String, ConfigError> {
    std::fs::read_to_string(path)
        .map_err(|error| ConfigError { line: None, what: format!("it cannot be read: {error}") })
}

fn in_toml<'a, T: Deserialize<'a>>(text: &'a str) -> Result<T, ConfigError> {
    toml::from_str(text).map_err(|error| ConfigError {
        line: error.span().map(|span| line_of(text, span.start)),
        what: error.message().to_owned(),
    })
}

/// The line, from 1, of the byte at `offset`.
fn line_of(text: &str, offset: usize) -> usize {
    let before = text.as_bytes().get(..offset).unwrap_or(text.as_bytes());
    1 + before.iter().filter(|byte| **byte == b'\n').count()
}

#[cfg(test)]
mod tests {
    use super::*;

    const LEAST: &str = "[survivor]\nlisten = \"127.0.0.1:7420\"\n[desk]\nlisten = \"127.0.0.1:7421\"\n\
                         [program]\nfile = \"a\"\n[state]\nfolder = \"b\"\n";

    #[test]
    fn every_sample_is_a_configuration() {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("samples");
        let mut samples = 0;
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            Hosting::read(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
            samples += 1;
        }
        assert!(samples >= 4);
        let deployed = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../deploy/relay.toml");
        Hosting::read(&deployed).unwrap();
    }

    #[test]
    fn the_sample_that_names_every_limit_names_the_defaults() {
        let sample = Config::from_toml(include_str!("../../samples/everything.toml")).unwrap();
        assert_eq!(sample.limits, Limits::default());
        assert_eq!(sample.threads, Threads::default());
        assert_eq!(sample.log, Log::default());
    }

    #[test]
    fn an_unknown_key_is_refused_with_its_line() {
        let text = format!("{LEAST}[limits]\nconnections = 5\nrooomz = 7\n");
        let error = Config::from_toml(&text).unwrap_err();
        assert_eq!(error.line, Some(11), "{error}");
        assert!(error.what.contains("rooomz"), "{error}");
    }

    #[test]
    fn a_value_of_the_wrong_kind_is_refused_with_its_line() {
        let text = LEAST.replace("127.0.0.1:7421", "somewhere");
        assert_eq!(Config::from_toml(&text).unwrap_err().line, Some(4));
    }

    #[test]
    fn a_missing_part_is_named() {
        let error = Config::from_toml("[survivor]\nlisten = \"127.0.0.1:0\"\n").unwrap_err();
        assert!(error.what.contains("desk"), "{error}");
    }

    #[test]
    fn one_origin_for_both_pages_is_refused() {
        let text = LEAST.replace("\n[", "\norigin = \"https://a.example\"\n[").replacen(
            "file = \"a\"\norigin = \"https://a.example\"",
            "file = \"a\"",
            1,
        );
        let error = Config::from_toml(&text).unwrap_err();
        assert!(error.what.contains("two origins"), "{error}");
    }

    #[test]
    fn figures_are_not_given_out_where_people_come_in() {
        let text = format!("{LEAST}[metrics]\nlisten = \"127.0.0.1:7420\"\n");
        assert!(Config::from_toml(&text).unwrap_err().what.contains("listener of its own"));
    }

    #[test]
    fn whoever_is_led_to_tls_is_led_from_a_listener_of_its_own_to_pages_that_have_it() {
        let origins = LEAST
            .replace("7420\"\n", "7420\"\norigin = \"https://chat.example.org\"\n")
            .replace("7421\"\n", "7421\"\norigin = \"https://desk.example.org\"\n");
        let on = |text: &str, port: u16| {
            Config::from_toml(&format!("{text}[redirect]\nlisten = \"127.0.0.1:{port}\"\n"))
        };
        assert!(on(&origins, 8080).is_ok());
        assert!(on(&origins, 7421).unwrap_err().what.contains("listener of its own"));
        assert!(on(LEAST, 8080).unwrap_err().what.contains("origin"));
    }

    #[test]
    fn a_listener_for_the_world_needs_an_origin() {
        let text = LEAST.replace("127.0.0.1:7420", "0.0.0.0:7420");
        assert!(Config::from_toml(&text).is_err());
    }

    #[test]
    fn a_page_of_the_survivors_is_no_page_of_the_staff() {
        let page = "origins = [\"https://chat.example.org\"]\n[";
        let text = LEAST.replacen("\n[", &format!("\n{page}"), 2);
        let error = Config::from_toml(&text).unwrap_err();
        assert!(error.what.contains("two origins"), "{error}");
    }

    #[test]
    fn a_databases_password_stands_in_no_configuration() {
        for url in ["postgres://relay:open@db/x", "postgres://relay@db/x?password=open"] {
            let text = format!("{LEAST}[postgres]\nurl = \"{url}\"\n");
            let error = Config::from_toml(&text).unwrap_err().to_string();
            assert!(error.contains("password_file") && !error.contains("open"), "{error}");
        }
        let text = format!("{LEAST}[postgres]\nurl = \"postgres://relay@db/x\"\n");
        assert!(Config::from_toml(&text).unwrap().postgres.is_some());
    }

    #[test]
    fn relative_paths_are_taken_from_the_configurations_folder() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("relay.toml");
        std::fs::write(&path, LEAST).unwrap();
        let hosting = Hosting::read(&path).unwrap();
        assert_eq!(hosting.programs()[0].state.folder, folder.path().join("b"));
    }
}
