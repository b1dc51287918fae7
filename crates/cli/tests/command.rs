//! The command as a shell runs it: real processes, real files.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::string_slice,
    reason = "tests may stop at the first surprise"
)]

use std::fs;
use std::io::{Cursor, Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use flate2::Compression;
use flate2::write::GzEncoder;
use trailsift_proof::bundle::{Bundle, Earlier, Proof};
use trailsift_proof::checkpoint::Checkpoint;
use trailsift_proof::leaf_hash;
use trailsift_proof::line::Line;
use trailsift_proof::note::Signer;
use trailsift_proof::tree::{Edge, Tiles};
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

const LOG: &str =
    "{\"type\":\"s\", \"n\":1.0}\n{\"type\":\"f\",\"t\":\"\\u00e9\"}\n{\"type\":\"s\",\"n\":2}\n";

/// A folder that is gone when its test is over.
struct Folder(PathBuf);

impl Folder {
    fn new(test: &str) -> Self {
        let path =
            std::env::temp_dir().join(format!("trailsift-cli-{}-{test}", std::process::id()));
        fs::create_dir_all(&path).unwrap();
        Self(path)
    }

    fn file(&self, name: &str, content: impl AsRef<[u8]>) -> String {
        let path = self.0.join(name);
        fs::write(&path, content).unwrap();
        path.to_str().unwrap().to_owned()
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

fn command(args: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_trailsift"));
    command.args(args).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

fn run_on(args: &[&str], input: &[u8]) -> Output {
    let mut child = command(args).spawn().unwrap();
    let mut stdin = child.stdin.take().unwrap();
    let input = input.to_vec();
    let feeder = std::thread::spawn(move || {
        // A command that refuses its query reads nothing.
        let _ = stdin.write_all(&input);
    });
    let output = child.wait_with_output().unwrap();
    feeder.join().unwrap();
    output
}

fn run(args: &[&str]) -> Output {
    run_on(args, b"")
}

#[track_caller]
fn assert_says(output: &Output, code: i32, out: &str, err: &str) {
    let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).unwrap();
    let seen = (output.status.code(), text(&output.stdout), text(&output.stderr));
    assert_eq!(seen, (Some(code), out.to_owned(), err.to_owned()));
}

/// Each of `parts` as a gzip member.
fn gzip(parts: &[&str]) -> Vec<u8> {
    let mut all = Vec::new();
    for part in parts {
        let mut encoder = GzEncoder::new(&mut all, Compression::fast());
        encoder.write_all(part.as_bytes()).unwrap();
        encoder.finish().unwrap();
    }
    all
}

/// An archive with these members; a name that ends in a slash is a folder.
fn zip(members: &[(&str, &[u8])]) -> Vec<u8> {
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, content) in members {
        if name.ends_with('/') {
            writer.add_directory(*name, SimpleFileOptions::default()).unwrap();
        } else {
            writer.start_file(*name, SimpleFileOptions::default()).unwrap();
            writer.write_all(content).unwrap();
        }
    }
    writer.finish().unwrap().into_inner()
}

/// The archive with the flag of a password on every member.
fn locked(mut archive: Vec<u8>) -> Vec<u8> {
    for at in 0..archive.len() {
        // The flags lie 6 bytes behind the start of a member, and 8 behind that of its line in the directory.
        let flags = match archive.get(at..at + 4) {
            Some(b"PK\x03\x04") => at + 6,
            Some(b"PK\x01\x02") => at + 8,
            _ => continue,
        };
        archive[flags] |= 1;
    }
    archive
}

#[test]
fn matches_come_out_byte_for_byte_in_every_form_of_a_log() {
    let folder = Folder::new("forms");
    let entries: Vec<_> = LOG.lines().collect();
    let expected = format!("{}\n{}\n", entries[0], entries[2]);
    for log in [
        LOG.to_owned(),
        LOG.trim_end().to_owned(),
        LOG.replace('\n', "\r\n"),
        format!("[{}]", entries.join(",")),
        format!("{{\"logs\":[{}]}}", entries.join(" , ")),
    ] {
        assert_says(&run(&["type:s", &folder.file("log", &log)]), 0, &expected, "");
        assert_says(&run_on(&["type:s"], log.as_bytes()), 0, &expected, "");
        assert_says(&run_on(&["type:s", "-"], log.as_bytes()), 0, &expected, "");
    }
    let pretty = "{\n  \"type\": \"s\"\n}";
    assert_says(&run(&["type:s", &folder.file("log", pretty)]), 0, &format!("{pretty}\n"), "");
}

#[test]
fn nothing_found_is_1() {
    let folder = Folder::new("nothing");
    let file = folder.file("log", LOG);
    assert_says(&run(&["type:x", &file]), 1, "", "");
    assert_says(&run(&["-c", "type:x", &file]), 1, "0\n", "");
    assert_says(&run(&["type:x", &folder.file("empty", "")]), 1, "", "");
}

#[test]
fn counts_carry_the_file_when_there_are_several() {
    let folder = Folder::new("counts");
    let (one, two) = (folder.file("one", LOG), folder.file("two", "{\"type\":\"x\"}"));
    assert_says(&run(&["-c", "type:s", &one]), 0, "2\n", "");
    let both = run_on(&["--count", "type:s", &one, &two, "-"], LOG.as_bytes());
    assert_says(&both, 0, &format!("{one}:2\n{two}:0\n(standard input):2\n"), "");
}

#[test]
fn entries_carry_the_file_when_they_are_to() {
    let folder = Folder::new("names");
    let one = folder.file("one", "{\"type\":\"s\"}\n{\"type\":\"f\"}");
    let two = folder.file("two", zip(&[("a\x1b", b"{\"type\":\"f\"}")]));
    let entry = "{\"type\":\"f\"}\n";
    assert_says(&run(&["type:f", &one, &two]), 0, &entry.repeat(2), "");
    let named = format!("{one}:{entry}{two}:a\u{fffd}:{entry}");
    assert_says(&run(&["-H", "type:f", &one, &two]), 0, &named, "");
    assert_says(&run(&["--with-filename", "-c", "type:f", &one]), 0, &format!("{one}:1\n"), "");
}

#[test]
fn files_that_hold_a_match_are_named_once() {
    let folder = Folder::new("files");
    let one = folder.file("one", LOG);
    let two = folder.file("two", zip(&[("a", LOG.as_bytes()), ("b", LOG.as_bytes())]));
    let none = folder.file("none", "{\"type\":\"x\"}\n");
    assert_says(&run(&["-l", "type:s", &one, &none, &two]), 0, &format!("{one}\n{two}\n"), "");
    assert_says(&run(&["--files-with-matches", "type:s", &none]), 1, "", "");
    // What comes behind the first match is not read.
    let long = folder.file("long", format!("{LOG}{}{{\"type\"\n", LOG.repeat(20_000)));
    assert_says(&run(&["-l", "--check", "type:s", &long]), 0, &format!("{long}\n"), "");
    assert_eq!(run(&["-l", "-c", "type:s", &one]).status.code(), Some(2));
}

#[test]
fn of_each_file_no_more_is_told_than_was_asked() {
    let folder = Folder::new("most");
    let one = folder.file("one", LOG);
    let two = folder.file("two", zip(&[("a", LOG.as_bytes()), ("b", LOG.as_bytes())]));
    let first = "{\"type\":\"s\", \"n\":1.0}\n";
    assert_says(&run(&["-m", "1", "type:s", &one, &two]), 0, &first.repeat(2), "");
    let counts = |most: &str| run(&["-c", "--max-count", most, "type:s", &one, &two]);
    assert_says(&counts("3"), 0, &format!("{one}:2\n{two}:3\n"), "");
    assert_says(&counts("0"), 1, &format!("{one}:0\n{two}:0\n"), "");
}

#[test]
fn a_query_without_a_meaning_is_2_with_carets() {
    assert_says(
        &run(&["type:(f OR fp"]),
        2,
        "",
        "error[unclosed-bracket]: this `(` is never closed\n  |\n1 | type:(f OR fp\n  |      ^\n  = fix: add `)` at the end\n",
    );
}

#[test]
fn a_doubtful_query_is_told_of_and_run() {
    let output = run_on(&["-c", "type:s and n:2"], LOG.as_bytes());
    assert_eq!((output.status.code(), &output.stdout[..]), (Some(0), &b"2\n"[..]));
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(said.starts_with("warning[lower-case-operator]"), "{said}");
}

#[test]
fn the_options_decide_how_a_query_is_read() {
    let fga = "{\"request\":{\"operation\":\"Write\",\"writes\":{\"tuple_keys\":[{\"object\":\"document:x\"}]}},\
               \"timestamp\":\"2020-01-01T00:00:00Z\"}";
    let count = |args: &[&str]| run_on(&[&["-c"], args].concat(), fga.as_bytes()).stdout;
    let written = "operation:Write & object:'document:x'";
    assert_eq!(count(&["--schema", "fga", "--dialect", "fga", written]), b"1\n");
    assert_eq!(count(&["--schema", "fga", "object:document:x"]), b"1\n");
    assert_eq!(count(&["request.operation:write"]), b"0\n");
    assert_eq!(count(&["-i", "request.operation:write"]), b"1\n");
    let recent = "timestamp:[now-1d TO now]";
    assert_eq!(count(&["--schema", "fga", recent]), b"0\n");
    assert_eq!(count(&["--schema", "fga", "--now", "2020-01-01T12:00:00Z", recent]), b"1\n");
    assert_eq!(run(&["--strict", "--schema", "auth0", "nonsense:1"]).status.code(), Some(2));
    assert_eq!(run(&["--schema", "nope", "a"]).status.code(), Some(2));
    assert_says(
        &run(&["--now", "noon", "a"]),
        2,
        "",
        "trailsift: --now `noon` is not a time such as 2026-06-10T12:00:00Z\n",
    );
}

#[test]
fn a_query_may_begin_with_a_minus() {
    for query in ["-type:s", "-ip:10.1.*"] {
        let log = b"{\"type\":\"s\",\"ip\":\"10.1.2.3\"}\n{\"type\":\"f\"}\n";
        assert_says(&run_on(&["-c", query], log), 0, "1\n", "");
        assert_says(&run_on(&["-c", "--", query], log), 0, "1\n", "");
    }
    let said = "trailsift: there is no option `--cuont`; --help lists them\n";
    assert_says(&run_on(&["--cuont", "type:s"], b""), 2, "", said);
}

#[test]
fn broken_entries_are_told_of_and_the_rest_is_searched() {
    let folder = Folder::new("broken");
    let file = folder.file("log", "{\"a\":1}\nnope\n{\"a\":1}\n[1]\n{\"a\":1");
    let output = run(&["a:1", &file]);
    assert_eq!(
        (output.status.code(), &output.stdout[..]),
        (Some(2), &b"{\"a\":1}\n{\"a\":1}\n"[..])
    );
    let lines = String::from_utf8(output.stderr).unwrap();
    assert_eq!(lines.lines().count(), 3, "{lines}");
    assert!(lines.starts_with(&format!("trailsift: {file}: line 2, byte ")), "{lines}");
    assert!(lines.contains(": line 4, byte "), "{lines}");
    assert!(lines.contains(": line 5, byte "), "{lines}");
}

#[test]
fn what_a_search_passes_over_is_checked_when_asked_for() {
    let folder = Folder::new("check");
    // A line without the word that is looked for, whole at both of its ends.
    let rest = "{\"type\":\"fp\"}\n".repeat(3);
    let file = folder.file("log", format!("{{\"type\":\"fp\"}}\n{{\"a\":nope}}\n{rest}"));
    assert_says(&run(&["-c", "type:fp", &file]), 0, "4\n", "");
    let said = |output: Output| {
        let found = String::from_utf8(output.stdout).unwrap();
        (output.status.code(), found, String::from_utf8(output.stderr).unwrap())
    };
    let (code, found, line) = said(run(&["-c", "--check", "type:fp", &file]));
    assert_eq!((code, found.as_str()), (Some(2), "4\n"));
    assert!(line.starts_with(&format!("trailsift: {file}: line 2, byte ")), "{line}");
    let (code, found, stopped) = said(run(&["-c", "--check=stop", "type:fp", &file]));
    assert_eq!((code, found.as_str(), stopped), (Some(2), "1\n", line));
}

#[test]
fn a_form_that_is_not_read_is_named() {
    let folder = Folder::new("forms");
    for (start, name) in
        [(&b"\x28\xB5\x2F\xFD\x04"[..], "zstd"), (b"BZh91AY", "bzip2"), (b"\xFF\xFE{\0", "UTF-16")]
    {
        let file = folder.file("log", start);
        let output = run(&["-c", "a:1", &file]);
        let said = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(2), "{said}");
        assert!(said.contains(&format!(": this is {name} ")) && said.contains(" first"), "{said}");
    }
}

#[test]
fn of_many_broken_entries_the_first_are_shown_and_all_are_counted() {
    let folder = Folder::new("many");
    let file = folder.file("log", "nope\n".repeat(250));
    let output = run(&["-c", "a:1", &file]);
    assert_eq!((output.status.code(), &output.stdout[..]), (Some(2), &b"0\n"[..]));
    let said = String::from_utf8(output.stderr).unwrap();
    assert_eq!(said.lines().count(), 6, "{said}");
    assert_eq!(
        said.lines().last(),
        Some(&*format!("trailsift: {file}: 250 broken entries in all"))
    );
}

#[test]
fn a_file_that_is_not_there_does_not_stop_the_others() {
    let folder = Folder::new("absent");
    let file = folder.file("log", LOG);
    let output = run(&["-c", "type:s", "/nowhere", &file]);
    assert_eq!(output.stdout, format!("{file}:2\n").as_bytes());
    assert_eq!(output.status.code(), Some(2));
    assert!(output.stderr.starts_with(b"trailsift: /nowhere: No such file"));
}

#[test]
fn gzip_of_several_members_is_one_log() {
    let folder = Folder::new("gzip");
    // The second member begins within an entry.
    let (start, end) = LOG.split_at(30);
    let packed = gzip(&[start, end, "", LOG]);
    assert_says(&run(&["-c", "type:s", &folder.file("log", &packed)]), 0, "4\n", "");
    assert_says(&run_on(&["-c", "type:s"], &packed), 0, "4\n", "");
}

#[test]
fn gzip_that_is_cut_off_says_so_behind_what_it_held() {
    let folder = Folder::new("cut");
    let packed = gzip(&[&LOG.repeat(50_000)]);
    let file = folder.file("log", &packed[..packed.len() / 2]);
    let output = run(&["type:f", &file]);
    assert_eq!(output.status.code(), Some(2));
    assert!(output.stdout.starts_with(b"{\"type\":\"f\",\"t\":\"\\u00e9\"}\n"));
    assert!(output.stdout.ends_with(b"}\n"));
    let said = format!("trailsift: {file}: the gzip data is cut off: its end is missing\n");
    assert_eq!(String::from_utf8(output.stderr).unwrap(), said);

    let mut damaged = gzip(&[LOG]);
    let checksum = damaged.len() - 8;
    damaged[checksum] ^= 1;
    let output = run(&["-c", "type:s", &folder.file("damaged", damaged)]);
    assert_eq!(output.status.code(), Some(2));
    assert!(String::from_utf8(output.stderr).unwrap().contains("the gzip data is damaged"));
}

#[test]
fn each_file_of_a_zip_archive_is_a_log() {
    let folder = Folder::new("zip");
    let archive = zip(&[
        ("logs/", b""),
        ("logs/a.ndjson", LOG.as_bytes()),
        // Cut within an entry: the next member does not complete it.
        ("logs/b.ndjson", b"{\"type\":"),
        ("logs/c.json.gz", &gzip(&[LOG])),
    ]);
    let file = folder.file("archive", archive);
    let output = run(&["-c", "type:s", &file]);
    assert_eq!((output.status.code(), &output.stdout[..]), (Some(2), &b"4\n"[..]));
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(said.starts_with(&format!("trailsift: {file}:logs/b.ndjson: line 1, byte ")), "{said}");
    assert_eq!(said.lines().count(), 1, "{said}");
}

#[test]
fn a_zip_archive_without_anything_to_read_says_why() {
    let folder = Folder::new("unzip");
    let count = |name: &str, archive: &[u8]| {
        let file = folder.file(name, archive);
        let output = run(&["-c", "type:s", &file]);
        assert_eq!(output.status.code(), Some(2));
        String::from_utf8(output.stderr).unwrap().replace(&file, "FILE")
    };
    let log = zip(&[("a", LOG.as_bytes())]);
    assert_eq!(count("empty", &zip(&[])), "trailsift: FILE: the zip archive holds no file\n");
    assert_eq!(
        count("f", &zip(&[("a/", b"")])),
        "trailsift: FILE: the zip archive holds no file\n"
    );
    assert_eq!(
        count("locked", &locked(log.clone())),
        "trailsift: FILE:a: it needs a password: unpack it first\n"
    );
    let hostile = zip(&[("\u{1b}[2Ja\n", b"nope")]);
    assert!(count("hostile", &hostile).starts_with("trailsift: FILE:\u{fffd}[2Ja\u{fffd}: line 1"));
    let cut = count("cut", &log[..log.len() - 10]);
    assert!(cut.starts_with("trailsift: FILE: the zip archive cannot be read: "), "{cut}");
    assert_says(
        &run_on(&["-c", "type:s"], &log),
        2,
        "",
        "trailsift: (standard input): a zip archive is read from its end: give it as a file\n",
    );
}

#[test]
fn a_reader_that_stops_early_is_no_trouble() {
    let mut child = command(&["type:s"]).spawn().unwrap();
    let mut stdin = child.stdin.take().unwrap();
    let feeder = std::thread::spawn(move || {
        let lines = LOG.repeat(100);
        // Ends with the command, which ends with its reader.
        while stdin.write_all(lines.as_bytes()).is_ok() {}
    });
    let mut first = [0; 21];
    let mut stdout = child.stdout.take().unwrap();
    stdout.read_exact(&mut first).unwrap();
    drop(stdout);
    let output = child.wait_with_output().unwrap();
    feeder.join().unwrap();
    assert_eq!(&first, b"{\"type\":\"s\", \"n\":1.0}");
    assert_eq!((output.status.code(), output.stderr), (Some(0), Vec::new()));
}

#[test]
fn a_match_is_written_before_the_input_ends() {
    let mut child = command(&["type:s"]).spawn().unwrap();
    let mut stdin = child.stdin.take().unwrap();
    stdin.write_all(LOG.as_bytes()).unwrap();
    let mut first = [0; 21];
    child.stdout.as_mut().unwrap().read_exact(&mut first).unwrap();
    drop(stdin);
    assert!(child.wait().unwrap().success());
}

#[test]
fn an_entry_without_an_end_is_not_waited_for_forever() {
    let folder = Folder::new("endless");
    let path = folder.0.join("log");
    let mut file = fs::File::create(&path).unwrap();
    file.write_all(b"{\"a\":1}\n{\"a\":\"").unwrap();
    let part = vec![b'x'; 1 << 20];
    for _ in 0..66 {
        file.write_all(&part).unwrap();
    }
    drop(file);
    let path = Path::to_str(&path).unwrap();
    assert_says(
        &run(&["-c", "a:1", path]),
        2,
        "1\n",
        &format!(
            "trailsift: {path}: line 2, byte 8: an entry is not longer than 64 MiB, and this is\n"
        ),
    );
}

/// An export of the entries 2 to 4 of a trail with five, its bundle, the trail's key, and its checkpoint of `kept`.
fn exported(kept: u64) -> (String, String, String, String) {
    let signer = Signer::new("log.example", &[7; 32]).unwrap();
    let (mut edge, mut tiles, mut export) = (Edge::default(), Tiles::default(), Vec::new());
    let checkpoint = |edge: &Edge| {
        let checkpoint = Checkpoint::new("log.example", edge.size(), edge.root()).unwrap();
        checkpoint.sign(&[&signer]).unwrap()
    };
    let mut known = String::new();
    for sequence in 1..=5_u64 {
        let bytes = format!("{{\"n\":{sequence}}}");
        let leaf = leaf_hash("id", sequence.cast_signed(), bytes.as_bytes());
        edge.append(leaf, |node, hash| tiles.close(node, hash));
        if sequence == kept {
            known = checkpoint(&edge);
        }
        if (2..=4).contains(&sequence) {
            let bytes = bytes.into_bytes().into();
            Line { sequence, id: "id".into(), received_at: sequence.cast_signed(), bytes }
                .write(&mut export);
        }
    }
    let proof = Proof::contiguous(2, 3, 5, &mut tiles).unwrap();
    let mut bundle = Bundle::new("log.example", signer.verifier(), &checkpoint(&edge), proof);
    bundle.earlier = Some(Earlier::new(&known, kept, 5, &mut tiles).unwrap());
    let export = String::from_utf8(export).unwrap();
    (export, bundle.to_json(), signer.verifier().to_string(), known)
}

#[test]
fn an_export_is_verified() {
    let folder = Folder::new("verify");
    let (export, bundle, key, known) = exported(3);
    let (bundle, known) = (folder.file("bundle", bundle), folder.file("known", known));
    let proven = "Intact and complete: the entries 2 to 4 of \"log.example\", none changed, removed or added.\n\
                  The log still begins with the 3 entries of the earlier checkpoint.\n";
    let signed = format!("The checkpoint of 5 entries is signed by \"{key}\", ");
    let said = format!("{proven}{signed}the key that was given.\n");
    let file = folder.file("export", &export);
    let packed = folder.file("export.gz", gzip(&[&export]));
    for file in [&file, &packed] {
        assert_says(&run(&["--verify", &bundle, "--key", &key, file]), 0, &said, "");
    }
    let stdin = run_on(&["--verify", &bundle, "--key", &key, "--known", &known], export.as_bytes());
    assert_says(&stdin, 0, &said, "");
    let alone = run(&["--verify", &bundle, "--known", &known, &file]);
    let said = format!(
        "{proven}{signed}a key that came with the bundle: compare it with the log's own.\n"
    );
    assert_says(&alone, 0, &said, "");
}

#[test]
fn what_is_wrong_with_an_export_is_named_and_1() {
    let folder = Folder::new("tampered");
    let (export, bundle, key, _) = exported(1);
    let bundle = folder.file("bundle", bundle);
    let lines: Vec<_> = export.split_inclusive('\n').collect();
    for (altered, fault) in [
        (export.replace("\"n\":3", "\"n\":7"), "The entry 3, with the id \"id\", was changed."),
        ([lines[0], lines[2]].concat(), "The entry 3 was removed, between 2 and 4."),
        (lines[..2].concat(), "The end was cut off after 3: the entry 4 is missing."),
        (
            [lines[0], lines[2], lines[1]].concat(),
            "The entry 3, with the id \"id\", was moved: it stands after 4.",
        ),
    ] {
        let output = run_on(&["--verify", &bundle, "--key", &key, "-"], altered.as_bytes());
        let said = String::from_utf8(output.stdout).unwrap();
        assert_eq!((output.status.code(), said.lines().next()), (Some(1), Some(fault)));
    }
}

#[test]
fn what_cannot_be_verified_is_2_and_a_query_may_be_called_verify() {
    let folder = Folder::new("unverified");
    let (export, bundle, _, known) = exported(2);
    let (bundle, file) = (folder.file("bundle", bundle), folder.file("export", export));
    let not_there = folder.0.join("none").to_str().unwrap().to_owned();
    let gone = format!("trailsift: {not_there}: No such file or directory (os error 2)\n");
    assert_says(&run(&["--verify", &not_there, &file]), 2, "", &gone);
    assert_says(&run(&["--verify", &bundle, &not_there]), 2, "", &gone);
    let two = "trailsift: a bundle is that of one export: give one file\n";
    assert_says(&run(&["--verify", &bundle, &file, &file]), 2, "", two);
    let note = folder.file("note", known.replace("2\n", "3\n"));
    let other = Signer::new("log.example", &[8; 32]).unwrap().verifier().to_string();
    let unsigned = run(&["--verify", &bundle, "--key", &other, "--known", &note, &file]);
    assert_says(&unsigned, 2, "", &format!("trailsift: {note}: not signed by the key\n"));
    for searching in ["--count", "-l", "-H", "-m1"] {
        assert_eq!(run(&["--verify", &bundle, searching, &file]).status.code(), Some(2));
    }
    assert_eq!(run(&["--key", &other, "type:s", &file]).status.code(), Some(2));
    assert_says(&run(&["-c", "verify", &file]), 1, "0\n", "");
}

#[test]
fn the_help_says_what_the_exit_codes_mean() {
    let output = run(&["--help"]);
    let help = String::from_utf8(output.stdout).unwrap();
    assert_eq!(output.status.code(), Some(0));
    for part in ["Examples:", "Exit status: 0 when something matched", "cerbos-decision"] {
        assert!(help.contains(part), "{help}");
    }
}
