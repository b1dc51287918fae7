//! An export of a trail against its proof bundle: what `trailsift_proof` says of it, a sentence a line.

use std::fs;
use std::io::{ErrorKind, Read, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context, Result, bail};
use trailsift_proof::verify::Verifier;

use crate::args::Args;
use crate::input::{self, Input};

/// What is read at a time.
const CHUNK: usize = 256 << 10;
/// Nothing is wrong.
const INTACT: u8 = 0;
/// Something is.
const ALTERED: u8 = 1;

/// Verifies the one export that `args` name, standard input when they name none.
///
/// # Errors
/// When a file cannot be read, or what is known of the trail makes no sense.
pub(crate) fn verify(bundle: &Path, args: &Args, mut output: impl Write) -> Result<ExitCode> {
    let trust = args.trust()?;
    let files = args.files();
    let export = match files.as_slice() {
        [] => PathBuf::from("-"),
        [export] => export.clone(),
        _ => bail!("a bundle is that of one export: give one file"),
    };
    let bundle = fs::read(bundle).context(input::name(bundle))?;
    let name = input::name(&export);
    let Input::Log(mut log) = Input::open(&export).context(name.clone())? else {
        bail!("{name}: this is a zip archive: unpack it first");
    };
    let mut verifier = Verifier::new(&bundle, &trust);
    let mut buffer = vec![0; CHUNK];
    loop {
        match log.read(&mut buffer) {
            Ok(0) => break,
            Ok(length) => verifier.push(buffer.get(..length).unwrap_or_default()),
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            Err(error) => return Err(error).context(name),
        }
    }
    let verdict = verifier.finish();
    let lines = verdict.sentences().join("\n") + "\n";
    match output.write_all(lines.as_bytes()).and_then(|()| output.flush()) {
        Err(error) if error.kind() != ErrorKind::BrokenPipe => {
            return Err(error).context("standard output");
        }
        _ => {}
    }
    Ok(ExitCode::from(if verdict.is_intact() { INTACT } else { ALTERED }))
}
