//! The conditions that make a filter together: the parameter `query`, and every other parameter that has a condition's
//! form. Each is read by itself first, so that what is wrong with one is told with a place in that one, and no bracket
//! that one leaves open closes in the next.

use trailsift_core::{Options, Query};

use crate::{error::Problem, query};

/// The parameter that conditions belong to.
const NAME: &str = "query";

/// The conditions of a filter, as they came.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Conditions(Vec<String>);

impl Conditions {
    /// Adds one.
    pub(crate) fn push(&mut self, condition: &str) {
        self.0.push(condition.to_owned());
    }

    /// The whole filter. One condition alone is left as it is written, so that a token made for the same filter in one
    /// piece stays good.
    pub(crate) fn text(&self) -> String {
        match self.0.as_slice() {
            [] => String::new(),
            [condition] => condition.clone(),
            conditions => format!("({})", conditions.join(") AND (")),
        }
    }

    /// The query that they are together.
    ///
    /// # Errors
    /// [`Problem::Query`] for the first condition that means nothing; [`Problem::Parameter`] when only all of them
    /// together are too much.
    pub(crate) fn read(&self, options: &Options) -> Result<Query, Problem> {
        let [_, _, ..] = self.0.as_slice() else { return query::read(NAME, &self.text(), options) };
        for condition in &self.0 {
            if let Err(Problem::Query { name, text, diagnostics, .. }) =
                query::read(NAME, condition, options)
            {
                return Err(Problem::Query { name, text, diagnostics, is_part: true });
            }
        }
        // Nobody wrote the text of all: it has no places to tell.
        query::read(NAME, &self.text(), options).map_err(|problem| match problem {
            Problem::Query { diagnostics, .. } => {
                let message = &diagnostics.first().message;
                Problem::parameter(NAME, format!("the conditions together: {message}"))
            }
            problem => problem,
        })
    }
}

#[cfg(test)]
mod tests {
    use trailsift_core::{Dialect, Schema};

    use super::*;
    use crate::error::in_a_line;

    fn conditions(conditions: &[&str]) -> Conditions {
        Conditions(conditions.iter().map(|condition| (*condition).to_owned()).collect())
    }

    fn read(texts: &[&str]) -> Result<Query, Problem> {
        let schema = Schema::by_name("fga").unwrap();
        let options = Options { dialect: Dialect::Fga, schema, ..Options::default() };
        conditions(texts).read(&options)
    }

    /// The condition that is at fault, and what is said of it.
    fn refused(texts: &[&str]) -> (String, String) {
        match read(texts).unwrap_err() {
            Problem::Query { text, diagnostics, is_part: true, .. } => {
                let line = in_a_line(&diagnostics, &text);
                (text, line)
            }
            problem => panic!("{texts:?}: {problem:?}"),
        }
    }

    #[test]
    fn they_bind_as_one() {
        assert_eq!(conditions(&[]).text(), "");
        assert_eq!(conditions(&["a:1"]).text(), "a:1");
        assert_eq!(conditions(&["a:1 OR b:2", "c:3"]).text(), "(a:1 OR b:2) AND (c:3)");
        assert!(read(&["operation:Write", "user:'user:Anne'"]).is_ok());
    }

    #[test]
    fn the_fault_is_told_where_it_was_written() {
        let (text, line) = refused(&["request.operation:Write", "object:'document:x"]);
        assert_eq!(text, "object:'document:x");
        assert!(line.ends_with("(at character 8)"), "{line}");
        let (text, line) = refused(&["request.operation:Write", "operatoin:x"]);
        assert_eq!(text, "operatoin:x");
        assert!(line.contains("operation") && line.ends_with("(at character 1)"), "{line}");
    }

    #[test]
    fn none_breaks_out_of_its_brackets() {
        let (text, _) = refused(&["operation:a) OR (operation:b", "operation:c"]);
        assert_eq!(text, "operation:a) OR (operation:b");
    }

    #[test]
    fn too_much_only_together() {
        let long = format!("user:{}", "x".repeat(6000));
        assert!(read(&[&long]).is_ok());
        let Err(Problem::Parameter { name, what }) = read(&[&long, &long]) else {
            panic!("refused with a place")
        };
        assert_eq!(name, "query");
        assert!(what.starts_with("the conditions together: "), "{what}");
    }
}
