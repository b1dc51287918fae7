//! tantivy's tree as a boolean form, with the meaning that its occurrences have everywhere: what must hold, what must
//! not, and of the rest at least one where nothing must.
//!
//! A clause of prohibitions alone matches nothing in an index; as a filter it matches everything else, and so it does
//! here, since how to evaluate is not the grammar's to say.

use std::ops::Bound;

use tantivy_query_grammar::{Occur, UserInputAst, UserInputBound, UserInputLeaf, parse_query};

use crate::boolean::{Atom, AtomTest, Form, end};

/// The query's form; `None` where tantivy refuses it, or where it has what a boolean form has not (sets, patterns).
pub(crate) fn form(text: &str) -> Option<Form> {
    of(&parse_query(text).ok()?)
}

fn of(ast: &UserInputAst) -> Option<Form> {
    match ast {
        UserInputAst::Boost(inner, _) => of(inner),
        UserInputAst::Leaf(leaf) => of_leaf(leaf),
        UserInputAst::Clause(parts) => {
            let (mut all, mut any) = (Vec::new(), Vec::new());
            let mut prohibited = Vec::new();
            for (occur, part) in parts {
                match occur {
                    Some(Occur::Must) => all.push(of(part)?),
                    Some(Occur::MustNot) => prohibited.push(of(part)?.negated()),
                    Some(Occur::Should) | None => any.push(of(part)?),
                }
            }
            if all.is_empty() && !any.is_empty() {
                all.push(Form::Any(any));
            }
            all.append(&mut prohibited);
            Some(Form::All(all))
        }
    }
}

fn of_leaf(leaf: &UserInputLeaf) -> Option<Form> {
    let atom = |field: &Option<String>, test| Form::Atom(Atom { field: field.clone(), test });
    Some(match leaf {
        UserInputLeaf::All => Form::All(Vec::new()),
        UserInputLeaf::Exists { field } => atom(&Some(field.clone()), AtomTest::Exists),
        UserInputLeaf::Literal(literal) => {
            if literal.slop > 0 {
                return None;
            }
            let star = if literal.prefix { "*" } else { "" };
            Form::term(literal.field_name.as_deref(), literal.phrase.clone() + star)
        }
        UserInputLeaf::Range { field, lower, upper } => {
            let bound = |bound: &UserInputBound| {
                end(&match bound {
                    UserInputBound::Inclusive(text) => Bound::Included(text.clone()),
                    UserInputBound::Exclusive(text) => Bound::Excluded(text.clone()),
                    UserInputBound::Unbounded => Bound::Unbounded,
                })
            };
            atom(field, AtomTest::Range(bound(lower), bound(upper)))
        }
        UserInputLeaf::Set { .. } | UserInputLeaf::Regex { .. } => return None,
    })
}
