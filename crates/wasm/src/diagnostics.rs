//! Diagnostics as JavaScript gets them: plain objects with spans in UTF-16 units, each with its drawing as text.

use serde::Serialize;
use trailsift_core::{Code, Diagnostic, Severity, Span, render};
use wasm_bindgen::JsValue;

use crate::utf16;

/// `Diagnostic` of `js/types.ts`.
#[derive(Serialize)]
struct Outgoing<'a> {
    code: Code,
    severity: Severity,
    message: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    help: Option<&'a str>,
    labels: Vec<OutgoingLabel<'a>>,
    suggestions: Vec<OutgoingSuggestion<'a>>,
    rendered: String,
}

#[derive(Serialize)]
struct OutgoingLabel<'a> {
    span: Span,
    text: &'a str,
}

#[derive(Serialize)]
struct OutgoingSuggestion<'a> {
    span: Span,
    replacement: &'a str,
    title: &'a str,
}

/// The diagnostics of `text` as an array of objects.
pub(crate) fn to_js(text: &str, diagnostics: &[Diagnostic]) -> Result<JsValue, JsValue> {
    let outgoing: Vec<_> =
        diagnostics.iter().map(|diagnostic| outgoing(text, diagnostic)).collect();
    Ok(outgoing.serialize(&serde_wasm_bindgen::Serializer::json_compatible())?)
}

fn outgoing<'a>(text: &str, diagnostic: &'a Diagnostic) -> Outgoing<'a> {
    let span = |span| utf16::span(text, span);
    Outgoing {
        code: diagnostic.code,
        severity: diagnostic.severity,
        message: &diagnostic.message,
        help: diagnostic.help.as_deref(),
        labels: diagnostic
            .labels
            .iter()
            .map(|label| OutgoingLabel { span: span(label.span), text: &label.text })
            .collect(),
        suggestions: diagnostic
            .suggestions
            .iter()
            .map(|suggestion| OutgoingSuggestion {
                span: span(suggestion.span),
                replacement: &suggestion.replacement,
                title: &suggestion.title,
            })
            .collect(),
        rendered: render::render(text, diagnostic),
    }
}
