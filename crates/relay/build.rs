//! Puts the built pages into the program.
//!
//! They are looked for in the folder that the environment names in `STILLROOM_PAGES`, or in the
//! workspace's `target/pages`, where `cargo xtask` builds them. Where there are none, the program is built
//! without, and says so when somebody opens a page.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::{env, fs, io};

fn main() -> io::Result<()> {
    println!("cargo::rerun-if-env-changed=STILLROOM_PAGES");
    let pages = match env::var_os("STILLROOM_PAGES") {
        Some(folder) => PathBuf::from(folder),
        None => Path::new(&variable("CARGO_MANIFEST_DIR")?).join("../../target/pages"),
    };
    let mut table = String::new();
    for site in ["survivor", "desk", "practice", "console"] {
        let folder = pages.join(site);
        // An empty folder, so that cargo has something whose change it sees.
        fs::create_dir_all(&folder)?;
        println!("cargo::rerun-if-changed={}", folder.display());
        let mut files = BTreeMap::new();
        collect(&folder, &mut files)?;
        let name = site.to_uppercase();
        let _ = writeln!(table, "pub(super) static {name}: &[Embedded] = &[");
        for (name, path) in files {
            let _ = writeln!(
                table,
                "    Embedded {{ name: {name:?}, bytes: include_bytes!({path:?}) }},"
            );
        }
        table.push_str("];\n");
    }
    fs::write(Path::new(&variable("OUT_DIR")?).join("pages.rs"), table)
}

fn variable(name: &str) -> io::Result<String> {
    env::var(name).map_err(|_| io::Error::other(format!("cargo did not set {name}")))
}

fn collect(folder: &Path, into: &mut BTreeMap<String, PathBuf>) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path().canonicalize()?;
        if path.is_dir() {
            collect(&path, into)?;
        } else if let Some(name) = path.file_name().and_then(|name| name.to_str()) {
            into.insert(name.to_owned(), path.clone());
        }
    }
    Ok(())
}
