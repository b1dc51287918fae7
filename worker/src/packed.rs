//! Bodies that are packed: gzip, of any number of members, is unpacked as it comes; anything else is refused by its name.

use std::io::Write;

use flate2::write::MultiGzDecoder;
use http::header;

use crate::{body::BodyReader, error::Problem, incoming::Incoming};

/// How much is unpacked, about, before it is looked at: a packed byte may be a thousand.
const UNPACKED: usize = 1 << 20;

const GZIP: &[u8] = b"\x1F\x8B";
/// What is told by its first bytes, and not unpacked.
const OTHERS: [(&[u8], &str); 6] = [
    (b"PK\x03\x04", "a zip archive"),
    (b"PK\x05\x06", "a zip archive"),
    (b"\x28\xB5\x2F\xFD", "zstd data"),
    (b"\xFD7zX", "xz data"),
    (b"BZh", "bzip2 data"),
    (b"PAR1", "a Parquet file"),
];

/// Reads a body piece by piece, out of gzip where it is that.
pub(crate) struct UnpackedReader {
    raw: BodyReader,
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

impl UnpackedReader {
    /// A reader of a request's body.
    ///
    /// # Errors
    /// [`Problem::Packed`] for an encoding that is not unpacked here, and as [`BodyReader::new`].
    pub(crate) fn of(incoming: &Incoming) -> Result<Self, Problem> {
        let encoding = Encoding::of(incoming)?;
        Ok(Self { raw: BodyReader::new(incoming.body.as_deref())?, encoding, state: State::New })
    }

    /// Appends the next piece to `to` and says how long it is; 0 at the end.
    ///
    /// # Errors
    /// As [`BodyReader::read`], [`Problem::Packed`] and [`Problem::Damaged`].
    pub(crate) async fn read(&mut self, to: &mut Vec<u8>) -> Result<usize, Problem> {
        let start = to.len();
        if let State::New = self.state {
            self.raw.read(to).await?;
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
                return Ok(to.len() - start);
            }
        }
        let State::Gzip(gunzip) = &mut self.state else {
            return if let State::Over = self.state { Ok(0) } else { self.raw.read(to).await };
        };
        // Short bodies whole, so that a damaged one is known before it is answered.
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

/// How a request says that its body is packed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Encoding {
    /// It says nothing: the first bytes tell.
    Untold,
    /// It says gzip.
    Gzip,
}

impl Encoding {
    /// What the request's header says.
    ///
    /// # Errors
    /// [`Problem::Packed`] for an encoding that is not unpacked here.
    fn of(incoming: &Incoming) -> Result<Self, Problem> {
        Self::named(incoming.header(header::CONTENT_ENCODING).unwrap_or_default())
    }

    fn named(name: &str) -> Result<Self, Problem> {
        match &*name.trim().to_ascii_lowercase() {
            "" | "identity" => Ok(Self::Untold),
            "gzip" | "x-gzip" => Ok(Self::Gzip),
            _ => Err(Problem::Packed("encoded in another way than gzip")),
        }
    }

    /// What unpacks a body that begins so; nothing where it is not packed.
    ///
    /// # Errors
    /// [`Problem::Packed`] for what is not unpacked here, [`Problem::Damaged`] for what is not the gzip that it says.
    fn unpacking(self, start: &[u8]) -> Result<Option<Gunzip>, Problem> {
        if let Some((_, form)) = OTHERS.iter().find(|(magic, _)| start.starts_with(magic)) {
            return Err(Problem::Packed(form));
        }
        match (start.starts_with(GZIP), self) {
            (true, _) => Ok(Some(Gunzip::new())),
            (false, Self::Gzip) if !start.is_empty() => {
                Err(Problem::Damaged("the body is no gzip, and its Content-Encoding says so"))
            }
            (false, _) => Ok(None),
        }
    }
}

/// gzip on its way.
struct Gunzip {
    decoder: MultiGzDecoder<Vec<u8>>,
    packed: Vec<u8>,
    /// The first packed byte that is not unpacked.
    at: usize,
}

impl Gunzip {
    fn new() -> Self {
        Self { decoder: MultiGzDecoder::new(Vec::new()), packed: Vec::new(), at: 0 }
    }

    /// Where the next packed bytes go; those before are unpacked.
    fn packed(&mut self) -> &mut Vec<u8> {
        self.packed.drain(..self.at);
        self.at = 0;
        &mut self.packed
    }

    /// Appends the next unpacked bytes, a piece at most or not much more, and says how many; 0 when more packed ones are
    /// wanted.
    ///
    /// # Errors
    /// [`Problem::Damaged`].
    fn unpack(&mut self, to: &mut Vec<u8>) -> Result<usize, Problem> {
        while let Some(rest) = self.packed.get(self.at..).filter(|rest| !rest.is_empty())
            && self.decoder.get_ref().len() < UNPACKED
        {
            self.at += self.decoder.write(rest).map_err(|_| damaged())?;
        }
        if self.at == self.packed.len() {
            // What is unpacked already is not to wait for what may come late.
            self.decoder.flush().map_err(|_| damaged())?;
        }
        Ok(self.take(to))
    }

    /// Appends what is left once all is there.
    ///
    /// # Errors
    /// [`Problem::Damaged`] where the last member is not whole.
    fn finish(&mut self, to: &mut Vec<u8>) -> Result<usize, Problem> {
        self.decoder.try_finish().map_err(|_| {
            Problem::Damaged(
                "the gzip data is damaged, or ends in the middle: send all of it again",
            )
        })?;
        Ok(self.take(to))
    }

    fn take(&mut self, to: &mut Vec<u8>) -> usize {
        let unpacked = self.decoder.get_mut();
        let length = unpacked.len();
        to.append(unpacked);
        length
    }
}

fn damaged() -> Problem {
    Problem::Damaged("the gzip data is damaged")
}

#[cfg(test)]
mod tests {
    use flate2::{Compression, write::GzEncoder};

    use super::*;

    fn gzip(text: &[u8]) -> Vec<u8> {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
        encoder.write_all(text).unwrap();
        encoder.finish().unwrap()
    }

    /// What comes out of a body that arrives in pieces, and the longest that came at once.
    fn unpacked(body: &[u8], size: usize) -> Result<(Vec<u8>, usize), Problem> {
        let mut gunzip = Encoding::Untold.unpacking(body)?.unwrap();
        let (mut out, mut longest) = (Vec::new(), 0);
        for piece in body.chunks(size) {
            gunzip.packed().extend_from_slice(piece);
            loop {
                let length = gunzip.unpack(&mut out)?;
                longest = longest.max(length);
                if length == 0 {
                    break;
                }
            }
        }
        gunzip.finish(&mut out)?;
        Ok((out, longest))
    }

    #[test]
    fn members_come_out_one_behind_the_other_however_they_arrive() {
        let body = [gzip(b"{\"a\":1}\n"), gzip(b""), gzip(b"{\"b\":2}")].concat();
        for size in [1, 2, 9, 1000] {
            assert_eq!(unpacked(&body, size).unwrap().0, b"{\"a\":1}\n{\"b\":2}", "{size}");
        }
    }

    #[test]
    fn what_is_far_longer_unpacked_comes_in_pieces() {
        let (out, longest) = unpacked(&gzip(&vec![b' '; 8 << 20]), 512 << 10).unwrap();
        assert_eq!(out.len(), 8 << 20);
        assert!(longest <= UNPACKED + (64 << 10), "{longest}");
    }

    #[test]
    fn what_is_damaged_or_cut_is_told_and_never_taken_for_whole() {
        let text = b"{\"a\":1}\n{\"b\":2}\n";
        let body = gzip(text);
        for cut in 2..body.len() {
            assert!(matches!(unpacked(&body[..cut], 7), Err(Problem::Damaged(_))), "{cut}");
        }
        // Some bits say nothing of the content, such as those between its end and the check sum.
        for bit in 80..8 * body.len() {
            let mut body = body.clone();
            body[bit / 8] ^= 1 << (bit % 8);
            match unpacked(&body, 7) {
                Err(error) => assert!(matches!(error, Problem::Damaged(_)), "{bit}"),
                Ok((out, _)) => assert_eq!(out, text, "{bit}"),
            }
        }
        let followed = [&*body, b"{\"c\":3}"].concat();
        assert!(matches!(unpacked(&followed, 1000), Err(Problem::Damaged(_))));
    }

    #[test]
    fn what_is_not_unpacked_is_named() {
        for (name, allowed) in
            [("", true), (" GZIP", true), ("identity", true), ("br", false), ("gzip, gzip", false)]
        {
            assert_eq!(Encoding::named(name).is_ok(), allowed, "{name}");
        }
        for start in [b"PK\x03\x04\x14".as_slice(), b"\x28\xB5\x2F\xFD\x04", b"BZh9"] {
            assert!(matches!(Encoding::Untold.unpacking(start), Err(Problem::Packed(_))));
        }
        assert!(matches!(Encoding::Gzip.unpacking(b"{}"), Err(Problem::Damaged(_))));
        for start in [b"".as_slice(), b"{}", b"P"] {
            assert!(matches!(Encoding::Untold.unpacking(start), Ok(None)));
        }
    }
}
