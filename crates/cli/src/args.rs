//! What can be said on the command line.

use std::fs;
use std::path::PathBuf;
use std::time::{SystemTime, UNIX_EPOCH};

use anyhow::{Context, Result, bail};
use clap::builder::{PossibleValue, PossibleValuesParser, TypedValueParser};
use clap::{Parser, ValueEnum};
use trailsift_core::{Dialect, Options, Schema, Timestamp};
use trailsift_proof::checkpoint::{Checkpoint, CheckpointError};
use trailsift_proof::note::{Note, VerifierKey};
use trailsift_proof::verify::Trust;

/// Examples, below the options.
const EXAMPLES: &str = "\
Examples:
  trailsift 'type:f* AND NOT ip:10.1.*' tenant.ndjson
  trailsift -c --schema auth0 'type:fp AND date:[now-7d TO now]' export.json.gz
  trailsift --schema fga --dialect fga \"operation:Check & user:'user:anne'\" fga.ndjson
  curl … | trailsift 'details.response.statusCode:[400 TO 499]'
  trailsift '-type:s' tenant.ndjson
  trailsift -l 'user_id:\"auth0|6a1f\"' exports/*.zip
  trailsift --verify bundle.json --key \"$(cat trail.key)\" export.ndjson

A log is NDJSON, one JSON array, pretty-printed entries, or a page such as {\"logs\":[…]}, as it is, in gzip or in a zip
archive. Entries come out byte for byte, each followed by a line feed.

Exit status: 0 when something matched, 1 when nothing did, 2 when something went wrong: a query without a meaning, a
file that cannot be read, broken entries. Matches among the rest are printed all the same. A search looks into the
entries that may match, and tells of what is broken there; --check has it look into all.

With --verify nothing is searched: a trail's export is held against the proof bundle that came with it. What is proven,
or what is wrong, is printed, a sentence a line. Exit status: 0 when the export is intact, 1 when anything is wrong with
it or its bundle, 2 when a file cannot be read.";

const USAGE: &str = "\
trailsift [OPTIONS] <QUERY> [FILE]...
       trailsift --verify <BUNDLE> [--key <KEY>] [--known <NOTE>] [FILE]";

/// Print the entries of logs that match a query.
#[derive(Debug, Parser)]
#[command(name = "trailsift", version, after_help = EXAMPLES, override_usage = USAGE)]
pub(crate) struct Args {
    /// Print how many entries match instead of the entries.
    #[arg(short, long)]
    pub(crate) count: bool,
    /// Print the names of the files in which something matches instead of the entries.
    #[arg(short = 'l', long, conflicts_with = "count")]
    pub(crate) files_with_matches: bool,
    /// Put the file's name and a colon before each entry or count. Of several files each count has it anyway, and no
    /// entry: it would be no JSON.
    #[arg(short = 'H', long)]
    pub(crate) with_filename: bool,
    /// Read nothing more of a file behind so many matches.
    #[arg(short, long, value_name = "NUMBER")]
    pub(crate) max_count: Option<u64>,
    /// Which fields there are; `any` allows every field.
    #[arg(long, value_parser = schemas(), default_value = "any", value_name = "NAME")]
    schema: &'static Schema,
    /// How the query is written: as for the Auth0 logs API, or as for the FGA Logging API.
    #[arg(long, value_enum, default_value_t = Writing::Q)]
    dialect: Writing,
    /// Refuse what the vendor's own service refuses.
    #[arg(long)]
    strict: bool,
    /// Let upper and lower case be the same in values.
    #[arg(short, long)]
    ignore_case: bool,
    /// Check every byte of every entry, not only of those that may match; with `=stop`, read nothing behind the first
    /// broken one.
    #[arg(long, value_enum, value_name = "WHAT", num_args = 0..=1, require_equals = true, default_missing_value = "all")]
    pub(crate) check: Option<Check>,
    /// What `now` means in the query, RFC 3339; the present time when absent.
    #[arg(long, value_name = "TIME")]
    now: Option<String>,
    /// Verify an export of a trail against this proof bundle instead of searching it.
    #[arg(long, value_name = "BUNDLE", conflicts_with_all = SEARCHING)]
    pub(crate) verify: Option<PathBuf>,
    /// The trail's key, `name+id+key`. Without it the bundle's own is believed, which anyone can make.
    #[arg(long, value_name = "KEY", requires = "verify")]
    key: Option<VerifierKey>,
    /// A checkpoint's note that was kept: the trail has to have grown from it.
    #[arg(long, value_name = "NOTE", requires = "verify")]
    known: Option<PathBuf>,
    /// What to look for, such as 'type:f AND ip:10.1.*'.
    #[arg(allow_hyphen_values = true, required_unless_present = "verify")]
    query: Option<String>,
    /// The logs; `-`, or none, is standard input.
    #[arg(value_name = "FILE")]
    files: Vec<PathBuf>,
}

/// The options that say what is searched for, or how.
const SEARCHING: [&str; 10] = [
    "count",
    "files_with_matches",
    "with_filename",
    "max_count",
    "schema",
    "dialect",
    "strict",
    "ignore_case",
    "check",
    "now",
];

/// What becomes of broken entries that are looked for.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub(crate) enum Check {
    /// Each is told of, and the rest is searched.
    All,
    /// The first is told of.
    Stop,
}

/// The ways of writing a query.
#[derive(Clone, Copy, Debug, ValueEnum)]
enum Writing {
    Q,
    Fga,
}

impl Args {
    /// What to look for; nothing when an export is verified.
    pub(crate) fn query(&self) -> &str {
        self.query.as_deref().unwrap_or_default()
    }

    /// The logs. There is no query where an export is verified, and the first name is a file's.
    pub(crate) fn files(&self) -> Vec<PathBuf> {
        let first = self.query.iter().filter(|_| self.verify.is_some()).map(PathBuf::from);
        first.chain(self.files.iter().cloned()).collect()
    }

    /// What is known of the trail whose export is verified.
    ///
    /// # Errors
    /// When the kept checkpoint cannot be read, or is none that the key signed.
    pub(crate) fn trust(&self) -> Result<Trust> {
        let known = self.known.as_deref().map(|path| {
            let name = path.display().to_string();
            let note = fs::read_to_string(path).context(name.clone())?;
            match &self.key {
                Some(key) => Checkpoint::open(&note, &[key]),
                // What the reader kept is believed as it is.
                None => kept(&note),
            }
            .context(name)
        });
        Ok(Trust { key: self.key.clone(), known: known.transpose()?, ..Trust::default() })
    }

    /// How the query is to be read.
    ///
    /// # Errors
    /// When `--now` is no time, and when what stands in the query's place is likely a mistyped option.
    pub(crate) fn options(&self) -> Result<Options> {
        if self.query().starts_with("--") {
            bail!("there is no option `{}`; --help lists them", self.query());
        }
        let dialect = match self.dialect {
            Writing::Q => Dialect::Q,
            Writing::Fga => Dialect::Fga,
        };
        Ok(Options {
            dialect,
            schema: self.schema,
            strict: self.strict,
            now: Some(self.now()?),
            ignore_case: self.ignore_case,
            ..Options::default()
        })
    }

    fn now(&self) -> Result<Timestamp> {
        let Some(text) = &self.now else {
            let since = SystemTime::now()
                .duration_since(UNIX_EPOCH)
                .context("the clock stands before 1970: say what time it is with --now")?;
            return Ok(Timestamp::from_millis(i64::try_from(since.as_millis())?));
        };
        match Timestamp::parse(text.as_bytes()) {
            Some(time) => Ok(time),
            None => bail!("--now `{text}` is not a time such as 2026-06-10T12:00:00Z"),
        }
    }
}

fn kept(note: &str) -> Result<Checkpoint, CheckpointError> {
    note.parse::<Note>()?.unverified_text().parse()
}

/// The names that `--schema` takes; clap lists them in the help and in what it says of another.
fn schemas() -> impl TypedValueParser<Value = &'static Schema> {
    let names = Schema::ALL.iter().map(|schema| PossibleValue::new(schema.name()));
    PossibleValuesParser::new(names).try_map(|name| Schema::by_name(&name).ok_or("no such schema"))
}
