//! The value of a schema's field that goes into its column. Not all values: an entry may hold several, and its own
//! bytes have them.

use trailsift_core::{Field, Number, Schema, Timestamp, View, values_at};
use trailsift_engine::json::Json;

/// The first value that the entry has for the field.
pub(super) fn first<T>(
    schema: &Schema,
    field: &Field,
    entry: Json<'_>,
    read: impl Fn(&View<'_>) -> Option<T>,
) -> Option<T> {
    schema.paths_of(field.name())?.iter().find_map(|path| {
        // The walk meets the last value of an array first.
        let mut found = None;
        values_at(entry, Some(path), |view| found = read(view).or(found.take()));
        found
    })
}

pub(super) fn text(view: &View<'_>) -> Option<Vec<u8>> {
    match view {
        View::Text(text) => Some(String::from_utf8_lossy(text).into_owned().into_bytes()),
        View::Number(number) => Some(number.text().into_bytes()),
        View::Bool(value) => Some(value.to_string().into_bytes()),
        View::Null | View::Array | View::Object => None,
    }
}

#[expect(
    clippy::cast_precision_loss,
    reason = "the column is for sums and averages; the entry has all digits"
)]
pub(super) fn number(view: &View<'_>) -> Option<f64> {
    let number = match view {
        View::Number(number) => Some(*number),
        View::Text(text) => std::str::from_utf8(text).ok().and_then(Number::parse),
        _ => None,
    };
    match number? {
        Number::Integer(whole) => Some(whole as f64),
        Number::Float(float) => Some(float),
    }
}

pub(super) fn date(view: &View<'_>) -> Option<i64> {
    match view {
        View::Text(text) => Timestamp::parse(text).map(Timestamp::as_millis),
        _ => None,
    }
}

pub(super) fn boolean(view: &View<'_>) -> Option<bool> {
    match view {
        View::Bool(value) => Some(*value),
        View::Text(text) => match &**text {
            b"true" => Some(true),
            b"false" => Some(false),
            _ => None,
        },
        _ => None,
    }
}
