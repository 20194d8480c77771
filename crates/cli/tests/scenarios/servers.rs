//! The configurations that `site export` writes, in the servers that they are for, held against the release by
//! `site verify`. A server that is not installed is passed over, and said.

use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use crate::support::pages::pages;
use crate::support::program::Program;
use crate::support::{file, free_port, http_get, installed, run_badly, run_well, stillroom, text};

/// A server that is gone with its test.
struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Where a server's program is; that it is not there is said.
fn to_try(name: &str) -> Option<PathBuf> {
    let found = installed(name);
    if found.is_none() {
        eprintln!("{name} is not installed: its configuration was not tried");
    }
    found
}

/// Exports both pages one after the other, gives each out by a server that `start` starts with the
/// configuration and the folder of the pages, and looks whether it is right.
fn try_out(configuration: &str, start: impl Fn(&Path, &str, u16) -> Command) {
    let scene = Scene::new();
    for page in ["survivor", "desk"] {
        let port = free_port();
        let origin = format!("http://localhost:{port}");
        let export = scene.export(page, &origin);
        let _server = scene.give(&export, configuration, port, &start);
        scene.verify(&export, &origin, &[]);
        for nothing in
            ["/nothing", "/s/p-nothing.js", "/s/p-boot.js.br", "/s/", "/manifest.stillroom"]
        {
            let answer = http_get(port, nothing).unwrap().to_lowercase();
            assert!(answer.starts_with("http/1.1 404"), "{nothing}: {answer}");
            assert!(answer.contains("cache-control: no-store"), "{nothing}: {answer}");
            assert!(answer.contains("content-security-policy: default-src 'none'"), "{answer}");
        }
    }
}

/// The same over TLS, with a certificate that this test made and trusts.
fn try_out_over_tls(configuration: &str, start: impl Fn(&Path, &str, u16) -> Command) {
    if to_try("openssl").is_none() {
        return;
    }
    let scene = Scene::new();
    let port = free_port();
    let origin = format!("https://localhost:{port}");
    let export = scene.export("survivor", &origin);
    let trusted = certificate(&export);
    let _server = scene.give(&export, configuration, port, &start);
    scene.verify(&export, &origin, &[("SSL_CERT_FILE", &trusted)]);
    let said = run_badly(&["site", "verify", &origin, "--pages", text(&scene.pages)]);
    assert!(said.contains("not secure"), "whom nobody vouches for: {said}");
}

/// A program and the project's pages.
struct Scene {
    program: Program,
    pages: PathBuf,
}

impl Scene {
    fn new() -> Self {
        let program = Program::new();
        let pages = pages(program.folder.path());
        readable(program.folder.path());
        Self { program, pages }
    }

    fn export(&self, page: &str, origin: &str) -> PathBuf {
        let export = self.program.path(&format!("export-{page}"));
        run_well(&[
            "site",
            "export",
            page,
            text(&self.program.path("program")),
            "--origin",
            origin,
            "--relay",
            "https://relay.example.net",
            "--into",
            text(&export),
            "--passphrase-file",
            text(&self.program.path("passphrase")),
            "--pages",
            text(&self.pages),
        ]);
        export
    }

    /// Starts the server, and waits until it listens.
    fn give(
        &self,
        export: &Path,
        configuration: &str,
        port: u16,
        start: impl Fn(&Path, &str, u16) -> Command,
    ) -> Running {
        let written = std::fs::read_to_string(export.join(configuration)).unwrap();
        assert!(written.contains("/srv/localhost"), "{written}");
        let written = written
            .replace("/srv/localhost", text(&export.join("www")))
            .replace("/etc/letsencrypt/live/localhost", text(export));
        let mut command = start(export, &written, port);
        let server = command.stdout(Stdio::null()).stderr(Stdio::inherit()).spawn().unwrap();
        let mut server = Running(server);
        while TcpStream::connect(("127.0.0.1", port)).is_err() {
            assert!(server.0.try_wait().unwrap().is_none(), "{configuration} does not start");
        }
        server
    }

    /// Looks in both ways.
    fn verify(&self, export: &Path, origin: &str, environment: &[(&str, &Path)]) {
        let manifest = export.join("manifest.stillroom");
        let here = ["site", "verify", origin, "--pages", text(&self.pages)];
        let signed =
            ["site", "verify", origin, "--root", &self.program.root, "--manifest", text(&manifest)];
        for arguments in [&here[..], &signed[..]] {
            let mut command = stillroom(arguments);
            command.envs(environment.iter().copied());
            let output = command.output().unwrap();
            assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        }
    }
}

/// Makes a certificate for `localhost` under the names that a server expects; who vouches for it.
fn certificate(folder: &Path) -> PathBuf {
    file(folder, "names", "subjectAltName=DNS:localhost\n");
    let openssl = |arguments: &str| {
        let mut command = Command::new("openssl");
        let output = command.args(arguments.split(' ')).current_dir(folder).output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    };
    let key = "-newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes";
    openssl(&format!("req -x509 {key} -keyout ca.key -out ca.pem -days 2 -subj /CN=test"));
    openssl(&format!("req {key} -keyout privkey.pem -out request.pem -subj /CN=localhost"));
    openssl(
        "x509 -req -in request.pem -CA ca.pem -CAkey ca.key -CAcreateserial -days 2 -extfile names \
         -out fullchain.pem",
    );
    folder.join("ca.pem")
}

/// A server that gives up its rights reads as anybody does.
fn readable(folder: &Path) {
    use std::os::unix::fs::PermissionsExt as _;
    std::fs::set_permissions(folder, std::fs::Permissions::from_mode(0o755)).unwrap();
}

fn nginx(program: &Path, export: &Path, configuration: &str) -> Command {
    file(export, "site.conf", configuration);
    let all = format!(
        "daemon off;\nmaster_process off;\nerror_log stderr;\npid {0}/nginx.pid;\nevents {{}}\nhttp {{\n\
         client_body_temp_path {0}/t1;\nproxy_temp_path {0}/t2;\nfastcgi_temp_path {0}/t3;\n\
         uwsgi_temp_path {0}/t4;\nscgi_temp_path {0}/t5;\ninclude {0}/site.conf;\n}}\n",
        export.display()
    );
    let mut command = Command::new(program);
    command.args(["-p", text(export), "-e", "stderr", "-c", text(&file(export, "all.conf", &all))]);
    command
}

fn apache(program: &Path, export: &Path, configuration: &str, port: u16) -> Command {
    let modules = program.parent().unwrap().join("../lib/apache2/modules");
    let mut all = format!(
        "ServerRoot \"{0}\"\nServerName localhost\nListen {port}\nPidFile {0}/apache.pid\n\
         DefaultRuntimeDir {0}\nErrorLog /dev/stderr\nMutex file:{0}\n",
        export.display()
    );
    for module in ["mpm_event", "authz_core", "mime", "headers", "rewrite", "socache_shmcb", "ssl"]
    {
        let library = modules.join(format!("mod_{module}.so"));
        all.push_str(&format!("LoadModule {module}_module {}\n", library.display()));
    }
    all.push_str("User nobody\nGroup nogroup\nTypesConfig /dev/null\n");
    all.push_str(configuration);
    let mut command = Command::new(program);
    command.args(["-X", "-f", text(&file(export, "all.conf", &all))]);
    command
}

fn caddy(program: &Path, export: &Path, configuration: &str) -> Command {
    let all = format!("{{\n\tadmin off\n}}\n{configuration}");
    let all = file(export, "all.caddy", &all);
    let mut command = Command::new(program);
    command.args(["run", "--adapter", "caddyfile", "--config", text(&all)]);
    command.env("XDG_DATA_HOME", export).env("XDG_CONFIG_HOME", export);
    command
}

#[test]
fn nginx_gives_out_just_what_was_exported() {
    if let Some(program) = to_try("nginx") {
        let start = |export: &Path, configuration: &str, _| nginx(&program, export, configuration);
        try_out("nginx.conf", start);
        try_out_over_tls("nginx.conf", start);
    }
}

#[test]
fn apache_gives_out_just_what_was_exported() {
    if let Some(program) = to_try("apache2") {
        let start = |export: &Path, configuration: &str, port| {
            apache(&program, export, configuration, port)
        };
        try_out("apache.conf", start);
        try_out_over_tls("apache.conf", start);
    }
}

/// Caddy makes its certificates itself, and asks somebody on the network for them.
#[test]
fn caddy_gives_out_just_what_was_exported() {
    if let Some(program) = to_try("caddy") {
        try_out("Caddyfile", |export, configuration, _| caddy(&program, export, configuration));
    }
}
