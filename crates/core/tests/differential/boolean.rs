//! What two parsers' trees are compared as: AND, OR and NOT over atoms.
//!
//! Two forms are the same when they are the same function of their atoms, whatever their shape: parsers differ in how
//! they nest, flatten and drop, and none of that changes which entries are meant.

use std::{collections::BTreeSet, ops::Bound};

/// A condition that is not made of others.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Atom {
    /// `None` for a bare term.
    pub(crate) field: Option<String>,
    pub(crate) test: AtomTest,
}

#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum AtomTest {
    /// With wildcards as they are written.
    Term(String),
    Range(End, End),
    Exists,
}

/// An end of a range: how it is written, and whether it belongs to the range; `None` for an open one.
pub(crate) type End = Option<(String, bool)>;

pub(crate) fn end(bound: &Bound<String>) -> End {
    match bound {
        Bound::Included(text) => Some((text.clone(), true)),
        Bound::Excluded(text) => Some((text.clone(), false)),
        Bound::Unbounded => None,
    }
}

#[derive(Clone, Debug)]
pub(crate) enum Form {
    Atom(Atom),
    Not(Box<Form>),
    All(Vec<Form>),
    Any(Vec<Form>),
}

impl Form {
    pub(crate) fn term(field: Option<&str>, text: impl Into<String>) -> Self {
        let field = field.map(String::from);
        Self::Atom(Atom { field, test: AtomTest::Term(text.into()) })
    }

    pub(crate) fn negated(self) -> Self {
        Self::Not(Box::new(self))
    }

    /// Whether both are one function of their atoms: tried on every combination of true and false.
    pub(crate) fn same(&self, other: &Self) -> bool {
        let mut atoms = self.conditions();
        other.atoms(&mut atoms);
        assert!(atoms.len() <= 20, "2^{} combinations", atoms.len());
        (0..1_u32 << atoms.len()).all(|combination| {
            let holds = |atom: &Atom| {
                let place = atoms.iter().position(|other| *other == atom).unwrap_or_default();
                combination >> place & 1 == 1
            };
            self.holds(&holds) == other.holds(&holds)
        })
    }

    /// Its atoms, each once.
    pub(crate) fn conditions(&self) -> BTreeSet<&Atom> {
        let mut found = BTreeSet::new();
        self.atoms(&mut found);
        found
    }

    fn atoms<'a>(&'a self, found: &mut BTreeSet<&'a Atom>) {
        match self {
            Self::Atom(atom) => {
                found.insert(atom);
            }
            Self::Not(part) => part.atoms(found),
            Self::All(parts) | Self::Any(parts) => parts.iter().for_each(|part| part.atoms(found)),
        }
    }

    fn holds(&self, atom: &impl Fn(&Atom) -> bool) -> bool {
        match self {
            Self::Atom(one) => atom(one),
            Self::Not(part) => !part.holds(atom),
            Self::All(parts) => parts.iter().all(|part| part.holds(atom)),
            Self::Any(parts) => parts.iter().any(|part| part.holds(atom)),
        }
    }
}
