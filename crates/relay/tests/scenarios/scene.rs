//! A real relay on this computer, with a throw-away program and a state folder of its own.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use stillroom_relay::{Config, Relay, RunningRelay};
use tempfile::TempDir;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use crate::device::Line;
use crate::program::Program;

pub(crate) struct Scene {
    pub(crate) folder: TempDir,
    pub(crate) program: Program,
    pub(crate) config: Config,
    pub(crate) relay: RunningRelay,
}

impl Scene {
    pub(crate) async fn start() -> Self {
        Self::start_with(|_, _| {}).await
    }

    /// Starts a relay after `change` to its program and configuration. Its pages are empty but for a title.
    pub(crate) async fn start_with(change: impl FnOnce(&mut Program, &mut Config)) -> Self {
        Self::over(|_| "<title>{{ $title }}</title>".to_owned(), change).await
    }

    /// The same with the project's own pages.
    pub(crate) async fn with_pages(change: impl FnOnce(&mut Program, &mut Config)) -> Self {
        let own = |which: &str| {
            let sources = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../pages");
            named(&std::fs::read_to_string(sources.join(which).join("page.html")).unwrap())
        };
        Self::over(own, change).await
    }

    /// The same with this page for both.
    pub(crate) async fn showing(
        page: &str,
        change: impl FnOnce(&mut Program, &mut Config),
    ) -> Self {
        Self::over(|_| page.to_owned(), change).await
    }

    async fn over(
        page: impl Fn(&str) -> String,
        change: impl FnOnce(&mut Program, &mut Config),
    ) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let mut program = Program::new(1);
        let file = folder.path().join("program.stillroom");
        let mut config = Config::on_this_computer(file.clone(), folder.path().join("state"));
        config.testing.pages = Some(pages(folder.path(), page));
        change(&mut program, &mut config);
        std::fs::write(&file, program.file().encode()).unwrap();
        let relay = Relay::start(config.clone()).await.unwrap();
        Self { folder, program, config, relay }
    }

    /// Stops the relay and starts it anew over the same folder.
    pub(crate) async fn restart(self) -> Self {
        self.relay.stop().await;
        let relay = Relay::start(self.config.clone()).await.unwrap();
        Self { relay, ..self }
    }

    pub(crate) fn survivors(&self) -> SocketAddr {
        self.relay.survivor_addr
    }

    pub(crate) fn desks(&self) -> SocketAddr {
        self.relay.desk_addr
    }

    pub(crate) async fn survivor(&self) -> Line {
        Line::greeted(self.survivors(), &self.program).await
    }

    pub(crate) async fn administrator(&self) -> Line {
        Line::staff(self.desks(), &self.program, &self.program.administrator).await
    }
}

/// Pages with one file each.
pub(crate) fn pages(into: &Path, page: impl Fn(&str) -> String) -> PathBuf {
    let pages = into.join("pages");
    for which in ["survivor", "desk", "practice", "console"] {
        let files = pages.join(which).join("s");
        std::fs::create_dir_all(&files).unwrap();
        std::fs::write(pages.join(which).join("page.html"), page(which)).unwrap();
        std::fs::write(files.join("p-0123.js"), "export {};").unwrap();
        std::fs::write(files.join("p-0123.js.br"), "packed").unwrap();
        std::fs::write(pages.join(which).join("manifest.json"), "{}").unwrap();
    }
    pages
}

/// The page once its files have names.
fn named(page: &str) -> String {
    let mut named = String::new();
    let mut rest = page;
    while let Some((before, after)) = rest.split_once("{{asset ") {
        named.push_str(before);
        named.push_str("/s/p-0123.js");
        rest = after.split_once("}}").unwrap().1;
    }
    named + rest
}

/// An answer over HTTP.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    head: String,
    pub(crate) body: Vec<u8>,
}

impl Answer {
    /// Sends a request with these further header lines and reads the answer to its end.
    pub(crate) async fn to(relay: SocketAddr, request: &str, headers: &[&str]) -> Self {
        Self::of(relay, request, headers, &[]).await
    }

    /// Posts this body.
    pub(crate) async fn posted(
        relay: SocketAddr,
        path: &str,
        body: &[u8],
        headers: &[&str],
    ) -> Self {
        let length = format!("content-length: {}", body.len());
        let headers = [headers, &[&length]].concat();
        Self::of(relay, &format!("POST {path}"), &headers, body).await
    }

    async fn of(relay: SocketAddr, request: &str, headers: &[&str], body: &[u8]) -> Self {
        let mut stream = TcpStream::connect(relay).await.unwrap();
        let mut text = format!("{request} HTTP/1.1\r\n");
        if !headers.iter().any(|line| line.starts_with("host:")) {
            text.push_str("host: localhost\r\n");
        }
        if !headers.iter().any(|line| line.starts_with("connection:")) {
            text.push_str("connection: close\r\n");
        }
        for line in headers {
            text.push_str(line);
            text.push_str("\r\n");
        }
        text.push_str("\r\n");
        stream.write_all(&[text.as_bytes(), body].concat()).await.unwrap();
        let mut bytes = Vec::new();
        stream.read_to_end(&mut bytes).await.unwrap();
        let end = bytes.windows(4).position(|four| four == b"\r\n\r\n").unwrap();
        let head = String::from_utf8(bytes[..end].to_vec()).unwrap().to_lowercase();
        Self { status: head[9..12].parse().unwrap(), head, body: bytes[end + 4..].to_vec() }
    }

    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.head.lines().find_map(|line| {
            let (found, value) = line.split_once(": ")?;
            (found == name).then_some(value)
        })
    }

    pub(crate) fn text(&self) -> String {
        String::from_utf8(self.body.clone()).unwrap()
    }
}
