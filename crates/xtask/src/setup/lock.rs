//! One set-up at a time: two commands started together must not build into the same folder.

use std::fs::{self, File, TryLockError};
use std::thread;
use std::time::Duration;

use anyhow::{Context, Result};

use crate::process::{Interrupted, interrupted};
use crate::progress;
use crate::workspace::Workspace;

/// A folder of the cache that is ours alone until this is dropped, or the process ends.
#[derive(Debug)]
pub(crate) struct Lock(#[expect(dead_code, reason = "holding the file open holds the lock")] File);

impl Lock {
    /// Waits until no other command works on `name`.
    pub(crate) fn hold(workspace: &Workspace, name: &str) -> Result<Self> {
        let folder = workspace.cache("locks");
        fs::create_dir_all(&folder)
            .with_context(|| format!("cannot make the cache folder {}", folder.display()))?;
        let path = folder.join(name);
        let file =
            File::create(&path).with_context(|| format!("cannot write {}", path.display()))?;
        let mut said = false;
        loop {
            match file.try_lock() {
                Ok(()) => return Ok(Self(file)),
                Err(TryLockError::WouldBlock) => {}
                Err(TryLockError::Error(error)) => {
                    return Err(error).with_context(|| format!("cannot lock {}", path.display()));
                }
            }
            if interrupted() {
                return Err(Interrupted.into());
            }
            if !said {
                progress::say(name, "another cargo xtask works on this; waiting for it");
                said = true;
            }
            thread::sleep(Duration::from_millis(200));
        }
    }
}
