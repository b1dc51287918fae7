//! Reading a request's body in large pieces.
//!
//! The platform's default iteration hands over 4 kB at a time, which costs more than the filtering itself; a reader
//! that brings its own buffer (BYOB) gets as much as it asks for.

use http::header;
use js_sys::{Function, Object, Promise, Reflect, Uint8Array, futures::JsFuture};
use wasm_bindgen::{JsCast, JsValue};
use web_sys::ReadableStream;

use crate::{error::Problem, incoming::Incoming};

/// The buffer of one reading, and how much of it is worth waiting for.
const PIECE: u32 = 512 << 10;

/// Reads a body piece by piece.
pub(crate) struct BodyReader {
    reader: JsValue,
    read: Function,
    /// The buffer goes to the platform and comes back with each reading.
    buffer: Option<Uint8Array>,
    done: bool,
}

impl BodyReader {
    /// A reader of that stream; a request without a body has none.
    ///
    /// # Errors
    /// When the stream is in use or the platform has no such reader.
    pub(crate) fn new(stream: Option<&ReadableStream>) -> Result<Self, Problem> {
        let Some(stream) = stream else {
            return Ok(Self {
                reader: JsValue::NULL,
                read: Function::default(),
                buffer: None,
                done: true,
            });
        };
        let options = Object::new();
        Reflect::set(&options, &"mode".into(), &"byob".into()).map_err(|_| broken())?;
        let reader = method(stream, "getReader")?.call1(stream, &options).map_err(|_| broken())?;
        let read = method(&reader, "readAtLeast")?;
        Ok(Self { reader, read, buffer: Some(Uint8Array::new_with_length(PIECE)), done: false })
    }

    /// Appends the next piece to `to` and says how long it is; 0 at the end.
    ///
    /// # Errors
    /// [`Problem::BodyCut`] when the client went away in the middle.
    pub(crate) async fn read(&mut self, to: &mut Vec<u8>) -> Result<usize, Problem> {
        let Some(buffer) = self.buffer.take().filter(|_| !self.done) else { return Ok(0) };
        let promise =
            self.read.call2(&self.reader, &PIECE.into(), &buffer).map_err(|_| Problem::BodyCut)?;
        let promise: Promise = promise.dyn_into().map_err(|_| broken())?;
        let result = JsFuture::from(promise).await.map_err(|_| Problem::BodyCut)?;
        self.done = Reflect::get(&result, &"done".into()).is_ok_and(|done| done.is_truthy());
        let value = Reflect::get(&result, &"value".into()).map_err(|_| broken())?;
        let Ok(piece) = value.dyn_into::<Uint8Array>() else { return Ok(0) };
        let start = to.len();
        to.resize(start + piece.length() as usize, 0);
        if let Some(free) = to.get_mut(start..) {
            piece.copy_to(free);
        }
        self.buffer = Some(Uint8Array::new(&piece.buffer()));
        Ok(to.len() - start)
    }
}

/// The stream of a request's body.
///
/// # Errors
/// [`Problem::Parameter`] where the body is compressed: taken as it is it would only be broken text.
pub(crate) fn plain(incoming: &Incoming) -> Result<Option<&ReadableStream>, Problem> {
    let encoding = incoming.header(header::CONTENT_ENCODING).map(str::trim);
    if encoding
        .is_some_and(|encoding| !encoding.is_empty() && !encoding.eq_ignore_ascii_case("identity"))
    {
        return Err(Problem::parameter("Content-Encoding", "send the body uncompressed"));
    }
    Ok(incoming.body.as_deref())
}

/// A whole body; `None` when it is longer than `limit` bytes.
///
/// # Errors
/// See [`BodyReader::read`].
pub(crate) async fn whole(
    stream: Option<&ReadableStream>,
    limit: usize,
) -> Result<Option<Vec<u8>>, Problem> {
    let mut reader = BodyReader::new(stream)?;
    let mut body = Vec::new();
    while reader.read(&mut body).await? > 0 {
        if body.len() > limit {
            return Ok(None);
        }
    }
    Ok(Some(body))
}

fn method(of: &JsValue, name: &str) -> Result<Function, Problem> {
    let method = Reflect::get(of, &name.into()).map_err(|_| broken())?;
    method.dyn_into().map_err(|_| broken())
}

fn broken() -> Problem {
    Problem::internal("the platform's body reader is not what it should be")
}
