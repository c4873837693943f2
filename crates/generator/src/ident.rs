//! From words to names that can stand in Rust, whatever the words are.
//!
//! One rule each for what Rust forbids: a name that starts with a digit gets a `p` in front (`p240`), letters that
//! no identifier may hold go, and a sign that stands alone or in front is called by its name (`-created_at` is
//! `minus_created_at`). What only needs escaping (`type`) is left to the emitters.

use std::collections::{HashMap, HashSet};

use crate::words;

/// The words of a property, parameter or enum value. Never empty.
pub(crate) fn words_of(wire: &str) -> Vec<String> {
    if let Some((base, comparison)) = comparison(wire) {
        let mut list = words_of(base);
        list.extend(comparison.split(' ').map(str::to_owned));
        return list;
    }
    let mut list = words::split(wire);
    let negative = wire.starts_with('-') && wire[1..].starts_with(char::is_alphanumeric);
    if negative {
        list.insert(0, "minus".to_owned());
    }
    let mut list = clean(list);
    if list.is_empty() {
        list = clean(wire.chars().filter_map(sign).map(str::to_owned).collect());
    }
    if list.is_empty() {
        list.push(if wire.is_empty() { "empty".to_owned() } else { "unnamed".to_owned() });
    }
    list
}

/// A name that ends in a comparison, as filters do (`DateSent<`, `price>=`), and the comparison in words. Brackets that
/// close are none.
pub(crate) fn comparison(wire: &str) -> Option<(&str, &'static str)> {
    const SIGNS: [(&str, &str); 7] = [
        ("<=", "at most"),
        (">=", "at least"),
        ("!=", "not"),
        ("<", "less than"),
        (">", "greater than"),
        ("!", "not"),
        ("=", "equal"),
    ];
    let (base, words) =
        SIGNS.iter().find_map(|(sign, words)| Some((wire.strip_suffix(sign)?, *words)))?;
    let is_name = base.ends_with(char::is_alphanumeric) && !base.contains(['<', '>']);
    is_name.then_some((base, words))
}

/// Leaves out what no identifier may hold and what makes it longer than anybody could bear, and helps a leading digit.
pub(crate) fn clean(mut list: Vec<String>) -> Vec<String> {
    list.retain_mut(|word| {
        word.retain(unicode_ident::is_xid_continue);
        !word.is_empty()
    });
    if is_long(&list) {
        let mut letters = 0;
        if let Some((end, _)) = list[0].char_indices().nth(LONGEST) {
            list[0].truncate(end);
        }
        list.retain(|word| {
            letters += word.chars().count() + 1;
            letters <= LONGEST + 1
        });
    }
    if let Some(first) = list.first_mut()
        && !first.starts_with(unicode_ident::is_xid_start)
    {
        first.insert(0, 'p');
    }
    list
}

/// Names that have more letters are cut, between words where there are several.
pub(crate) const LONGEST: usize = 80;

/// Whether words make a name that is cut.
pub(crate) fn is_long(words: &[String]) -> bool {
    let letters: usize = words.iter().map(|word| word.chars().count()).sum();
    letters + words.len().saturating_sub(1) > LONGEST
}

/// What edition 2024 keeps to itself: strict keywords, those of editions to come, and those that only some places know.
/// The last are free elsewhere, and raw they are everywhere.
pub(crate) const KEYWORDS: [&str; 51] = [
    "abstract", "as", "async", "await", "become", "box", "break", "const", "continue", "crate",
    "do", "dyn", "else", "enum", "extern", "false", "final", "fn", "for", "gen", "if", "impl",
    "in", "let", "loop", "macro", "match", "mod", "move", "mut", "override", "priv", "pub", "ref",
    "return", "self", "static", "struct", "super", "trait", "true", "try", "type", "typeof",
    "unsafe", "unsized", "use", "virtual", "where", "while", "yield",
];

fn sign(c: char) -> Option<&'static str> {
    Some(match c {
        '*' => "star",
        '<' => "less",
        '>' => "greater",
        '=' => "equal",
        '!' => "not",
        '.' => "dot",
        '/' => "slash",
        '\\' => "backslash",
        '#' => "hash",
        '@' => "at",
        '$' => "dollar",
        '-' => "minus",
        '+' => "plus",
        '_' => "underscore",
        '?' => "question",
        ':' => "colon",
        ',' => "comma",
        '|' => "pipe",
        '~' => "tilde",
        '^' => "caret",
        ' ' => "space",
        '\n' => "newline",
        '\r' => "return",
        '\t' => "tab",
        '"' => "quote",
        '\'' => "apostrophe",
        '`' => "backtick",
        ';' => "semicolon",
        '(' | ')' => "parenthesis",
        '[' | ']' => "bracket",
        '{' | '}' => "brace",
        '%' => "percent",
        '&' => "and",
        _ => return None,
    })
}

/// Names for the parts of one thing, each told apart by its own wire name: `nullTime` beside `NullTime` becomes
/// `null_time_camel` and `null_time_pascal`. `write` puts words together, `reserved` are the names that are taken.
pub(crate) fn distinct(
    wires: &[&str],
    write: fn(&[String]) -> String,
    reserved: &[&str],
) -> Vec<String> {
    let mut names: Vec<String> = wires.iter().map(|wire| write(&words_of(wire))).collect();
    let mut seen = HashSet::with_capacity(names.len());
    if names.iter().all(|name| !reserved.contains(&name.as_str()) && seen.insert(name.as_str())) {
        return names;
    }
    let mut sharers: HashMap<String, usize> = HashMap::new();
    for name in &names {
        *sharers.entry(name.clone()).or_default() += 1;
    }
    for (name, wire) in names.iter_mut().zip(wires) {
        let shared = sharers.get(name).is_some_and(|count| *count > 1);
        if reserved.contains(&name.as_str()) || (shared && name != wire) {
            let mut words = words_of(wire);
            words.push(if shared { house_style(wire).to_owned() } else { "value".to_owned() });
            *name = write(&words);
        }
    }
    // Names that differ by signs only: the last resort is a number, by the order of the wire names.
    let mut order: Vec<usize> = (0..names.len()).collect();
    order.sort_by_key(|index| wires[*index]);
    let mut taken: HashMap<String, usize> = HashMap::new();
    for index in order {
        let seen = taken.entry(names[index].clone()).or_default();
        *seen += 1;
        if *seen > 1 {
            let mut name = format!("{}_{}", names[index], *seen);
            while names.contains(&name) {
                name.push('_');
            }
            names[index] = name;
        }
    }
    names
}

pub(crate) fn house_style(wire: &str) -> &'static str {
    let has = |test: fn(char) -> bool| wire.chars().any(test);
    if !has(char::is_alphanumeric) {
        "sign"
    } else if wire.contains('-') {
        "kebab"
    } else if wire.contains(' ') {
        "spaced"
    } else if wire.contains('.') {
        "dotted"
    } else if has(char::is_uppercase) && !has(char::is_lowercase) {
        "upper"
    } else if wire.starts_with(char::is_uppercase) {
        "pascal"
    } else if has(char::is_uppercase) {
        "camel"
    } else if wire.starts_with('_') {
        "underscored"
    } else if wire.contains('_') {
        "snake"
    } else {
        "plain"
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whatever_the_wire_says_a_name_comes_out() {
        let cases = [
            ("240", "p240"),
            ("-created_at", "minus_created_at"),
            ("+1", "plus_1"),
            ("", "empty"),
            ("*", "star"),
            ("²", "unnamed"),
            ("\u{1f600}", "unnamed"),
            ("_meta", "meta"),
            ("größe", "groesse"),
            ("DateSent<", "date_sent_less_than"),
            ("price>=", "price_at_least"),
            ("state!", "state_not"),
            ("Page<User>", "page_user"),
            ("<", "less"),
        ];
        for (wire, name) in cases {
            assert_eq!(words::snake(&words_of(wire)), name, "{wire:?}");
        }
    }

    #[test]
    fn what_collides_is_told_apart_by_its_own_letters() {
        assert_eq!(
            distinct(&["nullTime", "NullTime"], words::snake, &[]),
            ["null_time_camel", "null_time_pascal"]
        );
        assert_eq!(
            distinct(&["created_at", "createdAt"], words::snake, &[]),
            ["created_at", "created_at_camel"]
        );
        assert_eq!(distinct(&["a", "a."], words::snake, &[]), ["a", "a_dotted"]);
        assert_eq!(distinct(&["send"], words::snake, &["send"]), ["send_value"]);
    }
}
