//! The project's own commands, run as `cargo xtask …`. They set up what is missing, then do their work.

mod bench;
mod build;
mod generate;
mod process;
mod progress;
mod serve;
mod setup;
mod soak;
mod test;
mod workspace;

use std::process::ExitCode;

use anyhow::Result;
use clap::Parser;

use setup::Setup;
use workspace::Workspace;

/// Build, serve, test and measure Trailsift; make sample logs.
#[derive(Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask")]
enum Command {
    /// Build the npm package, the page and the Worker.
    Build(build::Args),
    /// Run the Worker on this machine with sample logs, and print lines to try it with.
    Serve(serve::Args),
    /// Run every check, or those that are named.
    Test(test::Args),
    /// Measure ours and its peers on the same files in one run, and hold the result against the goals.
    Bench(bench::Args),
    /// Kill the Worker at random moments while it is written to, and check that nothing acknowledged is lost.
    Soak(soak::Args),
    /// Write deterministic sample entries as NDJSON to standard output.
    Generate(generate::Args),
}

fn main() -> ExitCode {
    match run(Command::parse()) {
        Ok(code) => code,
        Err(error) if error.is::<process::Interrupted>() => {
            // 128 + SIGINT: what a shell reports of a command that Ctrl-C ended.
            ExitCode::from(130)
        }
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run(command: Command) -> Result<ExitCode> {
    // Generating writes to a pipe and starts nothing: Ctrl-C ends it as it ends anything.
    if let Command::Generate(args) = &command {
        return generate::run(args).map(|()| ExitCode::SUCCESS);
    }
    process::watch_for_signals()?;
    let workspace = Workspace::find()?;
    let setup = Setup::new(&workspace);
    match command {
        Command::Generate(_) => {}
        Command::Serve(args) => serve::run(&setup, &args)?,
        Command::Build(args) => build::run(&setup, &args)?,
        Command::Bench(args) => {
            if !bench::run(&setup, &args)? {
                return Ok(ExitCode::FAILURE);
            }
        }
        Command::Soak(args) => {
            if !soak::run(&setup, &args)? {
                return Ok(ExitCode::FAILURE);
            }
        }
        Command::Test(args) => {
            if !test::run(&setup, &args)? {
                return Ok(ExitCode::FAILURE);
            }
        }
    }
    Ok(ExitCode::SUCCESS)
}
