//! Doc comments of generated code.
//!
//! What a document says in them goes through [`crate::markdown`]; only what is written here may link to an item.

use proc_macro2::TokenStream;
use quote::quote;
use serde_json::Value;

use super::rust::ident;
pub(super) use crate::markdown::{code, line, prose};
use crate::visible::is_visible;

/// Doc attributes, one per line. Paragraphs that are empty are left out.
pub(super) fn attributes(paragraphs: &[String]) -> TokenStream {
    let mut lines: Vec<String> = Vec::new();
    for paragraph in paragraphs.iter().filter(|paragraph| !paragraph.trim().is_empty()) {
        if !lines.is_empty() {
            lines.push(String::new());
        }
        lines.extend(
            paragraph
                .lines()
                .map(|line| if line.is_empty() { String::new() } else { format!(" {line}") }),
        );
    }
    quote!(#(#[doc = #lines])*)
}

/// The example of a field or parameter as a sentence, if it fits on a line.
pub(super) fn example(value: Option<&Value>) -> String {
    let text = match value {
        None | Some(Value::Null) => return String::new(),
        Some(Value::String(text)) => text.clone(),
        Some(Value::Array(items)) if items.is_empty() => return String::new(),
        Some(value) => value.to_string(),
    };
    let fits = text.chars().count() <= 72
        && !text.trim().is_empty()
        && !text.contains('`')
        && text.chars().all(is_visible);
    if fits { format!("Example: {}.", code(&text)) } else { String::new() }
}

/// A name in a link: rustdoc takes a raw one without its mark.
pub(super) fn linked(name: &str) -> String {
    ident(name).to_string().trim_start_matches("r#").to_owned()
}
