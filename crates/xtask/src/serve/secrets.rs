//! `.dev.vars`: the local server's secrets, made once, readable by their owner alone, never committed.
//!
//! Lines of `NAME=value`, as wrangler reads them; the credentials are one line of JSON, unquoted.

use std::fs::{self, File, OpenOptions};
use std::io::{Read, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use serde_json::{Value, json};

use crate::progress::say;
use crate::workspace::Workspace;

const SIGNING_KEY: &str = "TRAILSIFT_SIGNING_KEY";
const LOG_KEY: &str = "TRAILSIFT_LOG_KEY";
const CREDENTIALS: &str = "TRAILSIFT_CREDENTIALS";

/// All that a local tenant may do.
const SCOPES: [&str; 7] = [
    "read:logs",
    "read:fga_logs",
    "read:audit_log",
    "append:entries",
    "read:entries",
    "admin:trails",
    "admin:connectors",
];

/// Name, tenant and scopes of those who get a client, a key and a user each.
const ACCOUNTS: [(&str, &str, &[&str]); 7] = [
    // The first is the one that samples belong to and printed lines use.
    ("local", "local", &SCOPES),
    // To see what a missing scope answers.
    ("local-without-scopes", "local", &[]),
    // To see that tenants do not see each other.
    ("other", "other", &SCOPES),
    // Tests that compare whole trails with what they put in.
    ("seeds", "seeds", &SCOPES),
    ("clients", "clients", &SCOPES),
    ("http", "http", &SCOPES),
    ("recorded", "recorded", &SCOPES),
];

/// The credentials of the local tenant.
#[derive(Debug)]
pub(crate) struct Secrets {
    file: PathBuf,
    /// For `POST /oauth/token`.
    pub(crate) client_id: String,
    pub(crate) client_secret: String,
    /// A static bearer key for `/v1`.
    pub(crate) key: String,
    /// For the Cerbos surface.
    pub(crate) user: String,
    pub(crate) password: String,
}

impl Secrets {
    /// Reads `.dev.vars`, after writing it with fresh secrets where there is none.
    pub(crate) fn of_checkout(workspace: &Workspace) -> Result<Self> {
        let file = workspace.path(".dev.vars");
        if !file.exists() {
            say("credentials", "writing fresh ones to .dev.vars");
        }
        Self::load_or_create(file)
    }

    /// Reads `file`, after writing it with fresh secrets where there is none.
    pub(crate) fn load_or_create(file: PathBuf) -> Result<Self> {
        if !file.exists() {
            create(&file).with_context(|| format!("cannot write {}", file.display()))?;
        }
        let read =
            || fs::read_to_string(&file).with_context(|| format!("cannot read {}", file.display()));
        if !read()?.lines().any(|line| line.starts_with(LOG_KEY)) {
            // A file of a time when nothing was signed with it.
            add_log_key(&file).with_context(|| format!("cannot write {}", file.display()))?;
        }
        let text = read()?;
        let shown = file.display().to_string();
        Self::parse(file, &text).with_context(|| {
            format!("{shown} holds no client, key and user: delete it to have it made anew")
        })
    }

    /// The file that holds them.
    pub(crate) fn file(&self) -> &Path {
        &self.file
    }

    fn parse(file: PathBuf, text: &str) -> Option<Self> {
        let line =
            text.lines().find_map(|line| line.strip_prefix(CREDENTIALS)?.strip_prefix('='))?;
        let credentials: Value = serde_json::from_str(line.trim().trim_matches('\'')).ok()?;
        let text = |pointer: &str| credentials.pointer(pointer)?.as_str().map(str::to_owned);
        Some(Self {
            file,
            client_id: text("/clients/0/id")?,
            client_secret: text("/clients/0/secret")?,
            key: text("/keys/0/key")?,
            user: text("/basic/0/user")?,
            password: text("/basic/0/password")?,
        })
    }
}

fn create(file: &Path) -> Result<()> {
    let (mut clients, mut keys, mut basic) = (Vec::new(), Vec::new(), Vec::new());
    for (name, tenant, scopes) in ACCOUNTS {
        clients.push(json!({"id": name, "secret": random()?, "tenant": tenant, "scopes": scopes}));
        keys.push(json!({"key": random()?, "tenant": tenant, "scopes": scopes}));
        let user = if name == "local" { "admin" } else { name };
        basic
            .push(json!({"user": user, "password": random()?, "tenant": tenant, "scopes": scopes}));
    }
    let credentials = json!({"clients": clients, "keys": keys, "basic": basic});
    let text = format!(
        "{SIGNING_KEY}={}\n{LOG_KEY}={}\n{CREDENTIALS}={credentials}\n",
        random()?,
        random()?
    );
    // Made beside and moved: a command that is interrupted leaves no half file.
    let draft = file.with_extension(format!("vars.{}", std::process::id()));
    let mut options = OpenOptions::new();
    let mut writer = options.write(true).create_new(true).mode(0o600).open(&draft)?;
    writer.write_all(text.as_bytes())?;
    fs::rename(&draft, file)?;
    Ok(())
}

fn add_log_key(file: &Path) -> Result<()> {
    let mut writer = OpenOptions::new().append(true).open(file)?;
    writer.write_all(format!("{LOG_KEY}={}\n", random()?).as_bytes())?;
    Ok(())
}

/// 32 random bytes as 64 hexadecimal digits.
fn random() -> Result<String> {
    let mut bytes = [0_u8; 32];
    File::open("/dev/urandom")
        .and_then(|mut source| source.read_exact(&mut bytes))
        .context("the system gives no randomness")?;
    Ok(bytes.iter().map(|byte| format!("{byte:02x}")).collect())
}

#[cfg(test)]
mod tests {
    use super::{LOG_KEY, Secrets, create};
    use std::fs;
    use std::os::unix::fs::PermissionsExt;

    #[test]
    fn what_is_written_is_read_back_and_is_its_owners_alone() {
        let folder = std::env::temp_dir().join(format!("trailsift-secrets-{}", std::process::id()));
        fs::create_dir_all(&folder).unwrap();
        let file = folder.join(".dev.vars");
        create(&file).unwrap();
        let text = fs::read_to_string(&file).unwrap();
        let secrets = Secrets::parse(file.clone(), &text).unwrap();
        assert_eq!(secrets.key.len(), 64);
        assert_ne!(secrets.key, secrets.password);
        // A file from before checkpoints were signed gets the one line that it lacks.
        let older: String = text
            .lines()
            .filter(|line| !line.starts_with(LOG_KEY))
            .map(|line| format!("{line}\n"))
            .collect();
        fs::write(&file, &older).unwrap();
        assert_eq!(Secrets::load_or_create(file.clone()).unwrap().key, secrets.key);
        let grown = fs::read_to_string(&file).unwrap();
        assert!(grown.starts_with(&older) && grown.lines().count() == text.lines().count());
        assert_eq!(fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);
        fs::remove_dir_all(folder).unwrap();
    }
}
