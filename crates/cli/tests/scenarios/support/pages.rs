//! The project's own pages as a folder, their files stood in for, and a bare server that gives an export out.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

/// Writes `survivor/`, `desk/`, `practice/` and `console/` into `folder`, as the build does.
pub(crate) fn pages(folder: &Path) -> PathBuf {
    let sources = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../pages");
    let pages = folder.join("pages");
    for which in ["survivor", "desk", "practice", "console"] {
        let into = pages.join(which);
        std::fs::create_dir_all(into.join("s")).expect("a folder can be made");
        let source = std::fs::read_to_string(sources.join(which).join("page.html"))
            .expect("the page is there");
        let mut page = String::new();
        let mut rest = source.as_str();
        while let Some((before, after)) = rest.split_once("{{asset ") {
            let (name, after) = after.split_once("}}").expect("the hole has an end");
            let path = format!("s/p-{}", name.replace("page", which).replace('/', "-"));
            let bytes = format!("stands for {which}'s {name}").repeat(20);
            for (ending, bytes) in packed(&bytes) {
                std::fs::write(into.join(format!("{path}{ending}")), bytes)
                    .expect("the file can be written");
            }
            page.push_str(before);
            page.push('/');
            page.push_str(&path);
            rest = after;
        }
        page.push_str(rest);
        std::fs::write(into.join("page.html"), page).expect("the page can be written");
    }
    pages
}

fn packed(text: &str) -> [(&'static str, Vec<u8>); 3] {
    let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    gzip.write_all(text.as_bytes()).expect("memory takes it");
    [("", text.into()), (".gz", gzip.finish().expect("memory takes it")), (".br", brotli(text))]
}

fn brotli(text: &str) -> Vec<u8> {
    let mut packed = Vec::new();
    let parameters = brotli::enc::BrotliEncoderParams::default();
    brotli::BrotliCompress(&mut text.as_bytes(), &mut packed, &parameters)
        .expect("memory takes it");
    packed
}

/// A bare web server over an export's folder, with the headers of the configuration for nginx in it.
pub(crate) struct StaticServer {
    pub(crate) port: u16,
    served: Arc<Mutex<Served>>,
}

/// What it gives out; tests change it as a host would.
pub(crate) struct Served {
    pub(crate) files: BTreeMap<String, Vec<u8>>,
    pub(crate) headers: Vec<(String, String)>,
    /// Those of `/console` in their place.
    pub(crate) console: Vec<(String, String)>,
    /// How the files below `s/` are kept.
    pub(crate) kept: String,
    /// A whole answer in place of all others.
    pub(crate) always: Option<String>,
}

impl StaticServer {
    /// Starts to listen. There is nothing to give out before [`StaticServer::give`].
    pub(crate) fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("some port is free");
        let port = listener.local_addr().expect("it has an address").port();
        let served = Served {
            files: BTreeMap::new(),
            headers: Vec::new(),
            console: Vec::new(),
            kept: String::new(),
            always: None,
        };
        let served = Arc::new(Mutex::new(served));
        let shared = Arc::clone(&served);
        std::thread::spawn(move || {
            for stream in listener.incoming().map_while(Result::ok) {
                // A client that goes away is its own affair.
                let _ = answer(&stream, &shared.lock().expect("no holder panicked"));
            }
        });
        Self { port, served }
    }

    /// Where a browser finds it.
    pub(crate) fn origin(&self) -> String {
        format!("http://localhost:{}", self.port)
    }

    /// Gives out this export as its configuration for nginx says, in place of what was.
    pub(crate) fn give(&self, export: &Path) {
        let configuration =
            std::fs::read_to_string(export.join("nginx.conf")).expect("it was written");
        self.change(|served| {
            let (of_all, of_console) =
                configuration.split_once("location = /console {").unwrap_or((&configuration, ""));
            served.headers = of_all.lines().filter_map(header).collect();
            served.console = of_console.lines().filter_map(header).collect();
            served.kept = configuration.lines().find_map(files_kept).expect("it is said");
            served.files = files(&export.join("www"));
            served.always = None;
        });
    }

    /// Changes what is given out.
    pub(crate) fn change(&self, change: impl FnOnce(&mut Served)) {
        change(&mut self.served.lock().expect("no holder panicked"));
    }
}

impl Served {
    /// Alters the document of the address, in every form of it.
    pub(crate) fn alter_document(&mut self, alter: impl Fn(&str) -> String) {
        self.alter("index.html", alter);
    }

    /// Alters a document, in every form of it.
    pub(crate) fn alter(&mut self, path: &str, alter: impl Fn(&str) -> String) {
        let text = String::from_utf8(self.files[path].clone()).expect("it is text");
        let altered = alter(&text);
        assert_ne!(text, altered, "the document was altered");
        for (ending, bytes) in packed(&altered) {
            self.files.insert(format!("{path}{ending}"), bytes);
        }
    }
}

/// A line of the configuration for nginx that names a header of fixed value.
fn header(line: &str) -> Option<(String, String)> {
    let (name, value) = line.trim().strip_prefix("add_header ")?.split_once(' ')?;
    let value = value.strip_prefix('"')?.strip_suffix("\" always;")?;
    Some((name.to_owned(), value.to_owned()))
}

/// The line that says how files are kept.
fn files_kept(line: &str) -> Option<String> {
    let value = line.trim().strip_prefix("\"~^(200|206|304):/s/\" \"")?.strip_suffix("\";")?;
    Some(value.to_owned())
}

fn files(www: &Path) -> BTreeMap<String, Vec<u8>> {
    let mut files = BTreeMap::new();
    for (folder, before) in [(www.to_path_buf(), ""), (www.join("s"), "s/")] {
        for entry in std::fs::read_dir(folder).expect("the folder is there").flatten() {
            if entry.path().is_file() {
                let name = entry.file_name().into_string().expect("its name is text");
                let bytes = std::fs::read(entry.path()).expect("it can be read");
                files.insert(format!("{before}{name}"), bytes);
            }
        }
    }
    files
}

fn answer(stream: &TcpStream, served: &Served) -> std::io::Result<()> {
    let mut head = String::new();
    let mut reader = BufReader::new(stream);
    while reader.read_line(&mut head)? > 2 {}
    let path = head.split(' ').nth(1).unwrap_or_default().trim_start_matches('/');
    let (path, headers) = match path {
        "" => ("index.html", &served.headers),
        "console" => ("console.html", &served.console),
        path => (path, &served.headers),
    };
    let mut stream = stream;
    if let Some(answer) = &served.always {
        return stream.write_all(answer.as_bytes());
    }
    let wanted = head.lines().find_map(|line| line.strip_prefix("accept-encoding: "));
    let (ending, form) = match wanted {
        Some("br") => (".br", "content-encoding: br\r\n"),
        Some("gzip") => (".gz", "content-encoding: gzip\r\n"),
        _ => ("", ""),
    };
    let Some(body) = served.files.get(&format!("{path}{ending}")) else {
        return stream.write_all(b"HTTP/1.1 404 Not Found\r\ncontent-length: 0\r\n\r\n");
    };
    let kept = if path.starts_with("s/") { &served.kept } else { "no-store" };
    let kind = match path.rsplit('.').next() {
        Some("html") => "text/html; charset=utf-8",
        Some("js") => "text/javascript; charset=utf-8",
        Some("css") => "text/css; charset=utf-8",
        Some("svg") => "image/svg+xml",
        _ => "application/wasm",
    };
    let mut head = format!("HTTP/1.1 200 OK\r\n{form}content-type: {kind}\r\n");
    let kept = ("cache-control".to_owned(), kept.to_owned());
    for (name, value) in headers.iter().chain([&kept]) {
        head.push_str(&format!("{name}: {value}\r\n"));
    }
    head.push_str(&format!("content-length: {}\r\n\r\n", body.len()));
    stream.write_all(head.as_bytes())?;
    stream.write_all(body)
}
