//! SPDX licence expressions: `MIT OR (Apache-2.0 WITH LLVM-exception AND BSD-3-Clause)`. AND binds tighter
//! than OR. `MIT/Apache-2.0`, which crates once wrote, means OR.

/// Whether the expression can be fulfilled with licences that are `allowed`.
///
/// # Errors
/// What is wrong with an expression that does not parse.
pub(super) fn holds(
    expression: &str,
    allowed: &dyn Fn(&str) -> bool,
) -> Result<bool, &'static str> {
    let spaced = expression.replace('(', " ( ").replace(')', " ) ").replace('/', " OR ");
    let words: Vec<&str> = spaced.split_whitespace().collect();
    let mut parser = Parser { words: words.iter().copied().peekable(), allowed };
    let result = parser.either()?;
    if parser.words.next().is_some() { Err("something follows its end") } else { Ok(result) }
}

struct Parser<'a, I: Iterator<Item = &'a str>> {
    words: std::iter::Peekable<I>,
    allowed: &'a dyn Fn(&str) -> bool,
}

impl<'a, I: Iterator<Item = &'a str>> Parser<'a, I> {
    fn either(&mut self) -> Result<bool, &'static str> {
        let mut result = self.both()?;
        while self.words.next_if_eq(&"OR").is_some() {
            // Both sides are read, whatever the first says.
            result |= self.both()?;
        }
        Ok(result)
    }

    fn both(&mut self) -> Result<bool, &'static str> {
        let mut result = self.one()?;
        while self.words.next_if_eq(&"AND").is_some() {
            result &= self.one()?;
        }
        Ok(result)
    }

    fn one(&mut self) -> Result<bool, &'static str> {
        match self.words.next() {
            Some("(") => {
                let result = self.either()?;
                self.words.next_if_eq(&")").ok_or("a bracket is not closed")?;
                Ok(result)
            }
            None | Some(")" | "AND" | "OR" | "WITH") => Err("a licence is missing"),
            Some(id) => {
                if self.words.next_if_eq(&"WITH").is_none() {
                    return Ok((self.allowed)(id));
                }
                let exception = self.words.next().ok_or("an exception is missing")?;
                // An exception only adds to what the licence allows.
                Ok((self.allowed)(id) || (self.allowed)(&format!("{id} WITH {exception}")))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::holds;

    fn permissive(expression: &str) -> Result<bool, &'static str> {
        holds(expression, &|id| ["MIT", "Apache-2.0", "Unicode-3.0"].contains(&id))
    }

    #[test]
    fn one_side_of_an_or_is_enough_and_both_of_an_and_are_needed() {
        assert_eq!(permissive("MIT OR GPL-3.0-only"), Ok(true));
        assert_eq!(permissive("GPL-3.0-only OR AGPL-3.0-only"), Ok(false));
        assert_eq!(permissive("(MIT OR Apache-2.0) AND Unicode-3.0"), Ok(true));
        assert_eq!(permissive("(MIT OR Apache-2.0) AND GPL-3.0-only"), Ok(false));
        // AND binds tighter.
        assert_eq!(permissive("MIT OR GPL-3.0-only AND AGPL-3.0-only"), Ok(true));
    }

    #[test]
    fn the_old_slash_means_or() {
        assert_eq!(permissive("Unlicense/MIT"), Ok(true));
    }

    #[test]
    fn an_exception_widens() {
        assert_eq!(permissive("Apache-2.0 WITH LLVM-exception"), Ok(true));
        assert_eq!(permissive("GPL-2.0-only WITH Classpath-exception-2.0"), Ok(false));
    }

    #[test]
    fn what_is_no_expression_is_an_error() {
        for text in ["", "MIT OR", "(MIT", "MIT Apache-2.0", "AND MIT", "GPL-2.0-only WITH"] {
            assert!(permissive(text).is_err(), "{text}");
        }
    }
}
