//! What the benchmarks share: types as a person would write them, and taking turns.
#![allow(
    dead_code,
    missing_docs,
    reason = "each benchmark uses a part, and fields are there to be decoded"
)]

use onlyfansapi::mass_messaging::GetOverview;
use onlyfansapi::runtime::chrono::{DateTime, FixedOffset};
use onlyfansapi::runtime::{Operation, Reply};
use serde::Deserialize;
use serde_json::Value;

/// The reply of the overview, as this crate has it.
pub(crate) type Generated = <<GetOverview as Operation>::Reply as Reply>::Value;

/// The document's own example.
pub(crate) const EXAMPLE: &str =
    include_str!("../../../mock/fixtures/mass_messaging/get_overview/200.json");

/// Runs the rivals in turn, so that whatever else the machine does meets all of them, and answers the medians of what
/// each measured. One round goes unmeasured.
pub(crate) fn in_turn<const N: usize, const M: usize>(
    rounds: usize,
    rivals: [&mut dyn FnMut() -> [f64; M]; N],
) -> [[f64; M]; N] {
    let mut measured = [const { [const { Vec::new() }; M] }; N];
    for round in 0..=rounds {
        for turn in 0..N {
            // Whoever comes first must not be the same each time.
            let own = (turn + round) % N;
            let values = rivals[own]();
            if round > 0 {
                measured[own].iter_mut().zip(values).for_each(|(all, value)| all.push(value));
            }
        }
    }
    measured.map(|own| own.map(median))
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}

/// The same reply by hand: plain serde, and chrono for dates.
#[derive(Debug, Deserialize)]
pub(crate) struct ByHand {
    pub(crate) data: Data,
    #[serde(rename = "_pagination")]
    pub(crate) pagination: Option<Pagination>,
    #[serde(rename = "_meta")]
    pub(crate) meta: Option<Meta>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Data {
    pub(crate) has_more: Option<bool>,
    pub(crate) items: Vec<Message>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Message {
    pub(crate) id: Option<i64>,
    pub(crate) date: Option<DateTime<FixedOffset>>,
    pub(crate) response_type: Option<String>,
    pub(crate) text: Option<String>,
    pub(crate) raw_text: Option<String>,
    pub(crate) giphy_id: Option<String>,
    pub(crate) is_free: Option<bool>,
    pub(crate) is_media_ready: Option<bool>,
    pub(crate) media_count: Option<i64>,
    #[serde(default)]
    pub(crate) media: Vec<Media>,
    #[serde(default)]
    pub(crate) previews: Vec<Value>,
    pub(crate) is_tip: Option<bool>,
    pub(crate) is_reported_by_me: Option<bool>,
    pub(crate) viewed_count: Option<i64>,
    pub(crate) sent_count: Option<i64>,
    pub(crate) is_canceled: Option<bool>,
    pub(crate) template: Option<String>,
    pub(crate) can_unsend: Option<bool>,
    pub(crate) unsend_seconds: Option<i64>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Media {
    pub(crate) id: Option<i64>,
    pub(crate) r#type: Option<String>,
    pub(crate) converted_to_video: Option<bool>,
    pub(crate) can_view: Option<bool>,
    pub(crate) has_error: Option<bool>,
    pub(crate) created_at: Option<DateTime<FixedOffset>>,
    pub(crate) is_ready: Option<bool>,
    pub(crate) files: Option<Files>,
    pub(crate) duration: Option<i64>,
    pub(crate) has_custom_preview: Option<bool>,
    pub(crate) video_sources: Option<Sources>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Files {
    pub(crate) full: Option<File>,
    pub(crate) thumb: Option<File>,
    pub(crate) preview: Option<File>,
    pub(crate) square_preview: Option<File>,
}

#[derive(Debug, Deserialize)]
pub(crate) struct File {
    pub(crate) url: Option<String>,
    pub(crate) width: Option<i64>,
    pub(crate) height: Option<i64>,
    pub(crate) size: Option<i64>,
    pub(crate) sources: Option<Vec<Value>>,
}

#[derive(Debug, Deserialize)]
pub(crate) struct Sources {
    #[serde(rename = "240")]
    pub(crate) p240: Option<String>,
    #[serde(rename = "720")]
    pub(crate) p720: Option<String>,
}

#[derive(Debug, Deserialize)]
pub(crate) struct Pagination {
    pub(crate) next_page: Option<String>,
}

#[derive(Debug, Deserialize)]
pub(crate) struct Meta {
    #[serde(rename = "_credits")]
    pub(crate) credits: Option<Credits>,
    #[serde(rename = "_cache")]
    pub(crate) cache: Option<Cache>,
    #[serde(rename = "_rate_limits")]
    pub(crate) rate_limits: Option<RateLimits>,
}

#[derive(Debug, Deserialize)]
pub(crate) struct Credits {
    pub(crate) used: Option<i64>,
    pub(crate) balance: Option<i64>,
    pub(crate) note: Option<String>,
}

#[derive(Debug, Deserialize)]
pub(crate) struct Cache {
    pub(crate) is_cached: Option<bool>,
    pub(crate) note: Option<String>,
    pub(crate) cached_at: Option<DateTime<FixedOffset>>,
}

#[derive(Debug, Deserialize)]
pub(crate) struct RateLimits {
    pub(crate) limit_minute: Option<i64>,
    pub(crate) limit_day: Option<i64>,
    pub(crate) remaining_minute: Option<i64>,
    pub(crate) remaining_day: Option<i64>,
    pub(crate) notice: Option<String>,
}
