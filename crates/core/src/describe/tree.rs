//! A filter made ready for telling: negation at the leaves, nothing that is always or never true, and conditions on one
//! place that stand next to each other told together. It says nothing of words.

use alloc::{vec, vec::Vec};

use super::Word;
use crate::{
    FieldType, Filter, Schema,
    filter::{Leaf, Target, Test, TextTest, ValueTest},
    pattern::Piece,
};

/// A part of what is to be told.
pub(super) enum Node<'f> {
    /// Always true, or never.
    Constant(bool),
    /// Tests of one place.
    Group(Group<'f>),
    /// All of these, or any of them; at least two, and none joined as this is.
    Many { every: bool, parts: Vec<Self> },
}

/// Tests of one place, of which every one or any one has to pass; or not, where `negated`.
pub(super) struct Group<'f> {
    pub(super) subject: Subject<'f>,
    pub(super) tests: Vec<&'f Test>,
    pub(super) every: bool,
    pub(super) negated: bool,
}

/// Whose values are tested.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum Subject<'f> {
    /// Every string of the entry.
    Text,
    /// The fields that a bare term searches.
    Searched,
    /// A field.
    Paths(&'f [Word]),
}

impl Group<'_> {
    /// Whether its tests can be told in one breath with others of the same place.
    fn joins(&self, every: bool) -> bool {
        match self.tests.as_slice() {
            // What any of several texts passes is not told with "and".
            [Test::Is(test)] if every && matches!(test.text, Some(TextTest::OneOf(_))) => false,
            [_] => !every || !(self.negated || self.subject == Subject::Searched),
            _ => self.every == every,
        }
    }
}

/// Turns a filter into a tree.
pub(super) struct Reader {
    /// The paths of the fields that a bare term searches, and whether they are of addresses, which a term need not be.
    searched: Vec<(Word, bool)>,
}

impl Reader {
    pub(super) fn new(schema: &Schema) -> Self {
        let mut searched = Vec::new();
        for field in schema.bare() {
            let paths = schema.resolve(field.name()).map(|field| field.paths).unwrap_or_default();
            searched.extend(paths.into_iter().map(|path| (path, field.kind() == FieldType::Ip)));
        }
        Self { searched }
    }

    pub(super) fn node<'f>(&self, filter: &'f Filter, negated: bool) -> Node<'f> {
        let every = match filter {
            Filter::All => return Node::Constant(!negated),
            Filter::Leaf(leaf) => return self.leaf(leaf, negated),
            Filter::Not(inner) => return self.node(inner, !negated),
            Filter::And(_) => !negated,
            Filter::Or(parts) => match self.bare_term(parts) {
                Some(test) => return group(Subject::Searched, test, negated),
                None => negated,
            },
        };
        let mut parts = Vec::new();
        if !self.gather(filter, negated, every, &mut parts) {
            return Node::Constant(!every);
        }
        match parts.pop() {
            None => Node::Constant(every),
            Some(only) if parts.is_empty() => only,
            Some(last) => {
                parts.push(last);
                Node::Many { every, parts }
            }
        }
    }

    /// Adds a filter to parts that are joined. `false`: it settles what the whole is.
    fn gather<'f>(
        &self,
        filter: &'f Filter,
        negated: bool,
        every: bool,
        parts: &mut Vec<Node<'f>>,
    ) -> bool {
        let inner = match filter {
            Filter::Not(inner) => return self.gather(inner, !negated, every, parts),
            Filter::And(inner) if every != negated => inner,
            Filter::Or(inner) if every == negated && self.bare_term(inner).is_none() => inner,
            other => {
                match self.node(other, negated) {
                    Node::Constant(value) => return value == every,
                    Node::Group(group) => push(parts, group, every),
                    Node::Many { every: own, parts: mut more } if own == every => {
                        parts.append(&mut more);
                    }
                    many @ Node::Many { .. } => parts.push(many),
                }
                return true;
            }
        };
        inner.iter().all(|part| self.gather(part, negated, every, parts))
    }

    fn leaf<'f>(&self, leaf: &'f Leaf, negated: bool) -> Node<'f> {
        let subject = match &leaf.target {
            Target::Anywhere => Subject::Text,
            Target::Paths(paths) if self.are_searched([paths.as_slice()], &leaf.test) => {
                Subject::Searched
            }
            Target::Paths(paths) => Subject::Paths(paths),
        };
        group(subject, &leaf.test, negated)
    }

    /// Whether these are the places that a bare term searches, in any order.
    fn are_searched<'f>(&self, lists: impl IntoIterator<Item = &'f [Word]>, test: &Test) -> bool {
        let mut found = 0_u64;
        for path in lists.into_iter().flatten() {
            match self.searched.iter().position(|(other, _)| other == path) {
                Some(place) => found |= 1 << (place & 63),
                None => return false,
            }
        }
        let mut places = self.searched.iter().enumerate();
        let all = places.all(|(place, (_, address))| {
            found & 1 << (place & 63) != 0 || (*address && has_slash(test))
        });
        found != 0 && all
    }

    /// The test of a bare term: one test of all the fields that it searches, but that an address is one in some only.
    fn bare_term<'f>(&self, parts: &'f [Filter]) -> Option<&'f Test> {
        if parts.len() > self.searched.len() {
            return None;
        }
        let mut best: Option<(&Test, &ValueTest)> = None;
        let mut lists = Vec::new();
        for part in parts {
            let leaf = match part {
                Filter::Leaf(leaf) => leaf,
                // A field that such a value cannot stand in.
                Filter::Or(none) if none.is_empty() => continue,
                _ => return None,
            };
            let (Target::Paths(paths), Test::Is(test)) = (&leaf.target, &leaf.test) else {
                return None;
            };
            lists.push(paths.as_slice());
            let (_, known) = *best.get_or_insert((&leaf.test, test));
            if known.text.is_none() || known.text != test.text {
                return None;
            }
            if test.address.is_some() {
                best = Some((&leaf.test, test));
            }
        }
        let (test, _) = best?;
        self.are_searched(lists, test).then_some(test)
    }
}

fn group<'f>(subject: Subject<'f>, test: &'f Test, negated: bool) -> Node<'f> {
    Node::Group(Group { subject, tests: vec![test], every: false, negated })
}

/// Whether a field of addresses refuses this, since it looks like a network and is none.
fn has_slash(test: &Test) -> bool {
    let Test::Is(test) = test else { return false };
    match &test.text {
        Some(TextTest::Equals(text)) => text.contains('/'),
        Some(TextTest::Matches(pattern)) => {
            let slash = |piece: &Piece| matches!(piece, Piece::Text(text) if text.contains('/'));
            pattern.pieces.iter().any(slash)
        }
        _ => false,
    }
}

/// Adds tests to parts that are joined; to those before them where they are of the same place.
fn push<'f>(parts: &mut Vec<Node<'f>>, mut group: Group<'f>, every: bool) {
    // Not the one and not the other: neither.
    let every = every != group.negated;
    if let Some(Node::Group(last)) = parts.last_mut()
        && last.subject == group.subject
        && last.negated == group.negated
        && last.joins(every)
        && group.joins(every)
    {
        last.tests.append(&mut group.tests);
        last.every = every;
    } else {
        parts.push(Node::Group(group));
    }
}
