//! Strings whose examples are all dates or times.

use serde_json::{Value, json};

use super::evidence::Evidence;
use super::survey::{Survey, Travel};
use super::{Finding, finding};
use crate::values;

pub(super) fn run(survey: &Survey<'_>, evidence: &Evidence<'_>, findings: &mut Vec<Finding>) {
    for seen in &survey.schemas {
        let known = ["format", "enum", "pattern"].iter().any(|key| seen.node.get(key).is_some());
        if known || seen.node.str("type") != Some("string") {
            continue;
        }
        let texts: Option<Vec<&str>> = evidence
            .at(&seen.node.pointer)
            .iter()
            .filter(|value| !value.is_null())
            .map(|value| value.as_str())
            .collect();
        let Some(texts) = texts.filter(|texts| !texts.is_empty()) else { continue };
        let all = |is: fn(&str) -> bool| texts.iter().all(|text| is(text));
        let format = match seen.travel {
            _ if all(values::is_date) => "date",
            Travel::Reply if all(values::is_date_time) => "date-time",
            // A typed time would travel as RFC 3339; what is shown otherwise is wanted otherwise.
            Travel::Request if all(|text| values::is_date_time(text) && text.contains('T')) => {
                "date-time"
            }
            Travel::Reply | Travel::Request => continue,
        };
        let what = if format == "date" { "dates" } else { "times" };
        let message =
            format!("the examples of this string are {what}, such as {}", Value::from(texts[0]));
        findings.push(finding(
            "timestamp-without-format",
            message,
            &seen.node.pointer,
            Some(json!({ "format": format })),
        ));
    }
}
