//! Words: how names are taken apart, and what they become as one thing instead of many.
//!
//! English only, and only as far as the names in API documents need. It must not know types or Rust.

use std::borrow::Cow;

/// The words of a name, in lower case: `getMassMessageOverview`, `mass-messaging` and `HTTPServer2` alike.
pub(crate) fn split(name: &str) -> Vec<String> {
    let name = spelled(name);
    let name = whole(&name);
    let mut words: Vec<String> = Vec::new();
    let mut start = 0;
    let mut before: Option<char> = None;
    for (at, c) in name.char_indices() {
        let begins = before.is_some_and(|before| begins_word(before, &name[at..]));
        if !c.is_alphanumeric() || begins {
            words.extend(lower(&name[start..at]));
            start = if begins { at } else { at + c.len_utf8() };
        }
        before = Some(c);
    }
    words.extend(lower(&name[start..]));
    words
}

/// Words that have capitals in them, and are one word all the same.
const WHOLE: [&str; 22] = [
    "OAuth",
    "OpenAPI",
    "OpenID",
    "PostgreSQL",
    "MySQL",
    "NoSQL",
    "SQLite",
    "MongoDB",
    "DynamoDB",
    "GraphQL",
    "GitHub",
    "GitLab",
    "IPv4",
    "IPv6",
    "YouTube",
    "LinkedIn",
    "TikTok",
    "PayPal",
    "WordPress",
    "JavaScript",
    "TypeScript",
    "WiFi",
];

/// A name in which such words have no capitals but the first.
fn whole(name: &str) -> Cow<'_, str> {
    let has_capitals = name.bytes().filter(u8::is_ascii_uppercase).nth(1).is_some();
    if !has_capitals || !WHOLE.iter().any(|word| name.contains(word)) {
        return Cow::Borrowed(name);
    }
    let mut out = String::with_capacity(name.len());
    let mut rest = name;
    while let Some(first) = rest.chars().next() {
        let ends = |after: &str| !after.starts_with(char::is_lowercase);
        let word = WHOLE.iter().find(|word| rest.strip_prefix(**word).is_some_and(ends));
        let taken = match word {
            Some(word) => {
                out.push(first);
                out.push_str(&word[first.len_utf8()..].to_ascii_lowercase());
                word.len()
            }
            None => {
                out.push(first);
                first.len_utf8()
            }
        };
        rest = &rest[taken..];
    }
    Cow::Owned(out)
}

/// Whether a word begins with `rest`, which follows the letter `before` directly.
fn begins_word(before: char, rest: &str) -> bool {
    let mut letters = rest.chars();
    if !letters.next().is_some_and(char::is_uppercase) {
        return false;
    }
    if before.is_lowercase() || before.is_numeric() {
        return true;
    }
    // The last capital of several begins a word where small letters follow; but the `s` in `userIDs` does not count.
    let (next, afterwards) = (letters.next(), letters.next());
    let is_plural_acronym = next == Some('s') && afterwards.is_none_or(|c| !c.is_lowercase());
    before.is_uppercase() && next.is_some_and(char::is_lowercase) && !is_plural_acronym
}

fn lower(word: &str) -> Option<String> {
    if word.is_empty() {
        None
    } else if word.is_ascii() {
        Some(word.to_ascii_lowercase())
    } else {
        Some(word.chars().flat_map(char::to_lowercase).collect())
    }
}

/// A name with its signs and accents spelled out; most have none.
fn spelled(name: &str) -> Cow<'_, str> {
    let is_plain = |byte: u8| byte.is_ascii() && !matches!(byte, b'+' | b'&' | b'%' | b'\'' | b'`');
    if name.bytes().all(is_plain) {
        Cow::Borrowed(name)
    } else {
        Cow::Owned(name.chars().flat_map(plain).collect())
    }
}

/// Signs that mean something become words, accents go; other scripts stay as they are.
fn plain(c: char) -> impl Iterator<Item = char> {
    // Capitals with an accent start a word as others do.
    let capital = c.is_uppercase() && !c.is_ascii();
    let lower = if capital { c.to_lowercase().next().unwrap_or(c) } else { c };
    let text: &str = match lower {
        '+' => " plus ",
        '&' => " and ",
        '%' => " percent ",
        '\'' | '’' | '‘' | '`' => "",
        'à' | 'á' | 'â' | 'ã' | 'å' | 'ā' | 'ą' | 'ă' => "a",
        'ä' | 'æ' => "ae",
        'ç' | 'č' | 'ć' => "c",
        'è' | 'é' | 'ê' | 'ë' | 'ē' | 'ě' | 'ę' | 'ė' => "e",
        'ì' | 'í' | 'î' | 'ï' | 'ı' | 'ī' => "i",
        'ñ' | 'ń' | 'ň' => "n",
        'ò' | 'ó' | 'ô' | 'õ' | 'ø' | 'ō' => "o",
        'ö' | 'œ' => "oe",
        'ù' | 'ú' | 'û' | 'ů' | 'ū' => "u",
        'ü' => "ue",
        'ß' => "ss",
        'š' | 'ś' | 'ş' | 'ș' => "s",
        'ž' | 'ź' | 'ż' => "z",
        'đ' | 'ď' => "d",
        'ł' => "l",
        'ř' => "r",
        'ť' | 'ţ' | 'ț' => "t",
        'ğ' => "g",
        'ý' => "y",
        _ => return Either::One(Some(c)),
    };
    Either::Many(text.chars())
}

enum Either {
    One(Option<char>),
    Many(std::str::Chars<'static>),
}

impl Iterator for Either {
    type Item = char;

    fn next(&mut self) -> Option<char> {
        match self {
            Self::One(c) => c.take(),
            Self::Many(chars) => chars.next(),
        }
    }
}

/// `mass_message`.
pub(crate) fn snake(words: &[String]) -> String {
    words.join("_")
}

/// `MassMessage`.
pub(crate) fn pascal(words: &[String]) -> String {
    let mut name = String::with_capacity(words.iter().map(String::len).sum());
    for word in words {
        if let Some((known, digits)) = known(word) {
            name.push_str(known);
            name.push_str(digits);
            continue;
        }
        let mut letters = word.chars();
        name.extend(letters.next().into_iter().flat_map(char::to_uppercase));
        name.push_str(letters.as_str());
    }
    name
}

/// How a word is written that has capitals of its own, and the number behind it.
fn known(word: &str) -> Option<(&'static str, &str)> {
    let base = word.trim_end_matches(|c: char| c.is_ascii_digit());
    let find = |word: &str| WHOLE.iter().find(|known| known.eq_ignore_ascii_case(word)).copied();
    let whole = find(word).map(|known| (known, ""));
    whole.or_else(|| find(base).map(|known| (known, &word[base.len()..])))
}

/// One of what the word means many of; the word itself where it means one, or no plural.
pub(crate) fn singular(word: &str) -> Cow<'_, str> {
    const SAME: [&str; 29] = [
        "news",
        "series",
        "species",
        "status",
        "address",
        "access",
        "process",
        "business",
        "class",
        "success",
        "analysis",
        "basis",
        "bonus",
        "campus",
        "canvas",
        "bus",
        "gas",
        "lens",
        "progress",
        "express",
        "always",
        "perhaps",
        "has",
        "was",
        "this",
        "sometimes",
        "previous",
        "sms",
        "dns",
    ];
    const IRREGULAR: [(&str, &str); 16] = [
        ("people", "person"),
        ("children", "child"),
        ("men", "man"),
        ("women", "woman"),
        ("media", "media"),
        ("data", "data"),
        ("indices", "index"),
        ("vertices", "vertex"),
        ("matrices", "matrix"),
        ("criteria", "criterion"),
        ("movies", "movie"),
        ("cookies", "cookie"),
        ("statuses", "status"),
        ("analyses", "analysis"),
        ("aliases", "alias"),
        ("leaves", "leaf"),
    ];
    if let Some((_, one)) = IRREGULAR.iter().find(|(many, _)| *many == word) {
        return Cow::Borrowed(one);
    }
    if SAME.contains(&word)
        || word.len() < 3
        || !word.ends_with('s')
        || word.ends_with("ss")
        || word.ends_with("us")
        || word.ends_with("is")
    {
        return Cow::Borrowed(word);
    }
    if let Some(stem) = word.strip_suffix("ies").filter(|stem| stem.len() > 1) {
        return Cow::Owned(format!("{stem}y"));
    }
    for ending in ["sses", "shes", "ches", "xes", "zes"] {
        if word.ends_with(ending) {
            return Cow::Borrowed(&word[..word.len() - 2]);
        }
    }
    Cow::Borrowed(&word[..word.len() - 1])
}

/// Whether the word means many.
pub(crate) fn is_plural(word: &str) -> bool {
    singular(word) != word || matches!(word, "media" | "data")
}

/// The words with the last one as one thing.
pub(crate) fn singular_last(mut words: Vec<String>) -> Vec<String> {
    if let Some(last) = words.last_mut() {
        *last = singular(last).into_owned();
    }
    words
}

/// What two forms of one word share: `messaging`, `message` and `messages` alike.
pub(crate) fn stem(word: &str) -> Cow<'_, str> {
    let cut = |word: &str| -> usize {
        let cut = word.strip_suffix("ing").filter(|stem| stem.len() > 2).unwrap_or(word);
        cut.strip_suffix('e').filter(|stem| stem.len() > 2).unwrap_or(cut).len()
    };
    match singular(word) {
        Cow::Borrowed(one) => Cow::Borrowed(&one[..cut(one)]),
        Cow::Owned(mut one) => {
            one.truncate(cut(&one));
            Cow::Owned(one)
        }
    }
}

/// Whether two words are forms of one.
pub(crate) fn is_same(one: &str, other: &str) -> bool {
    one == other || stem(one) == stem(other)
}

/// Whether the word says what is done, as operationIds start or end with.
pub(crate) fn is_plain_verb(word: &str) -> bool {
    matches!(
        word,
        "get"
            | "list"
            | "retrieve"
            | "fetch"
            | "show"
            | "index"
            | "read"
            | "find"
            | "create"
            | "store"
            | "add"
            | "post"
            | "new"
            | "update"
            | "edit"
            | "put"
            | "patch"
            | "save"
            | "set"
            | "delete"
            | "destroy"
            | "remove"
            | "return"
            | "display"
            | "view"
            | "browse"
            | "all"
            | "query"
    )
}

/// Whether the word says where the next belongs.
pub(crate) fn is_preposition(word: &str) -> bool {
    matches!(
        word,
        "of" | "for"
            | "in"
            | "on"
            | "to"
            | "from"
            | "with"
            | "by"
            | "at"
            | "used"
            | "via"
            | "without"
            | "under"
    )
}

/// Whether the word joins others and names nothing.
pub(crate) fn is_filler(word: &str) -> bool {
    matches!(
        word,
        "a" | "an"
            | "the"
            | "of"
            | "for"
            | "by"
            | "with"
            | "in"
            | "on"
            | "to"
            | "from"
            | "and"
            | "or"
            | "at"
            | "as"
            | "is"
            | "specified"
            | "given"
            | "current"
            | "resource"
            | "listing"
            | "single"
            | "specific"
            | "newly"
            | "created"
            | "storage"
            | "your"
            | "their"
            | "its"
    )
}

/// Whether the word says which of many, and stands behind what it belongs to in operationIds.
pub(crate) fn is_adjective(word: &str) -> bool {
    matches!(
        word,
        "active"
            | "expired"
            | "latest"
            | "top"
            | "recent"
            | "pinned"
            | "archived"
            | "shared"
            | "public"
            | "private"
            | "pending"
            | "upcoming"
            | "past"
            | "available"
            | "popular"
            | "featured"
            | "related"
            | "deleted"
            | "trashed"
            | "unread"
            | "own"
            | "new"
    )
}

/// Whether a property's name says nothing of what it holds.
pub(crate) fn is_generic(word: &str) -> bool {
    matches!(
        word,
        "data"
            | "datas"
            | "item"
            | "items"
            | "list"
            | "lists"
            | "result"
            | "results"
            | "value"
            | "values"
            | "object"
            | "objects"
            | "element"
            | "elements"
            | "entry"
            | "entries"
            | "record"
            | "records"
            | "row"
            | "rows"
            | "response"
            | "payload"
            | "embedded"
            | "content"
            | "body"
            | "attribute"
            | "attributes"
            | "resource"
            | "resources"
            | "collection"
            | "edge"
            | "edges"
            | "node"
            | "nodes"
            | "hit"
            | "hits"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_come_apart_at_every_house_style() {
        let cases = [
            ("getMassMessageOverview", "get mass message overview"),
            ("HTTPServer2Port", "http server2 port"),
            ("userIDs", "user ids"),
            ("is_ready", "is ready"),
            ("Analytics - Financial", "analytics financial"),
            ("Über Größe", "ueber groesse"),
            ("日本 語", "日本 語"),
            ("+1", "plus 1"),
            ("getOAuth2Token", "get oauth2 token"),
            ("PostgreSQLCluster", "postgresql cluster"),
            ("ListIPv4Addresses", "list ipv4 addresses"),
            ("linkGitHubRepo", "link github repo"),
            ("OAuthorIs", "o author is"),
            ("someone's", "someones"),
            ("", ""),
        ];
        for (name, words) in cases {
            assert_eq!(split(name).join(" "), words, "{name}");
        }
    }

    #[test]
    fn many_become_one() {
        let cases = [
            ("messages", "message"),
            ("categories", "category"),
            ("boxes", "box"),
            ("statuses", "status"),
            ("status", "status"),
            ("addresses", "address"),
            ("media", "media"),
            ("people", "person"),
            ("caches", "cach"),
            ("bus", "bus"),
            ("as", "as"),
        ];
        for (many, one) in cases {
            // "caches" shows the limit: without a dictionary, "ches" is taken for the plural of "ch".
            assert_eq!(singular(many), one, "{many}");
        }
        assert_eq!(stem("messaging"), stem("messages"));
    }
}
