//! A file's bytes as logs: as they are, out of gzip, or each member of a zip archive. The first bytes decide, not the
//! name.

use std::fs::File;
use std::io::{self, BufReader, ErrorKind, Read, Seek, stdin};
use std::path::Path;

use anyhow::{Context, Error, Result, bail};
use flate2::read::MultiGzDecoder;
use zip::ZipArchive;
use zip::result::ZipError;

/// The name of standard input on the command line.
const STDIN: &str = "-";
const GZIP: &[u8] = b"\x1F\x8B";
/// A zip archive begins with a member, or with the end of an empty directory.
const ZIP: [&[u8]; 2] = [b"PK\x03\x04", b"PK\x05\x06"];
/// What is told by its first bytes, and not read.
const OTHERS: [(&[u8], &str); 7] = [
    (b"\x28\xB5\x2F\xFD", "zstd data: unpack it first, as `zstd -dc FILE | trailsift QUERY` does"),
    (b"\xFD7zX", "xz data: unpack it first, as `xz -dc FILE | trailsift QUERY` does"),
    (b"BZh", "bzip2 data: unpack it first, as `bzip2 -dc FILE | trailsift QUERY` does"),
    (b"7z\xBC\xAF", "a 7z archive: unpack it first"),
    (b"PAR1", "a Parquet file: export it as NDJSON first"),
    (b"\xFF\xFE", "UTF-16 text: write it as UTF-8 first"),
    (b"\xFE\xFF", "UTF-16 text: write it as UTF-8 first"),
];
/// The longest of these.
const MAGIC: u64 = 4;
/// What is read of compressed data at a time.
const COMPRESSED: usize = 256 << 10;

/// A file that was opened.
pub(crate) enum Input {
    /// One log.
    Log(Box<dyn Read>),
    /// A log in each member.
    Archive(Box<ZipArchive<BufReader<File>>>),
}

/// What a file is called in messages, as grep says it.
pub(crate) fn name(path: &Path) -> String {
    if path == Path::new(STDIN) {
        "(standard input)".to_owned()
    } else {
        path.display().to_string()
    }
}

impl Input {
    /// Opens a file, or standard input for `-`.
    ///
    /// # Errors
    /// When it cannot be read, or is an archive without a directory.
    pub(crate) fn open(path: &Path) -> Result<Self> {
        if path == Path::new(STDIN) {
            let (start, log) = begin(stdin().lock())?;
            if is_zip(&start) {
                bail!("a zip archive is read from its end: give it as a file");
            }
            return Ok(Self::Log(log));
        }
        let mut file = File::open(path)?;
        let (start, log) = begin(file.try_clone()?)?;
        if !is_zip(&start) {
            return Ok(Self::Log(log));
        }
        file.rewind().context("a zip archive is read from its end")?;
        let archive = ZipArchive::new(BufReader::with_capacity(COMPRESSED, file)).map_err(told)?;
        Ok(Self::Archive(Box::new(archive)))
    }

    /// Hands on each log in turn, or why it cannot be read, with what to add to the file's name: nothing, or `:member`.
    /// Ends early when `read` says so.
    pub(crate) fn logs(self, mut read: impl FnMut(&str, Result<Box<dyn Read + '_>>) -> bool) {
        let mut archive = match self {
            Self::Log(log) => {
                read("", Ok(log));
                return;
            }
            Self::Archive(archive) => archive,
        };
        let mut files = 0;
        for index in 0..archive.len() {
            let (name, content) = match member(&mut archive, index) {
                Ok(None) => continue,
                Ok(Some((name, content))) => (format!(":{name}"), content),
                Err(error) => (String::new(), Err(error)),
            };
            files += 1;
            if !read(&name, content) {
                return;
            }
        }
        if files == 0 {
            read("", Err(Error::msg("the zip archive holds no file")));
        }
    }
}

/// A member's name, and its content or why it cannot be read.
type Member<'a> = (String, Result<Box<dyn Read + 'a>>);

/// One member; nothing for a folder.
fn member(archive: &mut ZipArchive<BufReader<File>>, index: usize) -> Result<Option<Member<'_>>> {
    let (name, is_locked) = {
        let raw = archive.by_index_raw(index).map_err(told)?;
        let name = raw.name().map_err(told)?.into_owned();
        // What macOS adds about each file is no file of anybody's.
        if !raw.is_file() || name.starts_with("__MACOSX/") {
            return Ok(None);
        }
        (name, raw.encrypted())
    };
    let content = if is_locked {
        Err(Error::msg("it needs a password: unpack it first"))
    } else {
        archive.by_index(index).map_err(told).and_then(|content| Ok(begin(content)?.1))
    };
    Ok(Some((name, content)))
}

/// The first bytes, and a reader of all of them, out of gzip where it is that.
fn begin<'r>(mut bytes: impl Read + 'r) -> io::Result<(Vec<u8>, Box<dyn Read + 'r>)> {
    let mut start = Vec::new();
    bytes.by_ref().take(MAGIC).read_to_end(&mut start)?;
    if let Some((_, form)) = OTHERS.iter().find(|(magic, _)| start.starts_with(magic)) {
        return Err(io::Error::new(ErrorKind::InvalidData, format!("this is {form}")));
    }
    let all = io::Cursor::new(start.clone()).chain(bytes);
    let log: Box<dyn Read + 'r> = if start.starts_with(GZIP) {
        let packed = BufReader::with_capacity(COMPRESSED, all);
        Box::new(Unzipped(MultiGzDecoder::new(packed)))
    } else {
        Box::new(all)
    };
    Ok((start, log))
}

fn is_zip(start: &[u8]) -> bool {
    ZIP.iter().any(|magic| start.starts_with(magic))
}

/// gzip's content, with errors that say what is wrong with the file.
struct Unzipped<R>(MultiGzDecoder<R>);

impl<R: Read> Read for Unzipped<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.0.read(buffer).map_err(|error| match error.kind() {
            ErrorKind::UnexpectedEof => {
                io::Error::new(error.kind(), "the gzip data is cut off: its end is missing")
            }
            ErrorKind::InvalidInput | ErrorKind::InvalidData => {
                io::Error::new(error.kind(), format!("the gzip data is damaged: {error}"))
            }
            _ => error,
        })
    }
}

/// What is wrong with an archive, for people.
fn told(error: ZipError) -> Error {
    match error {
        ZipError::Io(error) => error.into(),
        ZipError::UnsupportedArchive(ZipError::PASSWORD_REQUIRED) => {
            Error::msg("the zip archive needs a password: unpack it first")
        }
        error => Error::msg(format!("the zip archive cannot be read: {error}")),
    }
}
