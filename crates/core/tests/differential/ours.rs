//! This crate's filter as a boolean form.

use trailsift_core::{
    Filter, Options, compile,
    filter::{Leaf, Target, Test, TextTest},
    pattern::Piece,
};

use crate::boolean::{Atom, AtomTest, Form, end};

/// The query's form, or the code of its first error.
pub(crate) fn form(text: &str) -> Result<Form, &'static str> {
    let query = compile(text, &Options::default()).map_err(|error| error.first().code.as_str())?;
    Ok(of(query.filter()))
}

fn of(filter: &Filter) -> Form {
    match filter {
        Filter::All => Form::All(Vec::new()),
        Filter::And(parts) => Form::All(parts.iter().map(of).collect()),
        Filter::Or(parts) => Form::Any(parts.iter().map(of).collect()),
        Filter::Not(part) => of(part).negated(),
        Filter::Leaf(leaf) => of_leaf(leaf),
    }
}

fn of_leaf(leaf: &Leaf) -> Form {
    let field = match &leaf.target {
        Target::Paths(paths) => paths.first().map(|path| &**path),
        Target::Anywhere => None,
    };
    let atom = |test| Form::Atom(Atom { field: field.map(String::from), test });
    let test = match &leaf.test {
        Test::Exists => return atom(AtomTest::Exists),
        Test::Is(test) => test.text.as_ref(),
    };
    match test {
        Some(TextTest::Equals(text)) => Form::term(field, text),
        Some(TextTest::OneOf(texts)) => {
            Form::Any(texts.iter().map(|text| Form::term(field, &**text)).collect())
        }
        Some(TextTest::Matches(pattern)) => {
            // A bare term is a part of any string: the stars around it are not the query's own.
            let pieces = match pattern.pieces.as_slice() {
                [Piece::AnyRun, inner @ .., Piece::AnyRun] if field.is_none() => inner,
                pieces => pieces,
            };
            let text: String = pieces
                .iter()
                .map(|piece| match piece {
                    Piece::Text(text) => text.as_str(),
                    Piece::AnyRun => "*",
                    Piece::AnyOne => "?",
                })
                .collect();
            Form::term(field, text)
        }
        Some(TextTest::Between(low, high)) => atom(AtomTest::Range(end(low), end(high))),
        None => panic!("every test without a schema has one of text: {leaf:?}"),
    }
}
