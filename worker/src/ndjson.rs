//! Streams of lines as answers. They run on after the handler has returned, so that what goes wrong in them, a panic
//! too, is caught here.

use std::{
    pin::Pin,
    task::{Context, Poll},
};

use axum::body::Body;
use futures_util::Stream;
use worker::send::SendWrapper;

use crate::{error::Problem, panics, surface::Surface};

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

type Lines = Pin<Box<dyn Stream<Item = Result<Vec<u8>, Problem>>>>;

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

/// A body of the pieces of a stream, which ends where the stream goes wrong, in the way of the surface. There is one
/// thread, so that the pieces need not be `Send`.
pub(crate) fn body(
    surface: Surface,
    lines: impl Stream<Item = Result<Vec<u8>, Problem>> + 'static,
) -> Body {
    Body::from_stream(Guarded { surface, lines: Some(SendWrapper::new(Box::pin(lines))) })
}

struct Guarded {
    surface: Surface,
    /// Gone once it has ended: a stream that panicked is never asked again.
    lines: Option<SendWrapper<Lines>>,
}

impl Stream for Guarded {
    type Item = Result<Vec<u8>, BrokenOff>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let Some(lines) = &mut self.lines else { return Poll::Ready(None) };
        let end = match panics::caught_now(|| lines.as_mut().poll_next(context)) {
            Ok(Poll::Pending) => return Poll::Pending,
            Ok(Poll::Ready(Some(Ok(piece)))) => return Poll::Ready(Some(Ok(piece))),
            Ok(Poll::Ready(None)) => None,
            Ok(Poll::Ready(Some(Err(problem)))) => Some(problem),
            Err(panic) => Some(Problem::Internal(panic)),
        };
        self.lines = None;
        Poll::Ready(end.map(|problem| self.surface.break_off(&problem)))
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
