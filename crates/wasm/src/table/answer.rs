//! Answers as plain objects.

use serde::Serialize;
use trailsift_core::{Number, time::Unit};
use trailsift_engine::table::{FacetValue, Facets, Histogram};
use wasm_bindgen::JsValue;

/// `Facets` of `js/types.ts`.
#[derive(Serialize)]
struct OutgoingFacets<'a> {
    field: &'a str,
    top: Vec<OutgoingFacet>,
    distinct: u64,
    rows: u64,
}

#[derive(Serialize)]
struct OutgoingFacet {
    value: Scalar,
    count: u64,
}

#[derive(Serialize)]
#[cfg_attr(test, derive(Debug, PartialEq))]
#[serde(untagged)]
enum Scalar {
    Bool(bool),
    Number(f64),
    Text(String),
}

impl From<FacetValue> for Scalar {
    fn from(value: FacetValue) -> Self {
        match value {
            FacetValue::Bool(value) => Self::Bool(value),
            FacetValue::Number(number) => {
                exact(number).map_or(Self::Text(number.text()), Self::Number)
            }
            FacetValue::Text(text) => Self::Text(String::from_utf8_lossy(&text).into_owned()),
        }
    }
}

/// The number as JavaScript has it; nothing where that is another one.
fn exact(number: Number) -> Option<f64> {
    match number {
        #[expect(clippy::cast_precision_loss, reason = "checked to be exact")]
        Number::Integer(whole) => (whole.unsigned_abs() <= 1 << 53).then_some(whole as f64),
        Number::Float(float) => Some(float),
    }
}

pub(super) fn facets(fields: &[String], facets: Vec<Facets>) -> Result<JsValue, JsValue> {
    let facet = |facet: trailsift_engine::table::Facet| OutgoingFacet {
        value: facet.value.into(),
        count: facet.count,
    };
    let outgoing: Vec<_> = fields
        .iter()
        .zip(facets)
        .map(|(field, Facets { top, distinct, rows })| OutgoingFacets {
            field,
            top: top.into_iter().map(facet).collect(),
            distinct,
            rows,
        })
        .collect();
    Ok(outgoing.serialize(&serde_wasm_bindgen::Serializer::json_compatible())?)
}

/// `Histogram` of `js/types.ts`.
#[derive(Serialize)]
struct OutgoingHistogram<'a> {
    field: &'a str,
    step: OutgoingStep,
    edges: Vec<i64>,
    counts: &'a [u64],
    undated: u64,
}

#[derive(Serialize)]
struct OutgoingStep {
    count: u32,
    unit: &'static str,
}

pub(super) fn histogram(field: &str, histogram: &Histogram) -> Result<JsValue, JsValue> {
    let outgoing = OutgoingHistogram {
        field,
        step: OutgoingStep { count: histogram.step.count, unit: unit(histogram.step.unit) },
        edges: histogram.edges.iter().map(|edge| edge.as_millis()).collect(),
        counts: &histogram.counts,
        undated: histogram.undated,
    };
    Ok(outgoing.serialize(&serde_wasm_bindgen::Serializer::json_compatible())?)
}

const fn unit(unit: Unit) -> &'static str {
    match unit {
        Unit::Year => "year",
        Unit::Month => "month",
        Unit::Week => "week",
        Unit::Day => "day",
        Unit::Hour => "hour",
        Unit::Minute => "minute",
        Unit::Second | Unit::Fraction => "second",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_that_javascript_would_round_stay_text() {
        let scalar = |text| Scalar::from(FacetValue::Number(Number::parse(text).unwrap()));
        assert_eq!(scalar("9007199254740992"), Scalar::Number(9_007_199_254_740_992.0));
        assert_eq!(scalar("9007199254740993"), Scalar::Text("9007199254740993".to_owned()));
        assert_eq!(scalar("-1.5"), Scalar::Number(-1.5));
    }
}
