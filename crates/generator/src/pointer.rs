//! JSON pointers (RFC 6901): where something stands in a document.
//!
//! A pointer says *where*, never *what*: it knows nothing of OpenAPI, of files or of lines.

use std::borrow::Cow;
use std::fmt;

/// A place in a document, such as `/paths/~1api~1{account}/get`.
///
/// Pointers are kept in their written form, so that they can be shown, compared and handed to
/// [`serde_json::Value::pointer`] without any work.
///
/// ```
/// use lockstep_generator::pointer::Pointer;
///
/// let get = Pointer::root().child("paths").child("/api/{account}").child("get");
/// assert_eq!(get.to_string(), "/paths/~1api~1{account}/get");
/// assert_eq!(get.last().as_deref(), Some("get"));
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Pointer(String);

impl Pointer {
    /// The whole document.
    pub fn root() -> Self {
        Self::default()
    }

    /// Reads the written form; `None` if it is neither empty nor begins with a slash.
    pub fn parse(text: &str) -> Option<Self> {
        (text.is_empty() || text.starts_with('/')).then(|| Self(text.to_owned()))
    }

    /// Reads the fragment of a `$ref` such as `#/components/schemas/Pet`, undoing its percent
    /// encoding. `None` if it does not point into the same document.
    ///
    /// ```
    /// use lockstep_generator::pointer::Pointer;
    ///
    /// let pointer = Pointer::from_fragment("#/paths/~1a%7Bid%7D").unwrap();
    /// assert_eq!(pointer.as_str(), "/paths/~1a{id}");
    /// assert_eq!(Pointer::from_fragment("other.yaml#/a"), None);
    /// ```
    pub fn from_fragment(reference: &str) -> Option<Self> {
        Self::parse(&percent_decode(reference.strip_prefix('#')?))
    }

    /// The place of the member `token` of the object here.
    #[must_use]
    pub fn child(&self, token: &str) -> Self {
        let mut text = String::with_capacity(self.0.len() + token.len() + 1);
        text.push_str(&self.0);
        text.push('/');
        for letter in token.chars() {
            match letter {
                '~' => text.push_str("~0"),
                '/' => text.push_str("~1"),
                other => text.push(other),
            }
        }
        Self(text)
    }

    /// The place of the element `index` of the list here.
    #[must_use]
    pub fn index(&self, index: usize) -> Self {
        Self(format!("{}/{index}", self.0))
    }

    /// The place of the object or list that holds this one; `None` at the root.
    pub fn parent(&self) -> Option<Self> {
        self.0.rfind('/').map(|slash| Self(self.0[..slash].to_owned()))
    }

    /// The last token, decoded; `None` at the root.
    pub fn last(&self) -> Option<Cow<'_, str>> {
        self.0.rfind('/').map(|slash| decode(&self.0[slash + 1..]))
    }

    /// Every token from the root on, decoded.
    pub fn tokens(&self) -> impl Iterator<Item = Cow<'_, str>> {
        self.0.split('/').skip(1).map(decode)
    }

    /// What follows `ancestor`, in written form, when this place is `ancestor` or below it.
    ///
    /// ```
    /// use lockstep_generator::pointer::Pointer;
    ///
    /// let place = Pointer::parse("/a/b/c").unwrap();
    /// assert_eq!(place.below(&Pointer::parse("/a").unwrap()), Some("/b/c"));
    /// assert_eq!(place.below(&Pointer::parse("/a/bb").unwrap()), None);
    /// ```
    pub fn below(&self, ancestor: &Self) -> Option<&str> {
        let rest = self.0.strip_prefix(ancestor.as_str())?;
        (rest.is_empty() || rest.starts_with('/')).then_some(rest)
    }

    /// This place followed by `rest`, which is in written form, as [`Pointer::below`] gives it.
    #[must_use]
    pub fn join(&self, rest: &str) -> Self {
        Self(format!("{}{rest}", self.0))
    }

    /// The written form.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Pointer {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.0)
    }
}

fn decode(token: &str) -> Cow<'_, str> {
    if token.contains('~') {
        Cow::Owned(token.replace("~1", "/").replace("~0", "~"))
    } else {
        Cow::Borrowed(token)
    }
}

/// Undoes percent encoding; what is no valid escape, or would not be UTF-8, stays as it is.
pub(crate) fn percent_decode(text: &str) -> Cow<'_, str> {
    if !text.contains('%') {
        return Cow::Borrowed(text);
    }
    let bytes = text.as_bytes();
    let mut out = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while at < bytes.len() {
        let digits = bytes.get(at + 1..at + 3).and_then(|pair| std::str::from_utf8(pair).ok());
        let byte = digits
            .filter(|pair| pair.bytes().all(|digit| digit.is_ascii_hexdigit()))
            .and_then(|pair| u8::from_str_radix(pair, 16).ok());
        match byte {
            Some(byte) if bytes[at] == b'%' => {
                out.push(byte);
                at += 3;
            }
            _ => {
                out.push(bytes[at]);
                at += 1;
            }
        }
    }
    String::from_utf8(out).map_or(Cow::Borrowed(text), Cow::Owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tokens_survive_the_written_form() {
        let pointer = Pointer::root().child("a/b").child("~1").child("").index(3);
        assert_eq!(pointer.as_str(), "/a~1b/~01//3");
        assert_eq!(pointer.tokens().collect::<Vec<_>>(), ["a/b", "~1", "", "3"]);
        assert_eq!(pointer.parent(), Pointer::parse("/a~1b/~01/"));
        assert_eq!(Pointer::root().parent(), None);
        assert_eq!(Pointer::root().tokens().count(), 0);
    }

    #[test]
    fn odd_percent_signs_stay() {
        for text in ["%", "%2", "%zz", "a%+1", "%é", "%ff"] {
            assert_eq!(percent_decode(text), text);
        }
        assert_eq!(percent_decode("%C3%A9%20"), "é ");
    }
}
