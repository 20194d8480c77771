//! Configurations that give a page out with every header that the relay sends.
//!
//! The three files in `samples/servers/` are what is written, their holes filled. A header that is not there
//! is a promise that no browser keeps; `verify` names it.

use stillroom_relay::{Origin, Which, files_kept, strict};

use super::Page;

/// The servers, and under which name the configuration of each is written.
pub(super) const SERVERS: [Server; 3] = [
    Server {
        file: "nginx.conf",
        written: include_str!("../../samples/servers/nginx.conf"),
        header: |name, value| format!("    add_header {name} \"{value}\" always;\n"),
        // A header of a location's own takes away all those of the server.
        console: |headers| {
            let headers: String = headers.iter().map(|line| format!("    {line}")).collect();
            format!(
                "    location = /console {{\n{headers}        add_header cache-control \"no-store\" always;\n        \
                 try_files /console.html =404;\n    }}\n"
            )
        },
        listen: |place| {
            let (host, port) = (&place.host, place.port);
            if !place.tls {
                return format!("    listen 127.0.0.1:{port};");
            }
            format!(
                "    listen {port} ssl;\n    listen [::]:{port} ssl;\n    \
                 ssl_certificate /etc/letsencrypt/live/{host}/fullchain.pem;\n    \
                 ssl_certificate_key /etc/letsencrypt/live/{host}/privkey.pem;"
            )
        },
    },
    Server {
        file: "apache.conf",
        written: include_str!("../../samples/servers/apache.conf"),
        header: |name, value| format!("    Header always set {name} \"{value}\"\n"),
        console: |headers| {
            let only = "\"expr=%{REQUEST_URI} =~ m#^/console#\"";
            headers.iter().map(|line| format!("{} {only}\n", line.trim_end())).collect()
        },
        listen: |place| {
            let host = &place.host;
            if !place.tls {
                return String::new();
            }
            format!(
                "    SSLEngine on\n    SSLCertificateFile /etc/letsencrypt/live/{host}/fullchain.pem\n    \
                 SSLCertificateKeyFile /etc/letsencrypt/live/{host}/privkey.pem\n"
            )
        },
    },
    Server {
        file: "Caddyfile",
        written: include_str!("../../samples/servers/Caddyfile"),
        header: |name, value| format!("\t\t\t{name} \"{value}\"\n"),
        console: |headers| {
            let headers: String = headers.concat();
            format!(
                "\t\t@console path /console\n\t\theader @console {{\n{headers}\t\t}}\n\t\trewrite /console /console.html\n"
            )
        },
        listen: |_| String::new(),
    },
];

/// One server's configuration.
pub(super) struct Server {
    pub(super) file: &'static str,
    written: &'static str,
    /// A line for one header.
    header: fn(&str, &str) -> String,
    /// What it says of `/console`, beside the desk, of these lines for headers.
    console: fn(&[String]) -> String,
    /// Where it listens, and with which certificate.
    listen: fn(&Place) -> String,
}

/// Where a page is given out, in parts.
struct Place {
    tls: bool,
    host: String,
    port: u16,
}

impl Server {
    /// The configuration for a page at `origin` whose relay is at `relay`.
    pub(super) fn configuration(&self, page: Page, origin: &Origin, relay: &Origin) -> String {
        let place = Place::of(origin);
        let headers = |which| {
            let headers = strict(which, origin, relay);
            headers.iter().map(|(header, value)| (self.header)(header, value)).collect::<Vec<_>>()
        };
        let console = match page {
            Page::Survivor => String::new(),
            Page::Desk => (self.console)(&headers(Which::Console)),
        };
        self.written
            .replace("{{origin}}", origin.as_str())
            .replace("{{host}}", &place.host)
            .replace("{{port}}", &place.port.to_string())
            .replace("{{name}}", &format!("stillroom_{}", page.key()))
            .replace("{{files_kept}}", files_kept(page.which()))
            .replace("{{listen}}", &(self.listen)(&place))
            .replace("{{headers}}\n", &headers(page.which()).concat())
            .replace("{{console}}\n", &console)
    }
}

impl Place {
    fn of(origin: &Origin) -> Self {
        let tls = origin.is_tls();
        let host = origin.as_str().split_once("://").map_or("", |(_, host)| host);
        let (host, port) = match host.rsplit_once(':') {
            Some((before, port)) if !port.ends_with(']') => (before, port.parse().ok()),
            _ => (host, None),
        };
        Self { tls, host: host.to_owned(), port: port.unwrap_or(if tls { 443 } else { 80 }) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_configuration_has_every_header_and_no_hole() {
        let origin = "https://chat.example.org".parse().unwrap();
        let relay = "https://relay.example.net".parse().unwrap();
        for server in &SERVERS {
            let written = server.configuration(Page::Desk, &origin, &relay);
            for which in [Which::Desk, Which::Console] {
                for (name, value) in strict(which, &origin, &relay) {
                    let line = (server.header)(name, &value);
                    assert!(written.contains(line.trim_end()), "{}: {line}", server.file);
                }
            }
            assert!(written.contains("no-store") && written.contains("immutable"), "{written}");
            assert!(written.contains("chat.example.org") && !written.contains("{{"), "{written}");
        }
    }

    #[test]
    fn a_port_is_taken_from_the_address() {
        let place = Place::of(&"https://[::1]:8443".parse().unwrap());
        assert_eq!((place.host.as_str(), place.port), ("[::1]", 8443));
        assert_eq!(Place::of(&"https://chat.example.org".parse().unwrap()).port, 443);
        assert_eq!(Place::of(&"http://localhost:8080".parse().unwrap()).port, 8080);
    }
}
