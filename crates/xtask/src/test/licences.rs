//! Whether every dependency's licence lets the project be used under Apache-2.0.
//!
//! What is shipped (compiled in, or bundled into the page) must be permissive. Tools that only build and
//! test may also be under weak copyleft: nothing of them is distributed.

mod expression;

use std::fs;
use std::process::Command;
use std::time::Duration;

use anyhow::{Context, Result, bail};
use serde_json::Value;

use super::native::FUZZ;
use super::outcome::Outcome;
use crate::process::Task;
use crate::setup::Setup;
use crate::workspace::Workspace;

/// Permissive licences, SPDX identifiers.
const PERMISSIVE: [&str; 14] = [
    "0BSD",
    "Apache-2.0",
    "Apache-2.0 WITH LLVM-exception",
    "BlueOak-1.0.0",
    "BSD-2-Clause",
    "BSD-3-Clause",
    "BSL-1.0",
    "CC0-1.0",
    "ISC",
    "MIT",
    "MIT-0",
    "NCSA",
    "Unicode-3.0",
    "Zlib",
];

/// Fit for tools that are run and not distributed.
const TOOLS: [&str; 3] = ["CC-BY-4.0", "LGPL-3.0-or-later", "MPL-2.0"];

/// One dependency.
#[derive(Debug)]
struct Package {
    /// `crate serde 1.0.229`, `npm vite 8.3.8`.
    name: String,
    licence: Option<String>,
    shipped: bool,
}

pub(super) fn check(setup: &Setup<'_>) -> Result<Outcome> {
    let workspace = setup.workspace();
    setup.node_with_packages()?;
    let mut packages = crates(workspace, "Cargo.toml", true)?;
    packages.extend(crates(workspace, FUZZ, false)?);
    packages.extend(npm(workspace)?);
    let refused: Vec<String> = packages.iter().filter_map(refusal).collect();
    if !refused.is_empty() {
        bail!(
            "{} of {} dependencies may not be used:\n  {}\n  choose another package, or add the \
             licence to {} if it is compatible",
            refused.len(),
            packages.len(),
            refused.join("\n  "),
            file!()
        );
    }
    Ok(Outcome::passed())
}

/// Why a package may not be used, if so.
fn refusal(package: &Package) -> Option<String> {
    let name = &package.name;
    let Some(licence) = &package.licence else { return Some(format!("{name}: names no licence")) };
    let allowed = |id: &str| PERMISSIVE.contains(&id) || (!package.shipped && TOOLS.contains(&id));
    match expression::holds(licence, &allowed) {
        Ok(true) => None,
        Ok(false) if package.shipped => {
            Some(format!("{name}: `{licence}` is not permissive, and it is shipped"))
        }
        Ok(false) => Some(format!("{name}: `{licence}` is on no list")),
        Err(reason) => Some(format!("{name}: `{licence}` is no SPDX expression: {reason}")),
    }
}

/// Every crate in the tree of `manifest`, on whatever platform. Tests and commands are taken as shipped where
/// anything of the tree is.
fn crates(workspace: &Workspace, manifest: &str, shipped: bool) -> Result<Vec<Package>> {
    let text = Task::new(workspace, "cargo metadata").limit(Duration::from_secs(120)).output(
        Command::new("cargo").current_dir(workspace.root()).args([
            "metadata",
            "--format-version",
            "1",
            "--all-features",
            "--locked",
            "--manifest-path",
            manifest,
        ]),
    )?;
    let metadata: Value = serde_json::from_str(&text).context("cargo metadata is not JSON")?;
    let packages = metadata.get("packages").and_then(Value::as_array);
    let packages = packages.context("cargo metadata names no packages")?;
    let package = |package: &Value| {
        let (name, version) = (text_of(package, "name"), text_of(package, "version"));
        Package {
            name: format!("crate {} {}", name.unwrap_or_default(), version.unwrap_or_default()),
            licence: text_of(package, "license").map(str::to_owned),
            shipped,
        }
    };
    Ok(packages.iter().map(package).collect())
}

/// Every package of `package-lock.json`, on whatever platform.
fn npm(workspace: &Workspace) -> Result<Vec<Package>> {
    let lock = fs::read_to_string(workspace.path("package-lock.json"))
        .context("cannot read package-lock.json")?;
    let lock: Value = serde_json::from_str(&lock).context("package-lock.json is not JSON")?;
    let packages = lock.get("packages").and_then(Value::as_object);
    let packages = packages.context("package-lock.json names no packages")?;
    let is = |package: &Value, flag: &str| package.get(flag) == Some(&Value::Bool(true));
    Ok(packages
        .iter()
        // The root itself, and links to the workspaces, whose own entries are there too.
        .filter(|(place, package)| !place.is_empty() && !is(package, "link"))
        .map(|(place, package)| {
            let name = place.rsplit("node_modules/").next().unwrap_or(place);
            let version = text_of(package, "version").unwrap_or_default();
            let licence = text_of(package, "license").map(str::to_owned);
            Package {
                name: format!("npm {name} {version}"),
                licence: licence.or_else(|| installed_licence(workspace, place)),
                shipped: !is(package, "dev") && !place.starts_with("tests"),
            }
        })
        .collect())
}

/// The licence as the installed package tells it; old ones have an object or a list of them.
fn installed_licence(workspace: &Workspace, place: &str) -> Option<String> {
    let manifest = fs::read_to_string(workspace.path(place).join("package.json")).ok()?;
    let manifest: Value = serde_json::from_str(&manifest).ok()?;
    let named =
        |value: &Value| value.as_str().or_else(|| text_of(value, "type")).map(str::to_owned);
    manifest.get("license").and_then(named).or_else(|| {
        let list = manifest.get("licenses")?.as_array()?;
        let all: Vec<String> = list.iter().filter_map(named).collect();
        (!all.is_empty()).then(|| all.join(" OR "))
    })
}

fn text_of<'a>(value: &'a Value, field: &str) -> Option<&'a str> {
    value.get(field)?.as_str()
}

#[cfg(test)]
mod tests {
    use super::{Package, refusal};

    fn package(licence: Option<&str>, shipped: bool) -> Package {
        Package { name: "npm thing 1.0.0".into(), licence: licence.map(str::to_owned), shipped }
    }

    #[test]
    fn a_refusal_names_package_and_licence() {
        assert_eq!(refusal(&package(Some("MIT"), true)), None);
        assert_eq!(
            refusal(&package(Some("AGPL-3.0-only"), false)).unwrap(),
            "npm thing 1.0.0: `AGPL-3.0-only` is on no list"
        );
        assert_eq!(refusal(&package(None, false)).unwrap(), "npm thing 1.0.0: names no licence");
    }

    #[test]
    fn weak_copyleft_is_for_tools_alone() {
        assert_eq!(refusal(&package(Some("MPL-2.0"), false)), None);
        assert!(refusal(&package(Some("MPL-2.0"), true)).is_some());
    }
}
