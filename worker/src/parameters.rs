//! The query string, read by our own rules, because a surface's filter language may stand in it unencoded.
//!
//! Names and values are percent-decoded and `+` is a space, as in forms. What is not UTF-8 once decoded is refused.
//! Each parameter also keeps its decoded text as a whole: a raw FGA filter has its `=` wherever it likes.

use crate::error::Problem;

/// A parameter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Parameter {
    /// What stands before the first `=`.
    pub(crate) name: String,
    /// What stands after it; empty where there is none.
    pub(crate) value: String,
    /// All of it.
    pub(crate) whole: String,
}

/// The parameters of a query string, in order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Parameters(Vec<Parameter>);

impl Parameters {
    /// Reads a query string; empty parameters (`&&`) are skipped.
    ///
    /// # Errors
    /// [`Problem::QueryEncoding`] where something decodes to no UTF-8.
    pub(crate) fn parse(query: &str) -> Result<Self, Problem> {
        let mut parameters = Vec::new();
        for part in query.split('&').filter(|part| !part.is_empty()) {
            let (name, value) = part.split_once('=').unwrap_or((part, ""));
            parameters.push(Parameter {
                name: decode(name)?,
                value: decode(value)?,
                whole: decode(part)?,
            });
        }
        Ok(Self(parameters))
    }

    /// All of them.
    pub(crate) fn iter(&self) -> impl Iterator<Item = &Parameter> {
        self.0.iter()
    }

    /// The value of that name; the last of several, as most servers have it.
    pub(crate) fn last(&self, name: &str) -> Option<&str> {
        self.0
            .iter()
            .rev()
            .find(|parameter| parameter.name == name)
            .map(|parameter| &*parameter.value)
    }

    /// The same, but an empty value is none.
    pub(crate) fn filled(&self, name: &str) -> Option<&str> {
        self.last(name).filter(|value| !value.is_empty())
    }

    /// All values of that name.
    pub(crate) fn all<'a>(&'a self, name: &str) -> impl Iterator<Item = &'a str> {
        let named = self.0.iter().filter(move |parameter| parameter.name == name);
        named.map(|parameter| &*parameter.value)
    }

    /// The same parameters, where each is one of `known` and comes once.
    ///
    /// # Errors
    /// [`Problem::UnknownParameter`], [`Problem::RepeatedParameter`]: ignoring either may answer with more than was
    /// asked for.
    pub(crate) fn only(self, known: &[&'static str]) -> Result<Self, Problem> {
        for (place, Parameter { name, .. }) in self.0.iter().enumerate() {
            let Some(known) = known.iter().find(|known| *known == name) else {
                return Err(unknown(name, known));
            };
            if self.0.iter().skip(place + 1).any(|later| later.name == *name) {
                return Err(Problem::RepeatedParameter(known));
            }
        }
        Ok(self)
    }
}

/// What is said of a parameter that is none of `known`.
pub(crate) fn unknown(name: &str, known: &[&'static str]) -> Problem {
    let nearest = trailsift_core::nearest(name, known.iter().copied());
    // The same name again, so that it has the static's lifetime.
    let nearest = known.iter().copied().find(|known| nearest == Some(*known));
    Problem::UnknownParameter { name: name.to_owned(), nearest }
}

/// The text that a percent-encoded one stands for. A `%` that no two hex digits follow is itself.
pub(crate) fn decode(text: &str) -> Result<String, Problem> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((first, after)) = rest.split_first() {
        rest = after;
        match first {
            b'+' => bytes.push(b' '),
            b'%' => match escape(after) {
                Some((byte, after)) => {
                    bytes.push(byte);
                    rest = after;
                }
                None => bytes.push(b'%'),
            },
            byte => bytes.push(*byte),
        }
    }
    String::from_utf8(bytes).map_err(|_| Problem::QueryEncoding)
}

fn escape(text: &[u8]) -> Option<(u8, &[u8])> {
    let ([high, low], rest) = text.split_first_chunk::<2>()?;
    let digit = |byte: u8| char::from(byte).to_digit(16);
    let byte = u8::try_from(digit(*high)? * 16 + digit(*low)?).ok()?;
    Some((byte, rest))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(query: &str) -> Vec<(String, String)> {
        let parameters = Parameters::parse(query).unwrap();
        parameters
            .iter()
            .map(|parameter| (parameter.name.clone(), parameter.value.clone()))
            .collect()
    }

    fn pairs(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
        pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
    }

    #[test]
    fn forms() {
        assert_eq!(parse(""), []);
        assert_eq!(parse("a=1&&b&c="), pairs(&[("a", "1"), ("b", ""), ("c", "")]));
        assert_eq!(parse("q=a%20b+c%3D%26"), pairs(&[("q", "a b c=&")]));
        assert_eq!(parse("q=a=b"), pairs(&[("q", "a=b")]));
        assert_eq!(parse("q=100%&r=%zz%4"), pairs(&[("q", "100%"), ("r", "%zz%4")]));
        assert_eq!(parse("b%65tween.start=x"), pairs(&[("between.start", "x")]));
    }

    #[test]
    fn a_raw_condition_keeps_its_text() {
        let parameters = Parameters::parse("request.tuple_key.object:%27document:a=b%27").unwrap();
        let parameter = parameters.iter().next().unwrap();
        assert_eq!(parameter.whole, "request.tuple_key.object:'document:a=b'");
    }

    #[test]
    fn bytes_that_are_no_text() {
        assert!(matches!(Parameters::parse("q=%ff"), Err(Problem::QueryEncoding)));
        assert!(matches!(decode("%C3"), Err(Problem::QueryEncoding)));
    }

    #[test]
    fn only_known_names_and_each_once() {
        let only = |query: &str| Parameters::parse(query).unwrap().only(&["q", "limit", "order"]);
        assert!(only("q=a&limit=1").is_ok() && only("").is_ok());
        for (query, wrong, meant) in
            [("query=x", "query", None), ("q=a&lmit=2", "lmit", Some("limit")), ("=x", "", None)]
        {
            let Err(Problem::UnknownParameter { name, nearest }) = only(query) else {
                panic!("{query}")
            };
            assert_eq!((&*name, nearest), (wrong, meant), "{query}");
        }
        assert!(matches!(only("q=a&order=asc&%71=b"), Err(Problem::RepeatedParameter("q"))));
    }

    #[test]
    fn repeated_names() {
        let parameters = Parameters::parse("a=1&a=2&b=").unwrap();
        assert_eq!(parameters.last("a"), Some("2"));
        assert_eq!(parameters.all("a").collect::<Vec<_>>(), ["1", "2"]);
        assert_eq!((parameters.filled("b"), parameters.last("b")), (None, Some("")));
    }
}
