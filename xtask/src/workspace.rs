//! The workspace as cargo describes it: its crates, their folders, and which uses which.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use serde_json::Value;

use crate::failure::{Failure, Outcome};
use crate::places;
use crate::run::Run;

/// One crate of the workspace.
#[derive(Clone, Debug)]
pub(crate) struct Package {
    pub(crate) name: String,
    pub(crate) folder: PathBuf,
    /// What it uses to do its work, not what its tests use.
    pub(crate) uses: BTreeSet<String>,
    /// What its tests use beside that.
    pub(crate) tests_use: BTreeSet<String>,
}

/// Every crate of the workspace, by name.
pub(crate) fn packages() -> Outcome<BTreeMap<String, Package>> {
    let text = Run::cargo().args(["metadata", "--format-version", "1", "--no-deps"]).quietly()?;
    let metadata: Value = serde_json::from_str(&text)
        .map_err(|error| Failure::new(format!("cargo metadata: {error}")))?;
    let mut packages = BTreeMap::new();
    for package in items(metadata.get("packages")) {
        let name = text_of(package, "name");
        let mut uses = BTreeSet::new();
        let mut tests_use = BTreeSet::new();
        for dependency in items(package.get("dependencies")) {
            let used = text_of(dependency, "name");
            match text_of(dependency, "kind").as_str() {
                "dev" => tests_use.insert(used),
                _ => uses.insert(used),
            };
        }
        let mut folder = PathBuf::from(text_of(package, "manifest_path"));
        folder.pop();
        packages.insert(name.clone(), Package { name, folder, uses, tests_use });
    }
    Ok(packages)
}

/// The folders of a crate and of all crates here that it uses, with the files that rule them all.
pub(crate) fn sources(package: &str) -> Outcome<Vec<PathBuf>> {
    let packages = packages()?;
    let mut open = vec![package.to_owned()];
    let mut seen = BTreeSet::new();
    while let Some(name) = open.pop() {
        if let Some(found) = packages.get(&name)
            && seen.insert(name)
        {
            open.extend(found.uses.iter().cloned());
        }
    }
    let root = places::root();
    let mut paths = vec![root.join("Cargo.toml"), root.join("Cargo.lock")];
    paths.extend(
        seen.iter().filter_map(|name| packages.get(name)).map(|found| found.folder.clone()),
    );
    Ok(paths)
}

fn items(value: Option<&Value>) -> impl Iterator<Item = &Value> {
    value.and_then(Value::as_array).into_iter().flatten()
}

fn text_of(value: &Value, name: &str) -> String {
    value.get(name).and_then(Value::as_str).unwrap_or_default().to_owned()
}
