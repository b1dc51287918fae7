//! Sample logs: the same seed gives the same bytes, on every machine.

/// What to generate.
#[derive(clap::Args)]
pub(crate) struct Args {
    /// How many entries to write.
    #[arg(long, default_value_t = 1000)]
    entries: u64,
}

/// Writes the entries that `args` asks for to standard output.
pub(crate) fn run(args: &Args) -> anyhow::Result<()> {
    anyhow::bail!("cannot generate {} entries yet", args.entries)
}
