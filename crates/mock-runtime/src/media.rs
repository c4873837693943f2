//! Media types: which declared one a body is, and which declared one a caller takes (RFC 9110, 12.5.1).

use std::borrow::Cow;

use http::HeaderMap;
use http::header::ACCEPT;

/// Most ranges of `Accept` that are read.
const RANGES: usize = 100;

/// A media type or a range of them, in lower case.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Media {
    kind: String,
    subtype: String,
    parameters: Vec<(String, String)>,
}

impl Media {
    fn parse(text: &str) -> Option<Self> {
        let mut pieces = split(text, ';').into_iter();
        let essence = pieces.next()?.trim().to_ascii_lowercase();
        // Some clients write a lone star for everything.
        let (kind, subtype) = if essence == "*" { ("*", "*") } else { essence.split_once('/')? };
        if kind.is_empty() || subtype.is_empty() {
            return None;
        }
        let parameters = pieces.filter_map(|piece| {
            let (name, value) = piece.split_once('=')?;
            let value = value.trim().trim_matches('"');
            Some((name.trim().to_ascii_lowercase(), value.to_ascii_lowercase()))
        });
        Some(Self {
            kind: kind.to_owned(),
            subtype: subtype.to_owned(),
            parameters: parameters.collect(),
        })
    }

    fn is_range(&self) -> bool {
        self.kind == "*" || self.subtype == "*"
    }

    fn is_json(&self) -> bool {
        matches!((self.kind.as_str(), self.subtype.as_str()), ("application" | "text", "json"))
            || self.subtype.ends_with("+json")
    }

    /// How closely a range means a type: a number for each of type, subtype and parameters; `None` if it does not.
    fn closeness(&self, media: &Self) -> Option<usize> {
        if self.kind == "*" {
            return Some(0);
        }
        if self.kind != media.kind {
            return None;
        }
        if self.subtype == "*" {
            return Some(1);
        }
        let has = |own: &(String, String)| media.parameters.contains(own);
        let fits = self.subtype == media.subtype && self.parameters.iter().all(has);
        fits.then(|| 2 + self.parameters.len())
    }
}

/// Cuts a text, but not within quotation marks.
fn split(text: &str, separator: char) -> Vec<&str> {
    let (mut pieces, mut start, mut is_quoted, mut is_escaped) = (Vec::new(), 0, false, false);
    for (at, character) in text.char_indices() {
        match character {
            _ if is_escaped => is_escaped = false,
            '\\' if is_quoted => is_escaped = true,
            '"' => is_quoted = !is_quoted,
            own if own == separator && !is_quoted => {
                pieces.push(&text[start..at]);
                start = at + own.len_utf8();
            }
            _ => {}
        }
    }
    pieces.push(&text[start..]);
    pieces
}

/// The declared media type that a body was sent as: the very one, then the one without its parameters, then a range,
/// then another kind of JSON.
pub(crate) fn position<'d>(
    declared: impl Iterator<Item = &'d String>,
    sent: &str,
) -> Option<usize> {
    let sent = Media::parse(sent)?;
    let rank = |own: Media| {
        let is_same = (&own.kind, &own.subtype) == (&sent.kind, &sent.subtype);
        match () {
            () if own == sent => Some(0),
            () if is_same && own.parameters.iter().all(|own| sent.parameters.contains(own)) => {
                Some(1)
            }
            () if is_same => Some(2),
            () if own.is_range() => own.closeness(&sent).map(|close| 4 - close),
            () if own.is_json() && sent.is_json() => Some(5),
            () => None,
        }
    };
    let ranked = declared.enumerate().filter_map(|(at, own)| Some((rank(Media::parse(own)?)?, at)));
    ranked.min().map(|(_, at)| at)
}

/// What a caller takes.
#[derive(Clone, Debug, Default)]
pub(crate) struct Accept {
    /// Ranges with their weights in thousandths; empty where the caller takes anything.
    ranges: Vec<(Media, u16)>,
}

impl Accept {
    /// Reads all lines of the header. What is malformed is no wish.
    pub(crate) fn of(headers: &HeaderMap) -> Self {
        let lines = headers.get_all(ACCEPT).into_iter().filter_map(|line| line.to_str().ok());
        let ranges = lines.flat_map(|line| split(line, ',')).take(RANGES).filter_map(|range| {
            let mut media = Media::parse(range)?;
            // What stands behind the weight is none of the type's parameters.
            let at = media.parameters.iter().position(|(name, _)| name == "q");
            let weight = at.map_or(Some(1000), |at| weight(&media.parameters[at].1));
            media.parameters.truncate(at.unwrap_or(usize::MAX));
            Some((media, weight?))
        });
        Self { ranges: ranges.collect() }
    }

    /// The place among the declared types of the one that is wanted most, and what it is sent as. `None` when the
    /// caller takes none of them.
    pub(crate) fn choose<'d>(
        &self,
        declared: impl Iterator<Item = &'d str> + Clone,
    ) -> Option<(usize, Cow<'d, str>)> {
        if self.ranges.is_empty() {
            return declared.enumerate().next().map(|(at, own)| (at, concrete(own)));
        }
        let exact = best(declared.clone().enumerate().filter_map(|(at, own)| {
            let (score, media) = self.score(own)?;
            Some((score, at, media))
        }));
        // A caller who asks for JSON can read any kind of it.
        exact.or_else(|| {
            let asks = self.ranges.iter().any(|(own, weight)| *weight > 0 && own.is_json());
            let mut kinds = declared.enumerate().filter(|_| asks);
            let found = kinds.find(|(_, own)| {
                Media::parse(own).is_some_and(|own| own.is_json() && !self.refuses(&own))
            });
            found.map(|(at, own)| (at, Cow::Borrowed(own)))
        })
    }

    fn refuses(&self, media: &Media) -> bool {
        let close =
            self.ranges.iter().filter_map(|(own, weight)| Some((own.closeness(media)?, *weight)));
        close.max().is_some_and(|(_, weight)| weight == 0)
    }

    /// How much a declared type is wanted: weight, closeness, and how early it is asked for.
    fn score<'d>(&self, declared: &'d str) -> Option<(Score, Cow<'d, str>)> {
        let media = Media::parse(declared)?;
        if media.is_range() {
            return self.within(&media, declared);
        }
        let means = |(at, (range, weight)): (usize, &(Media, u16))| {
            Some((range.closeness(&media)?, usize::MAX - at, *weight))
        };
        let (close, early, weight) = self.ranges.iter().enumerate().filter_map(means).max()?;
        (weight > 0).then_some(((weight, close, early), Cow::Borrowed(declared)))
    }

    /// The same for a declared range: what the caller names within it is what is sent.
    fn within<'d>(&self, declared: &Media, text: &'d str) -> Option<(Score, Cow<'d, str>)> {
        let wishes = self.ranges.iter().enumerate().filter(|(_, (_, weight))| *weight > 0);
        let wish = wishes.filter_map(|(at, (wish, weight))| {
            let early = usize::MAX - at;
            if wish.is_range() {
                let fits = wish.kind == "*" || declared.kind == "*" || wish.kind == declared.kind;
                return fits.then(|| ((*weight, 0, early), concrete(text)));
            }
            let close = declared.closeness(wish)?;
            Some(((*weight, close, early), Cow::Owned(format!("{}/{}", wish.kind, wish.subtype))))
        });
        wish.max_by_key(|(score, _)| *score)
    }
}

type Score = (u16, usize, usize);

/// The most wanted; of equals the first.
fn best<'d>(
    scored: impl Iterator<Item = (Score, usize, Cow<'d, str>)>,
) -> Option<(usize, Cow<'d, str>)> {
    let best = scored.max_by_key(|(score, at, _)| (*score, usize::MAX - at));
    best.map(|(_, at, media)| (at, media))
}

/// A weight in thousandths; `None` where it is none.
fn weight(text: &str) -> Option<u16> {
    let weight: f64 = text.parse().ok().filter(|weight| (0.0..=1.0).contains(weight))?;
    Some((weight * 1000.0).round() as u16)
}

/// A type that a reply can have, where a range is declared.
pub(crate) fn concrete(declared: &str) -> Cow<'_, str> {
    let essence = declared.split(';').next().unwrap_or_default().trim();
    match essence.strip_suffix("/*") {
        Some("*") => Cow::Borrowed("application/json"),
        Some("image") => Cow::Borrowed("image/png"),
        Some("text") => Cow::Borrowed("text/plain"),
        Some("audio") => Cow::Borrowed("audio/mpeg"),
        Some("video") => Cow::Borrowed("video/mp4"),
        Some(_) => Cow::Borrowed("application/octet-stream"),
        None => Cow::Borrowed(declared),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn chosen(declared: &[&'static str], accept: &[&'static str]) -> Option<String> {
        let lines = accept.iter().map(|line| (ACCEPT, http::HeaderValue::from_static(line)));
        let accept = Accept::of(&lines.collect());
        accept.choose(declared.iter().copied()).map(|(_, media)| media.into_owned())
    }

    #[test]
    fn what_is_wanted_most_is_chosen() {
        let all = ["application/json", "text/csv", "application/xml"];
        for (accept, expected) in [
            (&[][..], "application/json"),
            (&["*/*"], "application/json"),
            (&["text/csv"], "text/csv"),
            (&["TEXT/CSV"], "text/csv"),
            (&["text/*"], "text/csv"),
            (&["application/json;q=0.1, text/csv;q=0.9"], "text/csv"),
            (&["application/json;q=0.1", "application/xml; q=0.2"], "application/xml"),
            (&["text/html, application/xml;q=0.9, */*;q=0.8"], "application/xml"),
            (&["*/*, application/json;q=0"], "text/csv"),
            (&["application/*;q=0.5, application/json;q=0.4, */*;q=0.1"], "application/xml"),
            (&["text/csv, */*"], "text/csv"),
        ] {
            assert_eq!(chosen(&all, accept).as_deref(), Some(expected), "{accept:?}");
        }
        for accept in ["image/png", "text/csv;q=0", "application/json;q=0, text/html", "*/*;q=0"] {
            assert_eq!(chosen(&all, &[accept]), None, "{accept}");
        }
    }

    #[test]
    fn parameters_suffixes_and_ranges() {
        let versions = ["application/json;version=1", "application/json;version=2"];
        assert_eq!(
            chosen(&versions, &["application/json; version=2"]).as_deref(),
            Some(versions[1])
        );
        assert_eq!(chosen(&versions, &["application/json"]).as_deref(), Some(versions[0]));
        let suffixed = ["application/vnd.api+json"];
        assert_eq!(chosen(&suffixed, &["application/json"]).as_deref(), Some(suffixed[0]));
        assert_eq!(chosen(&["image/*"], &["image/webp"]).as_deref(), Some("image/webp"));
        assert_eq!(chosen(&["image/*"], &["image/*"]).as_deref(), Some("image/png"));
        assert_eq!(chosen(&["image/*"], &["text/html"]), None);
    }

    #[test]
    fn bodies_are_what_they_are_first() {
        let declared: Vec<String> = [
            "application/merge-patch+json",
            "application/json-patch+json",
            "application/json",
            "image/png",
            "image/*",
        ]
        .map(str::to_owned)
        .to_vec();
        for (sent, expected) in [
            ("application/json-patch+json", Some(1)),
            ("application/json; charset=utf-8", Some(2)),
            ("application/vnd.x+json", Some(0)),
            ("image/png", Some(3)),
            ("image/gif", Some(4)),
            ("text/plain", None),
            ("nonsense", None),
        ] {
            assert_eq!(position(declared.iter(), sent), expected, "{sent}");
        }
    }
}
