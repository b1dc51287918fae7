//! The table against the reference evaluator: on every row of the corpus, and on random entries and filters.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice,
    reason = "tests may stop at the first surprise"
)]

#[path = "../../core/tests/evaluation/filters.rs"]
mod filters;
#[path = "../../core/tests/evaluation/json.rs"]
#[allow(dead_code, reason = "entries are written here, not held against a tree")]
mod json;
#[path = "../../../tests/corpus/reader.rs"]
#[allow(dead_code, reason = "the diagnostics are the core's to test")]
mod reader;
#[path = "../../core/tests/evaluation/words.rs"]
mod words;

use json::Json;
use proptest::{prelude::*, sample::select};
use trailsift_core::{Filter, Matcher, Options, Schema, compile};
use trailsift_engine::{
    split::entries,
    table::{AddError, Additions, Builder, Missing, Settings, Sizes, Table},
};

/// Segments so small that few entries cross their borders.
fn tiny() -> Settings {
    Settings { sizes: Sizes::TINY, ..Settings::default() }
}

/// A table of `log`, read in chunks of `size` bytes.
fn table(log: &[u8], size: usize, settings: Settings) -> Table {
    let mut builder = Builder::new(settings);
    for chunk in log.chunks(size) {
        builder.push(chunk).unwrap();
    }
    builder.finish()
}

fn add(table: &mut Table, missing: &Missing, log: &[u8], size: usize) {
    let mut additions = Additions::new(table, missing);
    for chunk in log.chunks(size) {
        additions.push(chunk).unwrap();
    }
    additions.finish(table).unwrap();
}

/// The rows of the filter; what the table misses is read again.
fn found(table: &mut Table, filter: &Filter, log: &[u8], size: usize) -> Vec<usize> {
    let missing = table.missing(filter);
    if !missing.is_empty() {
        assert_eq!(table.find(filter).unwrap_err(), missing);
        add(table, &missing, log, size);
    }
    table.find(filter).unwrap().rows().map(|row| row as usize).collect()
}

/// The rows of the filter by the reference.
fn expected(filter: &Filter, log: &[u8]) -> Vec<usize> {
    let matcher = Matcher::new(filter);
    let entries = entries(log).map(|range| &log[range.unwrap()]);
    let matches = entries
        .enumerate()
        .filter(|(_, entry)| matcher.matches(trailsift_engine::json::Json::new(entry)));
    matches.map(|(row, _)| row).collect()
}

#[test]
fn every_row_of_the_corpus() {
    let mut wrong = Vec::new();
    for case in reader::cases() {
        let Ok(query) = compile(&case.query, &case.options) else { continue };
        // Often enough that segments end within.
        let log = case.entries.join("\n") + "\n";
        let times = 300_usize.div_ceil(case.entries.len().max(1));
        for (log, times) in [(log.clone(), 1), (log.repeat(times), times)] {
            let settings = tiny();
            let mut table = table(log.as_bytes(), 1000, settings);
            assert_eq!(table.len() as usize, case.entries.len() * times);
            let found = found(&mut table, query.filter(), log.as_bytes(), 1 << 20);
            let mut all = Vec::new();
            for time in 0..times {
                let matches = case.matches.iter().flatten();
                all.extend(matches.map(|index| time * case.entries.len() + index));
            }
            if found != all {
                wrong.push(format!("{}\n  expected {all:?}\n  found    {found:?}", case.name));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// An entry's text; members in their order, duplicates too. Every other key is written in escapes, if `escaped`: they
/// change nothing.
fn write(value: &Json, escaped: bool, out: &mut String) {
    match value {
        Json::Scalar(scalar) => *out += &scalar.to_string(),
        Json::Array(elements) => {
            out.push('[');
            for (index, element) in elements.iter().enumerate() {
                *out += if index > 0 { " ," } else { "" };
                write(element, escaped, out);
            }
            out.push(']');
        }
        Json::Object(members) => {
            out.push('{');
            for (index, (key, member)) in members.iter().enumerate() {
                *out += if index > 0 { "," } else { "" };
                if escaped && index % 2 == 1 && key.is_ascii() {
                    *out += "\"";
                    key.chars().for_each(|c| *out += &format!("\\u{:04x}", c as u32));
                    *out += "\": ";
                } else {
                    *out += &format!("{key:?}:");
                }
                write(member, escaped, out);
            }
            out.push('}');
        }
    }
}

fn log_of(entries: &[Json], escaped: bool, rows: &[prop::sample::Index]) -> String {
    let texts: Vec<String> = entries
        .iter()
        .map(|entry| {
            let mut text = String::new();
            match entry {
                Json::Object(_) => write(entry, escaped, &mut text),
                other => write(&Json::Object(vec![("a", other.clone())]), escaped, &mut text),
            }
            text
        })
        .collect();
    rows.iter().map(|row| row.get(&texts).clone() + "\n").collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_filters_on_any_entries(
        entries in prop::collection::vec(Json::entry(), 1..12),
        rows in prop::collection::vec(any::<prop::sample::Index>(), 0..300),
        filters in prop::collection::vec(filters::filter(), 1..6),
        paths in prop::collection::vec(select(words::PATHS), 0..4),
        size in 1_usize..5000,
        escaped: bool,
    ) {
        let log = log_of(&entries, escaped, &rows);
        let paths = paths.into_iter().map(String::from).collect();
        let settings = Settings { paths, ..tiny() };
        let mut table = table(log.as_bytes(), size, settings);
        prop_assert_eq!(table.len() as usize, rows.len());
        for (filter, again) in filters.iter().flat_map(|filter| [(filter, false), (filter, true)]) {
            let found = found(&mut table, filter, log.as_bytes(), size);
            prop_assert_eq!(found, expected(filter, log.as_bytes()), "{:?} {}", filter, again);
        }
    }
}

/// What the columns of a log are like, so that each form of a segment is met, and each change from one to another.
#[derive(Clone, Debug)]
struct Shape {
    /// Fraction digits of the dates, and another one from some row on.
    digits: (usize, usize),
    /// The row from which something changes.
    turn: usize,
    /// Distinct values of the column `t`.
    few: usize,
    /// What stands in one row of seven.
    odd: &'static str,
}

fn shape() -> impl Strategy<Value = Shape> {
    let odd =
        select(&["null", "[1,\"id-7\"]", "\"x\"", "{}", "-0.0", "1e3", "[]", "\"2026-01-01\""][..]);
    ((0_usize..10, 0_usize..10), 0_usize..500, 1_usize..400, odd)
        .prop_map(|(digits, turn, few, odd)| Shape { digits, turn, few, odd })
}

fn shaped_log(shape: &Shape, seeds: &[u32]) -> String {
    let mut log = String::new();
    for (row, seed) in seeds.iter().enumerate() {
        let late = row >= shape.turn;
        let digits = if late { shape.digits.1 } else { shape.digits.0 };
        let fraction = match digits {
            0 => String::new(),
            digits => format!(".{:0<digits$}", seed % 10),
        };
        let date =
            format!("2026-06-{:02}T{:02}:00:{:02}{fraction}Z", 1 + seed % 30, seed % 24, seed % 60);
        let odd = row % 7 == 3;
        let d = if odd && late { shape.odd.to_owned() } else { format!("{date:?}") };
        let id = if odd { shape.odd.to_owned() } else { format!("\"id-{seed}-{}\"", seed % 50) };
        log += &format!("{{\"d\":{d},\"i\":{id},\"j\":{id},\"t\":\"t{}\"", seed % shape.few as u32);
        // Digits, as long as each other for a while.
        let width = if late { shape.digits.1 } else { 6 };
        log += &format!(",\"g\":\"{:04}{row:0width$}\"", seed % 10_000);
        if seed % 3 == 0 {
            log += &format!(",\"n\":{seed},\"n\":{}", i64::from(*seed) - 1000);
        }
        if row % 8 == 5 {
            log += &format!(",\"s\":\"rare {seed}\"");
        }
        if late {
            log += &format!(",\"late\":{}", seed % 2 == 0);
        }
        log += "}\n";
    }
    log
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 150, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn every_form_of_a_segment(
        shape in shape(),
        seeds in prop::collection::vec(0_u32..100_000, 0..600),
        size in 1_usize..5000,
    ) {
        let log = shaped_log(&shape, &seeds);
        let mut table = table(log.as_bytes(), size, tiny());
        for text in [
            "d:[2026-06-10 TO 2026-06-20]", "d:>=2026-06-10T05", "d:2026-06-1*", "NOT d:*T05*", "_exists_:d", "d:null",
            "i:*id-1*", "i:id-77-27", "i:*7", "NOT i:*-2?-*", "j:*0-1*", "j:1000", "i:\\-*", "i:null", "_exists_:j",
            "t:t3", "t:(t1 OR t2)", "t:t1*", "NOT t:t*", "n:>50000", "n:*5", "n:[0 TO 1000]", "_exists_:n",
            "g:*100*", "g:*00012*", "g:*7", "NOT g:0*", "g:??1*", "g:*1x*", "g:[\"2\" TO \"4\"]", "g:*5* AND t:t1*",
            "s:*7*",
            "NOT s:*1*",
            "_exists_:s",
            "s:rare* AND t:t1*",
            "late:true", "NOT late:false", "t:t1 AND i:*id-1* AND d:2026-06-11", "late:true AND (n:<0 OR j:*99*)",
        ] {
            let query = compile(text, &Options { schema: Schema::ANY, ..Options::default() }).unwrap();
            let found = found(&mut table, query.filter(), log.as_bytes(), size);
            prop_assert_eq!(found, expected(query.filter(), log.as_bytes()), "{}", text);
        }
    }
}

#[test]
fn a_row_knows_where_its_entry_lies() {
    for log in
        ["{\"a\":1}\n{\"a\":22}\n", "[{\"a\":1},  {\"a\":22}]", "x\n{\"a\":1}\r\n\n{\"a\":22}{}"]
    {
        let text = log.repeat(150);
        let table = table(text.as_bytes(), 77, tiny());
        let ranges: Vec<_> = entries(text.as_bytes()).filter_map(Result::ok).collect();
        assert_eq!(table.len() as usize, ranges.len());
        for (row, range) in (0..).zip(ranges) {
            assert_eq!(table.row_range(row), Some(range.start as u64..range.end as u64));
        }
        assert_eq!(table.row_range(table.len()), None);
        assert_eq!(table.report().broken, if log.starts_with('x') { 150 } else { 0 });
    }
}

#[test]
fn past_its_budget_a_table_keeps_what_it_has() {
    let log: String = (0..20_000).map(|n| format!("{{\"a\":\"value {n}\"}}\n")).collect();
    let mut builder = Builder::new(Settings { budget: 300_000, ..Settings::default() });
    let results: Vec<_> = log.as_bytes().chunks(10_000).map(|chunk| builder.push(chunk)).collect();
    let exceeded = results.last().unwrap().unwrap_err();
    assert!(exceeded.bytes > 300_000 && exceeded.bytes < 600_000, "{exceeded}");
    let mut table = builder.finish();
    assert_eq!(table.exceeded(), Some(exceeded));
    assert_eq!(u64::from(table.len()), exceeded.rows);
    assert!(exceeded.rows > 2000, "{exceeded}");
    let query = compile("a:\"value 1500\"", &Options::default()).unwrap();
    assert_eq!(table.find(query.filter()).unwrap().rows().collect::<Vec<_>>(), [1500]);
}

#[test]
fn other_bytes_are_not_added() {
    let log = "{\"a\":{\"b\":1}}\n".repeat(300);
    let mut table = table(log.as_bytes(), 100, tiny());
    let query = compile("a.b:1", &Options::default()).unwrap();
    let missing = table.missing(query.filter());
    for other in [log.replacen("b", "bb", 1), log[14..].to_owned(), log.clone() + "{}"] {
        let mut additions = Additions::new(&table, &missing);
        let pushed = additions.push(other.as_bytes());
        let finished = additions.finish(&mut table);
        assert!(pushed.is_err() || finished.is_err());
        assert_eq!(table.missing(query.filter()), missing);
    }
    add(&mut table, &missing, log.as_bytes(), 100);
    assert_eq!(table.count(query.filter()), Ok(300));
}

#[test]
fn a_column_that_repeats_another_takes_no_room() {
    let log = |key: &str| -> String {
        (0..70_000)
            .map(|n| format!("{{\"log_id\":\"9002026{n:040}\",{key}:\"9002026{n:040}\"}}\n"))
            .collect()
    };
    let (one, two) = (log("\"log_id\""), log("\"_id\""));
    let memory = |log: &str| table(log.as_bytes(), 1 << 20, Settings::default()).memory();
    assert!(memory(&two) < memory(&one) * 11 / 10, "{} {}", memory(&one), memory(&two));
    let query = compile("_id:*60007 AND log_id:*6000?", &Options::default()).unwrap();
    let mut table = table(two.as_bytes(), 1 << 20, Settings::default());
    assert_eq!(table.find(query.filter()).unwrap().rows().collect::<Vec<_>>(), [60_007]);
}

/// What is not there in an answer that was refused for want of room is not half there either.
#[test]
fn what_is_added_has_the_same_budget() {
    let text = "x".repeat(1000);
    let log: String = (0..2000).map(|n| format!("{{\"a\":{{\"b\":\"{n} {text}\"}}}}\n")).collect();
    let mut table =
        table(log.as_bytes(), 10_000, Settings { budget: 500_000, ..Settings::default() });
    let query = compile("a.b:*17*", &Options::default()).unwrap();
    let mut additions = Additions::new(&table, &table.missing(query.filter()));
    let pushed = log.as_bytes().chunks(10_000).try_for_each(|chunk| additions.push(chunk));
    assert!(matches!(pushed, Err(AddError::Budget(_))), "{pushed:?}");
    assert_eq!(additions.finish(&mut table), Err(pushed.unwrap_err()));
    assert_eq!(table.count(query.filter()).unwrap_err().paths, ["a.b"]);
}

/// Each entry brings keys of its own: there is an end to the columns, and no wrong answer behind it.
#[test]
fn keys_without_number() {
    let log: String =
        (0..6000).map(|n| format!("{{\"k{n}\":{n},\"a\":{{\"k{n}\":1}}}}\n")).collect();
    let mut table = table(log.as_bytes(), 10_000, Settings { columns: 50, ..Settings::default() });
    assert_eq!(table.paths().count(), 50);
    for (text, row) in [("k5:5", 5), ("k5999:5999", 5999), ("a.k4321:1", 4321)] {
        let query = compile(text, &Options::default()).unwrap();
        assert_eq!(found(&mut table, query.filter(), log.as_bytes(), 10_000), [row], "{text}");
    }
}

/// Keys that hold dots, and keys that come twice, lead to one path: the longest wins, then the last.
#[test]
fn paths_that_several_members_lead_to() {
    let entries = [
        r#"{"a":{"b":{"c":"1"}}}"#,
        r#"{"a":{"b":{"c":"1"}},"a":{"b":{"d":"2"}}}"#,
        r#"{"a":{"b":{"c":"1"}},"a":"2"}"#,
        r#"{"a":"2","a":{"b":{"c":"1"}}}"#,
        r#"{"a":{"b":{"c":"1"},"b":null}}"#,
        r#"{"a":[{"b":{"c":"1"}},{"b":[{"c":"2"}]}],"a":{"b":3}}"#,
        r#"{"a":{"b":3},"a":[{"b":{"c":"1"}},{"b":[{"c":"2"}]}]}"#,
        r#"{"a":{"b":{"c":"1"}},"a.b":{"c":"2"}}"#,
        r#"{"a.b":{"c":"2"},"a":{"b":{"c":"1"}}}"#,
        r#"{"a.b":{"d":"2"},"a":{"b":{"c":"1"}},"a.b.c":"1"}"#,
        r#"{"a":{"b":{"c":"1"}},"\u0061":{"b.c":"2"}}"#,
        r#"{"a":{"b":{"c":"1"}},"a":{"b":{"c":"1","c":"2"}}}"#,
        r#"{"a":{"b.c":"2","b":{"c":"1"}}}"#,
        r#"{"a":[{"b":{"c":"1"}},2,{"b":{"c":"2","d":"2"}},{"b":null},{}]}"#,
        r#"{"a":[{"b":{"c":["1",{"d":"2"}]}},{"b":{"c":"2"},"b":3}]}"#,
        r#"{"a":[{"b":{"d":"1"}},[{"b":{"c":"2"}}]],"a":[{"b":{"c":"1"}}]}"#,
        r#"{"a":[{"b":{"c":"1"}},{"b.c":"2"}],"a":[]}"#,
    ];
    // Plain ones first, alone too: what is known of the keys then is not what it is later on.
    for first in 0..entries.len() {
        let log = [&entries[..1], &entries[first..=first], &entries[..], &entries[..]]
            .concat()
            .join("\n");
        for paths in [
            &[][..],
            &["a.b.c", "a.b", "a.b.d", "a.*.c"],
            &["a.b.c"],
            &["a.b.c", "a.b", "a.b.d"],
            &["a.b.c", "a.2.b.c"],
        ] {
            let paths = paths.iter().copied().map(String::from).collect();
            let mut table = table(log.as_bytes(), 200, Settings { paths, ..tiny() });
            for text in [
                "a.b.c:1",
                "a.b.c:2",
                "_exists_:a.b",
                "a.b:3",
                "a.b.d:2",
                "a.*.c:1",
                "a:2",
                "a.2.b.c:2",
            ] {
                let query = compile(text, &Options { schema: Schema::ANY, ..Options::default() });
                let filter = query.unwrap().filter().clone();
                let found = found(&mut table, &filter, log.as_bytes(), 1000);
                assert_eq!(found, expected(&filter, log.as_bytes()), "{text} {first}");
            }
        }
    }
}

#[test]
fn an_entry_that_is_too_long_is_given_up() {
    let mut builder = Builder::new(Settings::default());
    builder.push(b"{\"a\":1}\n{\"a\":\"").unwrap();
    for _ in 0..66 {
        builder.push(&vec![b'x'; 1 << 20]).unwrap();
    }
    assert!(builder.memory() < 66 << 20);
    builder.push(b"\"}\n{\"a\":2}").unwrap();
    let table = builder.finish();
    assert_eq!((table.len(), table.report().broken), (2, 1));
    assert_eq!(table.row_range(1), Some((66 << 20) + 17..(66 << 20) + 24));
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 600, failure_persistence: None, ..ProptestConfig::default() })]

    /// In whatever a log is wrapped, and however it is broken: a table has the entries that the splitter finds.
    #[test]
    fn rows_are_the_entries_that_there_are(
        parts in prop::collection::vec(select(&[
            "{\"a\":1}", "{\"a\":1},", "{\"a\":{\"b\":[1]}}", "{\"a\":", "{\"logs\":[", "{\"b\":1,\"logs\":[", "[", "]", "]}",
            "{\"data\":[", "{\"entries\":[", "{\"checkpoint\":1,\"entries\":[", "{\"date\":\"\"}", "{\"date\":\"\",\"data\":[",
            ",", "}", "\n", "\n{", " ", "1", "\"x", "{\"result\":{\"accessLogEntry\":{\"a\":1}}}", "{\"logs\":1}",
            "{\"log_id\":\"1\",\"data\":{\"a\":2}}", "{\"log_id\":\"1\",\"data\":{\"a\":2},\"b\":1}", ",\"next\":null",
            "{\"log_id\":\"1\",\"data\":{\"a\":\"\\x\"}}", "{\"a\":\"\\x\"}", "{\"a\":[{\"b\":tru}]}", "\u{feff}",
        ][..]), 0..14),
        size in 1_usize..60,
    ) {
        let log = parts.concat();
        let settings = Settings { paths: vec!["a.b".to_owned()], ..tiny() };
        let table = table(log.as_bytes(), size, settings);
        let (rows, broken): (Vec<_>, Vec<_>) = entries(log.as_bytes()).partition(Result::is_ok);
        let rows: Vec<_> = rows.into_iter().flatten().map(|at| at.start as u64..at.end as u64).collect();
        let found: Vec<_> = (0..table.len()).filter_map(|row| table.row_range(row)).collect();
        prop_assert_eq!(found, rows);
        let broken: Vec<_> = broken.into_iter().filter_map(Result::err).collect();
        prop_assert_eq!(&table.report().first_broken, &broken);
    }
}
