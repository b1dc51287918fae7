//! The span of time outside of which no entry matches: what a filter says of the entries' own time. With it a search
//! reads only the chunks that it needs. Not an evaluation: the filter still decides of each entry.

use trailsift_core::{
    Filter,
    filter::{Target, Test, ValueTest},
};
use trailsift_trail::time::Millis;

/// The earliest and the latest time, both inclusive, of entries that may match; `field` holds an entry's own time.
pub(super) fn of(filter: &Filter, field: &str) -> (Millis, Millis) {
    match filter {
        Filter::And(parts) => {
            let spans = parts.iter().map(|part| of(part, field));
            spans.fold(ALL, |(lo, hi), (low, high)| (lo.max(low), hi.min(high)))
        }
        Filter::Or(parts) if !parts.is_empty() => {
            let spans = parts.iter().map(|part| of(part, field));
            spans.fold(NONE, |(lo, hi), (low, high)| (lo.min(low), hi.max(high)))
        }
        Filter::Leaf(leaf) => match (&leaf.target, &leaf.test) {
            (Target::Paths(paths), Test::Is(test)) if *paths == [field] => of_test(test),
            _ => ALL,
        },
        _ => ALL,
    }
}

const ALL: (Millis, Millis) = (Millis::MIN, Millis::MAX);
const NONE: (Millis, Millis) = (Millis::MAX, Millis::MIN);

fn of_test(test: &ValueTest) -> (Millis, Millis) {
    let Some(range) = test.date else { return ALL };
    // An entry's own time is always a date; a test that takes something else besides says nothing of it.
    if *test != (ValueTest { date: Some(range), ..ValueTest::default() }) {
        return ALL;
    }
    // Times are kept in whole milliseconds, rounded down as these are.
    let lo = range.from.map_or(Millis::MIN, |from| from.as_millis());
    let hi = range.until.map_or(Millis::MAX, |until| until.as_millis());
    (lo, hi)
}

#[cfg(test)]
mod tests {
    use trailsift_core::{Options, Schema, compile};
    use trailsift_trail::time;

    use super::*;

    fn span(query: &str) -> (Millis, Millis) {
        let schema = Schema::by_name("auth0").unwrap();
        let query = compile(query, &Options { schema, ..Options::default() }).unwrap();
        of(query.filter(), "date")
    }

    fn at(text: &str) -> Millis {
        time::parse(text).unwrap()
    }

    #[test]
    fn what_a_filter_says_of_the_time() {
        let (july, august) = (at("2026-07-01T00:00:00Z"), at("2026-08-01T00:00:00Z"));
        for (query, wanted) in [
            ("date:2026-07", (july, august)),
            ("date:2026-07 AND type:f", (july, august)),
            ("date:[2026-07-01 TO *] AND (type:f OR type:s)", (july, Millis::MAX)),
            ("date:[2026-07 TO *] AND date:{* TO 2026-08-01}", (july, august)),
            ("date:2026-07-01 OR date:2026-07-31", (july, august)),
            ("type:f", ALL),
            ("date:2026-07 OR type:f", ALL),
            ("NOT date:2026-07", ALL),
            ("2026-07-01", ALL),
            ("", ALL),
        ] {
            assert_eq!(span(query), wanted, "{query}");
        }
    }
}
