//! Statistics as bytes: a version, then the columns, then the Bloom filter. Numbers are little-endian; lengths take
//! seven bits a byte.

use std::net::Ipv6Addr;

use trailsift_core::{Number, Timestamp, View};

use super::{
    Stats,
    bloom::Bloom,
    column::{Column, Summary, Values},
    scalar,
};
use crate::chunk::{Corrupt, Cursor};

const VERSION: u8 = 1;

/// What a column is: bits of its second byte.
const EVERY: u8 = 1;
const MANY: u8 = 2;

pub(super) fn encode(stats: &Stats) -> Vec<u8> {
    let mut out = vec![VERSION];
    push_length(&mut out, stats.columns.len());
    for column in &stats.columns {
        push_bytes(&mut out, column.path.as_bytes());
        let every = if column.every { EVERY } else { 0 };
        match &column.values {
            Values::Few(values) => {
                out.push(every);
                push_length(&mut out, values.len());
                values.iter().for_each(|value| push_bytes(&mut out, value));
            }
            Values::Many(summary) => {
                out.push(every | MANY);
                push_summary(&mut out, summary);
            }
        }
    }
    push_length(&mut out, stats.bloom.0.len());
    stats.bloom.0.iter().for_each(|word| out.extend(word.to_le_bytes()));
    out
}

fn push_summary(out: &mut Vec<u8>, summary: &Summary) {
    let bits = [
        summary.has_null,
        summary.has_false,
        summary.has_true,
        summary.has_object,
        summary.beyond_ascii,
        summary.no_date,
        summary.in_bloom,
        summary.numbers.is_some(),
        summary.number_texts.is_some(),
        summary.dates.is_some(),
        summary.addresses.is_some(),
        summary.texts.is_some(),
    ];
    let bits = bits.iter().rev().fold(0_u16, |bits, bit| bits << 1 | u16::from(*bit));
    out.extend(bits.to_le_bytes());
    for (low, high) in summary.numbers.iter().chain(&summary.number_texts) {
        for end in [low, high] {
            let mut bytes = Vec::new();
            scalar::write(&View::Number(*end), &mut bytes);
            push_bytes(out, &bytes);
        }
    }
    if let Some((low, high)) = &summary.dates {
        for end in [low, high] {
            out.extend(end.seconds.to_le_bytes());
            out.extend(end.nanos.to_le_bytes());
        }
    }
    if let Some((low, high)) = &summary.addresses {
        out.extend(low.octets());
        out.extend(high.octets());
    }
    if let Some((low, high)) = &summary.texts {
        push_bytes(out, low);
        push_bytes(out, high);
    }
}

fn push_length(out: &mut Vec<u8>, mut length: usize) {
    while length >= 0x80 {
        out.push((length & 0x7f) as u8 | 0x80);
        length >>= 7;
    }
    out.push((length & 0x7f) as u8);
}

fn push_bytes(out: &mut Vec<u8>, bytes: &[u8]) {
    push_length(out, bytes.len());
    out.extend_from_slice(bytes);
}

pub(super) fn decode(bytes: &[u8]) -> Result<Stats, Corrupt> {
    let mut rest = Cursor(bytes);
    if rest.array()? != [VERSION] {
        return Err(Corrupt);
    }
    let mut columns: Vec<Column> = Vec::new();
    for _ in 0..rest.length()? {
        let path = String::from_utf8(rest.bytes()?.to_vec()).map_err(|_| Corrupt)?;
        if columns.last().is_some_and(|last| last.path >= path) {
            return Err(Corrupt);
        }
        let [kind] = rest.array()?;
        let values = if kind & MANY == 0 {
            let mut values = Vec::new();
            for _ in 0..rest.length()? {
                let value = rest.bytes()?;
                scalar::view(value).ok_or(Corrupt)?;
                values.push(value.to_vec());
            }
            Values::Few(values)
        } else {
            Values::Many(Box::new(rest.summary()?))
        };
        columns.push(Column { path, every: kind & EVERY != 0, values });
    }
    let mut words = Vec::new();
    for _ in 0..rest.length()? {
        words.push(u64::from_le_bytes(rest.array()?));
    }
    if rest.0.is_empty() { Ok(Stats { columns, bloom: Bloom(words) }) } else { Err(Corrupt) }
}

impl<'a> Cursor<'a> {
    fn length(&mut self) -> Result<usize, Corrupt> {
        let mut length = 0;
        for shift in [0, 7, 14, 21] {
            let [byte] = self.array()?;
            length |= usize::from(byte & 0x7f) << shift;
            if byte & 0x80 == 0 {
                return Ok(length);
            }
        }
        Err(Corrupt)
    }

    fn bytes(&mut self) -> Result<&'a [u8], Corrupt> {
        let length = self.length()?;
        self.take(length)
    }

    fn summary(&mut self) -> Result<Summary, Corrupt> {
        let bits = u16::from_le_bytes(self.array()?);
        let bit = |number: u16| bits >> number & 1 == 1;
        Ok(Summary {
            has_null: bit(0),
            has_false: bit(1),
            has_true: bit(2),
            has_object: bit(3),
            beyond_ascii: bit(4),
            no_date: bit(5),
            in_bloom: bit(6),
            numbers: self.ends(bit(7), Self::number)?,
            number_texts: self.ends(bit(8), Self::number)?,
            dates: self.ends(bit(9), |rest| {
                let seconds = i64::from_le_bytes(rest.array()?);
                Ok(Timestamp { seconds, nanos: u32::from_le_bytes(rest.array()?) })
            })?,
            addresses: self.ends(bit(10), |rest| Ok(Ipv6Addr::from(rest.array::<16>()?)))?,
            texts: self.ends(bit(11), |rest| Ok(rest.bytes()?.to_vec()))?,
        })
    }

    fn ends<T>(
        &mut self,
        are_there: bool,
        read: impl Fn(&mut Self) -> Result<T, Corrupt>,
    ) -> Result<Option<(T, T)>, Corrupt> {
        are_there.then(|| Ok((read(self)?, read(self)?))).transpose()
    }

    fn number(&mut self) -> Result<Number, Corrupt> {
        match scalar::view(self.bytes()?) {
            Some(View::Number(number)) => Ok(number),
            _ => Err(Corrupt),
        }
    }
}
