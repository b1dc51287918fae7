//! The compilers for WebAssembly.
//!
//! Where rustup has the target, or can add it, that is the compiler of the npm package. The Worker is
//! built so that a panic unwinds, with a standard library of its own: that takes a compiler with its
//! source, which is rustup's nightly when it has `rust-src`, else Debian's `rustc-web`.

mod debian;

use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use anyhow::{Result, bail};

use super::Setup;
use super::debian as apt;
use crate::process::{self, Task, on_path};
use crate::progress::say;
use crate::workspace::Workspace;

/// The target of the npm package and of the Worker.
pub(crate) const WASM: &str = "wasm32-unknown-unknown";

/// Says `rustup` or `debian` to take that way whatever is installed; both are tested by it.
const CHOICE: &str = "TRAILSIFT_RUST";

/// A compiler, with all that cargo must be told to use it.
#[derive(Clone, Debug)]
pub(crate) struct Toolchain {
    kind: Kind,
    /// Set for every program that is run with this toolchain.
    env: Vec<(OsString, OsString)>,
    target: PathBuf,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Kind {
    /// What plain `cargo` is here; it has the target's standard library.
    Default,
    /// rustup's nightly with `rust-src`.
    Nightly,
    /// `/usr/bin/cargo`, and the folder of the programs that stand in for rustup's nightly.
    Debian { stand_ins: PathBuf },
}

impl Toolchain {
    /// cargo with this compiler.
    pub(crate) fn cargo(&self) -> Command {
        let mut command = match self.kind {
            Kind::Default => Command::new("cargo"),
            Kind::Nightly => {
                let mut command = Command::new("cargo");
                command.arg("+nightly");
                command
            }
            Kind::Debian { .. } => Command::new("/usr/bin/cargo"),
        };
        self.equip(&mut command);
        command
    }

    /// clippy with this compiler.
    pub(crate) fn clippy(&self) -> Command {
        let mut command = match self.kind {
            // cargo would look for its subcommand among rustup's first.
            Kind::Debian { .. } => Command::new("/usr/bin/cargo-clippy"),
            Kind::Default | Kind::Nightly => self.cargo(),
        };
        command.arg("clippy");
        self.equip(&mut command);
        command
    }

    /// Makes sure that clippy is there: rustup's comes with the compiler, Debian's is a package.
    pub(crate) fn prepare_clippy(&self, workspace: &Workspace) -> Result<()> {
        if self.stand_ins().is_none() {
            return component(workspace, "clippy", "cargo-clippy");
        }
        if Path::new("/usr/bin/cargo-clippy").is_file() {
            return Ok(());
        }
        let why = "the lints are checked with the compiler of the target";
        apt::install(workspace, "clippy", why, &["rust-web-clippy"])
    }

    /// Gives `command`, which may run cargo in its turn, the environment of this compiler.
    pub(crate) fn equip(&self, command: &mut Command) {
        command.envs(self.env.iter().map(|(name, value)| (name, value)));
    }

    /// The folder that holds stand-ins for `cargo`, `rustc` and `rustup` which understand `+nightly`;
    /// none where rustup's own do.
    pub(crate) fn stand_ins(&self) -> Option<&Path> {
        match &self.kind {
            Kind::Debian { stand_ins } => Some(stand_ins),
            Kind::Default | Kind::Nightly => None,
        }
    }

    /// The arguments that build the standard library's `parts`, where there is none ready.
    pub(crate) fn std(&self, parts: &str) -> Vec<String> {
        match self.kind {
            Kind::Default => Vec::new(),
            Kind::Nightly | Kind::Debian { .. } => {
                vec!["-Z".to_owned(), format!("build-std={parts}")]
            }
        }
    }

    /// cargo's target folder.
    pub(crate) fn target(&self) -> &Path {
        &self.target
    }

    /// Whether the target folder is shared with other checkouts.
    pub(crate) fn is_shared(&self) -> bool {
        self.stand_ins().is_some()
    }
}

/// The toolchain for crates whose panics abort.
pub(super) fn for_wasm(setup: &Setup<'_>) -> Result<Toolchain> {
    let workspace = setup.workspace();
    let choice = choice()?;
    if choice == Some(Choice::Debian) {
        return setup.std_builder().cloned();
    }
    if has_target(workspace) {
        return Ok(default(workspace));
    }
    // A machine that was set up once must not ask a server again that does not answer.
    if choice.is_none() && debian::is_ready() {
        return setup.std_builder().cloned();
    }
    if on_path("rustup").is_some() {
        say("wasm32 target", "not there; adding it with rustup");
        let added = Task::new(workspace, "rustup target add")
            .limit(Duration::from_secs(60))
            .advice("run `rustup target add wasm32-unknown-unknown` by hand to see why")
            .tail(3)
            .run(Command::new("rustup").args(["target", "add", WASM]));
        match added {
            Ok(_) if has_target(workspace) => return Ok(default(workspace)),
            Err(error) if error.is::<process::Interrupted>() => return Err(error),
            Err(error) if choice == Some(Choice::Rustup) => return Err(error),
            Ok(_) | Err(_) => {
                say("wasm32 target", "rustup cannot add it; taking Debian's compiler")
            }
        }
    }
    setup.std_builder().cloned()
}

/// The toolchain for crates that are built along with their standard library.
pub(super) fn for_own_std(setup: &Setup<'_>) -> Result<Toolchain> {
    let workspace = setup.workspace();
    let choice = choice()?;
    if choice != Some(Choice::Debian) && nightly_has_source(workspace) {
        return Ok(Toolchain { kind: Kind::Nightly, ..default(workspace) });
    }
    if choice == Some(Choice::Rustup) || !(debian::is_ready() || apt::has_apt()) {
        bail!(
            "Rust with its source: the Worker needs a nightly that can build the standard library; \
             run `rustup toolchain install nightly --component rust-src --target {WASM}` and repeat"
        );
    }
    debian::toolchain(workspace)
}

/// Makes sure that plain cargo has the subcommand `name`, which is the program `program`.
pub(crate) fn component(workspace: &Workspace, name: &str, program: &str) -> Result<()> {
    // rustup puts a program there for every component, installed or not: only running it tells.
    let runs = || {
        on_path(program).is_some()
            && Task::new(workspace, &format!("cargo {name} --version"))
                .limit(Duration::from_secs(30))
                .output(Command::new("cargo").args([name, "--version"]))
                .is_ok()
    };
    if runs() {
        return Ok(());
    }
    let (with_rustup, package) = match name {
        "fmt" => ("rustfmt", "rustfmt-web"),
        _ => ("clippy", "rust-web-clippy"),
    };
    if on_path("rustup").is_some() {
        say(name, &format!("not there; adding {with_rustup} with rustup"));
        return Task::new(workspace, &format!("rustup component add {with_rustup}"))
            .limit(Duration::from_secs(120))
            .run(Command::new("rustup").args(["component", "add", with_rustup]))
            .map(drop);
    }
    apt::install(workspace, name, "a check needs it", &[package])
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Choice {
    Rustup,
    Debian,
}

fn choice() -> Result<Option<Choice>> {
    match std::env::var(CHOICE).as_deref() {
        Err(_) | Ok("") => Ok(None),
        Ok("rustup") => Ok(Some(Choice::Rustup)),
        Ok("debian") => Ok(Some(Choice::Debian)),
        Ok(other) => bail!("{CHOICE} is `{other}`; it may be `rustup` or `debian`"),
    }
}

fn default(workspace: &Workspace) -> Toolchain {
    Toolchain { kind: Kind::Default, env: Vec::new(), target: workspace.target() }
}

/// Whether plain `rustc` has the target's standard library.
fn has_target(workspace: &Workspace) -> bool {
    library_folder(workspace, &[]).is_some_and(|folder| holds_libraries(&folder))
}

/// Whether rustup has a nightly, its source, and the target that worker-build insists on.
fn nightly_has_source(workspace: &Workspace) -> bool {
    if on_path("rustup").is_none() {
        return false;
    }
    let Some(library) = library_folder(workspace, &["+nightly"]) else { return false };
    // `…/lib/rustlib/wasm32-unknown-unknown/lib` beside `…/lib/rustlib/src/rust/library`.
    let source =
        library.ancestors().nth(2).map(|rustlib| rustlib.join("src/rust/library/Cargo.toml"));
    holds_libraries(&library) && source.is_some_and(|source| source.is_file())
}

fn library_folder(workspace: &Workspace, toolchain: &[&str]) -> Option<PathBuf> {
    let mut rustc = Command::new("rustc");
    rustc.args(toolchain).args(["--print", "target-libdir", "--target", WASM]);
    // rustup would fetch a toolchain that is named but missing.
    rustc.env("RUSTUP_AUTO_INSTALL", "0");
    let folder = Task::new(workspace, "rustc target-libdir")
        .limit(Duration::from_secs(30))
        .output(&mut rustc)
        .ok()?;
    Some(PathBuf::from(folder.trim()))
}

fn holds_libraries(folder: &Path) -> bool {
    fs::read_dir(folder).is_ok_and(|mut entries| entries.next().is_some())
}
