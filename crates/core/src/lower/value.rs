//! Values given the types of their fields.

use alloc::{
    boxed::Box,
    format,
    string::{String, ToString},
};

use super::{Lowering, habit::any_of, likely};
use crate::{
    Code, Diagnostic, Filter, Number, Span, Timestamp,
    address::AddressRange,
    filter::{DateRange, Leaf, NumberRange, Target, Test, TextTest, ValueTest},
    pattern::{Pattern, Piece},
    schema::{Derived, FieldType, Resolved},
    suggest,
    syntax::ast::{Bound, Range, Term},
    test::CompiledValueTest,
    time::{Interval, NoClock, Unit, evaluate, parse_interval},
};

/// Nothing can match: a value has no meaning, and a diagnostic says why; or a range is empty.
pub(super) struct Refused;

impl Lowering<'_> {
    /// A value of a field.
    pub(super) fn term(&mut self, term: &Term, field: &Resolved) -> Filter {
        if let Some(derived) = field.derived
            && let Some(text) = term.literal()
            && !self.options.ignore_case
            && !derived.is_value(text)
        {
            return self.unknown_value(text, term.span, derived);
        }
        if let Some(word) = term.literal()
            && field.kind == FieldType::Text
            && !term.quoted
        {
            self.warn_of_word(word, term.span);
        }
        if self.options.schema.is_open() && !term.quoted {
            self.warn_of_day(term);
        }
        let test = self.term_test(term, field.kind);
        self.test_of(test, field, term.span)
    }

    /// The leaf of a test; a warning where it is a condition on what events stand for, and none meets it.
    pub(super) fn test_of(
        &mut self,
        test: Result<ValueTest, Refused>,
        field: &Resolved,
        span: Span,
    ) -> Filter {
        let meant = test.is_ok();
        let filter = self.test(test, field);
        if let Some(derived) = field.derived
            && meant
            && filter == Filter::NONE
        {
            self.unknown_value(span.of(self.text), span, derived);
        }
        filter
    }

    /// What a value asks for in a field of this type.
    pub(super) fn term_test(&mut self, term: &Term, kind: FieldType) -> Result<ValueTest, Refused> {
        let mut test = match term.literal() {
            Some(text) => self.literal(text, term.span, kind)?,
            None if kind == FieldType::Ip && has_slash(term) => {
                return Err(self.bad_address(term.span.of(self.text), term.span));
            }
            None => {
                self.refuse_wildcards(term);
                let pattern = Pattern { pieces: term.pieces.clone() };
                ValueTest { text: Some(TextTest::Matches(pattern)), ..ValueTest::default() }
            }
        };
        test.ignore_case = self.options.ignore_case && test.text.is_some();
        Ok(test)
    }

    fn test(&self, test: Result<ValueTest, Refused>, field: &Resolved) -> Filter {
        let Ok(mut test) = test else { return Filter::NONE };
        // A range is one by code point, in which each case has its own place.
        let folds = !matches!(test.text, None | Some(TextTest::Between(..)));
        test.ignore_case = self.options.ignore_case && folds;
        if let Some(derived) = field.derived {
            let passes = CompiledValueTest::new(&test);
            let codes = derived.codes(|value| passes.passes_text(value.as_bytes()));
            let text = match <[_; 1]>::try_from(codes) {
                Ok([code]) => TextTest::Equals(code.into_owned()),
                Err(codes) if codes.is_empty() => return Filter::NONE,
                Err(codes) => TextTest::OneOf(codes),
            };
            let ignore_case = self.options.ignore_case;
            test = ValueTest { text: Some(text), ignore_case, ..ValueTest::default() };
        }
        Filter::Leaf(Leaf {
            target: Target::Paths(field.paths.clone()),
            test: Test::Is(Box::new(test)),
        })
    }

    /// A value that no event has, on a field that events tell.
    fn unknown_value(&mut self, text: &str, span: Span, derived: Derived) -> Filter {
        if !self.has_room(true) {
            return Filter::NONE;
        }
        let values = derived.values();
        let mut diagnostic =
            Diagnostic::error(Code::UnknownValue, span, format!("no event has the value `{text}`"));
        if text.split([',', ';', '|']).all(|value| values.contains(&value.trim())) {
            diagnostic = diagnostic.suggest(span, any_of(text), "look for any of them");
        } else if let Some(meant) = suggest::likely(text, &values) {
            diagnostic = diagnostic.labelled(format!("did you mean `{meant}`?"));
            diagnostic = diagnostic.suggest(span, meant, format!("look for `{meant}`"));
        }
        self.report(diagnostic.help(format!("the values are `{}`", values.join("`, `"))));
        Filter::NONE
    }

    fn refuse(&mut self, diagnostic: Diagnostic) -> Refused {
        self.report(diagnostic);
        Refused
    }

    fn literal(&mut self, text: &str, span: Span, kind: FieldType) -> Result<ValueTest, Refused> {
        let equals = Some(TextTest::Equals(text.into()));
        let null = text == "null";
        let boolean = match text {
            "true" => Some(true),
            "false" => Some(false),
            _ => None,
        };
        let number = Number::parse(text).map(NumberRange::exactly);
        let loose = ValueTest { text: equals, number, boolean, null, ..ValueTest::default() };
        match kind {
            // `null` is a value of every type.
            _ if null => Ok(loose),
            FieldType::Date => {
                let Interval { start, end } = self.date(text, span)?;
                self.warn_of_instant(text, span);
                dates(Some(start), Some(end)).ok_or_else(|| self.past_the_last(span))
            }
            FieldType::Number if number.is_none() => Err(self.bad_number(text, span)),
            FieldType::Number => {
                Ok(ValueTest { number, numeric_text: true, ..ValueTest::default() })
            }
            FieldType::Bool if boolean.is_none() => {
                let mut error = Diagnostic::error(
                    Code::BadBool,
                    span,
                    format!("`{text}` is neither `true` nor `false`"),
                );
                let meant = |word: &str| likely::truths(text).is_none_or(|meant| meant == word);
                for word in ["true", "false"].into_iter().filter(|word| meant(word)) {
                    error = error.suggest(span, word, format!("look for `{word}`"));
                }
                Err(self.refuse(error))
            }
            FieldType::Ip => {
                let address = AddressRange::parse(text);
                if address.is_none() && text.contains('/') {
                    return Err(self.bad_address(text, span));
                }
                if address.is_none() {
                    self.warn_of_address(text, span);
                }
                if text.contains('/') {
                    let prefix = likely::prefix_of(text);
                    self.refuse_in_strict(span, "networks; write a prefix: `10.1.*`", prefix);
                }
                Ok(ValueTest { address, ..loose })
            }
            // Where nothing says that these are addresses, a network is still a plain wish.
            FieldType::Any | FieldType::Object if text.contains('/') => {
                Ok(ValueTest { address: AddressRange::parse(text), ..loose })
            }
            FieldType::Any
            | FieldType::Object
            | FieldType::Text
            | FieldType::Keyword
            | FieldType::Id
            | FieldType::Bool => Ok(loose),
        }
    }

    pub(super) fn date(&mut self, text: &str, span: Span) -> Result<Interval, Refused> {
        if text.starts_with("now") || text.contains("||") {
            let date = evaluate(text, self.options.now).ok().flatten();
            let fixed = date.map(|date| format!("\"{}\"", date.start));
            self.refuse_in_strict(span, "date arithmetic; write the date", fixed);
        }
        match evaluate(text, self.options.now) {
            Ok(Some(interval)) => Ok(interval),
            Ok(None) => {
                let error = Diagnostic::error(
                    Code::BadDate,
                    span,
                    format!("`{text}` is not a date"),
                )
                .help("write `2026`, `2026-06`, `2026-06-10`, `2026-06-10T12:00:00Z`, or `now-7d`");
                let offer = |error: Diagnostic, date: String| {
                    error.suggest(span, date.clone(), format!("write `{date}`"))
                };
                let clock = self.options.now.is_some();
                let known =
                    likely::dates(text).into_iter().filter(|date| clock || !date.contains("now"));
                Err(self.refuse(known.fold(error, offer)))
            }
            // Once is enough.
            Err(NoClock) if self.diagnostics.iter().any(|said| said.code == Code::NoClock) => {
                Err(Refused)
            }
            Err(NoClock) => Err(self.refuse(
                Diagnostic::error(Code::NoClock, span, "`now` is not known here").help(
                    "write a date; the program that runs this query does not say what time it is",
                ),
            )),
        }
    }

    /// `date:2026-06-10` where no schema says that these are dates: no log holds just that text.
    fn warn_of_day(&mut self, term: &Term) {
        let Some(text) = term.literal().filter(|text| text.contains('-')) else { return };
        let unit = parse_interval(text.as_bytes()).map(|(_, unit)| unit);
        if !matches!(unit, Some(Unit::Month | Unit::Day | Unit::Hour | Unit::Minute)) {
            return;
        }
        self.report(
            Diagnostic::warning(
                Code::WholeText,
                term.span,
                format!("`{text}` is compared with the whole text, since no schema says that it is a date"),
            )
            .help("with a schema a date is all of its day, month or hour")
            .suggest(term.span, format!("[{text} TO {text}]"), "look for all of it"),
        );
    }

    /// `date:>9999`
    pub(super) fn past_the_last(&mut self, span: Span) -> Refused {
        let text = span.of(self.text);
        let message = format!("`{text}` leads past the year 9999");
        self.refuse(Diagnostic::error(Code::BadDate, span, message))
    }

    /// `date:now-7d` is one nanosecond, in which hardly anything happened.
    fn warn_of_instant(&mut self, text: &str, span: Span) {
        if text.starts_with("now") && !text.contains('/') {
            self.report(
                Diagnostic::warning(
                    Code::BadDate,
                    span,
                    format!("`{text}` is a single instant, and hardly any entry's"),
                )
                .suggest(span, format!("[{text} TO *]"), "everything since then")
                .suggest(span, format!("{text}/d"), "that whole day"),
            );
        }
    }

    pub(super) fn bad_number(&mut self, text: &str, span: Span) -> Refused {
        let error = Diagnostic::error(Code::BadNumber, span, format!("`{text}` is not a number"))
            .help("this field holds numbers: `200`, `4*`, `[400 TO 499]`, `>=500`");
        self.refuse(match likely::numbers(text) {
            Some(meant) => error.suggest(span, meant.clone(), format!("write `{meant}`")),
            None => error,
        })
    }

    /// What looks like an address and is none is still looked for, as text.
    fn warn_of_address(&mut self, text: &str, span: Span) {
        let four = text.contains('.')
            && text.bytes().all(|b| b.is_ascii_digit() || b == b'.' || b == b'-');
        let six = text.matches(':').count() > 1
            && text.bytes().all(|b| b.is_ascii_hexdigit() || matches!(b, b':' | b'.' | b'-'));
        if !(four || six) {
            return;
        }
        let warning =
            Diagnostic::warning(Code::BadAddress, span, format!("`{text}` is not an address"));
        self.report(match likely::addresses(text) {
            Some(meant) => warning.suggest(span, meant.clone(), format!("write `{meant}`")),
            None => warning.help("write `10.1.2.3`, `10.1.2.*`, `10.1.0.0/16` or `2001:db8::1`"),
        });
    }

    pub(super) fn bad_address(&mut self, text: &str, span: Span) -> Refused {
        let what = if text.contains('/') { "a network" } else { "an address" };
        let error = Diagnostic::error(Code::BadAddress, span, format!("`{text}` is not {what}"))
            .help("write `10.1.2.3`, `10.1.0.0/16`, `2001:db8::/32` or `[10.0.0.1 TO 10.0.0.9]`");
        self.refuse(match likely::network(text) {
            Some(meant) => error.suggest(span, meant.clone(), format!("write `{meant}`")),
            None => error,
        })
    }

    /// `description:rule` finds nothing in "Create a rule".
    fn warn_of_word(&mut self, word: &str, span: Span) {
        let written = span.of(self.text);
        let behind = self.text.get(span.end..).unwrap_or_default();
        // What is escaped, or no word, is meant as it stands; what has a modifier has been spoken of.
        if word != written
            || !word.chars().all(char::is_alphanumeric)
            || behind.starts_with(['~', '^'])
        {
            return;
        }
        self.report(
            Diagnostic::warning(
                Code::WholeText,
                span,
                format!("`{word}` is compared with the whole of this field, which holds sentences"),
            )
            .suggest(span, format!("*{word}*"), format!("find sentences that hold `{word}`"))
            .suggest(span, format!("\"{word}\""), "look for just this"),
        );
    }

    /// What the vendor's service refuses of wildcards, in strict mode.
    pub(super) fn refuse_wildcards(&mut self, term: &Term) {
        let literals: usize = term
            .pieces
            .iter()
            .map(|piece| if let Piece::Text(text) = piece { text.chars().count() } else { 0 })
            .sum();
        let prefix = matches!(term.pieces.as_slice(), [Piece::Text(_), Piece::AnyRun]);
        if term.pieces.contains(&Piece::AnyOne) {
            let written = term.span.of(self.text).replace('?', "*");
            let fixed = (literals > 2).then_some(written);
            self.refuse_in_strict(term.span, "`?`; write `*`", fixed);
        } else if !prefix && literals < 3 {
            self.refuse_in_strict(
                term.span,
                "a `*` before the end of a value with fewer than three other characters",
                None,
            );
        }
    }

    /// In strict mode, an error where the vendor's service knows no such thing.
    pub(super) fn refuse_in_strict(&mut self, span: Span, what: &str, fixed: Option<String>) {
        if !(self.options.strict && self.options.schema.name() == "auth0") {
            return;
        }
        let message = format!("the vendor's service does not know {what}");
        let error = Diagnostic::error(Code::NotInVendor, span, message);
        self.report(match fixed {
            Some(fixed) => error.suggest(span, fixed.clone(), format!("write `{fixed}`")),
            None => error,
        });
    }

    /// `>=400`
    pub(super) fn refuse_comparison(&mut self, range: &Range) {
        let end = |bound: &Bound| match bound.text {
            Some(_) => bound.span.of(self.text).to_string(),
            None => "*".into(),
        };
        let open = if range.low.inclusive { '[' } else { '{' };
        let close = if range.high.inclusive { ']' } else { '}' };
        let fixed = format!("{open}{} TO {}{close}", end(&range.low), end(&range.high));
        let what = "comparisons; write a range: `[low TO high]`";
        self.refuse_in_strict(range.span, what, Some(fixed));
    }
}

/// A network's mark, which no pattern of addresses has.
fn has_slash(term: &Term) -> bool {
    term.pieces.iter().any(|piece| matches!(piece, Piece::Text(text) if text.contains('/')))
}

/// Dates between two instants. Bounds beyond the years that can be written (0 to 9999) are none; `None` where no date
/// can lie behind them.
pub(super) fn dates(from: Option<Timestamp>, until: Option<Timestamp>) -> Option<ValueTest> {
    let from = from.filter(|from| *from > Timestamp::FIRST);
    let until = until.filter(|until| *until <= Timestamp::LAST);
    let date = Some(DateRange { from, until });
    from.is_none_or(|from| from <= Timestamp::LAST)
        .then(|| ValueTest { date, ..ValueTest::default() })
}
