//! The parameters of `GET /api/v2/logs`, parsed and checked as the vendor does.

use trailsift_trail::directory::Direction;

use super::projection::Projection;
use crate::{error::Problem, parameters::Parameters};

/// The most records that paging reaches.
const DEEPEST: u64 = 1000;
const PER_PAGE: u64 = 50;
const MOST: u64 = 100;

/// What is asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Listing {
    /// By checkpoint: every other parameter is ignored.
    Checkpoint(Checkpoint),
    /// By search criteria.
    Search(Search),
}

/// A listing in the order of receipt.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Checkpoint {
    /// After which id; empty for the start.
    pub(crate) from: String,
    pub(crate) take: usize,
}

/// A listing by criteria.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Search {
    pub(crate) query: String,
    pub(crate) page: usize,
    pub(crate) per_page: usize,
    /// The field and the direction; by id, the newest first, where none is given.
    pub(crate) sort: (String, Direction),
    pub(crate) projection: Projection,
    pub(crate) include_totals: bool,
}

impl Listing {
    /// Reads the parameters.
    ///
    /// # Errors
    /// [`Problem::Parameter`], [`Problem::TooDeep`].
    pub(crate) fn read(parameters: &Parameters) -> Result<Self, Problem> {
        if let Some(from) = parameters.last("from") {
            // Pollers send an empty `from` on their first run: from the oldest on.
            let take = number(parameters, "take", 1, MOST)?.unwrap_or(PER_PAGE);
            let take = usize::try_from(take).unwrap_or_default();
            return Ok(Self::Checkpoint(Checkpoint { from: from.to_owned(), take }));
        }
        Search::read(parameters).map(Self::Search)
    }
}

impl Search {
    /// Reads the parameters of a search.
    ///
    /// # Errors
    /// [`Problem::Parameter`], [`Problem::TooDeep`].
    pub(crate) fn read(parameters: &Parameters) -> Result<Self, Problem> {
        if parameters.filled("search").is_some() {
            return Err(Problem::parameter("search", "Additional properties not allowed: search"));
        }
        // Without `from` it has no meaning, and clients send it all the same; but not just anything.
        number(parameters, "take", 1, MOST)?;
        let page = number(parameters, "page", 0, u64::MAX)?.unwrap_or(0);
        let per_page = number(parameters, "per_page", 0, MOST)?.unwrap_or(PER_PAGE);
        let fields = parameters.filled("fields").map(|fields| {
            fields
                .split(',')
                .map(|field| field.trim().to_owned())
                .filter(|field| !field.is_empty())
                .collect()
        });
        let include_fields = boolean(parameters, "include_fields")?.unwrap_or(true);
        // Pages of nothing have an end, too.
        if page.saturating_add(1).saturating_mul(per_page.max(1)) > DEEPEST {
            return Err(Problem::TooDeep { page });
        }
        Ok(Self {
            query: parameters.last("q").unwrap_or_default().to_owned(),
            page: usize::try_from(page).map_err(Problem::internal)?,
            per_page: usize::try_from(per_page).map_err(Problem::internal)?,
            sort: sort(parameters)?,
            projection: match fields {
                None => Projection::All,
                Some(fields) if include_fields => Projection::Only(fields),
                Some(fields) => Projection::Without(fields),
            },
            include_totals: boolean(parameters, "include_totals")?.unwrap_or(false),
        })
    }

    /// How many entries come before the page. At most the records that paging reaches, as [`Self::end`].
    pub(crate) const fn start(&self) -> usize {
        self.page * self.per_page
    }

    /// How many entries there are to the page's end.
    pub(crate) const fn end(&self) -> usize {
        (self.page + 1) * self.per_page
    }
}

fn number(
    parameters: &Parameters,
    name: &'static str,
    least: u64,
    most: u64,
) -> Result<Option<u64>, Problem> {
    let Some(text) = parameters.filled(name) else { return Ok(None) };
    let digits = text.strip_prefix('-').unwrap_or(text);
    if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(Problem::parameter(name, "Expected type integer but found type string"));
    }
    if digits.len() < text.len() && digits.bytes().any(|digit| digit != b'0') {
        return Err(Problem::parameter(name, format!("Value {text} is less than minimum {least}")));
    }
    match digits.parse::<u64>() {
        Ok(value) if value < least => {
            Err(Problem::parameter(name, format!("Value {value} is less than minimum {least}")))
        }
        Ok(value) if value <= most => Ok(Some(value)),
        _ => Err(Problem::parameter(name, format!("Value {text} is greater than maximum {most}"))),
    }
}

fn boolean(parameters: &Parameters, name: &'static str) -> Result<Option<bool>, Problem> {
    match parameters.filled(name) {
        None => Ok(None),
        // Python clients write them so.
        Some("true" | "True" | "1") => Ok(Some(true)),
        Some("false" | "False" | "0") => Ok(Some(false)),
        Some(_) => Err(Problem::parameter(name, "Expected type boolean but found type string")),
    }
}

fn sort(parameters: &Parameters) -> Result<(String, Direction), Problem> {
    let Some(text) = parameters.filled("sort") else {
        return Ok(("log_id".to_owned(), Direction::Descending));
    };
    let pattern = || {
        let shown: String = text.chars().take(100).collect();
        Problem::parameter(
            "sort",
            format!("String does not match pattern ^([\\w.]+):(1|-1)$: {shown}"),
        )
    };
    let (field, order) = text.rsplit_once(':').ok_or_else(pattern)?;
    let direction = match order {
        "1" => Direction::Ascending,
        "-1" => Direction::Descending,
        _ => return Err(pattern()),
    };
    let is_name =
        !field.is_empty() && field.chars().all(|c| c.is_ascii_alphanumeric() || "_.$".contains(c));
    if is_name { Ok((field.to_owned(), direction)) } else { Err(pattern()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(query: &str) -> Result<Listing, Problem> {
        Listing::read(&Parameters::parse(query).unwrap())
    }

    fn search(query: &str) -> Search {
        match read(query).unwrap() {
            Listing::Search(search) => search,
            Listing::Checkpoint(_) => panic!("{query}"),
        }
    }

    fn refused(query: &str) -> String {
        match read(query).unwrap_err() {
            Problem::Parameter { name, what } => format!("{name}: {what}"),
            Problem::TooDeep { page } => format!("page {page}"),
            problem => panic!("{query}: {problem:?}"),
        }
    }

    #[test]
    fn defaults() {
        let plain = search("");
        assert_eq!((plain.page, plain.per_page, plain.include_totals), (0, 50, false));
        assert_eq!(plain.sort, ("log_id".to_owned(), Direction::Descending));
        assert_eq!(plain.projection, Projection::All);
        assert_eq!(search("q=&take=5&search_engine=v3&page=&fields="), plain);
    }

    #[test]
    fn checkpoint_ignores_the_rest() {
        let checkpoint =
            |from: &str, take| Listing::Checkpoint(Checkpoint { from: from.to_owned(), take });
        assert_eq!(read("from=").unwrap(), checkpoint("", 50));
        assert_eq!(
            read("from=9&take=100&q=((&page=x&search=y&include_totals=true").unwrap(),
            checkpoint("9", 100)
        );
    }

    #[test]
    fn fields() {
        let names = || vec!["date".to_owned(), "type".to_owned()];
        assert_eq!(search("fields=date,%20type,").projection, Projection::Only(names()));
        assert_eq!(
            search("fields=date,type&include_fields=false").projection,
            Projection::Without(names())
        );
    }

    #[test]
    fn what_is_refused() {
        for (query, what) in [
            ("per_page=101", "per_page: Value 101 is greater than maximum 100"),
            (
                "per_page=99999999999999999999",
                "per_page: Value 99999999999999999999 is greater than maximum 100",
            ),
            ("page=-1", "page: Value -1 is less than minimum 0"),
            ("page=x", "page: Expected type integer but found type string"),
            ("page=1.5", "page: Expected type integer but found type string"),
            ("from=9&take=0", "take: Value 0 is less than minimum 1"),
            ("take=101", "take: Value 101 is greater than maximum 100"),
            ("include_totals=yes", "include_totals: Expected type boolean but found type string"),
            ("search=x", "search: Additional properties not allowed: search"),
            ("sort=date", "sort: String does not match pattern ^([\\w.]+):(1|-1)$: date"),
            ("sort=date:2", "sort: String does not match pattern ^([\\w.]+):(1|-1)$: date:2"),
            ("sort=:1", "sort: String does not match pattern ^([\\w.]+):(1|-1)$: :1"),
            ("page=10&per_page=100", "page 10"),
            ("page=18446744073709551615", "page 18446744073709551615"),
            ("page=18446744073709551615&per_page=0", "page 18446744073709551615"),
        ] {
            assert_eq!(refused(query), what, "{query}");
        }
        assert_eq!(search("page=9&per_page=100").page, 9);
    }
}
