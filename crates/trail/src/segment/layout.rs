//! Which columns a segment has. Not what is in them.

use std::sync::Arc;

use parquet::{
    basic::{LogicalType, Repetition, TimeUnit, Type as Physical},
    errors::Result,
    schema::types::{Type, TypePtr},
};
use trailsift_core::{Field, FieldType, Schema};

use crate::kind::Kind;

/// The columns that every segment has, and the first of its columns, in their order.
pub(super) const OWN_NAMES: [&str; 6] = ["sequence", "id", "time", "received_at", "lacks", "entry"];
pub(super) const OWN: usize = OWN_NAMES.len();

/// The column in which other programs find a schema's field; `None` for a field without one.
///
/// Fields that hold objects, and those whose value another field tells, have none. The id, the time and the receipt are
/// what every segment has, whatever the schema calls them. All other names are those of the schema, with `_` for what a
/// program would have to quote. A column holds the first value of an entry that has several.
///
/// ```
/// use trailsift_core::Schema;
/// use trailsift_trail::segment::column_of;
///
/// let auth0 = Schema::by_name("auth0").unwrap();
/// assert_eq!(column_of(auth0, "details.request.ip").unwrap(), "details_request_ip");
/// assert_eq!(column_of(auth0, "date").unwrap(), "time");
/// assert_eq!(column_of(auth0, "details"), None);
/// ```
#[must_use]
pub fn column_of(schema: &Schema, name: &str) -> Option<String> {
    let field = schema.fields().iter().find(|field| field.name() == name)?;
    let kind = Kind::of(schema);
    if kind.id_members.contains(&name) {
        Some("id".to_owned())
    } else if kind.time_member == Some(name) {
        Some("time".to_owned())
    } else if kind.receipt_member == Some(name) {
        Some("received_at".to_owned())
    } else {
        has_column(schema, field).then(|| column_name(field))
    }
}

/// Whether the field has a column of its own.
pub(super) fn has_column(schema: &Schema, field: &Field) -> bool {
    let kind = Kind::of(schema);
    let name = field.name();
    let held = schema.paths_of(name).is_some() && field.kind() != FieldType::Object;
    let known = [kind.time_member, kind.receipt_member].contains(&Some(name));
    held && !known && !kind.id_members.contains(&name)
}

fn column_name(field: &Field) -> String {
    let plain = field.name().replace(".*.", ".");
    plain.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '_' }).collect()
}

/// The Parquet schema of a segment. A single entry of broken UTF-8 makes the column of entries one of bytes: programs
/// refuse to read any text of a column in which one is none.
pub(super) fn parquet_schema(schema: &Schema, all_utf8: bool) -> Result<TypePtr> {
    let json = all_utf8.then_some(LogicalType::Json);
    let timestamp = || Some(LogicalType::timestamp(true, TimeUnit::MILLIS));
    let mut columns = vec![
        column("sequence", Physical::INT64, None, Repetition::REQUIRED)?,
        column("id", Physical::BYTE_ARRAY, Some(LogicalType::String), Repetition::REQUIRED)?,
        column("time", Physical::INT64, timestamp(), Repetition::REQUIRED)?,
        column("received_at", Physical::INT64, timestamp(), Repetition::REQUIRED)?,
        column("lacks", Physical::INT32, None, Repetition::REQUIRED)?,
        column("entry", Physical::BYTE_ARRAY, json, Repetition::REQUIRED)?,
    ];
    for field in schema.fields().iter().filter(|field| has_column(schema, field)) {
        let (physical, logical) = match field.kind() {
            FieldType::Date => (Physical::INT64, timestamp()),
            FieldType::Number => (Physical::DOUBLE, None),
            FieldType::Bool => (Physical::BOOLEAN, None),
            _ => (Physical::BYTE_ARRAY, Some(LogicalType::String)),
        };
        columns.push(column(&column_name(field), physical, logical, Repetition::OPTIONAL)?);
    }
    Ok(Arc::new(Type::group_type_builder("entry").with_fields(columns).build()?))
}

fn column(
    name: &str,
    physical: Physical,
    logical: Option<LogicalType>,
    repetition: Repetition,
) -> Result<TypePtr> {
    let column = Type::primitive_type_builder(name, physical);
    Ok(Arc::new(column.with_logical_type(logical).with_repetition(repetition).build()?))
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn no_two_columns_of_a_segment_have_one_name() {
        for schema in Schema::ALL {
            let columns = parquet_schema(schema, true).unwrap();
            let names: HashSet<_> =
                columns.get_fields().iter().map(|column| column.name().to_lowercase()).collect();
            assert_eq!(names.len(), columns.get_fields().len(), "{}", schema.name());
        }
    }

    #[test]
    fn every_field_that_holds_values_is_in_some_column() {
        for schema in Schema::ALL {
            let columns = parquet_schema(schema, true).unwrap();
            for field in schema.fields() {
                let column = column_of(schema, field.name());
                let held = schema.paths_of(field.name()).is_some();
                assert_eq!(column.is_some(), held && field.kind() != FieldType::Object);
                let is_there = |name: String| columns.get_fields().iter().any(|c| c.name() == name);
                assert!(column.is_none_or(is_there), "{}", field.name());
            }
        }
    }
}
