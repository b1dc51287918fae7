//! A value as bytes: what tells two values apart in whatever a test may ask.

use std::borrow::Cow;

use trailsift_core::{Number, View};

const NULL: u8 = 0;
const FALSE: u8 = 1;
const TRUE: u8 = 2;
const OBJECT: u8 = 3;
const INTEGER: u8 = 4;
const FLOAT: u8 = 5;
const TEXT: u8 = 6;

/// Appends the bytes of a value. The walk along a path looks into arrays, so that none is met.
pub(super) fn write(view: &View<'_>, to: &mut Vec<u8>) {
    let mut with = |kind: u8, bytes: &[u8]| {
        to.push(kind);
        to.extend_from_slice(bytes);
    };
    match view {
        View::Null => with(NULL, &[]),
        View::Bool(false) => with(FALSE, &[]),
        View::Bool(true) => with(TRUE, &[]),
        View::Object | View::Array => with(OBJECT, &[]),
        View::Number(Number::Integer(whole)) => with(INTEGER, &whole.to_le_bytes()),
        View::Number(Number::Float(float)) => with(FLOAT, &float.to_bits().to_le_bytes()),
        View::Text(text) => with(TEXT, text),
    }
}

/// The value of such bytes; `None` where they are none.
pub(super) fn view(bytes: &[u8]) -> Option<View<'_>> {
    let (kind, rest) = bytes.split_first()?;
    Some(match (*kind, rest) {
        (NULL, []) => View::Null,
        (FALSE, []) => View::Bool(false),
        (TRUE, []) => View::Bool(true),
        (OBJECT, []) => View::Object,
        (INTEGER, rest) => {
            View::Number(Number::Integer(i128::from_le_bytes(rest.try_into().ok()?)))
        }
        (FLOAT, rest) => {
            let float = f64::from_bits(u64::from_le_bytes(rest.try_into().ok()?));
            View::Number(Number::Float(Some(float).filter(|float| float.is_finite())?))
        }
        (TEXT, rest) => View::Text(Cow::Borrowed(rest)),
        _ => return None,
    })
}
