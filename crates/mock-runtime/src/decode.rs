//! Parameters: from the text of a request to typed values, by style.
//!
//! Lenient in form, strict in value. A client that writes `ids[]=1&ids[]=2` or `ids=1,2` where
//! the document says `ids=1&ids=2` is understood, because clients in the wild do that;
//! whether the value fits its schema is judged elsewhere.

use serde_json::{Map, Value};

use crate::data::Style;
use crate::schema::{View, coerce};
use crate::text::{Pair, percent_decode};

/// How deep `a[b][c]…` may nest.
const NESTING: usize = 16;

/// Reads a query parameter. `None` when it is absent.
pub(crate) fn query(
    name: &str,
    style: Style,
    explode: bool,
    view: Option<View<'_>>,
    pairs: &[Pair<'_>],
) -> Option<Value> {
    let types = view.map(View::types).unwrap_or_default();
    let mut plain = pairs.iter().filter(|pair| pair.name == name).peekable();
    let bracketed = || bracketed(name, view, pairs);
    if style == Style::Json {
        let text = &plain.next()?.value;
        return Some(
            serde_json::from_str(text).unwrap_or_else(|_| Value::String(text.to_string())),
        );
    }
    if types.array && !types.string {
        return if plain.peek().is_some() {
            Some(list(style, explode, view, plain))
        } else {
            bracketed()
        };
    }
    if types.object && !types.string {
        return match plain.next() {
            Some(pair) if json_of(&pair.value, true, false).is_some() => {
                json_of(&pair.value, true, false)
            }
            Some(pair) if pair.raw.contains(',') => Some(coerce(alternating(pair.raw), view)),
            Some(pair) => Some(coerce(Value::String(pair.value.to_string()), view)),
            None => bracketed().or_else(|| spread(style, view, pairs)),
        };
    }
    // PHP and most servers let the last of several plain values win.
    let last = plain.last().map(|pair| coerce(Value::String(pair.value.to_string()), view));
    last.or_else(|| if types.unknown() { bracketed() } else { None })
}

/// Reads a path, header or cookie parameter from its decoded text.
pub(crate) fn simple(
    name: &str,
    style: Style,
    explode: bool,
    view: Option<View<'_>>,
    text: &str,
) -> Value {
    let types = view.map(View::types).unwrap_or_default();
    let (text, separator) = match style {
        Style::Label => (text.strip_prefix('.').unwrap_or(text), if explode { '.' } else { ',' }),
        Style::Matrix => {
            let text = text.strip_prefix(';').unwrap_or(text);
            let own = text.strip_prefix(name).and_then(|text| text.strip_prefix('='));
            (own.unwrap_or(text), if explode { ';' } else { ',' })
        }
        Style::Json => {
            return serde_json::from_str(text).unwrap_or_else(|_| Value::String(text.to_owned()));
        }
        _ => (text, ','),
    };
    let items = view.and_then(View::items).map(View::types).unwrap_or_default();
    let wants_objects = types.array && items.object && !items.string;
    let (is_object, is_list) = (types.object && !types.string, wants_objects);
    if let Some(value) = json_of(text, is_object || wants_objects, is_list) {
        let is_lone = wants_objects && value.is_object();
        return coerce(if is_lone { Value::Array(vec![value]) } else { value }, view);
    }
    let pieces = || {
        text.split(separator).map(|piece| {
            piece.strip_prefix(name).and_then(|rest| rest.strip_prefix('=')).unwrap_or(piece)
        })
    };
    let value = if types.array && !types.string {
        pieces().map(|piece| Value::String(piece.to_owned())).collect()
    } else if types.object && !types.string && explode {
        let pairs = text.split(separator).filter_map(|piece| piece.split_once('='));
        Value::Object(pairs.map(|(name, value)| (name.to_owned(), value.into())).collect())
    } else if types.object && !types.string {
        alternating(text)
    } else {
        Value::String(text.to_owned())
    };
    coerce(value, view)
}

fn list<'p>(
    style: Style,
    explode: bool,
    view: Option<View<'_>>,
    plain: impl Iterator<Item = &'p Pair<'p>>,
) -> Value {
    let items = view.and_then(View::items);
    let text_items =
        items.is_none_or(|items| items.types().string && items.node.get("enum").is_none());
    let separators: &[char] = match style {
        Style::SpaceDelimited if !explode => &[' '],
        Style::PipeDelimited if !explode => &['|'],
        Style::Comma => &[','],
        Style::Form if !explode => &[','],
        // A comma cannot be part of a number or of most enumerated words.
        _ if !text_items => &[','],
        _ => &[],
    };
    let wants_objects = items.is_some_and(|items| items.types().object && !items.types().string);
    let mut values = Vec::new();
    for pair in plain {
        // Objects have no other form here than JSON, whose commas separate nothing.
        if let Some(value) = json_of(&pair.value, wants_objects, wants_objects) {
            match value {
                Value::Array(list) => values.extend(list.iter().map(Value::to_string)),
                value => values.push(value.to_string()),
            }
            continue;
        }
        // An encoded separator belongs to the item, unless the client encodes all of them.
        let literal = separators.iter().any(|separator| pair.raw.contains(*separator));
        if literal {
            let pieces = pair.raw.split(separators);
            values.extend(
                pieces.map(|piece| percent_decode(piece, true).unwrap_or_default().into_owned()),
            );
        } else if pair.value.is_empty() && !separators.is_empty() {
            // `ids=` is an empty list.
        } else {
            values.extend(pair.value.split(separators).map(str::to_owned));
        }
    }
    values.into_iter().map(|value| coerce(Value::String(value), items)).collect()
}

/// The object, or the list, that a text is as JSON.
fn json_of(text: &str, takes_object: bool, takes_list: bool) -> Option<Value> {
    let text = text.trim();
    let is_one = (takes_object && text.starts_with('{')) || (takes_list && text.starts_with('['));
    is_one.then(|| serde_json::from_str(text).ok()).flatten()
}

/// `a,1,b,2` as an object.
fn alternating(raw: &str) -> Value {
    let mut map = Map::new();
    let mut pieces =
        raw.split(',').map(|piece| percent_decode(piece, true).unwrap_or_default().into_owned());
    while let (Some(name), Some(value)) = (pieces.next(), pieces.next()) {
        map.insert(name, Value::String(value));
    }
    Value::Object(map)
}

/// An object whose properties are parameters of their own (form, exploded).
fn spread(style: Style, view: Option<View<'_>>, pairs: &[Pair<'_>]) -> Option<Value> {
    if style != Style::Form {
        return None;
    }
    let view = view?;
    let mut map = Map::new();
    for name in view.property_names() {
        if let Some(pair) = pairs.iter().rev().find(|pair| pair.name == name) {
            map.insert(name.to_owned(), Value::String(pair.value.to_string()));
        }
    }
    if map.is_empty() { None } else { Some(coerce(Value::Object(map), Some(view))) }
}

/// `a[x]=1&a[y][]=2`
fn bracketed(name: &str, view: Option<View<'_>>, pairs: &[Pair<'_>]) -> Option<Value> {
    let own = pairs
        .iter()
        .filter(|pair| pair.name.strip_prefix(name).is_some_and(|rest| rest.starts_with('[')));
    let mut nested = Map::new();
    for pair in own {
        nest(&mut nested, &pair.name, Value::String(pair.value.to_string()), false);
    }
    nested.shift_remove(name).map(|value| coerce(value, view))
}

/// Puts a value at a bracketed name. `collect` keeps all values of a repeated plain name.
///
/// `false` when the name nests too deep or contradicts an earlier one.
pub(crate) fn nest(map: &mut Map<String, Value>, name: &str, value: Value, collect: bool) -> bool {
    let Some((first, keys)) = split_name(name) else { return false };
    let Some((last, middle)) = keys.split_last() else {
        match map.get_mut(first) {
            Some(Value::Array(items)) if collect => items.push(value),
            Some(earlier) if collect => *earlier = Value::Array(vec![earlier.take(), value]),
            _ => {
                map.insert(first.to_owned(), value);
            }
        }
        return true;
    };
    let mut slot = map.entry(first).or_insert(Value::Null);
    for key in middle {
        let Some(inner) = step(slot, key) else { return false };
        slot = inner;
    }
    match step(slot, last) {
        Some(slot) => {
            *slot = value;
            true
        }
        None => false,
    }
}

fn step<'v>(slot: &'v mut Value, key: &str) -> Option<&'v mut Value> {
    if slot.is_null() {
        *slot = if key.is_empty() { Value::Array(Vec::new()) } else { Value::Object(Map::new()) };
    }
    match slot {
        Value::Array(items) if key.is_empty() => {
            items.push(Value::Null);
            items.last_mut()
        }
        Value::Object(map) => {
            let key = if key.is_empty() { map.len().to_string() } else { key.to_owned() };
            Some(map.entry(key).or_insert(Value::Null))
        }
        _ => None,
    }
}

/// `a[b][]` into `a` and `["b", ""]`. A name with stray brackets is a plain name.
fn split_name(name: &str) -> Option<(&str, Vec<&str>)> {
    let Some(open) = name.find('[').filter(|open| *open > 0 && name.ends_with(']')) else {
        return Some((name, Vec::new()));
    };
    let keys: Vec<_> = name[open + 1..name.len() - 1].split("][").collect();
    if keys.len() > NESTING { None } else { Some((&name[..open], keys)) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::pairs;
    use serde_json::json;

    fn read(schema: Value, style: Style, explode: bool, text: &str) -> Value {
        let pairs = pairs(text, 99).expect("well formed");
        query("a", style, explode, Some(View::root(&schema)), &pairs).unwrap_or(json!("absent"))
    }

    #[test]
    fn objects_in_lists_are_json_whose_commas_separate_nothing() {
        let list = json!({"type": "array", "items": {"type": "object"}});
        let wanted = json!([{"x": 1, "y": [2, 3]}]);
        for (style, explode) in [(Style::Form, true), (Style::Form, false), (Style::Comma, true)] {
            for text in [r#"a={"x":1,"y":[2,3]}"#, "a=%7B%22x%22:1%2C%22y%22:%5B2,3%5D%7D"] {
                assert_eq!(read(list.clone(), style, explode, text), wanted, "{text}");
            }
        }
        let object = json!({"type": "object"});
        assert_eq!(read(object, Style::Form, false, r#"a={"x":1,"y":2}"#), json!({"x": 1, "y": 2}));
    }

    #[test]
    fn lists_in_every_style() {
        let numbers = json!({"type": "array", "items": {"type": "integer"}});
        for (style, explode, text) in [
            (Style::Form, true, "a=1&a=2"),
            (Style::Form, true, "a=1,2"),
            (Style::Form, true, "a[]=1&a[]=2"),
            (Style::Form, true, "a%5B0%5D=1&a%5B1%5D=2"),
            (Style::Form, false, "a=1%2C2"),
            (Style::Comma, true, "a=1,2"),
            (Style::SpaceDelimited, false, "a=1%202"),
            (Style::SpaceDelimited, false, "a=1+2"),
            (Style::PipeDelimited, false, "a=1|2"),
            (Style::Brackets, true, "a[]=1&a[]=2"),
            (Style::Json, true, "a=[1,2]"),
        ] {
            assert_eq!(
                read(numbers.clone(), style, explode, text),
                json!([1, 2]),
                "{style:?} {text}"
            );
        }
        let words = json!({"type": "array", "items": {"type": "string"}});
        assert_eq!(read(words.clone(), Style::Form, true, "a=x,y"), json!(["x,y"]));
        assert_eq!(read(words.clone(), Style::Comma, true, "a=x%2Cy,z"), json!(["x,y", "z"]));
        assert_eq!(read(words.clone(), Style::Comma, true, "a="), json!([]));
        assert_eq!(read(words, Style::Comma, true, "b=1"), json!("absent"));
    }

    #[test]
    fn objects_in_every_style() {
        let schema = json!({"type": "object", "properties": {"x": {"type": "integer"}, "y": {"type": "object", "properties": {"z": {"type": "boolean"}}}}});
        for (style, text) in [
            (Style::DeepObject, "a[x]=1&a[y][z]=true"),
            (Style::Brackets, "a%5Bx%5D=1&a%5By%5D%5Bz%5D=1"),
            (Style::Json, r#"a={"x":1,"y":{"z":true}}"#),
        ] {
            assert_eq!(
                read(schema.clone(), style, true, text),
                json!({"x": 1, "y": {"z": true}}),
                "{text}"
            );
        }
        assert_eq!(read(schema.clone(), Style::Form, true, "x=1&q=2"), json!({"x": 1}));
        assert_eq!(read(schema.clone(), Style::Form, false, "a=x,1"), json!({"x": 1}));
        assert_eq!(read(schema, Style::DeepObject, true, "x=1"), json!("absent"));
    }

    #[test]
    fn scalars_and_oddities() {
        assert_eq!(read(json!({"type": "integer"}), Style::Form, true, "a=1&a=2"), json!(2));
        assert_eq!(read(json!({"type": "integer"}), Style::Form, true, "a=x"), json!("x"));
        assert_eq!(read(json!({"type": "string"}), Style::Form, true, "a=5"), json!("5"));
        assert_eq!(read(json!({"type": "string"}), Style::Form, true, "a[]=5"), json!("absent"));
        let deep = format!("a{}=1", "[b]".repeat(40));
        assert_eq!(read(json!({}), Style::Form, true, &deep), json!("absent"));
        assert_eq!(read(json!({}), Style::Form, true, "a[b=1&a]=2"), json!("absent"));
    }

    #[test]
    fn paths_and_headers() {
        let numbers = json!({"type": "array", "items": {"type": "integer"}});
        let view = Some(View::root(&numbers));
        assert_eq!(simple("a", Style::Simple, false, view, "1,2"), json!([1, 2]));
        assert_eq!(simple("a", Style::Label, true, view, ".1.2"), json!([1, 2]));
        assert_eq!(simple("a", Style::Matrix, true, view, ";a=1;a=2"), json!([1, 2]));
        assert_eq!(simple("a", Style::Matrix, false, view, ";a=1,2"), json!([1, 2]));
        let object = json!({"type": "object", "properties": {"x": {"type": "integer"}}});
        assert_eq!(
            simple("a", Style::Simple, true, Some(View::root(&object)), "x=1"),
            json!({"x": 1})
        );
        assert_eq!(
            simple("a", Style::Simple, false, Some(View::root(&object)), "x,1"),
            json!({"x": 1})
        );
    }
}
