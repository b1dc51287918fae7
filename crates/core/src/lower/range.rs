//! Ranges given the types of their fields.

use alloc::{
    format,
    string::{String, ToString},
};
use core::{net::Ipv6Addr, ops::Bound as RangeEnd};

use super::{
    Lowering,
    value::{Refused, dates},
};
use crate::{
    Code, Diagnostic, Filter, Number, Span,
    address::{self, AddressRange},
    filter::{DateRange, NumberRange, TextTest, ValueTest},
    schema::{FieldType, Resolved},
    syntax::ast::{Bound, Range},
    time::evaluate,
};

impl Lowering<'_> {
    /// Between two values of a field.
    pub(super) fn range(&mut self, range: &Range, field: &Resolved) -> Filter {
        if range.comparison {
            self.refuse_comparison(range);
        }
        if range.low.text.is_none() && range.high.text.is_none() {
            return self.exists(field);
        }
        self.warn_of_literal_wildcards(range);
        let test = match field.kind {
            FieldType::Date => self.date_range(range),
            FieldType::Number => self.number_range(range),
            FieldType::Ip => self.address_range(range),
            FieldType::Text | FieldType::Keyword | FieldType::Id | FieldType::Bool => {
                self.text_range(range, false)
            }
            FieldType::Object | FieldType::Any => self.text_range(range, true),
        };
        self.test_of(test, field, range.span)
    }

    /// `[a* TO b]`
    fn warn_of_literal_wildcards(&mut self, range: &Range) {
        for bound in [&range.low, &range.high] {
            let Some(text) = &bound.text else { continue };
            let written = bound.span.of(self.text);
            if written == text && written.ends_with(['*', '?']) {
                let stem = written.trim_end_matches(['*', '?']);
                self.report(
                    Diagnostic::warning(
                        Code::LiteralWildcard,
                        bound.span,
                        format!(
                            "in a range `{}` is itself",
                            written.get(stem.len()..).unwrap_or_default()
                        ),
                    )
                    .help("a range is between two plain values; a pattern stands alone: `field:a*`")
                    .suggest(
                        bound.span,
                        (if stem.is_empty() { "*" } else { stem }).to_string(),
                        "leave it out",
                    ),
                );
            }
        }
    }

    /// Nothing can lie between the bounds.
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

    /// The bounds name the same, and it is left out at an end.
    fn nothing_between(&mut self, range: &Range) {
        let (low, high) = (range.low.span.of(self.text), range.high.span.of(self.text));
        self.report(
            Diagnostic::error(
                Code::ReversedRange,
                range.span,
                format!("nothing is left between `{low}` and `{high}`, which are not included"),
            )
            .help("`[` and `]` include their bounds, `{` and `}` leave them out")
            .suggest(range.span, format!("[{low} TO {high}]"), "include the bounds"),
        );
    }

    /// Says so where the bounds are in the wrong order, or leave nothing.
    fn check_order<T: PartialOrd>(&mut self, range: &Range, low: Option<T>, high: Option<T>) {
        let (Some(low), Some(high)) = (low, high) else { return };
        if low > high {
            self.reversed(range);
        } else if low == high && !(range.low.inclusive && range.high.inclusive) {
            self.nothing_between(range);
        }
    }

    fn date_range(&mut self, range: &Range) -> Result<ValueTest, Refused> {
        let (low, high) = self.both(range, Self::date)?;
        let from = low.map(|low| if range.low.inclusive { low.start } else { low.end });
        let until = high.map(|high| if range.high.inclusive { high.end } else { high.start });
        if let (Some(from), Some(until)) = (from, until)
            && from >= until
        {
            // `[2026-06-10T12:00 TO 2026-06-10]` is the rest of that day.
            let swapped = low.zip(high).is_some_and(|(low, high)| low.start > high.start);
            if swapped { self.reversed(range) } else { self.nothing_between(range) }
        }
        dates(from, until).ok_or_else(|| self.past_the_last(range.low.span))
    }

    fn both<T>(
        &mut self,
        range: &Range,
        mut read: impl FnMut(&mut Self, &str, Span) -> Result<T, Refused>,
    ) -> Result<(Option<T>, Option<T>), Refused> {
        let low = self.optional(&range.low, &mut read);
        let high = self.optional(&range.high, &mut read);
        Ok((low?, high?))
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
        let (low, high) = self.both(range, read)?;
        self.check_order(range, low, high);
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
        let (low, high) = self.both(range, read)?;
        // An open end reaches to the end of the other bound's family.
        let four = |range: &Option<AddressRange>| range.is_some_and(|r| address::is_four(r.first));
        let all = address::family(four(&low) || four(&high));
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
            let swapped = low.zip(high).is_some_and(|(low, high)| low.first > high.first);
            if swapped { self.reversed(range) } else { self.nothing_between(range) }
        }
        Ok(ValueTest { address: Some(AddressRange { first, last }), ..ValueTest::default() })
    }

    /// Text by code point; numbers as numbers where every bound is one; and where `undeclared`, addresses as addresses
    /// and dates as dates where every bound looks like one (a year alone looks like a number).
    fn text_range(&mut self, range: &Range, undeclared: bool) -> Result<ValueTest, Refused> {
        let every = |is: &dyn Fn(&str) -> bool| {
            range.low.text.iter().chain(&range.high.text).all(|text| is(text))
        };
        let numeric = every(&|text| Number::parse(text).is_some());
        let addresses = undeclared && every(&|text| AddressRange::parse(text).is_some());
        // `now` without a clock is a date all the same.
        let is_date = |text: &str| !matches!(evaluate(text, self.options.now), Ok(None));
        let are_dates = undeclared && every(&is_date);
        let mut test = ValueTest::default();
        let said = self.diagnostics.len();
        if numeric {
            test.number = self.number_range(range)?.number;
        }
        if addresses {
            test.address = self.address_range(range)?.address;
        }
        // A year is a number and a date; what is wrong with it is said once.
        if are_dates && self.diagnostics.len() == said {
            test.date = self.date_range(range)?.date;
        }
        let low = end_of(&range.low, true, test.date);
        let high = end_of(&range.high, false, test.date);
        if !(numeric || addresses || are_dates) {
            self.check_order(range, range.low.text.as_ref(), range.high.text.as_ref());
        }
        test.text = Some(TextTest::Between(low, high));
        Ok(test)
    }
}

/// An end of a range of texts. `now` is no text that an entry is compared with: the instant is, which `dates` holds.
fn end_of(bound: &Bound, low: bool, dates: Option<DateRange>) -> RangeEnd<String> {
    let Some(text) = &bound.text else { return RangeEnd::Unbounded };
    let instant = dates.filter(|_| text.starts_with("now") || text.contains("||"));
    let instant = instant.and_then(|dates| if low { dates.from } else { dates.until });
    match instant {
        Some(from) if low => RangeEnd::Included(from.to_string()),
        Some(until) => RangeEnd::Excluded(until.to_string()),
        None => range_end(Some(text.clone()), bound.inclusive),
    }
}

fn range_end<T>(value: Option<T>, inclusive: bool) -> RangeEnd<T> {
    match value {
        None => RangeEnd::Unbounded,
        Some(value) if inclusive => RangeEnd::Included(value),
        Some(value) => RangeEnd::Excluded(value),
    }
}
