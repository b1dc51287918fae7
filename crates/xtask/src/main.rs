//! The project's own commands, run as `cargo xtask …`. They set up what is missing, then do their work.

mod generate;

use clap::Parser;

/// Build, serve and test Trailsift; make sample logs.
#[derive(Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask")]
enum Command {
    /// Write deterministic sample entries as NDJSON to standard output.
    Generate(generate::Args),
}

fn main() -> anyhow::Result<()> {
    match Command::parse() {
        Command::Generate(args) => generate::run(&args),
    }
}
