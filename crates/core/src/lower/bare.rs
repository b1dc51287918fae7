//! Values that belong to no field: what a schema's bare-term fields make of them.

use alloc::{boxed::Box, format, vec::Vec};

use super::Lowering;
use crate::{
    Code, Diagnostic, FieldType, Filter, Options, Span,
    filter::{Leaf, Target, Test, TextTest, ValueTest, Word},
    pattern::{Pattern, Piece},
    syntax::ast::{Term, Value},
};

/// The filter of a term that belongs to no field.
pub(crate) fn lower_bare(pieces: &[Piece], options: &Options) -> Filter {
    let mut lowering = Lowering::new("", options);
    let term = Term { span: Span::new(0, 0), pieces: pieces.to_vec(), quoted: true };
    lowering.bare(&Value::Term(term))
}

impl Lowering<'_> {
    /// A value that belongs to no field.
    pub(super) fn bare(&mut self, value: &Value) -> Filter {
        let term = match value {
            Value::Term(term) => term,
            Value::Range(range) => {
                self.report(
                    Diagnostic::error(
                        Code::RangeWithoutField,
                        range.span,
                        "a range belongs to a field",
                    )
                    .help(format!(
                        "write the field before it: `field:{}`",
                        range.span.of(self.text)
                    )),
                );
                return Filter::NONE;
            }
        };
        if term.is_star() {
            return Filter::All;
        }
        if !term.quoted {
            self.warn_of_bare(term);
        }
        let schema = self.options.schema;
        let before = self.diagnostics.len();
        if term.literal().is_none() {
            // Once, not for each of the fields.
            self.refuse_wildcards(term);
        }
        if self.diagnostics.len() > before {
            return Filter::NONE;
        }
        if schema.is_open() {
            return Filter::Leaf(Leaf { target: Target::Anywhere, test: self.anywhere(term) });
        }
        self.warn_of_bare_word(term);
        self.in_bare_fields(term)
    }

    /// A bare term that is looked for in the schema's bare fields: one leaf for all fields that it means the same in.
    fn in_bare_fields(&mut self, term: &Term) -> Filter {
        let mut tests: Vec<(FieldType, Option<ValueTest>)> = Vec::new();
        let mut leaves: Vec<(ValueTest, Vec<Word>)> = Vec::new();
        for field in self.options.schema.bare() {
            let kind = field.kind();
            let known = tests.iter().find(|(other, _)| *other == kind);
            let test = match known {
                Some((_, test)) => test.clone(),
                None => {
                    let test = self.quiet(|this| this.term_test(term, kind));
                    tests.push((kind, test.clone()));
                    test
                }
            };
            // It need not suit each of the fields.
            let Some(test) = test else { continue };
            match leaves.iter_mut().find(|(other, _)| *other == test) {
                Some((_, paths)) => paths.extend(field.paths()),
                None => leaves.push((test, field.paths())),
            }
        }
        let leaf = |(test, paths)| {
            Filter::Leaf(Leaf { target: Target::Paths(paths), test: Test::Is(Box::new(test)) })
        };
        Filter::any_of(leaves.into_iter().map(leaf).collect())
    }

    /// Lowers without diagnostics; nothing where there was an error.
    fn quiet<T, E>(&mut self, lower: impl FnOnce(&mut Self) -> Result<T, E>) -> Option<T> {
        let before = self.diagnostics.len();
        let found = lower(self).ok();
        let said = self.diagnostics.drain(before..);
        found.filter(|_| said.filter(Diagnostic::is_error).count() == 0)
    }

    /// A bare term without a schema: part of any string, whatever its case.
    fn anywhere(&self, term: &Term) -> Test {
        let mut pieces = alloc::vec![Piece::AnyRun];
        pieces.extend(term.pieces.iter().cloned());
        pieces.push(Piece::AnyRun);
        pieces.dedup_by(|a, b| *a == Piece::AnyRun && *b == Piece::AnyRun);
        Test::Is(Box::new(ValueTest {
            text: Some(TextTest::Matches(Pattern { pieces })),
            ignore_case: true,
            ..Default::default()
        }))
    }
}
