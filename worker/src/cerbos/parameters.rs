//! The parameters of `GET /admin/auditlog/list/{kind}`: a kind and exactly one filter. Checked before credentials are,
//! as Cerbos does.

use trailsift_trail::{
    duration, ids,
    time::{self, Millis},
};

use crate::parameters::Parameters;

/// What is wrong with a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Fault {
    /// The gateway cannot parse it.
    Unparsable(String),
    /// It can be parsed and is not valid.
    Invalid(String),
}

/// Which log.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Access,
    Decision,
}

/// Which entries.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Which {
    /// The last few, the newest first.
    Tail(u64),
    /// Those within these times, inclusive, the oldest first.
    Between(Millis, Millis),
    /// The one of that call.
    Lookup(String),
}

/// What is asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Ask {
    pub(crate) kind: Kind,
    pub(crate) which: Which,
    /// Ours: only entries that this query means.
    pub(crate) query: String,
}

const MOST: u64 = 1000;
const MILLION: i64 = 1_000_000;

impl Ask {
    /// Reads a request's last path segment and its parameters. `now` is the end of `since`.
    ///
    /// # Errors
    /// [`Fault`].
    pub(crate) fn read(kind: &str, parameters: &Parameters, now: Millis) -> Result<Self, Fault> {
        let kind = parse_kind(kind)?;
        let tail = single(parameters, "tail")?;
        let since = single(parameters, "since")?;
        let lookup = single(parameters, "lookup")?;
        let start = single(parameters, "between.start")?;
        let end = single(parameters, "between.end")?;
        let given =
            [tail.is_some(), since.is_some(), lookup.is_some(), start.is_some() || end.is_some()];
        if given.iter().filter(|given| **given).count() > 1 {
            return Err(Fault::Unparsable("field already set for oneof \"filter\"".to_owned()));
        }
        let which = if let Some(text) = tail {
            parse_tail(text)?
        } else if let Some(text) = since {
            parse_since(text, now)?
        } else if let Some(id) = lookup {
            parse_lookup(id)?
        } else if start.is_some() || end.is_some() {
            parse_between(start, end, now)?
        } else {
            return Err(Fault::Invalid(
                "filter: exactly one field is required in oneof".to_owned(),
            ));
        };
        let kind = kind
            .ok_or_else(|| Fault::Invalid("kind: value must not be KIND_UNSPECIFIED".to_owned()))?;
        // Everything else that a client may send is ignored, as Cerbos' gateway does.
        let query = parameters.filled("query").or_else(|| parameters.filled("q"));
        Ok(Self { kind, which, query: query.unwrap_or_default().to_owned() })
    }
}

fn parse_kind(kind: &str) -> Result<Option<Kind>, Fault> {
    match kind {
        "KIND_ACCESS" | "1" => Ok(Some(Kind::Access)),
        "KIND_DECISION" | "2" => Ok(Some(Kind::Decision)),
        "KIND_UNSPECIFIED" | "0" => Ok(None),
        _ => {
            let shown: String = kind.chars().take(64).collect();
            Err(Fault::Unparsable(format!(
                "type mismatch, parameter: kind, error: {shown} is not valid"
            )))
        }
    }
}

fn single<'a>(parameters: &'a Parameters, name: &str) -> Result<Option<&'a str>, Fault> {
    let mut values = parameters.all(name);
    match (values.next(), values.next()) {
        (first, None) => Ok(first),
        (_, Some(_)) => Err(Fault::Unparsable(format!("too many values for field \"{name}\""))),
    }
}

fn unparsable(name: &str, reason: &str) -> Fault {
    Fault::Unparsable(format!("parsing field \"{name}\": {reason}"))
}

fn parse_tail(text: &str) -> Result<Which, Fault> {
    let count: u32 = text.parse().map_err(|_| unparsable("tail", "not a whole number"))?;
    match u64::from(count) {
        count @ 1..=MOST => Ok(Which::Tail(count)),
        _ => Err(Fault::Invalid(
            "tail: value must be greater than 0 and less than or equal to 1000".to_owned(),
        )),
    }
}

fn parse_since(text: &str, now: Millis) -> Result<Which, Fault> {
    let nanos = duration::parse(text).map_err(|error| unparsable("since", &error.to_string()))?;
    if nanos <= 0 {
        return Err(Fault::Invalid("since: value must be greater than 0s".to_owned()));
    }
    // Up to the end of time: an entry of a clock that is ahead of ours is no older for it.
    Ok(Which::Between(now.saturating_sub(nanos / MILLION), Millis::MAX))
}

fn parse_lookup(id: &str) -> Result<Which, Fault> {
    if ids::is_ulid(id) {
        return Ok(Which::Lookup(id.to_owned()));
    }
    Err(Fault::Invalid(
        "lookup: value does not match regex pattern `^[0123456789ABCDEFGHJKMNPQRSTVWXYZ]{26}$`"
            .to_owned(),
    ))
}

fn parse_between(start: Option<&str>, end: Option<&str>, now: Millis) -> Result<Which, Fault> {
    let bound = |name: &str, text: Option<&str>| {
        let Some(text) = text else { return Ok(None) };
        // A raw `+` of an offset has become a space.
        let parsed = time::parse(text).or_else(|| time::parse(&text.replace(' ', "+")));
        parsed.map(Some).ok_or_else(|| unparsable(name, "not a time in RFC 3339"))
    };
    let (start, end) = (bound("between.start", start)?, bound("between.end", end)?);
    for (name, bound) in [("between.start", start), ("between.end", end)] {
        match bound {
            None => return Err(Fault::Invalid(format!("{name}: value is required"))),
            Some(bound) if bound >= now => {
                return Err(Fault::Invalid(format!("{name}: value must be less than now")));
            }
            Some(_) => {}
        }
    }
    let (Some(start), Some(end)) = (start, end) else {
        return Err(Fault::Invalid("between: value is required".to_owned()));
    };
    if start > end {
        return Err(Fault::Invalid(
            "between.start: value must not be after between.end".to_owned(),
        ));
    }
    Ok(Which::Between(start, end))
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Millis = 1_781_000_000_000;

    fn read(query: &str) -> Result<Which, Fault> {
        Ask::read("KIND_ACCESS", &Parameters::parse(query).unwrap(), NOW).map(|ask| ask.which)
    }

    #[test]
    fn kinds() {
        let kind = |kind: &str| {
            Ask::read(kind, &Parameters::parse("tail=1").unwrap(), NOW).map(|ask| ask.kind)
        };
        assert_eq!(kind("KIND_ACCESS"), Ok(Kind::Access));
        assert_eq!(kind("2"), Ok(Kind::Decision));
        assert!(matches!(kind("0"), Err(Fault::Invalid(_))));
        for unknown in ["3", "KIND_FOO", "kind_access", ""] {
            assert!(matches!(kind(unknown), Err(Fault::Unparsable(_))), "{unknown}");
        }
    }

    #[test]
    fn one_filter() {
        assert_eq!(read("tail=1000&other=x"), Ok(Which::Tail(1000)));
        assert_eq!(read("since=1h30m"), Ok(Which::Between(NOW - 5_400_000, Millis::MAX)));
        assert_eq!(
            read("lookup=01ARZ3NDEKTSV4RRFFQ69G5FAV"),
            Ok(Which::Lookup("01ARZ3NDEKTSV4RRFFQ69G5FAV".to_owned()))
        );
        let start = time::parse("2021-07-05T07:27:01Z").unwrap();
        assert_eq!(
            read("between.start=2021-07-05T09:27:01+02:00&between.end=2021-07-05T07:27:01.5Z"),
            Ok(Which::Between(start, start + 500))
        );
    }

    #[test]
    fn what_cannot_be_parsed() {
        for query in [
            "tail=x",
            "tail=-1",
            "tail=1&tail=2",
            "tail=1&since=1h",
            "since=10",
            "since=1d",
            "between.start=yesterday&between.end=2021-07-05T07:27:01Z",
            "lookup=01ARZ3NDEKTSV4RRFFQ69G5FAV&between.end=2021-07-05T07:27:01Z",
        ] {
            assert!(matches!(read(query), Err(Fault::Unparsable(_))), "{query}");
        }
    }

    #[test]
    fn what_is_not_valid() {
        for query in [
            "",
            "q=x",
            "tail=0",
            "tail=1001",
            "since=0s",
            "since=-1h",
            "lookup=x",
            "lookup=",
            "between.start=2021-07-05T07:27:01Z",
            "between.end=2021-07-05T07:27:01Z",
            "between.start=2021-07-05T07:27:01Z&between.end=2999-07-05T07:27:01Z",
            "between.start=2021-07-06T07:27:01Z&between.end=2021-07-05T07:27:01Z",
        ] {
            assert!(matches!(read(query), Err(Fault::Invalid(_))), "{query}");
        }
    }
}
