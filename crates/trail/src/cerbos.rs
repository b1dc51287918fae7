//! The form in which old versions of Cerbos stored a decision, and its rewriting to the one that clients read today.
//! Not a check of Cerbos' entries: what else they hold is left as it is.
//!
//! The old form has `inputs`, `outputs` and `error` at the top and may write an action's effect as plain text; today
//! they lie in `checkResources` and an action holds `{"effect": …}`. Cerbos' own clients refuse the old one.

use std::{borrow::Cow, collections::BTreeMap};

use serde_json::{Map, Value, value::RawValue};

/// Members of the old form.
pub const OLD_MEMBERS: &[&str] = &["inputs", "outputs", "error"];

/// Members of which an entry in today's form has one.
pub const NEW_MEMBERS: &[&str] = &["checkResources", "planResources"];

/// A decision in today's form; bytes that are no object come back as they are.
#[must_use]
pub fn new_form(bytes: &[u8]) -> Cow<'_, [u8]> {
    rewrite(bytes).map_or(Cow::Borrowed(bytes), Cow::Owned)
}

fn rewrite(bytes: &[u8]) -> Option<Vec<u8>> {
    // Members come back in the order of their keys: JSON gives that no meaning. What is not rewritten keeps its text.
    let mut members: BTreeMap<String, &RawValue> = serde_json::from_slice(bytes).ok()?;
    let mut check = Map::new();
    for name in OLD_MEMBERS {
        if let Some(raw) = members.remove(*name) {
            let value = serde_json::from_str(raw.get()).ok()?;
            check.insert((*name).to_owned(), value);
        }
    }
    if let Some(Value::Array(outputs)) = check.get_mut("outputs") {
        for output in outputs {
            let Some(Value::Object(actions)) = output.get_mut("actions") else { continue };
            for action in actions.values_mut() {
                if let Value::String(effect) = action {
                    *action = Value::Object(Map::from_iter([(
                        "effect".to_owned(),
                        Value::String(std::mem::take(effect)),
                    )]));
                }
            }
        }
    }
    let check = serde_json::value::to_raw_value(&check).ok()?;
    members.insert("checkResources".to_owned(), &check);
    serde_json::to_vec(&members).ok()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn the_old_form_becomes_todays() {
        let old = json!({
            "callId": "01ARZ3NDEKTSV4RRFFQ69G5FAV",
            "timestamp": "2021-07-05T07:27:01Z",
            "inputs": [{"principal": {"id": "user123"}, "actions": ["view", "edit"]}],
            "outputs": [{"resourceId": "album_1", "actions": {
                "view": "EFFECT_ALLOW", "edit": {"effect": "EFFECT_DENY", "policy": "p"}}}],
        });
        let new: Value = serde_json::from_slice(&new_form(old.to_string().as_bytes())).unwrap();
        assert_eq!(
            new,
            json!({
                "callId": "01ARZ3NDEKTSV4RRFFQ69G5FAV",
                "timestamp": "2021-07-05T07:27:01Z",
                "checkResources": {
                    "inputs": [{"principal": {"id": "user123"}, "actions": ["view", "edit"]}],
                    "outputs": [{"resourceId": "album_1", "actions": {
                        "view": {"effect": "EFFECT_ALLOW"},
                        "edit": {"effect": "EFFECT_DENY", "policy": "p"}}}],
                },
            })
        );
    }

    #[test]
    fn odd_shapes_do_not_panic() {
        for text in [
            "",
            "[]",
            "{",
            r#"{"outputs":7}"#,
            r#"{"outputs":[7,{"actions":[1]},{"actions":{"a":null}}]}"#,
        ] {
            let _ = new_form(text.as_bytes());
        }
        assert_eq!(&*new_form(b"[]"), b"[]");
        assert_eq!(&*new_form(br#"{"outputs":7}"#), br#"{"checkResources":{"outputs":7}}"#);
    }
}
