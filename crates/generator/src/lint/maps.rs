//! Objects whose keys are ids or dates: maps, learnt from one example.

use serde_json::{Value, json};

use super::action::Change;
use super::evidence::Evidence;
use super::shapes::signature;
use super::survey::Survey;
use super::{Finding, Mend, finding};
use crate::read::Node;
use crate::values;

pub(super) fn run(survey: &Survey<'_>, _: &Evidence<'_>, findings: &mut Vec<Finding>) {
    for seen in &survey.schemas {
        let Some(properties) = seen.node.get("properties") else { continue };
        let keys: Vec<&str> = properties.entries().map(|(key, _)| key).collect();
        if keys.is_empty()
            || !keys.iter().all(|key| is_data(key))
            || seen.node.get("additionalProperties").is_some()
        {
            continue;
        }
        let shown: Vec<String> = keys.iter().take(3).map(|key| format!("`{key}`")).collect();
        let message = format!(
            "the keys of this object are data: {}; it is a map learnt from an example",
            shown.join(", ")
        );
        let entries: Vec<Node<'_>> = properties.entries().map(|(_, node)| node).collect();
        let same = entries.iter().all(|entry| signature(entry) == signature(&entries[0]));
        let value = if same { entries[0].value.clone() } else { json!({}) };
        let mut found = finding("frozen-map", message, &seen.node.pointer, None);
        found.mends.push(Mend { at: properties.pointer.clone(), change: Change::Remove });
        let mut update = serde_json::Map::new();
        if seen.node.get("type").is_none() {
            update.insert("type".to_owned(), json!("object"));
        }
        update.insert("additionalProperties".to_owned(), value);
        found.mends.push(Mend {
            at: seen.node.pointer.clone(),
            change: Change::Update(Value::Object(update)),
        });
        findings.push(found);
    }
}

/// Whether a key is an id, a day, a month, a time in seconds or a UUID. Short numbers may be names: the sizes `240` and
/// `720` of a video are.
fn is_data(key: &str) -> bool {
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let month = key.len() == 7 && values::is_date(&format!("{key}-01"));
    (key.len() >= 5 && digits(key))
        || values::is_date(key)
        || values::is_date_time(key)
        || values::is_uuid(&key.to_ascii_lowercase())
        || month
}
