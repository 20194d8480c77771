//! `stillroom site`: the snippet, pages of the program's own, and whether a server gives out just these.

use std::path::PathBuf;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest as _, Sha256, Sha384};

use crate::support::pages::{Served, StaticServer, pages};
use crate::support::program::Program;
use crate::support::{file, run_badly, run_well, text};

const RELAY: &str = "https://relay.example.net";

/// A program, the project's pages, and a bare server that gives the survivor's page out.
struct Scene {
    program: Program,
    pages: PathBuf,
    export: PathBuf,
    server: StaticServer,
}

impl Scene {
    fn start() -> Self {
        let program = Program::new();
        let pages = pages(program.folder.path());
        let export = program.path("export");
        let scene = Self { program, pages, export, server: StaticServer::start() };
        scene.export("survivor");
        scene
    }

    /// `site export`, to be given out from now on.
    fn export(&self, page: &str) -> String {
        let said = run_well(&self.export_arguments(page, &self.server.origin(), RELAY));
        self.server.give(&self.export);
        said
    }

    fn export_arguments(&self, page: &str, origin: &str, relay: &str) -> Vec<String> {
        let program = &self.program;
        [
            "site",
            "export",
            page,
            text(&program.path("program")),
            "--origin",
            origin,
            "--relay",
            relay,
            "--into",
            text(&self.export),
            "--passphrase-file",
            text(&program.path("passphrase")),
            "--pages",
            text(&self.pages),
        ]
        .map(str::to_owned)
        .into()
    }

    /// `site verify` against the pages in this scene's folder.
    fn verify(&self) -> Vec<String> {
        ["site", "verify", &self.server.origin(), "--pages", text(&self.pages)]
            .map(str::to_owned)
            .into()
    }

    /// `site verify` against what the program signed.
    fn verify_signed(&self) -> Vec<String> {
        let manifest = self.export.join("manifest.stillroom");
        let (origin, root) = (self.server.origin(), &self.program.root);
        ["site", "verify", &origin, "--root", root, "--manifest", text(&manifest)]
            .map(str::to_owned)
            .into()
    }

    /// What both ways of looking say of a server that was changed like this.
    fn after(&self, change: impl FnOnce(&mut Served)) -> [String; 2] {
        self.server.give(&self.export);
        self.server.change(change);
        [self.verify(), self.verify_signed()].map(|arguments| run_badly(&arguments))
    }

    fn exported(&self, name: &str) -> String {
        std::fs::read_to_string(self.export.join(name)).unwrap()
    }
}

#[test]
fn a_server_that_gives_out_what_was_released_is_found_good() {
    let scene = Scene::start();
    for page in ["survivor", "desk"] {
        scene.export(page);
        let said = run_well(&scene.verify());
        assert!(said.contains(RELAY) && said.contains(&scene.program.root), "{said}");
        let said = run_well(&scene.verify_signed());
        assert!(said.contains("byte for byte") && said.contains("version 2"), "{said}");
    }
}

#[test]
fn one_changed_byte_is_found_and_the_file_named_in_whatever_form_it_travels() {
    let scene = Scene::start();
    for form in ["", ".gz", ".br"] {
        let said = scene.after(|served| {
            let stolen = served.files[&format!("s/p-leave.js{form}")].clone();
            served.files.insert(format!("s/p-boot.js{form}"), stolen);
        });
        for said in said {
            assert!(said.contains("s/p-boot.js"), "{said}");
            assert_eq!(said.matches("  - ").count(), 1, "{said}");
        }
    }
    let said = scene.after(|served| {
        let file = served.files.get_mut("s/p-survivor.wasm").unwrap();
        file[7] ^= 1;
    });
    assert!(said.iter().all(|said| said.contains("s/p-survivor.wasm (identity) is not the file")));
}

#[test]
fn the_console_is_given_out_beside_the_desk_and_held_to_what_was_released() {
    let scene = Scene::start();
    scene.export("desk");
    let console = scene.exported("www/console.html");
    assert!(console.contains(&format!("data-relay=\"{RELAY}\"")), "it finds its relay");
    let said = scene.after(|served| {
        served.alter("console.html", |page| {
            page.replace("</head>", "<script src=\"/s/p-boot2.js\"></script>\n</head>")
        });
    });
    for said in said {
        assert!(said.contains("the console's document") && said.contains("is another"), "{said}");
    }
    let said = scene.after(|served| {
        served.files.remove("console.html");
    });
    assert!(said.iter().all(|said| said.contains("the console: it answers 404")), "{said:?}");
    let said = scene.after(|served| {
        served.console.retain(|(name, _)| name != "content-security-policy");
    });
    assert!(said.iter().all(|said| said.contains("the console: ")), "{said:?}");
    scene.export("survivor");
    assert!(!scene.export.join("www/console.html").exists(), "survivors get none");
}

#[test]
fn an_extra_script_is_found_and_shown() {
    let scene = Scene::start();
    let said = scene.after(|served| {
        served.alter_document(|page| {
            page.replace("</head>", "<script src=\"/s/p-leave2.js\"></script>\n</head>")
        });
    });
    assert!(said[0].contains("<script src=\"/s/p-leave2.js\">"), "{}", said[0]);
    assert!(said[1].contains("not the document that was signed"), "{}", said[1]);
}

#[test]
fn an_altered_telephone_number_is_found_by_what_the_program_signed() {
    let scene = Scene::start();
    scene.server.change(|served| {
        served.alter_document(|page| page.replace("555 010 0100", "555 010 6666"));
    });
    run_well(&scene.verify());
    assert!(run_badly(&scene.verify_signed()).contains("document"));
}

#[test]
fn a_missing_header_is_named_with_the_promise_that_is_lost() {
    let scene = Scene::start();
    for (name, promise) in [
        ("content-security-policy", "code from elsewhere could run in the page"),
        ("referrer-policy", "where they were"),
        ("cross-origin-opener-policy", "keeps a hold of it"),
        ("x-frame-options", "inside its own"),
    ] {
        let said = scene.after(|served| served.headers.retain(|(found, _)| found != name));
        for said in said {
            assert!(said.contains(name) && said.contains(promise), "{said}");
        }
    }
}

#[test]
fn another_programs_page_is_found_by_its_fingerprint() {
    let scene = Scene::start();
    let other = "a".repeat(64);
    let mut arguments = scene.verify();
    arguments.extend(["--root".to_owned(), other.clone()]);
    assert!(run_badly(&arguments).contains("another program"));
    let arguments: Vec<_> = scene
        .verify_signed()
        .into_iter()
        .map(|argument| if argument == scene.program.root { other.clone() } else { argument })
        .collect();
    assert!(run_badly(&arguments).contains("not signed by this program"));
}

#[test]
fn a_server_that_leads_elsewhere_or_talks_without_end_gives_out_no_page() {
    let scene = Scene::start();
    for (always, why) in [
        (
            "HTTP/1.1 302 Found\r\nlocation: https://example.org/\r\ncontent-length: 0\r\n\r\n",
            "302",
        ),
        ("HTTP/1.1 200 OK\r\ncontent-length: 99999999999\r\n\r\n", "not whole"),
        ("no server at all\r\n\r\n", "not whole"),
    ] {
        scene.server.change(|served| served.always = Some(always.to_owned()));
        let said = run_badly(&scene.verify());
        assert!(said.contains("no page") && said.contains(why), "{said}");
    }
}

#[test]
fn the_relays_own_page_can_be_looked_at_too() {
    let scene = Scene::start();
    let configuration = format!(
        "{}[testing]\npages = \"pages\"\n",
        std::fs::read_to_string(scene.program.path("relay.toml")).unwrap()
    );
    file(scene.program.folder.path(), "relay.toml", &configuration);
    let _relay = scene.program.serve();
    let arguments =
        ["site", "verify", &format!("http://localhost:{}", scene.program.visitor), "--pages"];
    let said = run_well(&[&arguments[..], &[text(&scene.pages)]].concat());
    assert!(said.contains("comes from the relay itself"), "{said}");
}

#[test]
fn an_export_has_the_relay_and_the_root_inside_and_its_rules_in_the_document() {
    let scene = Scene::start();
    let page = scene.exported("www/index.html");
    for part in [
        format!("data-root=\"{}\"", scene.program.root),
        format!("data-relay=\"{RELAY}\""),
        "http-equiv=\"Content-Security-Policy\" content=\"default-src &#39;none&#39;".to_owned(),
        format!("connect-src &#39;self&#39; {RELAY} wss://relay.example.net;"),
        "Every day".to_owned(),
        "data-state=\"unknown\"".to_owned(),
    ] {
        assert!(page.contains(&part), "{part}");
    }
    let rules = page.find("http-equiv=\"Content-Security-Policy\"").unwrap();
    assert!(rules < page.find("<script").unwrap(), "the rules come before the first script");
    for server in ["nginx.conf", "apache.conf", "Caddyfile"] {
        assert!(scene.exported(server).contains("wss://relay.example.net"), "{server}");
    }
}

#[test]
fn a_later_export_takes_the_place_of_an_earlier_one_and_of_nothing_else() {
    let scene = Scene::start();
    assert!(scene.export.join("www/s/p-leave.js").is_file());
    scene.export("desk");
    assert!(!scene.export.join("www/s/p-leave.js").exists(), "the desk has no such file");
    let foreign = scene.program.path("foreign");
    std::fs::create_dir(&foreign).unwrap();
    file(&foreign, "index.html", "somebody else's");
    let mut arguments = scene.export_arguments("desk", "https://desk.example.org", RELAY);
    let into = arguments.iter().position(|argument| argument == "--into").unwrap() + 1;
    arguments[into] = text(&foreign).to_owned();
    assert!(run_badly(&arguments).contains("something else than an export"));
    assert_eq!(std::fs::read_dir(&foreign).unwrap().count(), 1);
}

#[test]
fn what_would_undo_a_page_of_ones_own_is_refused_in_words() {
    let scene = Scene::start();
    for (origin, relay, why) in [
        (RELAY, RELAY, "whoever runs the relay could give out other code"),
        ("https://example.org/chat", RELAY, "never a folder of a website"),
        ("https://chat.example.org", "wss://relay.example.net/line", "no path behind it"),
        ("http://chat.example.org", RELAY, "http:// is for localhost alone"),
        (RELAY, "wss://relay.example.net/", "would both be at"),
    ] {
        let said = run_badly(&scene.export_arguments("survivor", origin, relay));
        let said = said.split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(said.contains(why), "{said}");
    }
}

#[test]
fn a_snippet_is_printed_with_its_script_inside_or_written_with_it_beside() {
    let scene = Scene::start();
    let folder = scene.program.path("program");
    let arguments =
        ["site", "snippet", text(&folder), "--chat", "https://chat.example.org", "--relay", RELAY];
    let inline = run_well(&arguments);
    assert!(
        inline.contains("data-status=\"https://relay.example.net/now\"")
            && inline.contains("<script>")
    );

    let into = scene.program.path("snippet");
    let said =
        run_well(&[&arguments[..], &["--into", text(&into), "--script", "/files/s.js"]].concat());
    let read = |name: &str| std::fs::read_to_string(into.join(name)).unwrap();
    let script = read("snippet.js");
    let hash = STANDARD.encode(Sha384::digest(&script));
    let tag = format!("<script src=\"/files/s.js\" integrity=\"sha384-{hash}\" defer></script>");
    assert!(read("snippet.html").contains(&tag));
    assert!(read("snippet-inline.html").contains(&script));
    assert!(said.contains(&STANDARD.encode(Sha256::digest(&script))), "{said}");
    assert!(said.contains(&format!("connect-src {RELAY}")), "{said}");
}
