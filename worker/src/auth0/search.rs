//! Listing by search criteria: pages of what matches, in the order of any field.

use std::ops::ControlFlow;

use axum::response::Response;
use http::StatusCode;
use trailsift_core::{Dialect, Query, Value, View};
use trailsift_engine::json::Json;
use trailsift_trail::{
    directory::{Direction, Order, Window},
    ranking::{Ranking, SortValue},
};

use super::{TRAIL, parameters::Search, span};
use crate::{
    error::{Missing, Problem},
    query,
    reading::{Kept, RANKING_READS, Reader},
    reply,
    trail_client::TrailClient,
};

/// The field that holds the entry's time: sorted by the instant, not by its text.
const TIME: &str = "date";

/// The page.
///
/// # Errors
/// [`Problem::Query`], [`Problem::TooMuch`], and what reading gives.
pub(crate) async fn answer(trail: &TrailClient, search: &Search) -> Result<Response, Problem> {
    let schema = query::schema(TRAIL)?;
    let query = query::read("q", &search.query, &query::options(Dialect::Q, schema))?;
    let ranking = match rank(trail, search, &query).await {
        // A tenant that has no log yet.
        Err(Problem::Missing(Missing::Trail)) => Ranking::new(0, Direction::Ascending),
        ranking => ranking?,
    };
    let start = search.start();
    let total = ranking.total();
    let mut page = Vec::new();
    for entry in ranking.into_sorted().into_iter().skip(start) {
        page.push(search.projection.of(&entry.bytes(trail).await?).into_owned());
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
    let mut ranking = Ranking::new(search.end(), *direction);
    // Read in the order in which most entries come anyway, so that few of them have to be kept for a while.
    let by_time = field == TIME;
    let order = if by_time { Order::Time } else { Order::Sequence };
    let (lo, hi) = span::of(query.filter(), TIME);
    let window = Window { lo, hi, ..Window::ALL };
    let mut reader = Reader::new(trail, window, order, *direction, Some(query.filter()));
    while let Some(pieces) = reader.next().await? {
        let _ = pieces.each(Some(query.matcher()), |entry, is_meant| {
            if is_meant {
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
        // By any other field than time, what comes first may lie in the last chunk, also by id: senders' ids need not
        // ascend with the order of receipt. A page that might be wrong is none.
        if reader.is_spent(RANKING_READS) {
            return Err(Problem::TooMuch);
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

#[cfg(test)]
mod tests {
    use super::*;

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
