//! Debian's `rustc-web`, which is current, has its source, and comes over apt.
//!
//! It has no standard library for WebAssembly, so cargo builds that along with the crates, into a target
//! folder in the cache: a second clone finds it there, and every dependency with it. cargo judges by what
//! files hold, not by their times, or two checkouts would take each other's crates for their own.

use std::ffi::OsString;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::Command;
use std::time::Duration;

use anyhow::{Context, Result, bail};

use super::{Kind, Toolchain, WASM};
use crate::process::Task;
use crate::progress::say;
use crate::setup::debian as apt;
use crate::workspace::Workspace;

/// Where Debian's `rust-web-src` puts the standard library's source.
const SOURCE: &str = "/usr/lib/rustlib/src/rust/library/Cargo.toml";
/// A link to `lld-N`, whose number is that of the package that holds the linker.
const LINKER: &str = "/usr/bin/rust-lld";
const PACKAGES: [&str; 4] = ["rustc-web", "cargo-web", "rust-web-src", "rust-web-llvm"];

/// Whether compiler, source and linker are there.
pub(super) fn is_ready() -> bool {
    Path::new("/usr/bin/rustc").is_file()
        && Path::new("/usr/bin/cargo").is_file()
        && Path::new(SOURCE).is_file()
        && fs::canonicalize(LINKER).is_ok()
}

/// Debian's compiler, installed where it is missing.
pub(super) fn toolchain(workspace: &Workspace) -> Result<Toolchain> {
    const WHAT: &str = "Debian's Rust";
    if !is_ready() {
        let why = "a compiler with the source of its standard library is needed";
        apt::install(workspace, WHAT, why, &PACKAGES)?;
        if fs::canonicalize(LINKER).is_err() {
            let package = linker_package()?;
            apt::install(workspace, WHAT, "its linker is needed", &[&package])?;
        }
    }
    let version = version_of(workspace)?;
    let target = workspace.cache(format!("target-debian-rust-{version}"));
    let stand_ins = workspace.cache(format!("debian-rust-{version}"));
    write_stand_ins(&stand_ins)?;
    if !target.join(WASM).is_dir() {
        say(WHAT, "the standard library is built with the first crate, about a minute more");
    }
    let variable = |name: &str, value: &str| (OsString::from(name), OsString::from(value));
    let env = vec![
        variable("RUSTC", "/usr/bin/rustc"),
        variable("RUSTDOC", "/usr/bin/rustdoc"),
        // Building the standard library is not stable; this compiler is, so it must be let.
        variable("RUSTC_BOOTSTRAP", "1"),
        variable("CARGO_UNSTABLE_CHECKSUM_FRESHNESS", "true"),
        (OsString::from("CARGO_TARGET_DIR"), target.clone().into_os_string()),
    ];
    Ok(Toolchain { kind: Kind::Debian { stand_ins }, env, target })
}

/// The package that holds what the link to the linker points to.
fn linker_package() -> Result<String> {
    let link = fs::read_link(LINKER)
        .with_context(|| format!("Debian's Rust: {LINKER} is missing, so no linker is known"))?;
    let name = link.file_name().unwrap_or(link.as_os_str()).to_string_lossy().into_owned();
    if name.starts_with("lld-") {
        Ok(name)
    } else {
        bail!("Debian's Rust: {LINKER} points to {name}, which is no lld of Debian's")
    }
}

/// `1.96.0-ac68faa20`: what libraries built by one compiler are good for.
fn version_of(workspace: &Workspace) -> Result<String> {
    let text = Task::new(workspace, "Debian's rustc")
        .limit(Duration::from_secs(30))
        .output(Command::new("/usr/bin/rustc").arg("-vV"))?;
    let field = |name: &str| text.lines().find_map(|line| line.strip_prefix(name));
    let (Some(release), Some(commit)) = (field("release: "), field("commit-hash: ")) else {
        bail!("Debian's rustc does not tell its version: {text}");
    };
    Ok(format!("{release}-{}", commit.chars().take(9).collect::<String>()))
}

/// worker-build runs `cargo +nightly`, `rustc +nightly` and asks rustup for nightly's components. These
/// three, first on its path, answer with Debian's compiler.
fn write_stand_ins(folder: &Path) -> Result<()> {
    // worker-build only asks whether this folder exists; the library itself is built along.
    let library = folder.join("lib");
    fs::create_dir_all(&library)
        .with_context(|| format!("cannot make the folder {}", library.display()))?;
    let bin = folder.join("bin");
    write_program(&bin, "cargo", "[ \"$1\" = +nightly ] && shift\nexec /usr/bin/cargo \"$@\"\n")?;
    let rustc = format!(
        "[ \"$1\" = +nightly ] && shift\n\
         case \" $* \" in *\" target-libdir \"*) echo '{}'; exit;; esac\n\
         exec /usr/bin/rustc \"$@\"\n",
        library.display()
    );
    write_program(&bin, "rustc", &rustc)?;
    let rustup = "case \"$1 $2\" in \"component list\") echo 'rust-src (installed)'; exit;; esac\n\
                  echo \"this is no rustup: $*\" >&2\nexit 1\n";
    write_program(&bin, "rustup", rustup)
}

fn write_program(folder: &Path, name: &str, body: &str) -> Result<()> {
    let path = folder.join(name);
    let text = format!(
        "#!/bin/sh\n# Written by cargo xtask: Debian's Rust where a nightly is asked for.\n{body}"
    );
    if fs::read_to_string(&path).is_ok_and(|there| there == text) {
        return Ok(());
    }
    let write = || -> std::io::Result<()> {
        fs::create_dir_all(folder)?;
        // Written beside and moved, so that nobody runs half a file.
        let draft = folder.join(format!(".{name}.{}", std::process::id()));
        fs::write(&draft, &text)?;
        fs::set_permissions(&draft, fs::Permissions::from_mode(0o755))?;
        fs::rename(&draft, &path)
    };
    write().with_context(|| format!("cannot write {}", path.display()))
}
