//! Words: how names are taken apart, and what they become as one thing instead of many.
//!
//! English only, and only as far as the names in API documents need. It must not know types or Rust.

/// The words of a name, in lower case: `getMassMessageOverview`, `mass-messaging` and `HTTPServer2` alike.
pub(crate) fn split(name: &str) -> Vec<String> {
    let mut words: Vec<String> = Vec::new();
    let mut word = String::new();
    let letters: Vec<char> = name.chars().flat_map(plain).collect();
    for (index, &c) in letters.iter().enumerate() {
        if !c.is_alphanumeric() {
            flush(&mut word, &mut words);
            continue;
        }
        let before = index.checked_sub(1).map(|index| letters[index]);
        let after = letters.get(index + 1).copied();
        let starts = match before {
            Some(before) if before.is_alphanumeric() => {
                (c.is_uppercase() && (before.is_lowercase() || before.is_numeric()))
                    || (c.is_uppercase()
                        && before.is_uppercase()
                        && after.is_some_and(char::is_lowercase)
                        && !is_plural_acronym(&letters, index))
            }
            Some(_) | None => false,
        };
        if starts {
            flush(&mut word, &mut words);
        }
        word.extend(c.to_lowercase());
    }
    flush(&mut word, &mut words);
    words
}

/// The `s` in `userIDs` does not start a word.
fn is_plural_acronym(letters: &[char], index: usize) -> bool {
    letters.get(index + 1) == Some(&'s')
        && letters.get(index + 2).is_none_or(|next| !next.is_lowercase())
}

fn flush(word: &mut String, words: &mut Vec<String>) {
    if !word.is_empty() {
        words.push(std::mem::take(word));
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
    words.iter().map(|word| capital(word)).collect()
}

fn capital(word: &str) -> String {
    let mut chars = word.chars();
    chars.next().map(|first| first.to_uppercase().chain(chars).collect()).unwrap_or_default()
}

/// One of what the word means many of; the word itself where it means one, or no plural.
pub(crate) fn singular(word: &str) -> String {
    const SAME: [&str; 26] = [
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
        return (*one).to_owned();
    }
    if SAME.contains(&word)
        || word.len() < 3
        || !word.ends_with('s')
        || word.ends_with("ss")
        || word.ends_with("us")
        || word.ends_with("is")
    {
        return word.to_owned();
    }
    if let Some(stem) = word.strip_suffix("ies").filter(|stem| stem.len() > 1) {
        return format!("{stem}y");
    }
    for ending in ["sses", "shes", "ches", "xes", "zes"] {
        if word.ends_with(ending) {
            return word[..word.len() - 2].to_owned();
        }
    }
    word[..word.len() - 1].to_owned()
}

/// Whether the word means many.
pub(crate) fn is_plural(word: &str) -> bool {
    singular(word) != word || matches!(word, "media" | "data")
}

/// The words with the last one as one thing.
pub(crate) fn singular_last(words: &[String]) -> Vec<String> {
    let mut words = words.to_vec();
    if let Some(last) = words.last_mut() {
        *last = singular(last);
    }
    words
}

/// What two forms of one word share: `messaging`, `message` and `messages` alike.
pub(crate) fn stem(word: &str) -> String {
    let one = singular(word);
    let cut = one.strip_suffix("ing").filter(|stem| stem.len() > 2).unwrap_or(&one);
    cut.strip_suffix('e').filter(|stem| stem.len() > 2).unwrap_or(cut).to_owned()
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
