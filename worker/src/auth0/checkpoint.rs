//! Listing by checkpoint: in the order of receipt, from an id on, to any depth.
//!
//! A `from` that is stored goes on after its place. Any other is taken for a time, as clients invent ids to start at
//! one: it goes on after the last entry received by then.

use axum::response::Response;
use http::{StatusCode, header};
use trailsift_trail::{
    directory::{Direction, Order},
    ids, page,
    time::Millis,
};

use super::parameters::Checkpoint;
use crate::{
    error::{Missing, Problem},
    reading::{self, PageEntry, Reader},
    reply,
    trail_client::TrailClient,
};

/// The page after a checkpoint, with the link to the next one.
///
/// # Errors
/// [`Problem::Parameter`] when `from` is neither an id of the trail nor one with a time.
pub(crate) async fn answer(
    trail: &TrailClient,
    ask: &Checkpoint,
    origin: &str,
) -> Result<Response, Problem> {
    let entries = match entries(trail, ask).await {
        // A tenant that has no log yet, from which no id can be.
        Err(Problem::Missing(Missing::Trail)) => {
            if !ask.from.is_empty() {
                time_of(&ask.from)?;
            }
            Vec::new()
        }
        entries => entries?,
    };
    let last = entries.last().map_or(&*ask.from, |entry| &entry.id);
    // One link and always one: clients follow it until a page is empty, and keep it for the next time.
    let link =
        format!("<{origin}/api/v2/logs?from={}&take={}>; rel=\"next\"", encode(last), ask.take);
    let body = [b"[", &*reading::joined(&entries), b"]"].concat();
    Ok(reply::with(reply::bytes(StatusCode::OK, reply::JSON, body), header::LINK, &link))
}

async fn entries(trail: &TrailClient, ask: &Checkpoint) -> Result<Vec<PageEntry>, Problem> {
    let position = position(trail, &ask.from).await?;
    let window = page::window_after(position, Direction::Ascending);
    let reader = Reader::new(trail, window, Order::Sequence, Direction::Ascending, None);
    Ok(reading::page(reader, ask.take, None, PageEntry::new).await?.into_entries())
}

async fn position(trail: &TrailClient, from: &str) -> Result<Option<u64>, Problem> {
    if from.is_empty() {
        return Ok(None);
    }
    if let Some(sequence) = trail.find(from).await? {
        return Ok(Some(sequence));
    }
    reading::received_by(trail, time_of(from)?).await.map(Some)
}

/// The time that an id which no entry has stands for.
fn time_of(from: &str) -> Result<Millis, Problem> {
    ids::log_id_time(from).ok_or_else(|| {
        Problem::parameter(
            "from",
            "No log has this id, and it begins with no time: send the log_id of an entry, or 900 and 14 or more digits, YYYYMMDDhhmmss first (UTC)",
        )
    })
}

/// Percent-encodes what may not stand in a link's query.
fn encode(text: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte);
    text.bytes()
        .map(|byte| if plain(byte) { char::from(byte).to_string() } else { format!("%{byte:02X}") })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_hold_any_id() {
        assert_eq!(encode("900a-b_c"), "900a-b_c");
        assert_eq!(encode("a b>\"&\r\nü"), "a%20b%3E%22%26%0D%0A%C3%BC");
    }
}
