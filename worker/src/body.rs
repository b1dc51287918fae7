//! Reading a request's body in large pieces.
//!
//! The platform's default iteration hands over 4 kB at a time, which costs more than the filtering itself; a reader
//! that brings its own buffer (BYOB) gets as much as it asks for.

use js_sys::{Function, Object, Promise, Reflect, Uint8Array, futures::JsFuture};
use wasm_bindgen::{JsCast, JsValue};
use web_sys::ReadableStream;

use crate::{
    error::Problem,
    incoming::Incoming,
    packed::{Encoding, Gunzip, UNPACKED},
};

/// The buffer of one reading, and how much of it is worth waiting for.
const PIECE: u32 = 512 << 10;

/// Reads a body piece by piece, out of gzip where it is that.
pub(crate) struct BodyReader {
    raw: RawReader,
    encoding: Encoding,
    state: State,
}

enum State {
    /// Nothing is read yet.
    New,
    Plain,
    Gzip(Box<Gunzip>),
    /// It was unpacked to its end.
    Over,
}

impl BodyReader {
    /// A reader of a request's body.
    ///
    /// # Errors
    /// [`Problem::Packed`] for an encoding that is not unpacked here; or when the stream is in use or the platform has no
    /// such reader.
    pub(crate) fn of(incoming: &Incoming) -> Result<Self, Problem> {
        let encoding = Encoding::of(incoming)?;
        Ok(Self { raw: RawReader::new(incoming.body.as_deref())?, encoding, state: State::New })
    }

    /// A reader of a body that is taken as it is: whoever may send it is not known yet.
    ///
    /// # Errors
    /// When the stream is in use or the platform has no such reader.
    pub(crate) fn plain(incoming: &Incoming) -> Result<Self, Problem> {
        let raw = RawReader::new(incoming.body.as_deref())?;
        Ok(Self { raw, encoding: Encoding::Untold, state: State::Plain })
    }

    /// Appends the next piece to `to` and says how long it is; 0 at the end.
    ///
    /// # Errors
    /// [`Problem::BodyCut`] when the client went away in the middle, [`Problem::Packed`] and [`Problem::Damaged`].
    pub(crate) async fn read(&mut self, to: &mut Vec<u8>) -> Result<usize, Problem> {
        if let State::New = self.state {
            let start = to.len();
            let length = self.raw.read(to).await?;
            let piece = to.get(start..).unwrap_or_default();
            self.state = match self.encoding.unpacking(piece)? {
                None => State::Plain,
                Some(mut gunzip) => {
                    gunzip.packed().extend_from_slice(piece);
                    to.truncate(start);
                    State::Gzip(Box::new(gunzip))
                }
            };
            if let State::Plain = self.state {
                return Ok(length);
            }
        }
        match &mut self.state {
            State::New | State::Plain => self.raw.read(to).await,
            State::Over => Ok(0),
            State::Gzip(gunzip) => {
                // Short bodies whole, so that a damaged one is known before it is answered.
                let start = to.len();
                while to.len() - start < UNPACKED {
                    if gunzip.unpack(to)? > 0 {
                        continue;
                    }
                    if self.raw.read(gunzip.packed()).await? == 0 {
                        gunzip.finish(to)?;
                        self.state = State::Over;
                        break;
                    }
                }
                Ok(to.len() - start)
            }
        }
    }

    /// All that is left; `None` when it is longer than `limit` bytes.
    ///
    /// # Errors
    /// See [`Self::read`].
    pub(crate) async fn whole(mut self, limit: usize) -> Result<Option<Vec<u8>>, Problem> {
        let mut body = Vec::new();
        while self.read(&mut body).await? > 0 {
            if body.len() > limit {
                return Ok(None);
            }
        }
        Ok(Some(body))
    }
}

/// Reads what is sent, as it is.
struct RawReader {
    reader: JsValue,
    read: Function,
    /// The buffer goes to the platform and comes back with each reading.
    buffer: Option<Uint8Array>,
    done: bool,
}

impl RawReader {
    /// A reader of that stream; a request without a body has none.
    ///
    /// # Errors
    /// When the stream is in use or the platform has no such reader.
    fn new(stream: Option<&ReadableStream>) -> Result<Self, Problem> {
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
    async fn read(&mut self, to: &mut Vec<u8>) -> Result<usize, Problem> {
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

fn method(of: &JsValue, name: &str) -> Result<Function, Problem> {
    let method = Reflect::get(of, &name.into()).map_err(|_| broken())?;
    method.dyn_into().map_err(|_| broken())
}

fn broken() -> Problem {
    Problem::internal("the platform's body reader is not what it should be")
}
