//! The part of JSON Schema that the vendors' published shapes use: enough to check samples, not a validator.

use serde_json::Value;

/// Checks `value` against `schema`, whose `$ref`s point into `root`.
///
/// # Errors
/// Where the first difference is, and what it is.
pub(super) fn check(value: &Value, schema: &Value, root: &Value) -> Result<(), String> {
    if let Some(target) = schema["$ref"].as_str() {
        let target = root.pointer(target.trim_start_matches('#'));
        return check(value, target.ok_or_else(|| format!(": no {}", schema["$ref"]))?, root);
    }
    if let Some(constant) = schema.get("const")
        && constant != value
    {
        return Err(format!(" is not {constant}"));
    }
    if let Some(values) = schema["enum"].as_array()
        && !values.contains(value)
    {
        return Err(format!(" is none of {values:?}"));
    }
    check_type(value, &schema["type"])?;
    for part in schema["allOf"].as_array().into_iter().flatten() {
        check(value, part, root)?;
    }
    if let Some(choices) = schema["anyOf"].as_array()
        && !choices.iter().any(|choice| check(value, choice, root).is_ok())
    {
        return Err(" fits no choice".to_owned());
    }
    if let Some(object) = value.as_object() {
        for name in schema["required"].as_array().into_iter().flatten() {
            if !object.contains_key(name.as_str().unwrap()) {
                return Err(format!(" has no {name}"));
            }
        }
        for (name, member) in object {
            let described = schema["properties"].get(name);
            let rest = &schema["additionalProperties"];
            match described {
                Some(described) => check(member, described, root),
                None if *rest == Value::Bool(false) => Err(" is not provided for".to_owned()),
                None if rest.is_object() => check(member, rest, root),
                None => Ok(()),
            }
            .map_err(|why| format!(".{name}{why}"))?;
        }
    }
    if let (Some(items), true) = (value.as_array(), schema["items"].is_object()) {
        if (items.len() as u64) < schema["minItems"].as_u64().unwrap_or(0) {
            return Err(" has too few elements".to_owned());
        }
        for (index, item) in items.iter().enumerate() {
            check(item, &schema["items"], root).map_err(|why| format!("[{index}]{why}"))?;
        }
    }
    Ok(())
}

fn check_type(value: &Value, types: &Value) -> Result<(), String> {
    let is = |name: &Value| match name.as_str() {
        Some("object") => value.is_object(),
        Some("array") => value.is_array(),
        Some("string") => value.is_string(),
        Some("boolean") => value.is_boolean(),
        Some("number") => value.is_number(),
        Some("integer") => value.is_i64() || value.is_u64(),
        Some("null") => value.is_null(),
        _ => true,
    };
    match types {
        Value::Array(types) if types.iter().any(is) => Ok(()),
        Value::Array(_) => Err(format!(" is none of {types}")),
        one if is(one) => Ok(()),
        _ => Err(format!(" is not a {types}")),
    }
}
