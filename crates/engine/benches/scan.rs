//! How fast a scan is, in bytes that are in memory.
//!
//! `cargo xtask generate --kind auth0 --entries 200000 --start 2026-06-01T00:00:00Z --end 2026-07-01T00:00:00Z
//! --output FILE`, then `cargo bench -p trailsift-engine --bench scan FILE`. A word behind the file picks the rows that
//! hold it. The best of several runs is shown, as neighbours only ever slow one down.

#![allow(clippy::unwrap_used, clippy::panic, reason = "nothing but measurements depends on it")]

use std::{env, fs, time::Instant};

use trailsift_core::{Matcher, Options, Schema, compile};
use trailsift_engine::{json::Json, members::Members, plan::Plan, scan::Scan, split::entries};

const RUNS: usize = 7;

/// A row's name, its schema and its query.
const QUERIES: &[(&str, &str, &str)] = &[
    ("Q1", "auth0", "type:f AND ip:10.1.* AND date:[2026-06-10T00:00:00Z TO 2026-06-20T00:00:00Z]"),
    ("one code", "auth0", "type:fp"),
    ("two codes", "auth0", "type:(f OR fp)"),
    ("prefix", "auth0", "ip:10.1.*"),
    ("no literal, NOT", "auth0", "NOT type:s"),
    ("no literal, dates", "auth0", "date:[2026-06-10 TO 2026-06-20]"),
    ("nested, no literal", "auth0", "NOT details.request.method:POST"),
    ("free text, rare", "any", "yokohama"),
    ("free text, k and s", "any", "tickets"),
    ("free text, frequent", "any", "password"),
    ("everything", "any", ""),
];

fn main() {
    let mut arguments = env::args().skip(1).filter(|argument| !argument.starts_with("--"));
    let Some(path) = arguments.next() else {
        return println!("skipped: no file of entries was given");
    };
    let wanted = arguments.next().unwrap_or_default();
    let plain = fs::read(path).unwrap();
    let show = |name: &str, log: &[u8], run: &mut dyn FnMut() -> u64| {
        if !name.contains(&wanted) {
            return;
        }
        let mut found = 0;
        let mut time = || {
            let start = Instant::now();
            found = run();
            start.elapsed().as_secs_f64()
        };
        let best = (0..RUNS).map(|_| time()).fold(f64::INFINITY, f64::min);
        let megabytes = log.len() as f64 / 1e6;
        println!("{name:34} {:9.0} MB/s  {found:8}", megabytes / best);
    };
    let line_feeds = |log: &[u8]| log.iter().filter(|byte| **byte == b'\n').count() as u64;
    show("count of line feeds", &plain, &mut || line_feeds(&plain));
    show("memmem", &plain, &mut || memchr::memmem::find_iter(&plain, b"10.1.").count() as u64);
    show("members, top level", &plain, &mut || {
        let (mut at, mut count) = (0, 0);
        while plain.get(at) == Some(&b'{') {
            let mut members = Members::new(&plain, at);
            count += members.by_ref().filter(|member| member.is_ok()).count() as u64;
            at = members.end() + 1;
        }
        count
    });
    show("split, checked", &plain, &mut || entries(&plain).count() as u64);
    let escaped = if "Q1 escaped".contains(&wanted) { escaped(&plain) } else { Vec::new() };
    let array = if "Q1 array".contains(&wanted) { array(&plain) } else { Vec::new() };
    for (name, schema, text) in QUERIES {
        let schema = Schema::by_name(schema).unwrap();
        let query = compile(text, &Options { schema, ..Options::default() }).unwrap();
        let plan = Plan::new(query.filter());
        show(name, &plain, &mut || scan(Scan::new(), &plain, usize::MAX, &plan));
        if *name == "Q1" {
            show("Q1 in chunks of 1 MiB", &plain, &mut || {
                scan(Scan::new(), &plain, 1 << 20, &plan)
            });
            show("Q1 in chunks of 64 KiB", &plain, &mut || {
                scan(Scan::new(), &plain, 1 << 16, &plan)
            });
            show("Q1 escaped", &escaped, &mut || scan(Scan::new(), &escaped, usize::MAX, &plan));
            show("Q1 array", &array, &mut || scan(Scan::new(), &array, usize::MAX, &plan));
            show("Q1 checked", &plain, &mut || scan(Scan::checked(), &plain, usize::MAX, &plan));
        }
        if wanted == "reference" {
            let matcher = Matcher::new(query.filter());
            show(&format!("{name} reference"), &plain, &mut || {
                let ranges = entries(&plain).map(Result::unwrap);
                ranges
                    .filter(|range| {
                        matcher.matches(Json::new(plain.get(range.clone()).unwrap_or_default()))
                    })
                    .count() as u64
            });
        }
    }
}

fn scan(mut scan: Scan, log: &[u8], size: usize, plan: &Plan) -> u64 {
    for chunk in log.chunks(size) {
        scan.push(chunk, plan, |_| {});
    }
    scan.finish(plan, |_| {});
    scan.report().matches
}

/// The log with every letter and digit of a string written as an escape, keys too.
fn escaped(log: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(4 * log.len());
    let mut string = false;
    let mut bytes = log.iter().copied();
    while let Some(byte) = bytes.next() {
        match byte {
            b'\\' => {
                let escape = bytes.next().unwrap();
                out.extend([byte, escape]);
                out.extend(bytes.by_ref().take(if escape == b'u' { 4 } else { 0 }));
            }
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'.' if string => {
                out.extend(format!("\\u{byte:04x}").as_bytes());
            }
            _ => {
                string ^= byte == b'"';
                out.push(byte);
            }
        }
    }
    out
}

/// The log as one array on one line.
fn array(log: &[u8]) -> Vec<u8> {
    let lines: Vec<_> = log.split(|byte| *byte == b'\n').filter(|line| !line.is_empty()).collect();
    [b"[".as_slice(), &lines.join(&b','), b"]"].concat()
}
