//! The form in which old versions of Cerbos stored a decision, and its rewriting to the one that clients read today.
//! Not a check of Cerbos' entries: what else they hold is left as it is.
//!
//! The old form has `inputs`, `outputs` and `error` at the top and may write an action's effect as plain text; today
//! they lie in `checkResources` and an action holds `{"effect": …}`. Cerbos' own clients refuse the old one.
//!
//! Texts are moved, never read and written anew: a number keeps its digits, and members their order.

use std::borrow::Cow;

use trailsift_engine::json::{Json, skip_space, value_end};

const OUTPUTS: &str = "outputs";

/// Members of the old form.
pub const OLD_MEMBERS: &[&str] = &["inputs", OUTPUTS, "error"];

/// Members of which an entry in today's form has one.
pub const NEW_MEMBERS: &[&str] = &["checkResources", "planResources"];

/// A decision in today's form; bytes that are no object come back as they are.
#[must_use]
pub fn new_form(bytes: &[u8]) -> Cow<'_, [u8]> {
    if !Json::new(bytes).is_object() {
        return Cow::Borrowed(bytes);
    }
    let mut entry = Container::new(b'{');
    let mut check = Container::new(b'{');
    for (key, value) in parts(bytes) {
        if is_key(key, OUTPUTS) {
            check.push(key, &each_output(value));
        } else if OLD_MEMBERS.iter().any(|name| is_key(key, name)) {
            check.push(key, value);
        } else {
            entry.push(key, value);
        }
    }
    entry.push(br#""checkResources""#, &check.close(b'}'));
    Cow::Owned(entry.close(b'}'))
}

/// The outputs, each with its actions in today's form.
fn each_output(outputs: &[u8]) -> Cow<'_, [u8]> {
    map(outputs, b'[', |_, output| {
        map(output, b'{', |key, value| {
            if is_key(key, "actions") {
                map(value, b'{', |_, action| effect(action))
            } else {
                value.into()
            }
        })
    })
}

/// `"EFFECT_ALLOW"` becomes `{"effect":"EFFECT_ALLOW"}`.
fn effect(action: &[u8]) -> Cow<'_, [u8]> {
    if action.starts_with(b"\"") {
        [br#"{"effect":"#, action, b"}"].concat().into()
    } else {
        action.into()
    }
}

/// An array or object, by its opening bracket, with each value changed; another value as it is.
fn map<'a>(
    value: &'a [u8],
    open: u8,
    change: impl Fn(&[u8], &'a [u8]) -> Cow<'a, [u8]>,
) -> Cow<'a, [u8]> {
    if value.first() != Some(&open) {
        return value.into();
    }
    let mut container = Container::new(open);
    for (key, part) in parts(value) {
        container.push(key, &change(key, part));
    }
    // `[` and `]` are two apart, and so are the braces.
    container.close(open + 2).into()
}

fn is_key(key: &[u8], name: &str) -> bool {
    Json::new(key).text().is_some_and(|text| *text == *name.as_bytes())
}

/// A key and its value as they are written. Keys have their quotes, and are empty in an array.
type Part<'a> = (&'a [u8], &'a [u8]);

fn parts(container: &[u8]) -> Vec<Part<'_>> {
    let mut parts = Vec::new();
    let mut at = 0;
    while let Some((part, end)) = part(container, at) {
        parts.push(part);
        at = end;
    }
    parts
}

/// The part behind the bracket or comma at `at`, and the place of what follows it; `None` at the end.
fn part(container: &[u8], at: usize) -> Option<(Part<'_>, usize)> {
    let mut start = skip_space(container, at + 1);
    let mut key: &[u8] = &[];
    if container.first() == Some(&b'{') {
        let end = value_end(container, start).ok()?;
        key = container.get(start..end)?;
        // Behind the colon.
        start = skip_space(container, skip_space(container, end) + 1);
    }
    let end = value_end(container, start).ok()?;
    Some(((key, container.get(start..end)?), skip_space(container, end)))
}

/// An object or array as it is written.
struct Container(Vec<u8>);

impl Container {
    fn new(open: u8) -> Self {
        Self(vec![open])
    }

    /// Adds a [`Part`].
    fn push(&mut self, key: &[u8], value: &[u8]) {
        if self.0.len() > 1 {
            self.0.push(b',');
        }
        if !key.is_empty() {
            self.0.extend_from_slice(key);
            self.0.push(b':');
        }
        self.0.extend_from_slice(value);
    }

    fn close(mut self, close: u8) -> Vec<u8> {
        self.0.push(close);
        self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rewritten(text: &str) -> String {
        String::from_utf8(new_form(text.as_bytes()).into_owned()).unwrap()
    }

    #[test]
    fn the_old_form_becomes_todays() {
        let old = r#"{ "callId": "01ARZ3NDEKTSV4RRFFQ69G5FAV",
            "timestamp": "2021-07-05T07:27:01Z",
            "inputs": [{"principal": {"id": "user123"}, "actions": ["view", "edit"]}],
            "outputs": [ {"resourceId": "album_1", "actions": {
                "view": "EFFECT_ALLOW", "edit": {"effect": "EFFECT_DENY", "policy": "p"}}} ],
            "error": "e"}"#;
        assert_eq!(
            rewritten(old),
            r#"{"callId":"01ARZ3NDEKTSV4RRFFQ69G5FAV","timestamp":"2021-07-05T07:27:01Z","checkResources":{"inputs":[{"principal": {"id": "user123"}, "actions": ["view", "edit"]}],"outputs":[{"resourceId":"album_1","actions":{"view":{"effect":"EFFECT_ALLOW"},"edit":{"effect": "EFFECT_DENY", "policy": "p"}}}],"error":"e"}}"#
        );
    }

    #[test]
    fn every_value_keeps_its_text() {
        let values =
            r#"{"z":1.50,"a":123456789012345678901234567890,"e":1e0,"\u0061":"\u0041\/","z":2}"#;
        let text = format!(
            r#"{{"m":{values},"inputs":[{values}],"outputs":[{{"o":{values},"actions":{{"x":{values}}}}}]}}"#
        );
        assert_eq!(
            rewritten(&text),
            format!(
                r#"{{"m":{values},"checkResources":{{"inputs":[{values}],"outputs":[{{"o":{values},"actions":{{"x":{values}}}}}]}}}}"#
            )
        );
    }

    #[test]
    fn as_deep_as_entries_may_be() {
        let deep = format!("{}{}", "[".repeat(127), "]".repeat(127));
        for text in [format!(r#"{{"inputs":{deep}}}"#), format!(r#"{{"outputs":{deep}}}"#)] {
            assert!(rewritten(&text).contains(&deep), "{text}");
        }
    }

    #[test]
    fn odd_shapes() {
        for (old, new) in [
            ("", ""),
            ("[]", "[]"),
            ("{}", r#"{"checkResources":{}}"#),
            (r#"{"outputs":7}"#, r#"{"checkResources":{"outputs":7}}"#),
            (r#"{"outp\u0075ts":[]}"#, r#"{"checkResources":{"outp\u0075ts":[]}}"#),
            (
                r#"{"outputs":[7,{"actions":[1]},{"actions":{"a":null}},{"actions":"x"},"x"]}"#,
                r#"{"checkResources":{"outputs":[7,{"actions":[1]},{"actions":{"a":null}},{"actions":"x"},"x"]}}"#,
            ),
        ] {
            assert_eq!(rewritten(old), new);
        }
        for cut in ["{", r#"{"a"#, r#"{"outputs":[{"actions":{"a":"#] {
            let _ = new_form(cut.as_bytes());
        }
    }
}
