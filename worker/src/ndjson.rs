//! Streams of lines as answers.

use std::{
    pin::Pin,
    task::{Context, Poll},
};

use axum::body::Body;
use futures_util::Stream;
use worker::send::SendWrapper;

/// How many bytes of lines go out at once.
pub(crate) const PIECE: usize = 64 << 10;

/// The client's end of a stream that broke off: it sees a transfer that is not complete, never a short answer.
#[derive(Debug)]
pub(crate) struct BrokenOff(pub(crate) String);

impl std::fmt::Display for BrokenOff {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for BrokenOff {}

type Lines = Pin<Box<dyn Stream<Item = Result<Vec<u8>, BrokenOff>>>>;

/// Appends an entry as one line. Line breaks of a pretty-printed entry lie between its tokens, where any white space
/// does.
pub(crate) fn push_line(out: &mut Vec<u8>, entry: &[u8]) {
    let start = out.len();
    out.extend_from_slice(entry);
    for byte in out.iter_mut().skip(start) {
        if matches!(byte, b'\n' | b'\r') {
            *byte = b' ';
        }
    }
    out.push(b'\n');
}

/// A body of the pieces of a stream. There is one thread, so that they need not be `Send`.
pub(crate) fn body(lines: impl Stream<Item = Result<Vec<u8>, BrokenOff>> + 'static) -> Body {
    Body::from_stream(OneThread(SendWrapper::new(Box::pin(lines))))
}

struct OneThread(SendWrapper<Lines>);

impl Stream for OneThread {
    type Item = Result<Vec<u8>, BrokenOff>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.0.as_mut().poll_next(context)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_entry_one_line() {
        let mut out = b"{}\n".to_vec();
        push_line(&mut out, b"{\r\n \"a\": \"\\n\"\n}");
        assert_eq!(out, b"{}\n{   \"a\": \"\\n\" }\n");
    }
}
