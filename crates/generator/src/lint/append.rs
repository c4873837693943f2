//! Actions, written at the end of an overlay by hand without touching what is there.

use serde_yaml::Value;

use super::Action;
use crate::read;

const NEW: &str = "# What upstream's document gets wrong, or leaves out, and what is true instead.
overlay: 1.0.0
info:
  title: Corrections
  version: 1.0.0
actions:
";

/// Appends actions to the text of an overlay, or begins one.
///
/// # Errors
/// A sentence about why the text cannot be added to: it is written in flow style, or is no overlay.
///
/// ```
/// use lockstep_generator::lint::{Action, Change, append};
///
/// let there = "overlay: 1.0.0\ninfo: {title: T, version: 1.0.0}\nactions:\n- target: $.a # why\n  remove: true\n";
/// let action = Action { target: "$.b".into(), description: "B.".into(), change: Change::Remove };
/// let text = append(Some(there), &[action]).unwrap();
/// assert_eq!(text, format!("{there}- target: $.b\n  description: B.\n  remove: true\n"));
/// ```
pub fn append(there: Option<&str>, actions: &[Action]) -> Result<String, String> {
    append_values(there, actions.iter().map(Action::to_value).collect())
}

/// The same for actions as they stand in an overlay.
pub(crate) fn append_values(
    there: Option<&str>,
    actions: Vec<serde_json::Value>,
) -> Result<String, String> {
    let there = there.filter(|text| !text.trim().is_empty()).unwrap_or(NEW);
    if actions.is_empty() {
        return Ok(there.to_owned());
    }
    let list = serde_json::Value::Array(actions.clone());
    let items = read::to_yaml(&list).ok_or("the actions cannot be written as YAML")?;
    let (at, indent) = place(there)?;
    let mut text = there[..at].to_owned();
    if !text.ends_with('\n') {
        text.push('\n');
    }
    for line in items.lines() {
        text.push_str(if line.is_empty() { "" } else { &indent });
        text.push_str(line);
        text.push('\n');
    }
    text.push_str(&there[at..]);
    // The text was put together, so it is read again: nothing may be lost and nothing else may have come.
    let (before, after) = (list_of(there).unwrap_or_default(), list_of(&text));
    let ours: Result<Vec<Value>, _> = actions.iter().map(serde_yaml::to_value).collect();
    let expected = ours.map(|ours| before.into_iter().chain(ours).collect::<Vec<_>>());
    if after.is_some() && after == expected.ok() {
        Ok(text)
    } else {
        Err("its `actions` cannot be added to; write them as a list in block style".to_owned())
    }
}

/// Where the list of actions ends, in bytes, and how far its items are indented.
fn place(text: &str) -> Result<(usize, String), String> {
    let mut at = 0;
    let mut inside = false;
    let mut indent = None;
    let mut end = text.len();
    for line in text.split_inclusive('\n') {
        let bare = line.trim_end();
        if inside {
            let dash = bare.trim_start();
            let item = dash.starts_with("- ") || dash == "-";
            if item && indent.is_none() {
                indent = Some(bare[..bare.len() - dash.len()].to_owned());
            }
            let top = !bare.is_empty() && !bare.starts_with([' ', '#']) && !item;
            if top {
                end = at;
                break;
            }
        }
        inside |= bare == "actions:" || bare.starts_with("actions: #");
        at += line.len();
    }
    if inside {
        Ok((end, indent.unwrap_or_else(|| "  ".to_owned())))
    } else {
        Err("it has no list `actions` in block style".to_owned())
    }
}

fn list_of(text: &str) -> Option<Vec<Value>> {
    let whole: Value = serde_yaml::from_str(text).ok()?;
    match whole.get("actions") {
        Some(Value::Sequence(list)) => Some(list.clone()),
        Some(Value::Null) => Some(Vec::new()),
        _ => None,
    }
}
