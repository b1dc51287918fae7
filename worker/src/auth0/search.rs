//! Listing by search criteria: pages of what matches, in the order of any field.

use std::{borrow::Cow, ops::ControlFlow};

use axum::response::Response;
use http::StatusCode;
use trailsift_core::{Dialect, Query, Value, View};
use trailsift_engine::json::Json;
use trailsift_trail::{
    directory::{Direction, Order, Window},
    ranking::{Ranking, SortValue},
};

use super::{
    TRAIL,
    parameters::{Projection, Search},
};
use crate::{
    error::{Missing, Problem},
    query,
    reading::{Kept, Reader},
    reply,
    trail_client::TrailClient,
};

/// The field that holds the entry's time: sorted by the instant, not by its text.
const TIME: &str = "date";

/// The page.
///
/// # Errors
/// [`Problem::Query`], and what reading gives.
pub(crate) async fn answer(trail: &TrailClient, search: &Search) -> Result<Response, Problem> {
    let schema = query::schema(TRAIL)?;
    let query = query::read("q", &search.query, &query::options(Dialect::Q, schema))?;
    let ranking = match rank(trail, search, &query).await {
        // A tenant that has no log yet.
        Err(Problem::Missing(Missing::Trail)) => Ranking::new(0, Direction::Ascending),
        ranking => ranking?,
    };
    let start = search.page * search.per_page;
    let total = ranking.total();
    let skipped = usize::try_from(start).unwrap_or(usize::MAX);
    let mut page = Vec::new();
    for entry in ranking.into_sorted().into_iter().skip(skipped) {
        page.push(project(&entry.bytes(trail).await?, &search.projection).into_owned());
    }
    let logs = [b"[", &*page.join(&b','), b"]"].concat();
    let body = if search.include_totals {
        // The live service's total is the page's length; clients that page by it gain by the true one.
        let head = format!(
            r#"{{"start":{start},"limit":{},"length":{},"total":{total},"logs":"#,
            search.per_page,
            page.len()
        );
        [head.as_bytes(), &logs, b"}"].concat()
    } else {
        logs
    };
    Ok(reply::bytes(StatusCode::OK, reply::JSON, body))
}

async fn rank(
    trail: &TrailClient,
    search: &Search,
    query: &Query,
) -> Result<Ranking<Kept>, Problem> {
    let (field, direction) = &search.sort;
    let wanted = (search.page + 1) * search.per_page;
    let mut ranking = Ranking::new(usize::try_from(wanted).unwrap_or(0), *direction);
    // Read in the order in which most entries come anyway, so that few of them have to be kept for a while.
    let by_time = field == TIME;
    let order = if by_time { Order::Time } else { Order::Sequence };
    let mut reader = Reader::new(trail, Window::ALL, order, *direction);
    while let Some(pieces) = reader.next().await? {
        let _ = pieces.each(|entry| {
            if entry.matches(query.matcher()) {
                let value = if by_time {
                    SortValue::Integer(entry.time)
                } else {
                    sort_value(&entry.bytes, field)
                };
                ranking.push(value, entry.sequence, || entry.keep());
            }
            Ok(ControlFlow::Continue(()))
        })?;
        if by_time && !search.include_totals && ranking.is_settled_by_time(pieces.next.as_ref()) {
            break;
        }
    }
    Ok(ranking)
}

fn sort_value(entry: &[u8], field: &str) -> SortValue {
    let json = Json::new(entry);
    let Some(value) = json.member(field).or_else(|| json.at(field)) else {
        return SortValue::Missing;
    };
    match value.view() {
        View::Bool(value) => SortValue::Bool(value),
        View::Number(_) => {
            let text = std::str::from_utf8(value.bytes()).unwrap_or_default();
            text.parse().map_or(SortValue::Missing, SortValue::Number)
        }
        View::Text(text) => SortValue::Text(text.into_owned()),
        View::Null | View::Array | View::Object => SortValue::Missing,
    }
}

/// The entry with the members that are asked for, each as it is written.
fn project<'a>(entry: &'a [u8], projection: &Projection) -> Cow<'a, [u8]> {
    let wanted = |key: &[u8]| match projection {
        Projection::All => true,
        // `_id` comes whatever is asked for.
        Projection::Only(fields) => {
            key == b"_id" || fields.iter().any(|field| field.as_bytes() == key)
        }
        Projection::Without(fields) => !fields.iter().any(|field| field.as_bytes() == key),
    };
    if *projection == Projection::All {
        return Cow::Borrowed(entry);
    }
    let mut out = b"{".to_vec();
    for (key, value) in Json::new(entry).members() {
        if wanted(&key) {
            if out.len() > 1 {
                out.push(b',');
            }
            let key = serde_json::Value::from(String::from_utf8_lossy(&key).into_owned());
            out.extend_from_slice(key.to_string().as_bytes());
            out.push(b':');
            out.extend_from_slice(value.bytes());
        }
    }
    out.push(b'}');
    Cow::Owned(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn projections() {
        let entry = br#"{"date": "d","_id":"i" , "details":{"a":[1, 2]},"x\"y":null}"#;
        let project = |projection: Projection| {
            String::from_utf8(project(entry, &projection).into_owned()).unwrap()
        };
        let names = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect();
        assert_eq!(
            project(Projection::Only(names(&["details", "nothing"]))),
            r#"{"_id":"i","details":{"a":[1, 2]}}"#
        );
        assert_eq!(
            project(Projection::Without(names(&["details", "_id"]))),
            r#"{"date":"d","x\"y":null}"#
        );
        assert_eq!(project(Projection::Only(names(&["x\"y"]))), r#"{"_id":"i","x\"y":null}"#);
        assert_eq!(project(Projection::All).as_bytes(), entry);
    }

    #[test]
    fn values_to_sort_by() {
        let entry = br#"{"a":"x","b":-1.5,"c":true,"d":null,"e":{"f":"y"}}"#;
        assert_eq!(sort_value(entry, "a"), SortValue::Text(b"x".to_vec()));
        assert_eq!(sort_value(entry, "b"), SortValue::Number(-1.5));
        assert_eq!(sort_value(entry, "c"), SortValue::Bool(true));
        assert_eq!(sort_value(entry, "e.f"), SortValue::Text(b"y".to_vec()));
        for field in ["d", "e", "g"] {
            assert_eq!(sort_value(entry, field), SortValue::Missing);
        }
    }
}
