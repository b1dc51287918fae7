//! Values given the types of their fields.

use alloc::{boxed::Box, format, string::String, vec::Vec};
use core::{net::Ipv6Addr, ops::Bound as RangeEnd};

use super::Lowering;
use crate::{
    Code, Diagnostic, Filter, Number, Span, Timestamp,
    address::AddressRange,
    filter::{DateRange, Leaf, NumberRange, Target, Test, TextTest, ValueTest},
    pattern::{Pattern, Piece},
    schema::{Derived, FieldType, Resolved},
    suggest::likely,
    syntax::ast::{Bound, Range, Term},
    test::CompiledValueTest,
    time::{Interval, NoClock, evaluate},
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
        let test = self.term_test(term, field.kind);
        self.test(test, field)
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

    /// Between two values of a field.
    pub(super) fn range(&mut self, range: &Range, field: &Resolved) -> Filter {
        if range.comparison {
            self.refuse_in_strict(range.span, "comparisons; write a range: `[low TO high]`");
        }
        if range.low.text.is_none() && range.high.text.is_none() {
            return self.exists(field);
        }
        let test = match field.kind {
            FieldType::Date => self.date_range(range),
            FieldType::Number => self.number_range(range),
            FieldType::Ip => self.address_range(range),
            FieldType::Text | FieldType::Keyword | FieldType::Id | FieldType::Bool => {
                self.text_range(range, false)
            }
            FieldType::Object | FieldType::Any => self.text_range(range, true),
        };
        self.test(test, field)
    }

    fn test(&self, test: Result<ValueTest, Refused>, field: &Resolved) -> Filter {
        let Ok(mut test) = test else { return Filter::NONE };
        test.ignore_case = self.options.ignore_case && test.text.is_some();
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
        if let Some(meant) = likely(text, &values) {
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
                Ok(dates(Some(start), Some(end)))
            }
            FieldType::Number if number.is_none() => Err(self.bad_number(text, span)),
            FieldType::Number => {
                Ok(ValueTest { number, numeric_text: true, ..ValueTest::default() })
            }
            FieldType::Bool if boolean.is_none() => Err(self.refuse(
                Diagnostic::error(
                    Code::BadBool,
                    span,
                    format!("`{text}` is neither `true` nor `false`"),
                )
                .suggest(span, "true", "look for `true`")
                .suggest(span, "false", "look for `false`"),
            )),
            FieldType::Ip => {
                let address = AddressRange::parse(text);
                if address.is_none() && text.contains('/') {
                    return Err(self.bad_address(text, span));
                }
                if address.is_none() {
                    self.warn_of_address(text, span);
                }
                if text.contains('/') {
                    self.refuse_in_strict(span, "networks; write a prefix: `10.1.*`");
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

    fn date(&mut self, text: &str, span: Span) -> Result<Interval, Refused> {
        if text.starts_with("now") || text.contains("||") {
            self.refuse_in_strict(span, "date arithmetic; write the date");
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
                Err(self.refuse(match likely_date(text) {
                    Some(date) => error.suggest(span, date.clone(), format!("write `{date}`")),
                    None => error,
                }))
            }
            Err(NoClock) => Err(self.refuse(
                Diagnostic::error(Code::NoClock, span, "`now` is not known here").help(
                    "write a date; the program that runs this query does not say what time it is",
                ),
            )),
        }
    }

    fn bad_number(&mut self, text: &str, span: Span) -> Refused {
        self.refuse(
            Diagnostic::error(Code::BadNumber, span, format!("`{text}` is not a number"))
                .help("this field holds numbers: `200`, `4*`, `[400 TO 499]`, `>=500`"),
        )
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
        self.report(match text.split_once('-') {
            Some((first, last)) => {
                warning.suggest(span, format!("[{first} TO {last}]"), "look for the range")
            }
            None => warning.help("write `10.1.2.3`, `10.1.2.*`, `10.1.0.0/16` or `2001:db8::1`"),
        });
    }

    fn bad_address(&mut self, text: &str, span: Span) -> Refused {
        let what = if text.contains('/') { "a network" } else { "an address" };
        self.refuse(
            Diagnostic::error(Code::BadAddress, span, format!("`{text}` is not {what}")).help(
                "write `10.1.2.3`, `10.1.0.0/16`, `2001:db8::/32` or `[10.0.0.1 TO 10.0.0.9]`",
            ),
        )
    }

    fn reversed(&mut self, range: &Range) {
        let (low, high) = (range.low.span.of(self.text), range.high.span.of(self.text));
        let whole = range.low.span.to(range.high.span);
        self.report(
            Diagnostic::error(
                Code::ReversedRange,
                whole,
                format!("nothing lies between `{low}` and `{high}`"),
            )
            .suggest(whole, format!("{high} TO {low}"), "swap the bounds"),
        );
    }

    fn date_range(&mut self, range: &Range) -> Result<ValueTest, Refused> {
        let low = self.optional(&range.low, Self::date)?;
        let high = self.optional(&range.high, Self::date)?;
        if let (Some(low), Some(high)) = (low, high)
            && low.start > high.start
        {
            self.reversed(range);
        }
        let from = low.map(|low| if range.low.inclusive { low.start } else { low.end });
        let until = high.map(|high| if range.high.inclusive { high.end } else { high.start });
        Ok(dates(from, until))
    }

    fn optional<T>(
        &mut self,
        bound: &Bound,
        read: impl FnOnce(&mut Self, &str, Span) -> Result<T, Refused>,
    ) -> Result<Option<T>, Refused> {
        bound.text.as_deref().map(|text| read(self, text, bound.span)).transpose()
    }

    fn number_range(&mut self, range: &Range) -> Result<ValueTest, Refused> {
        let read = |this: &mut Self, text: &str, span| {
            Number::parse(text).ok_or_else(|| this.bad_number(text, span))
        };
        let low = self.optional(&range.low, read)?;
        let high = self.optional(&range.high, read)?;
        if let (Some(low), Some(high)) = (low, high)
            && low > high
        {
            self.reversed(range);
        }
        let number = NumberRange {
            low: range_end(low, range.low.inclusive),
            high: range_end(high, range.high.inclusive),
        };
        Ok(ValueTest { number: Some(number), numeric_text: true, ..ValueTest::default() })
    }

    fn address_range(&mut self, range: &Range) -> Result<ValueTest, Refused> {
        let read = |this: &mut Self, text: &str, span| {
            AddressRange::parse(text).ok_or_else(|| this.bad_address(text, span))
        };
        let low = self.optional(&range.low, read)?;
        let high = self.optional(&range.high, read)?;
        if let (Some(low), Some(high)) = (low, high)
            && low.first > high.first
        {
            self.reversed(range);
        }
        // An open end reaches to the end of the other bound's family.
        let four =
            |range: Option<AddressRange>| range.is_some_and(|r| r.first.to_ipv4_mapped().is_some());
        let family = if four(low) || four(high) { "0.0.0.0/0" } else { "::/0" };
        let all = AddressRange::parse(family).ok_or(Refused)?;
        let step = |address: Ipv6Addr, by: i128| address.to_bits().saturating_add_signed(by).into();
        let first = match low {
            None => all.first,
            Some(low) if range.low.inclusive => low.first,
            Some(low) => step(low.last, 1),
        };
        let last = match high {
            None => all.last,
            Some(high) if range.high.inclusive => high.last,
            Some(high) => step(high.first, -1),
        };
        if first > last {
            return Err(Refused);
        }
        Ok(ValueTest { address: Some(AddressRange { first, last }), ..ValueTest::default() })
    }

    /// Text by code point; numbers as numbers where every bound is one; and where `undeclared`, dates as dates where
    /// every bound looks like one (a year alone looks like a number).
    fn text_range(&mut self, range: &Range, undeclared: bool) -> Result<ValueTest, Refused> {
        let bounds = || range.low.text.iter().chain(&range.high.text);
        let numeric = bounds().all(|text| Number::parse(text).is_some());
        let dates = undeclared
            && bounds().all(|text| {
                matches!(evaluate(text, self.options.now), Ok(Some(_))) || text.starts_with("now")
            });
        let text = |bound: &Bound| range_end(bound.text.clone(), bound.inclusive);
        let between = TextTest::Between(text(&range.low), text(&range.high));
        let mut test = ValueTest::default();
        let said = self.diagnostics.len();
        if numeric {
            test.number = self.number_range(range)?.number;
        }
        // A year is a number and a date; what is wrong with it is said once.
        if dates && self.diagnostics.len() == said {
            test.date = self.date_range(range)?.date;
        }
        if !numeric
            && !dates
            && let (Some(low), Some(high)) = (&range.low.text, &range.high.text)
            && low > high
        {
            self.reversed(range);
        }
        test.text = Some(between);
        Ok(test)
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
            self.refuse_in_strict(term.span, "`?`; write `*`");
        } else if !prefix && literals < 3 {
            self.refuse_in_strict(
                term.span,
                "a `*` before the end of a value with fewer than three other characters",
            );
        }
    }

    /// In strict mode, an error where the vendor's service knows no such thing.
    fn refuse_in_strict(&mut self, span: Span, what: &str) {
        if self.options.strict && self.options.schema.name() == "auth0" {
            self.report(Diagnostic::error(
                Code::NotInVendor,
                span,
                format!("the vendor's service does not know {what}"),
            ));
        }
    }
}

/// A network's mark, which no pattern of addresses has.
fn has_slash(term: &Term) -> bool {
    term.pieces.iter().any(|piece| matches!(piece, Piece::Text(text) if text.contains('/')))
}

/// The date that was likely meant by a way of writing that is not ours.
fn likely_date(text: &str) -> Option<String> {
    match text {
        "today" => return Some("now/d".into()),
        "yesterday" => return Some("now-1d/d".into()),
        _ => {}
    }
    if let Ok(number) = text.parse::<i64>() {
        // Seconds or milliseconds since 1970, told apart by their length; or a day without its dashes.
        return match text.len() {
            10 => Some(Timestamp { seconds: number, nanos: 0 }),
            13 => Some(Timestamp::from_millis(number)),
            _ => None,
        }
        .map(|instant| format!("{instant}"))
        .or_else(|| {
            let (year, rest) = text.split_at_checked(4)?;
            let (month, day) = rest.split_at_checked(2)?;
            real_date(format!("{year}-{month}-{day}"))
        });
    }
    let parts: Vec<&str> = text.split(['-', '/', '.']).collect();
    match parts.as_slice() {
        [year, month, day] if year.len() == 4 => real_date(format!("{year}-{month:0>2}-{day:0>2}")),
        _ => None,
    }
}

fn real_date(text: String) -> Option<String> {
    matches!(evaluate(&text, None), Ok(Some(_))).then_some(text)
}

/// Dates between two instants. Bounds beyond the years that can be written (0 to 9999) are none.
fn dates(from: Option<Timestamp>, until: Option<Timestamp>) -> ValueTest {
    let from = from.filter(|from| *from > Timestamp::FIRST);
    let until = until.filter(|until| *until <= Timestamp::LAST);
    ValueTest { date: Some(DateRange { from, until }), ..ValueTest::default() }
}

fn range_end<T>(value: Option<T>, inclusive: bool) -> RangeEnd<T> {
    match value {
        None => RangeEnd::Unbounded,
        Some(value) if inclusive => RangeEnd::Included(value),
        Some(value) => RangeEnd::Excluded(value),
    }
}
