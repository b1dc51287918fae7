//! How long a query takes to become a filter, and a filter to be held against an entry.
//!
//! Three groups, since they are paid for at different times: `parse` (text to syntax tree), `compile` (text to a query
//! that is ready), `execute` (a query against one parsed entry). And two curves, of depth and of length: throughput that
//! stays level from the first row to the last is time linear in the text.
//!
//! `cargo bench -p trailsift-core --bench query`

use std::borrow::Cow;

use divan::{Bencher, black_box, counter::BytesCount};
use trailsift_core::{
    Dialect, Limits, Options, Query, Schema, Timestamp, Value, View, compile, syntax,
};

fn main() {
    divan::main();
}

/// A hundred characters, of which parse and compile together may take 5 us.
const HUNDRED: &str = "type:f AND ip:10.1.* AND date:[2026-06-10 TO 2026-06-20] AND user_name:anne OR description:*blocked*";
const _: () = assert!(HUNDRED.len() == 100);

/// What people write, from the plainest on.
const QUERIES: &[(&str, &str)] = &[
    ("empty", ""),
    ("term", "type:f"),
    ("bare", "anne"),
    ("group", "type:(f OR fp OR fu) AND NOT user_name:anne*"),
    ("dates", "date:[2026-06-10T00:00:00Z TO 2026-06-20T00:00:00Z]"),
    ("network", "ip:10.1.0.0/16 AND NOT ip:[10.1.7.0 TO 10.1.7.255]"),
    ("hundred", HUNDRED),
];

fn options() -> Options {
    Options {
        schema: Schema::by_name("auth0").unwrap_or(Schema::ANY),
        now: Timestamp::parse(b"2026-06-10T12:00:00Z"),
        ..Options::default()
    }
}

fn text_of(name: &str) -> &'static str {
    QUERIES.iter().find(|(other, _)| *other == name).map_or("", |(_, text)| text)
}

const NAMES: [&str; 7] = ["empty", "term", "bare", "group", "dates", "network", "hundred"];

#[divan::bench(args = NAMES)]
fn parse(bencher: Bencher<'_, '_>, name: &str) {
    let text = text_of(name);
    bencher
        .counter(BytesCount::of_str(text))
        .bench(|| syntax::parse(black_box(text), Dialect::Q, &Limits::DEFAULT));
}

/// Parsing too: this is the whole way from text to a query that is ready.
#[divan::bench(args = NAMES)]
fn parse_and_compile(bencher: Bencher<'_, '_>, name: &str) {
    let (text, options) = (text_of(name), options());
    bencher.counter(BytesCount::of_str(text)).bench(|| compile(black_box(text), &options));
}

#[divan::bench(args = NAMES)]
fn execute(bencher: Bencher<'_, '_>, name: &str) {
    let Ok(query) = compile(text_of(name), &options()) else { return };
    bencher.bench(|| query.matcher().matches(black_box(ENTRY)));
}

/// Linear in depth: `((((type:f))))`.
#[divan::bench(args = [1, 10, 25, 50, 75, 100])]
fn depth_groups(bencher: Bencher<'_, '_>, depth: usize) {
    curve(bencher, &("(".repeat(depth) + "type:f" + &")".repeat(depth)));
}

/// Linear in depth where each level is a choice: `type:a OR (type:a AND (type:a OR …`.
#[divan::bench(args = [1, 10, 25, 50, 75, 100])]
fn depth_choices(bencher: Bencher<'_, '_>, depth: usize) {
    let opening: String =
        (0..depth).map(|i| if i % 2 == 0 { "type:a OR (" } else { "type:a AND (" }).collect();
    curve(bencher, &(opening + "type:f" + &")".repeat(depth)));
}

/// Linear in length, up to the limit of 8 kB: many short conditions.
#[divan::bench(args = [128, 256, 512, 1024, 2048, 4096, 8192])]
fn length_conditions(bencher: Bencher<'_, '_>, bytes: usize) {
    curve(bencher, &filled("type:f OR ", bytes));
}

/// Linear in length: one long value.
#[divan::bench(args = [128, 256, 512, 1024, 2048, 4096, 8192])]
fn length_value(bencher: Bencher<'_, '_>, bytes: usize) {
    curve(bencher, &format!("type:{:x<1$}", "", bytes - "type:".len()));
}

/// Linear in length: nothing but mistakes, each with its diagnostic.
#[divan::bench(args = [128, 256, 512, 1024, 2048, 4096, 8192])]
fn length_mistakes(bencher: Bencher<'_, '_>, bytes: usize) {
    curve(bencher, &filled("typ:[a b] AND OR ) date:x ", bytes));
}

/// 8 kB of the same few characters. No text may take more than 1 ms a kB: every row must show more than 1 MB/s.
#[divan::bench(args = [
    "(", ")", "[", "\"", "'", "\\", "!", "- ", "NOT ", "AND ", "a", "a ", "a:", "a: ", "typ:x ", "t", "t.", "type:x ",
    "type:(", "a*", "?", "*", "a~ ", "a^2 ", "/a/ ", "'a' ", "“a” ", "a=b ", "a&b:c ", "a\\ ", " ", "\t", "[a ", "[a TO ",
    "x:[a TO b] ", "date:[2026 TO now] ", "ip:10.0.0.0/8 ", "é", "日本 ", "date:x ", "x:>", "a OR b AND ", "+a -b ",
    "outcome:* ", "outcome:?* AND ", "NOT outcome:* ", "category:x ", "ip:1.2.3. ", "a* ", "1.2.3.4 ", "/.*/ ",
])]
fn hostile(bencher: Bencher<'_, '_>, unit: &str) {
    curve(bencher, unit.repeat(8192 / unit.len()).as_str());
}

/// The same up to 1,024 conditions, the most that a query has, where longer text would only be refused.
#[divan::bench(args = ["a ", "- ", "a* ", "+a -b ", "5 "])]
fn hostile_words(bencher: Bencher<'_, '_>, unit: &str) {
    let words = unit.split_whitespace().count();
    curve(bencher, unit.repeat(1024 / words).as_str());
}

/// 1,024 conditions of which no two are alike, each as short as it can be.
#[divan::bench(args = ["q", "fga"])]
fn hostile_different(bencher: Bencher<'_, '_>, dialect: &str) {
    let letter = |n: usize| {
        char::from(b"AaBb".get(n / 8 % 4).map_or(b'x', |first| first + (n % 8) as u8 * 2))
    };
    let text: String = (0..1024).map(|n| format!("{}{} ", letter(n / 32), letter(n))).collect();
    let dialect = Dialect::by_name(dialect).unwrap_or_default();
    let options = Options { dialect, ..options() };
    bencher.counter(BytesCount::of_str(&text)).bench(|| compile(black_box(&text), &options));
}

/// The same in the other dialect, where words side by side must all hold: nothing merges.
#[divan::bench(args = ["a ", "a* ", "1.2.3.4 ", "object:a&", "'a'&"])]
fn hostile_fga(bencher: Bencher<'_, '_>, unit: &str) {
    let schema = Schema::by_name("fga").unwrap_or(Schema::ANY);
    let options = Options { dialect: Dialect::Fga, schema, ..Options::default() };
    let text = unit.repeat((8192 / unit.len()).min(1024));
    bencher.counter(BytesCount::of_str(&text)).bench(|| compile(black_box(&text), &options));
}

fn curve(bencher: Bencher<'_, '_>, text: &str) {
    let options = options();
    bencher.counter(BytesCount::of_str(text)).bench(|| compile(black_box(text), &options));
}

/// `unit` again and again, and a last condition that fills up to `bytes`.
fn filled(unit: &str, bytes: usize) -> String {
    let mut text = unit.repeat(bytes / unit.len() - 1);
    text += "type:";
    text += &"x".repeat(bytes - text.len());
    text
}

#[divan::bench]
fn matcher_of_a_filter(bencher: Bencher<'_, '_>) {
    let Ok(query) = compile(HUNDRED, &options()) else { return };
    bencher.bench(|| trailsift_core::Matcher::new(black_box(Query::filter(&query))));
}

/// An entry in memory, as flat as a log's: what reading it costs is the engine's to measure.
#[derive(Clone, Copy)]
enum Entry {
    Object(&'static [(&'static str, Entry)]),
    Text(&'static str),
}

const ENTRY: Entry = Entry::Object(&[
    ("date", Entry::Text("2026-06-14T08:15:30.125Z")),
    ("type", Entry::Text("f")),
    (
        "description",
        Entry::Text("Wrong email or password; the account is blocked after 10 attempts"),
    ),
    ("connection", Entry::Text("Username-Password-Authentication")),
    ("client_id", Entry::Text("aBcDeFgHiJkLmNoPqRsTuVwXyZ012345")),
    ("client_name", Entry::Text("Web shop")),
    ("ip", Entry::Text("10.1.200.3")),
    ("user_agent", Entry::Text("Firefox 128.0.0 / Linux 0.0.0")),
    (
        "details",
        Entry::Object(&[
            (
                "request",
                Entry::Object(&[
                    ("method", Entry::Text("POST")),
                    ("ip", Entry::Text("10.1.200.3")),
                ]),
            ),
            ("error", Entry::Object(&[("message", Entry::Text("Wrong email or password."))])),
        ]),
    ),
    ("hostname", Entry::Text("shop.eu.example.com")),
    ("user_id", Entry::Text("auth0|65f0c0ffee65f0c0ffee65f0")),
    ("user_name", Entry::Text("anne@example.com")),
    ("log_id", Entry::Text("90020260614081530125000000000000001223372036854775")),
]);

impl Value<'static> for Entry {
    fn view(self) -> View<'static> {
        match self {
            Self::Object(_) => View::Object,
            Self::Text(text) => View::Text(Cow::Borrowed(text.as_bytes())),
        }
    }

    fn elements(self) -> impl Iterator<Item = Self> {
        None.into_iter()
    }

    fn members(self) -> impl Iterator<Item = (Cow<'static, [u8]>, Self)> {
        let members = match self {
            Self::Object(members) => members,
            Self::Text(_) => &[],
        };
        members.iter().map(|(key, value)| (Cow::Borrowed(key.as_bytes()), *value))
    }
}
