//! Random entries, as a tree and as the bytes that some encoder might write for it.

use std::borrow::Cow;

use proptest::prelude::*;
use trailsift_core::{Number, Value, View};

/// An entry and its JSON.
#[derive(Clone, Debug)]
pub(crate) struct Written {
    pub(crate) tree: Tree,
    pub(crate) json: Vec<u8>,
}

/// A JSON value. Members keep their order and their duplicates.
#[derive(Clone, Debug)]
pub(crate) enum Tree {
    Null,
    Bool(bool),
    Number(&'static str),
    Text(Text),
    Array(Vec<Tree>),
    Object(Vec<(Text, Tree)>),
}

/// Characters, each with a way to write it.
#[derive(Clone, Debug)]
pub(crate) struct Text(Vec<(&'static [u8], Cow<'static, [u8]>)>);

impl Text {
    fn bytes(&self) -> Vec<u8> {
        self.0.iter().flat_map(|(bytes, _)| bytes.iter().copied()).collect()
    }

    fn write(&self, to: &mut Vec<u8>) {
        to.push(b'"');
        self.0.iter().for_each(|(_, written)| to.extend(&**written));
        to.push(b'"');
    }
}

impl<'a> Value<'a> for &'a Tree {
    fn view(self) -> View<'a> {
        match self {
            Tree::Null => View::Null,
            Tree::Bool(value) => View::Bool(*value),
            Tree::Number(text) => Number::parse(text).map_or(View::Null, View::Number),
            Tree::Text(text) => View::Text(Cow::Owned(text.bytes())),
            Tree::Array(_) => View::Array,
            Tree::Object(_) => View::Object,
        }
    }

    fn elements(self) -> impl Iterator<Item = Self> {
        match self {
            Tree::Array(elements) => elements.iter(),
            _ => [].iter(),
        }
    }

    fn members(self) -> impl Iterator<Item = (Cow<'a, [u8]>, Self)> {
        let members = match self {
            Tree::Object(members) => members.as_slice(),
            _ => &[],
        };
        members.iter().map(|(key, value)| (Cow::Owned(key.bytes()), value))
    }
}

impl Tree {
    /// Writes it, with the next of `spaces` between any two tokens.
    fn write(&self, spaces: &mut dyn Iterator<Item = &'static str>, to: &mut Vec<u8>) {
        match self {
            Self::Null => to.extend(b"null"),
            Self::Bool(value) => to.extend(value.to_string().as_bytes()),
            Self::Number(text) => to.extend(text.as_bytes()),
            Self::Text(text) => text.write(to),
            Self::Array(elements) => {
                to.push(b'[');
                for (index, element) in elements.iter().enumerate() {
                    to.extend(if index > 0 { "," } else { "" }.as_bytes());
                    to.extend(spaces.next().unwrap().as_bytes());
                    element.write(spaces, to);
                    to.extend(spaces.next().unwrap().as_bytes());
                }
                to.push(b']');
            }
            Self::Object(members) => {
                to.push(b'{');
                for (index, (key, value)) in members.iter().enumerate() {
                    to.extend(if index > 0 { "," } else { "" }.as_bytes());
                    to.extend(spaces.next().unwrap().as_bytes());
                    key.write(to);
                    to.extend(spaces.next().unwrap().as_bytes());
                    to.push(b':');
                    to.extend(spaces.next().unwrap().as_bytes());
                    value.write(spaces, to);
                    to.extend(spaces.next().unwrap().as_bytes());
                }
                to.push(b'}');
            }
        }
    }
}

fn character() -> impl Strategy<Value = (&'static [u8], &'static [u8])> {
    const PLAIN: &[(&[u8], &[u8])] = &[
        (b"a", b"a"),
        (b"b", b"b"),
        (b"f", b"f"),
        (b"F", b"F"),
        (b"p", b"p"),
        (b"k", b"k"),
        (b"s", b"s"),
        (b"S", b"S"),
        (b"1", b"1"),
        (b"0", b"0"),
        (b".", b"."),
        (b" ", b" "),
    ];
    const ODD: &[(&[u8], &[u8])] = &[
        (b"f", b"\\u0066"),
        (b"1", b"\\u0031"),
        (b".", b"\\u002e"),
        (b"/", b"/"),
        (b"/", b"\\/"),
        (b"\"", b"\\\""),
        (b"\\", b"\\\\"),
        (b"u", b"u"),
        (b"\n", b"\\n"),
        (b"\t", b"\\u0009"),
        ("é".as_bytes(), "é".as_bytes()),
        ("é".as_bytes(), b"\\u00E9"),
        ("\u{212A}".as_bytes(), "\u{212A}".as_bytes()),
        ("\u{17F}".as_bytes(), "\u{17F}".as_bytes()),
        ("\u{17F}".as_bytes(), b"\\u017f"),
        ("🦀".as_bytes(), b"\\ud83e\\udd80"),
        (b"\xED\xB6\x80", b"\\udd80"),
        (b"\xFF", b"\xFF"),
        (b"{", b"{"),
        (b"]", b"]"),
        (b"*", b"*"),
    ];
    prop_oneof![
        3 => prop::sample::select(PLAIN),
        1 => prop::sample::select(ODD),
    ]
}

/// The text with those of its characters escaped for which the next of `escaped` says so.
fn written(text: &'static str, escaped: &[bool]) -> Text {
    let mut escaped = escaped.iter().cycle();
    let character = |byte: &'static [u8]| match escaped.next() {
        Some(true) if byte.is_ascii() => {
            (byte, Cow::Owned(format!("\\u{:04x}", byte[0]).into_bytes()))
        }
        _ => (byte, Cow::Borrowed(byte)),
    };
    Text(text.as_bytes().chunks(1).map(character).collect())
}

/// What is escaped of a text: most often nothing.
fn escaped() -> impl Strategy<Value = Vec<bool>> {
    prop_oneof![
        6 => Just(vec![]),
        1 => Just(vec![true]),
        1 => prop::collection::vec(any::<bool>(), 1..6),
    ]
}

fn characters(count: std::ops::Range<usize>) -> impl Strategy<Value = Text> {
    let character = character().prop_map(|(bytes, written)| (bytes, Cow::Borrowed(written)));
    prop::collection::vec(character, count).prop_map(Text)
}

fn text() -> impl Strategy<Value = Text> {
    const WHOLE: &[&str] = &[
        "f",
        "fp",
        "s",
        "",
        "10.1.2.3",
        "10.1.200.7",
        "::ffff:10.1.2.3",
        "2026-06-10T00:00:00Z",
        "2026-06-11T01:00:00+02:00",
        "task",
        "taſk",
        "TASK force",
        "1e3",
        "1000",
        "true",
        "x{}",
    ];
    prop_oneof![
        4 => (prop::sample::select(WHOLE), escaped()).prop_map(|(text, escaped)| written(text, &escaped)),
        2 => characters(0..6),
        1 => characters(10..90),
    ]
}

fn key() -> impl Strategy<Value = Text> {
    const KEYS: &[&str] = &[
        "a", "a", "a", "b", "b", "type", "type", "a.b", "", "details", "0", "f", "fp", "logs",
        "data", "entries",
    ];
    prop_oneof![
        12 => (prop::sample::select(KEYS), escaped()).prop_map(|(key, escaped)| written(key, &escaped)),
        1 => characters(0..12),
    ]
}

fn tree() -> impl Strategy<Value = Tree> {
    const NUMBERS: &[&str] = &[
        "0",
        "-0",
        "1",
        "5",
        "10.1",
        "1000",
        "1e3",
        "1000.0",
        "-1.5E+2",
        "9007199254740993",
        "123456789012345678901234567890",
        "1e999",
    ];
    let scalar = prop_oneof![
        1 => Just(Tree::Null),
        1 => any::<bool>().prop_map(Tree::Bool),
        2 => prop::sample::select(NUMBERS).prop_map(Tree::Number),
        6 => text().prop_map(Tree::Text),
    ];
    scalar.prop_recursive(4, 16, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Tree::Array),
            prop::collection::vec((key(), inner), 0..4).prop_map(Tree::Object),
        ]
    })
}

/// A value in so many arrays, to try what nests.
fn nested() -> impl Strategy<Value = Tree> {
    (tree(), 0_usize..100)
        .prop_map(|(tree, depth)| (0..depth).fold(tree, |tree, _| Tree::Array(vec![tree])))
}

/// An entry in which no search finds anything.
pub(crate) fn filler() -> Written {
    Written { tree: Tree::Object(Vec::new()), json: b"{}".to_vec() }
}

/// An entry.
pub(crate) fn entry() -> impl Strategy<Value = Written> {
    let value = prop_oneof![9 => tree(), 1 => nested()];
    let members = prop::collection::vec((key(), value), 0..8);
    let spaces = prop_oneof![
        3 => Just(vec![""]),
        1 => prop::collection::vec(prop::sample::select(vec!["", "", " ", "\t "]), 1..7),
        1 => prop::collection::vec(prop::sample::select(vec!["", " ", "\n", "\r\n  "]), 1..7),
    ];
    (members, spaces).prop_map(|(mut members, spaces)| {
        // An object of such a member is no entry but a page; one of the others is, unless a time is in its first element.
        members.retain(|(key, value)| !(key.bytes() == b"logs" && matches!(value, Tree::Array(_))));
        let tree = Tree::Object(members);
        let mut json = Vec::new();
        tree.write(&mut spaces.iter().copied().cycle(), &mut json);
        Written { tree, json }
    })
}
