//! Which columns a segment has. Not what is in them.

use std::sync::Arc;

use parquet::{
    basic::{LogicalType, Repetition, TimeUnit, Type as Physical},
    errors::Result,
    schema::types::{Type, TypePtr},
};
use trailsift_core::{Field, FieldType, Schema};

use crate::kind::Kind;

/// The columns that every segment has, in their order.
pub(super) const SEQUENCE: usize = 0;
pub(super) const ID: usize = 1;
pub(super) const TIME: usize = 2;
pub(super) const RECEIVED: usize = 3;
pub(super) const LACKS: usize = 4;
pub(super) const ENTRY: usize = 5;

/// The schema's fields that have a column of their own: those that hold values, and that are neither the id, the time
/// nor the receipt, which every segment has.
pub(super) fn fields(schema: &'static Schema) -> impl Iterator<Item = &'static Field> {
    let kind = Kind::of(schema);
    schema.fields().iter().filter(move |field| {
        let name = field.name();
        let held = schema.paths_of(name).is_some() && field.kind() != FieldType::Object;
        let known = [kind.time_member, kind.receipt_member].contains(&Some(name));
        held && !known && !kind.id_members.contains(&name)
    })
}

/// The name of a field's column: one that no program has to quote.
pub(super) fn column_name(field: &Field) -> String {
    let plain = field.name().replace(".*.", ".");
    plain.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '_' }).collect()
}

/// The Parquet schema of a segment.
pub(super) fn parquet_schema(schema: &'static Schema) -> Result<TypePtr> {
    let timestamp = || Some(LogicalType::timestamp(true, TimeUnit::MILLIS));
    let mut columns = vec![
        column("sequence", Physical::INT64, None, Repetition::REQUIRED)?,
        column("id", Physical::BYTE_ARRAY, Some(LogicalType::String), Repetition::REQUIRED)?,
        column("time", Physical::INT64, timestamp(), Repetition::REQUIRED)?,
        column("received_at", Physical::INT64, timestamp(), Repetition::REQUIRED)?,
        column("lacks", Physical::INT32, None, Repetition::REQUIRED)?,
        column("entry", Physical::BYTE_ARRAY, Some(LogicalType::Json), Repetition::REQUIRED)?,
    ];
    for field in fields(schema) {
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
            let columns = parquet_schema(schema).unwrap();
            let names: HashSet<_> =
                columns.get_fields().iter().map(|column| column.name().to_lowercase()).collect();
            assert_eq!(names.len(), columns.get_fields().len(), "{}", schema.name());
        }
    }
}
