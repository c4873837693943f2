//! Strings for made data: by format, by pattern, by length.

use regex_syntax::hir::{Class, Hir, HirKind};
use serde_json::Value;

use crate::dynamic::Random;

const WORDS: [&str; 16] = [
    "amber", "birch", "cedar", "delta", "ember", "fjord", "grove", "heron", "iris", "jade", "kelp",
    "lumen", "maple", "north", "olive", "pearl",
];

/// A string for a schema of type `string`.
pub(crate) fn text(schema: &Value, name: &str, random: &mut Random) -> String {
    let length = |keyword: &str| {
        schema.get(keyword).and_then(Value::as_u64).and_then(|length| usize::try_from(length).ok())
    };
    let (least, most) =
        (length("minLength").unwrap_or(0).min(100_000), length("maxLength").unwrap_or(usize::MAX));
    if let Some(pattern) = schema.get("pattern").and_then(Value::as_str)
        && let Some(text) = matching(pattern, least, most, random)
    {
        return text;
    }
    let format = schema.get("format").and_then(Value::as_str).unwrap_or_default();
    if let Some(text) = formatted(format, random) {
        let fits = (least..=most).contains(&text.chars().count());
        return if fits { text } else { fitted(format, least, most).unwrap_or(text) };
    }
    let mut text = guessed(name, random);
    while text.chars().count() < least {
        text.push(' ');
        text.push_str(word(random));
    }
    text.chars().take(most.max(least)).collect()
}

fn word(random: &mut Random) -> &'static str {
    random.pick(&WORDS).copied().unwrap_or("amber")
}

/// Text for a property of this name, so that made data reads like data.
fn guessed(name: &str, random: &mut Random) -> String {
    let lower = name.to_ascii_lowercase();
    let has = |part: &str| lower.contains(part);
    if has("url") || has("link") || has("avatar") {
        return format!("https://example.com/{}", word(random));
    }
    if has("email") {
        return format!("{}@example.com", word(random));
    }
    if lower.ends_with("at")
        && name.ends_with(['t'])
        && (name.ends_with("At") || name.ends_with("_at"))
        || lower == "date"
    {
        return formatted("date-time", random).unwrap_or_default();
    }
    format!("{} {}", word(random), word(random))
}

fn formatted(format: &str, random: &mut Random) -> Option<String> {
    let mut below = |end: u64| random.below(end);
    Some(match format {
        "date-time" => format!(
            "2025-{:02}-{:02}T{:02}:{:02}:{:02}Z",
            1 + below(12),
            1 + below(28),
            below(24),
            below(60),
            below(60)
        ),
        "date" => format!("2025-{:02}-{:02}", 1 + below(12), 1 + below(28)),
        "time" => format!("{:02}:{:02}:{:02}Z", below(24), below(60), below(60)),
        "duration" => format!("PT{}M", 1 + below(59)),
        "uuid" => {
            let (high, low) = (random.next(), random.next());
            let [a, b, c] = [high >> 32, (high >> 16) & 0xFFFF, high & 0xFFF];
            format!(
                "{a:08x}-{b:04x}-4{c:03x}-{:04x}-{:012x}",
                0x8000 | (low >> 50),
                low & 0xFFFF_FFFF_FFFF
            )
        }
        "email" | "idn-email" => format!("{}{}@example.com", word(random), random.below(100)),
        "uri" | "url" | "iri" => {
            format!("https://example.com/{}/{}", word(random), random.below(1000))
        }
        "uri-reference" | "iri-reference" => format!("/{}", word(random)),
        "hostname" | "idn-hostname" => format!("{}.example.com", word(random)),
        "ipv4" => format!("192.0.2.{}", 1 + below(254)),
        "ipv6" => format!("2001:db8::{:x}", 1 + below(0xFFFE)),
        "byte" => "bW9jaw==".to_owned(),
        "json-pointer" => "/a/0".to_owned(),
        "regex" => "^a+$".to_owned(),
        _ => return None,
    })
}

/// Text of a format within bounds that the usual one does not keep; `None` where there is none.
fn fitted(format: &str, least: usize, most: usize) -> Option<String> {
    let (before, after) = match format {
        "email" | "idn-email" => ("", "@b.co"),
        "uri" | "url" | "iri" => ("a:/", ""),
        "uri-reference" | "iri-reference" => ("/", ""),
        "hostname" | "idn-hostname" => ("", ""),
        "json-pointer" => ("/", ""),
        "regex" => ("", ""),
        "ipv4" => return Some("1.1.1.1".to_owned()),
        "ipv6" => return Some("::1".to_owned()),
        "byte" => {
            return Some("AAAA".repeat(least.div_ceil(4).max(1))).filter(|text| text.len() <= most);
        }
        _ => return None,
    };
    let room = least.saturating_sub(before.len() + after.len()).max(1);
    // No part of a name in the web is longer than 63 letters, and no mailbox longer than 64.
    let is_cut = format.ends_with("hostname") || format.ends_with("email");
    let letter = |at: usize| if is_cut && at % 50 == 49 && at + 1 < room { '.' } else { 'a' };
    let middle: String = (0..room).map(letter).collect();
    Some(format!("{before}{middle}{after}")).filter(|text| text.len() <= most)
}

/// A pattern without its looks ahead and behind, which say more about a text that the rest describes.
fn without_looks(pattern: &str) -> String {
    let mut out = String::with_capacity(pattern.len());
    let mut rest = pattern;
    while let Some(character) = rest.chars().next() {
        let is_look = ["(?=", "(?!", "(?<=", "(?<!"].iter().any(|look| rest.starts_with(look));
        let length = match character {
            _ if is_look => group(rest),
            '\\' => character.len_utf8() + rest[1..].chars().next().map_or(0, char::len_utf8),
            _ => character.len_utf8(),
        };
        if !is_look {
            out.push_str(&rest[..length]);
        }
        rest = &rest[length..];
    }
    out
}

/// The length of the group that a pattern begins with.
fn group(pattern: &str) -> usize {
    let (mut depth, mut is_escaped, mut is_class) = (0_usize, false, false);
    for (at, character) in pattern.char_indices() {
        match character {
            _ if is_escaped => is_escaped = false,
            '\\' => is_escaped = true,
            '[' => is_class = true,
            ']' => is_class = false,
            '(' if !is_class => depth += 1,
            ')' if !is_class => {
                depth = depth.saturating_sub(1);
                if depth == 0 {
                    return at + 1;
                }
            }
            _ => {}
        }
    }
    pattern.len()
}

/// A string that a pattern matches; `None` for patterns with look-around and the like.
fn matching(pattern: &str, least: usize, most: usize, random: &mut Random) -> Option<String> {
    let parsed = regex_syntax::parse(pattern).ok();
    let hir = parsed.or_else(|| regex_syntax::parse(&without_looks(pattern)).ok())?;
    let is_open = !pattern.contains(['^', '$']);
    // The longer a text has to be, the more its repetitions repeat.
    let factor = 1 + u32::try_from(least / 20).unwrap_or(u32::MAX).min(1_000);
    for attempt in 0..20 {
        let mut text = String::new();
        write(&hir, attempt * factor, random, &mut text);
        // What may stand anywhere in a text may stand there more than once.
        while is_open && !text.is_empty() && text.chars().count() < least {
            text.push_str(&text.clone());
        }
        if is_open && text.chars().count() > most {
            text.clear();
            write(&hir, 0, random, &mut text);
        }
        if (least..=most).contains(&text.chars().count()) {
            return Some(text);
        }
    }
    None
}

/// Longest string that a pattern is followed to.
const LONGEST: usize = 10_000;

fn write(hir: &Hir, extra: u32, random: &mut Random, text: &mut String) {
    if text.len() > LONGEST {
        return;
    }
    match hir.kind() {
        HirKind::Empty | HirKind::Look(_) => {}
        HirKind::Literal(literal) => text.push_str(&String::from_utf8_lossy(&literal.0)),
        HirKind::Class(class) => text.extend(character(class, random)),
        HirKind::Capture(capture) => write(&capture.sub, extra, random, text),
        HirKind::Concat(parts) => parts.iter().for_each(|part| write(part, extra, random, text)),
        HirKind::Alternation(parts) => {
            if let Some(part) = random.pick(parts) {
                write(part, extra, random, text);
            }
        }
        HirKind::Repetition(repetition) => {
            // Later attempts repeat more, in case the first were too short.
            let room = repetition
                .max
                .map_or(1 + extra * 3, |max| max.saturating_sub(repetition.min).min(1 + extra * 3));
            let count = repetition
                .min
                .saturating_add(u32::try_from(random.below(u64::from(room) + 1)).unwrap_or(0));
            for _ in 0..count {
                if text.len() > LONGEST {
                    return;
                }
                write(&repetition.sub, extra, random, text);
            }
        }
    }
}

/// One character of a class; a plain one where the class has one.
fn character(class: &Class, random: &mut Random) -> Option<char> {
    let ranges: Vec<(char, char)> = match class {
        Class::Unicode(class) => {
            class.ranges().iter().map(|range| (range.start(), range.end())).collect()
        }
        Class::Bytes(class) => class
            .ranges()
            .iter()
            .map(|range| (char::from(range.start()), char::from(range.end())))
            .collect(),
    };
    let plain: Vec<char> = ('!'..='~')
        .filter(|own| ranges.iter().any(|(first, last)| (first..=last).contains(&own)))
        .collect();
    let letters: Vec<char> = plain.iter().copied().filter(char::is_ascii_alphanumeric).collect();
    let chosen = random.pick(&letters).or_else(|| random.pick(&plain)).copied();
    chosen.or_else(|| ranges.first().map(|(first, _)| *first))
}
