//! What time it is, as the platform says. It only moves on at input and output.

use trailsift_core::Timestamp;
use trailsift_trail::time::Millis;
use worker::Date;

/// Milliseconds since 1970.
pub(crate) fn now() -> Millis {
    i64::try_from(Date::now().as_millis()).unwrap_or(i64::MAX)
}

/// The same for the query language.
pub(crate) fn timestamp() -> Timestamp {
    Timestamp::from_millis(now())
}
