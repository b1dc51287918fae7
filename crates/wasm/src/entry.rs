//! Entries and what is broken about them, between JavaScript and the engine.

use serde::Serialize;
use trailsift_engine::{
    json::{self, Json, JsonError},
    scan::Report,
    split::{self, BrokenReason},
};
use wasm_bindgen::JsValue;

/// `Broken` of `js/types.ts`.
#[derive(Serialize)]
pub(crate) struct Broken {
    line: u64,
    offset: u64,
    start: u64,
    reason: String,
}

impl From<&split::Broken> for Broken {
    fn from(piece: &split::Broken) -> Self {
        Self {
            line: piece.line,
            offset: piece.offset,
            start: piece.start,
            reason: piece.reason.to_string(),
        }
    }
}

impl Broken {
    /// In a text that was to be one entry.
    fn entry(offset: usize, reason: String) -> Self {
        Self { line: 1, offset: offset as u64, start: 0, reason }
    }
}

/// The broken pieces as an array of objects.
pub(crate) fn broken_to_js(pieces: &[Broken]) -> Result<JsValue, JsValue> {
    Ok(pieces.serialize(&serde_wasm_bindgen::Serializer::json_compatible())?)
}

/// How many broken pieces of a report JavaScript has been told of.
#[derive(Debug, Default)]
pub(crate) struct ToldBroken(usize);

impl ToldBroken {
    /// Those that it has not been told of yet, as an array of objects.
    pub(crate) fn fresh(&mut self, report: &Report) -> Result<JsValue, JsValue> {
        let kept = &report.first_broken;
        let fresh: Vec<_> = kept.iter().skip(self.0).map(Broken::from).collect();
        self.0 = kept.len();
        broken_to_js(&fresh)
    }
}

/// Appends an entry and a line feed. An entry of several lines becomes one: between the parts of JSON every line end
/// may be a space, and within them there is none.
pub(crate) fn push_line(lines: &mut Vec<u8>, entry: &[u8]) {
    let start = lines.len();
    lines.extend_from_slice(entry);
    for byte in lines.get_mut(start..).unwrap_or_default() {
        if matches!(*byte, b'\n' | b'\r') {
            *byte = b' ';
        }
    }
    lines.push(b'\n');
}

/// The one entry that `bytes` hold, with nothing but white space around it.
pub(crate) fn whole(bytes: &[u8]) -> Result<Json<'_>, Broken> {
    let not_json = |JsonError { offset, reason }| Broken::entry(offset, reason.to_string());
    let end = json::value_end(bytes, 0).map_err(not_json)?;
    let behind = json::skip_space(bytes, end);
    if behind < bytes.len() {
        return Err(Broken::entry(behind, "something follows the entry".to_owned()));
    }
    let entry = Json::new(bytes);
    if entry.is_object() {
        Ok(entry)
    } else {
        Err(Broken::entry(0, BrokenReason::NotAnObject.to_string()))
    }
}

#[cfg(test)]
mod tests {
    use super::{push_line, whole};

    #[test]
    fn an_entry_of_several_lines_becomes_one() {
        let mut lines = Vec::new();
        push_line(&mut lines, b"{\r\n \"a\": \"\\n\"\n}");
        push_line(&mut lines, b"{}");
        assert_eq!(lines, b"{   \"a\": \"\\n\" }\n{}\n");
    }

    #[test]
    fn one_object_with_space_around_it_is_an_entry() {
        assert!(whole(b" {\"a\": [1, {}]} \r\n").is_ok());
    }

    #[test]
    fn anything_else_is_not_and_says_where() {
        for (text, offset) in
            [("", 0), ("{", 1), ("[{}]", 0), ("7", 0), ("{} {}", 3), ("{\"a\":}", 5), ("nope", 1)]
        {
            let broken = whole(text.as_bytes()).err();
            assert_eq!(broken.map(|broken| broken.offset), Some(offset), "{text}");
        }
    }
}
