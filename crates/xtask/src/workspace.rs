//! Where things are: the checkout, the folder that outlives it, and the versions that `Cargo.lock` fixes.

use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};

/// The checkout this command runs in, and the cache folder shared by all checkouts of a user.
#[derive(Debug)]
pub(crate) struct Workspace {
    root: PathBuf,
    cache: PathBuf,
}

impl Workspace {
    /// Finds the checkout from the manifest that cargo runs, else from the current folder upwards.
    pub(crate) fn find() -> Result<Self> {
        let start = match std::env::var_os("CARGO_MANIFEST_DIR") {
            Some(manifest) => PathBuf::from(manifest),
            None => std::env::current_dir().context("cannot tell the current folder")?,
        };
        let Some(root) = start.ancestors().find(|folder| folder.join("Cargo.lock").is_file())
        else {
            bail!("{} is not inside a checkout: run `cargo xtask` from there", start.display());
        };
        Ok(Self { root: root.to_path_buf(), cache: cache_folder()? })
    }

    /// The checkout's own folder.
    pub(crate) fn root(&self) -> &Path {
        &self.root
    }

    /// A path inside the checkout.
    pub(crate) fn path(&self, relative: impl AsRef<Path>) -> PathBuf {
        self.root.join(relative)
    }

    /// A path inside the cache folder, which survives `cargo clean` and a new clone.
    /// Names there carry the version of what they hold.
    pub(crate) fn cache(&self, relative: impl AsRef<Path>) -> PathBuf {
        self.cache.join(relative)
    }

    /// Where cargo puts what it builds for this machine.
    pub(crate) fn target(&self) -> PathBuf {
        match std::env::var_os("CARGO_TARGET_DIR") {
            Some(folder) => self.root.join(folder),
            None => self.root.join("target"),
        }
    }

    /// What these commands build beside what is shipped, and what all of it was made of: in the checkout, never in a
    /// target folder that several checkouts share.
    pub(crate) fn products(&self, relative: impl AsRef<Path>) -> PathBuf {
        self.root.join("target/xtask").join(relative)
    }

    /// Scratch of these commands, inside cargo's target folder: logs, states, what cargo compiles for tests.
    pub(crate) fn scratch(&self, relative: impl AsRef<Path>) -> PathBuf {
        self.target().join("xtask").join(relative)
    }

    /// The version that `Cargo.lock` fixes for `package`.
    pub(crate) fn locked_version(&self, package: &str) -> Result<String> {
        let path = self.path("Cargo.lock");
        let text =
            fs::read_to_string(&path).with_context(|| format!("cannot read {}", path.display()))?;
        locked_version(&text, package)
            .map(str::to_owned)
            .with_context(|| format!("Cargo.lock holds no package {package}"))
    }
}

/// The user's cache folder by the XDG rule, on every system, so that one variable moves it.
fn cache_folder() -> Result<PathBuf> {
    let set = |name| std::env::var_os(name).filter(|value: &OsString| !value.is_empty());
    let base = match (set("XDG_CACHE_HOME"), set("HOME")) {
        (Some(cache), _) => PathBuf::from(cache),
        (None, Some(home)) => PathBuf::from(home).join(".cache"),
        (None, None) => bail!("neither XDG_CACHE_HOME nor HOME is set: there is nowhere to cache"),
    };
    Ok(base.join("trailsift"))
}

fn locked_version<'a>(lock: &'a str, package: &str) -> Option<&'a str> {
    let mut lines = lock.lines();
    lines.find(|line| {
        line.strip_prefix("name = ").is_some_and(|name| name.trim_matches('"') == package)
    })?;
    Some(lines.next()?.strip_prefix("version = ")?.trim_matches('"'))
}

#[cfg(test)]
mod tests {
    use super::locked_version;

    const LOCK: &str = "[[package]]\nname = \"wasm-bindgen-macro\"\nversion = \"0.1.0\"\n\n\
                        [[package]]\nname = \"wasm-bindgen\"\nversion = \"0.2.130\"\n";

    #[test]
    fn a_locked_version_is_that_of_the_whole_name() {
        assert_eq!(locked_version(LOCK, "wasm-bindgen"), Some("0.2.130"));
        assert_eq!(locked_version(LOCK, "wasm"), None);
    }
}
