//! The parameters of `GET /stores/{store_id}/logs`.
//!
//! The documentation's own curl lines hold a raw `&` inside the filter: `query=request.operation:Write&
//! request.tuple_key.object:'document:x'`. In a URL that `&` begins another parameter, whose name is the second
//! condition. A server that ignored it would answer with far too much; here a parameter with the form of a condition
//! is one, and joins the filter with AND.

use trailsift_trail::{directory::Direction, time, time::Millis};

use super::conditions::Conditions;
use crate::{
    error::Problem,
    parameters::{self, Parameter, Parameters},
};

/// The most entries of a page, and how many there are unless asked otherwise.
const MOST: usize = 100;

/// What is asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Ask {
    /// The filter.
    pub(crate) conditions: Conditions,
    pub(crate) token: Option<String>,
    pub(crate) lo: Millis,
    pub(crate) hi: Millis,
    pub(crate) direction: Direction,
    pub(crate) page_size: usize,
}

impl Ask {
    /// Reads the parameters.
    ///
    /// # Errors
    /// [`Problem::Parameter`], [`Problem::UnknownParameter`].
    pub(crate) fn read(parameters: &Parameters) -> Result<Self, Problem> {
        let token = parameters.filled("continuation_token").map(str::to_owned);
        // The live service looks back seven days unless told otherwise, because it keeps no more. A trail is kept
        // longer: without bounds everything that is kept is answered. `end_time` without effect of `now`: nothing is
        // ever received later than now.
        let (mut lo, hi) = (instant(parameters, "start_time")?, instant(parameters, "end_time")?);
        if token.is_some() {
            lo = None;
        }
        let (lo, hi) = (lo.unwrap_or(Millis::MIN), hi.unwrap_or(Millis::MAX));
        if lo > hi {
            return Err(Problem::parameter("start_time", "lies after end_time"));
        }
        Ok(Self {
            conditions: conditions(parameters)?,
            token,
            lo,
            hi,
            direction: direction(parameters)?,
            page_size: page_size(parameters)?,
        })
    }
}

fn instant(parameters: &Parameters, name: &'static str) -> Result<Option<Millis>, Problem> {
    let Some(text) = parameters.filled(name) else { return Ok(None) };
    // A raw `+` of an offset has become a space.
    let parsed = time::parse(text).or_else(|| time::parse(&text.replace(' ', "+")));
    parsed.map(Some).ok_or_else(|| {
        Problem::parameter(name, "must be a time in RFC 3339, such as 2026-07-01T09:30:00Z")
    })
}

fn direction(parameters: &Parameters) -> Result<Direction, Problem> {
    match parameters.filled("sort") {
        None | Some("timestamp:1") => Ok(Direction::Ascending),
        Some("timestamp:-1") => Ok(Direction::Descending),
        Some(_) => Err(Problem::parameter("sort", "must be timestamp:1 or timestamp:-1")),
    }
}

fn page_size(parameters: &Parameters) -> Result<usize, Problem> {
    let Some(text) = parameters.filled("page_size") else { return Ok(MOST) };
    match text.parse() {
        Ok(size @ 1..=MOST) => Ok(size),
        _ => Err(Problem::parameter("page_size", "must be a whole number from 1 to 100")),
    }
}

/// The `query` and every parameter that has a condition's form.
fn conditions(parameters: &Parameters) -> Result<Conditions, Problem> {
    let mut conditions = Conditions::default();
    for Parameter { name, value, whole } in parameters.iter() {
        if name == "query" {
            if !value.trim().is_empty() {
                conditions.push(value);
            }
        } else if is_condition(name) {
            conditions.push(whole);
        } else if !KNOWN.contains(&&**name) {
            // Ignoring a parameter here may answer with more than was asked for.
            return Err(parameters::unknown(name, KNOWN));
        }
    }
    Ok(conditions)
}

const KNOWN: &[&str] =
    &["query", "continuation_token", "start_time", "end_time", "sort", "page_size"];

/// Whether a parameter's name is the beginning of a condition: `field:…`, perhaps negated or in brackets.
fn is_condition(name: &str) -> bool {
    let start = name.trim_start_matches(['(', '-', '!', '+', ' ']);
    let start = start.strip_prefix("NOT ").unwrap_or(start).trim_start_matches(['(', ' ']);
    let Some((field, _)) = start.split_once(':') else { return false };
    !field.is_empty() && field.chars().all(|c| c.is_ascii_alphanumeric() || "_.$-".contains(c))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(query: &str) -> Result<Ask, Problem> {
        Ask::read(&Parameters::parse(query).unwrap())
    }

    fn refused(query: &str) -> String {
        match read(query).unwrap_err() {
            Problem::Parameter { name, what } => format!("{name}: {what}"),
            problem => panic!("{query}: {problem:?}"),
        }
    }

    fn filter(query: &str) -> String {
        read(query).unwrap().conditions.text()
    }

    #[test]
    fn the_documentations_own_lines() {
        let both =
            "(request.operation:Write) AND (request.tuple_key.object:'document:annual_report')";
        for query in [
            "query=request.operation:Write&request.tuple_key.object:%27document:annual_report%27",
            "query=request.operation:Write&request.tuple_key.object:'document:annual_report'",
        ] {
            assert_eq!(filter(query), both);
        }
        let encoded = "query=request.operation:Check%26user:%27user:Anne%27";
        assert_eq!(filter(encoded), "request.operation:Check&user:'user:Anne'");
    }

    #[test]
    fn parameters_that_are_conditions() {
        for (query, wanted) in [
            ("query=a:1 OR b:2&c:3=4", "(a:1 OR b:2) AND (c:3=4)"),
            ("object:document:x", "object:document:x"),
            ("query=&-allowed:true", "-allowed:true"),
            ("query=a:1&NOT%20(allowed:true)", "(a:1) AND (NOT (allowed:true))"),
            ("query=", ""),
        ] {
            assert_eq!(filter(query), wanted);
        }
    }

    #[test]
    fn nothing_is_silently_ignored() {
        for (query, wrong, meant) in [
            ("query=a:1&quer=b:2", "quer", Some("query")),
            ("annual_report", "annual_report", None),
        ] {
            let Err(Problem::UnknownParameter { name, nearest }) = read(query) else {
                panic!("{query}")
            };
            assert_eq!((&*name, nearest), (wrong, meant));
        }
    }

    #[test]
    fn bounds() {
        let ask =
            read("start_time=2026-07-01T00:00:00Z&end_time=2026-07-02T00:00:00+02:00").unwrap();
        assert_eq!(ask.hi - ask.lo, 22 * 3_600_000);
        let ask = read("start_time=2026-07-01T00:00:00Z&continuation_token=x").unwrap();
        assert_eq!((ask.lo, ask.token.as_deref()), (Millis::MIN, Some("x")));
        assert_eq!(read("sort=timestamp:-1&page_size=7").unwrap().page_size, 7);
        for query in [
            "start_time=yesterday",
            "end_time=1",
            "sort=date:1",
            "page_size=0",
            "page_size=101",
            "page_size=x",
        ] {
            assert!(read(query).is_err(), "{query}");
        }
        assert_eq!(
            refused("start_time=2026-07-02T00:00:00Z&end_time=2026-07-01T00:00:00Z"),
            "start_time: lies after end_time"
        );
    }
}
