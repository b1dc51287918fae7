//! What vendors wrap around an entry.

use core::ops::Range;

use crate::{
    json,
    members::{Members, Place},
};

/// The entry within the object at `start`, where that is what a vendor wraps around one: a line of Cerbos' Admin API,
/// `{"result":{"accessLogEntry":{…}}}`, or an item of an Auth0 log stream, `{"log_id":"…","data":{…}}`.
#[inline]
pub(crate) fn wrapped(buffer: &[u8], start: usize) -> Option<Range<usize>> {
    let first = json::skip_space(buffer, start + 1);
    let key = buffer.get(first..)?;
    let [b'"', b'r' | b'l' | b'd', ..] = key else { return None };
    if [b"\"result\"".as_slice(), b"\"log_id\"", b"\"data\""].iter().any(|k| key.starts_with(k)) {
        wrapped_entry(buffer, start)
    } else {
        None
    }
}

fn wrapped_entry(buffer: &[u8], start: usize) -> Option<Range<usize>> {
    let (first, second) = at_most_two(buffer, start)?;
    let named = |place: &Place, name: &[u8], opening: u8| {
        buffer.get(place.key.clone()) == Some(name)
            && buffer.get(place.value.start) == Some(&opening)
    };
    let Some(second) = second else {
        if !named(&first, b"result", b'{') {
            return None;
        }
        let (entry, None) = at_most_two(buffer, first.value.start)? else { return None };
        let is_entry =
            named(&entry, b"accessLogEntry", b'{') || named(&entry, b"decisionLogEntry", b'{');
        return is_entry.then_some(entry.value);
    };
    let (id, data) = if named(&first, b"log_id", b'"') { (first, second) } else { (second, first) };
    (named(&id, b"log_id", b'"') && named(&data, b"data", b'{')).then_some(data.value)
}

/// The members of an object that has one or two.
fn at_most_two(buffer: &[u8], object: usize) -> Option<(Place, Option<Place>)> {
    let mut members = Members::new(buffer, object);
    let first = members.step().ok()??;
    let second = members.step().ok()?;
    (second.is_none() || members.step().ok()?.is_none()).then_some((first, second))
}
