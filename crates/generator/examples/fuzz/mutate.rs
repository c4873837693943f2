//! Breaks documents: cuts, flips, lines moved, lost and doubled, two documents in one.

/// Numbers that look random and are the same every time (SplitMix64).
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    /// Below `end`; 0 where there is nothing to choose from.
    fn below(&mut self, end: usize) -> usize {
        if end == 0 { 0 } else { usize::try_from(self.next() % end as u64).unwrap_or(0) }
    }
}

/// Values that documents should not have where they have them.
const ODD: [&str; 20] = [
    "null",
    "''",
    "[]",
    "{}",
    "-1",
    "1e400",
    "99999999999999999999",
    "true",
    "[null]",
    "{a: {}}",
    "object",
    "array",
    "'{'",
    "'}{/?#'",
    "'#/paths'",
    "'#/components/schemas/A'",
    "\"\\u0000\"",
    "🦀",
    "Self",
    "type",
];
/// Keys that mean something.
const KEYS: [&str; 20] = [
    "type",
    "properties",
    "items",
    "allOf",
    "oneOf",
    "$ref",
    "enum",
    "required",
    "nullable",
    "parameters",
    "responses",
    "content",
    "schema",
    "example",
    "additionalProperties",
    "discriminator",
    "format",
    "in",
    "name",
    "operationId",
];

/// The document of a run.
pub(crate) fn mutated(texts: &[String], seed: u64, run: u64, largest: usize) -> String {
    let mut random = Random(seed.wrapping_mul(0x1000_0000_01B3).wrapping_add(run));
    let mut text = texts[random.below(texts.len())].clone();
    if text.len() > largest {
        text = thinned(&text, largest, &mut random);
    }
    // A document that is one line is broken up, so that there are lines to break.
    if text.lines().count() < 20 {
        text = serde_json::from_str::<serde_json::Value>(&text)
            .ok()
            .and_then(|value| serde_json::to_string_pretty(&value).ok())
            .unwrap_or(text);
    }
    for _ in 0..=random.below(4) {
        text = match random.below(10) {
            0 => prefix(&text, &mut random),
            1 => flipped(&text, &mut random),
            2 | 3 => with_lines(&text, &mut random, |lines, random| {
                let at = random.below(lines.len());
                let end = (at + 1 + random.below(12)).min(lines.len());
                for index in (at..end).rev() {
                    lines.swap(index, at + random.below(index - at + 1));
                }
            }),
            4 => with_lines(&text, &mut random, |lines, random| {
                let at = random.below(lines.len());
                let count = (1 + random.below(30)).min(lines.len() - at);
                let copy: Vec<String> = lines[at..at + count].to_vec();
                let to = random.below(lines.len());
                lines.splice(to..to, copy);
            }),
            5 => with_lines(&text, &mut random, |lines, random| {
                let at = random.below(lines.len());
                let count = (1 + random.below(8)).min(lines.len() - at);
                lines.drain(at..at + count);
            }),
            6 | 7 => with_lines(&text, &mut random, |lines, random| odd_value(lines, random)),
            8 => with_lines(&text, &mut random, |lines, random| odd_key(lines, random)),
            _ => spliced(&text, &texts[random.below(texts.len())], largest, &mut random),
        };
    }
    text
}

/// The beginning of a document and parts of the rest, so that every part of a large one has its turn: whole blocks
/// at the least indentation that operations have.
fn thinned(text: &str, largest: usize, random: &mut Random) -> String {
    let mut kept = String::new();
    let mut keep = true;
    let share = (text.len() / largest).max(1) + 1;
    for line in text.lines() {
        let depth = line.len() - line.trim_start().len();
        if depth <= 2 {
            keep = true;
        } else if depth == 4 && !line.trim_start().starts_with(['}', ']']) {
            keep = random.below(share) == 0;
        }
        if keep {
            kept.push_str(line);
            kept.push('\n');
        }
    }
    kept
}

fn boundary(text: &str, at: usize) -> usize {
    (at..=text.len()).find(|at| text.is_char_boundary(*at)).unwrap_or(text.len())
}

fn prefix(text: &str, random: &mut Random) -> String {
    text[..boundary(text, random.below(text.len()))].to_owned()
}

fn flipped(text: &str, random: &mut Random) -> String {
    let mut bytes = text.as_bytes().to_vec();
    for _ in 0..=random.below(8) {
        let at = random.below(bytes.len());
        if let Some(byte) = bytes.get_mut(at) {
            *byte ^= 1 << random.below(8);
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

fn with_lines(
    text: &str,
    random: &mut Random,
    change: impl FnOnce(&mut Vec<String>, &mut Random),
) -> String {
    let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
    if !lines.is_empty() {
        change(&mut lines, random);
    }
    lines.join("\n")
}

fn odd_value(lines: &mut [String], random: &mut Random) {
    for _ in 0..=random.below(3) {
        let line = &mut lines[random.below(lines.len())];
        if let Some((key, value)) = line.split_once(": ") {
            let end = if value.ends_with(',') { "," } else { "" };
            *line = format!("{key}: {}{end}", ODD[random.below(ODD.len())]);
        }
    }
}

fn odd_key(lines: &mut [String], random: &mut Random) {
    let line = &mut lines[random.below(lines.len())];
    let Some((key, value)) = line.split_once(':') else { return };
    let indent: String = key.chars().take_while(|c| c.is_whitespace()).collect();
    let name = KEYS[random.below(KEYS.len())];
    let name =
        if key.trim_start().starts_with('"') { format!("\"{name}\"") } else { name.to_owned() };
    *line = format!("{indent}{name}:{value}");
}

fn spliced(text: &str, other: &str, largest: usize, random: &mut Random) -> String {
    let lines: Vec<&str> = text.lines().collect();
    let others: Vec<&str> = other.lines().collect();
    let (cut, from) = (random.below(lines.len()), random.below(others.len()));
    let mut joined = lines[..cut].join("\n");
    joined.push('\n');
    joined.push_str(&others[from..].join("\n"));
    joined.truncate(boundary(&joined, largest.min(joined.len())));
    joined
}
