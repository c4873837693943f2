//! References as texts: what is before the `#`, what is behind it, and where a relative one leads.
//!
//! Names of files are addresses relative to the folder of the root document, with forward slashes; it must not know
//! what is in the files.

use std::borrow::Cow;

use crate::pointer::percent_decode;

/// The part of a reference that names a document, decoded, and its fragment, decoded; the fragment is empty where
/// there is none.
pub(super) fn split(reference: &str) -> (Cow<'_, str>, Cow<'_, str>) {
    let (document, fragment) = reference.split_once('#').unwrap_or((reference, ""));
    (percent_decode(document), percent_decode(fragment))
}

/// Whether a name is an address with a scheme, and no path. One letter before the colon is a drive of Windows.
pub(super) fn is_absolute(name: &str) -> bool {
    name.split_once(':').is_some_and(|(scheme, _)| {
        scheme.len() > 1
            && scheme.starts_with(|c: char| c.is_ascii_alphabetic())
            && scheme.chars().all(|c| c.is_ascii_alphanumeric() || "+-.".contains(c))
    })
}

/// The name of the root document: its address, or the file's name without the folder, since every other name is
/// relative to that.
pub(super) fn of_root(path: &str) -> String {
    if path.contains("://") {
        return path.split(['?', '#']).next().unwrap_or_default().to_owned();
    }
    path.rsplit('/').next().unwrap_or_default().to_owned()
}

/// Where `reference`, met in the document `base`, leads: without `.` and `..` as far as they can be resolved.
pub(super) fn join(base: &str, reference: &str) -> String {
    if is_absolute(reference) {
        return reference.to_owned();
    }
    if reference.is_empty() {
        return base.to_owned();
    }
    let (origin, path) = parted(base);
    if reference.starts_with("//") {
        let scheme = origin.split_once("//").map_or("", |(scheme, _)| scheme);
        return format!("{scheme}{reference}");
    }
    if reference.starts_with('/') {
        return format!("{origin}{}", tidy(reference));
    }
    let top = if origin.is_empty() { "" } else { "/" };
    let folder = path.rfind('/').map_or(top, |slash| &path[..=slash]);
    format!("{origin}{}", tidy(&format!("{folder}{reference}")))
}

/// `https://example.com` and `/a/b.yaml`; a path that is no address has no origin.
fn parted(name: &str) -> (&str, &str) {
    let Some(start) = name.find("://") else { return ("", name) };
    let host = start + 3;
    let end = name[host..].find('/').map_or(name.len(), |slash| host + slash);
    name.split_at(end)
}

fn tidy(path: &str) -> String {
    let rooted = path.starts_with('/');
    let mut parts: Vec<&str> = Vec::new();
    for part in path.split('/') {
        match part {
            "" | "." => {}
            ".." => match parts.last() {
                Some(&last) if last != ".." => {
                    parts.pop();
                }
                // Nothing is above the top.
                _ if rooted => {}
                _ => parts.push(".."),
            },
            other => parts.push(other),
        }
    }
    format!("{}{}", if rooted { "/" } else { "" }, parts.join("/"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn references_lead_where_they_say() {
        for (base, reference, expected) in [
            ("openapi.yaml", "./paths/users.yaml", "paths/users.yaml"),
            ("paths/users.yaml", "../parts/schemas.yaml", "parts/schemas.yaml"),
            ("paths/users.yaml", "../../common/a.yaml", "../common/a.yaml"),
            ("../common/a.yaml", "../api/openapi.yaml", "../api/openapi.yaml"),
            ("a/b/c.yaml", "./../b/./c.yaml", "a/b/c.yaml"),
            ("a.yaml", "", "a.yaml"),
            ("a.yaml", "/etc/passwd", "/etc/passwd"),
            ("https://example.com/api/a.yaml", "b.yaml", "https://example.com/api/b.yaml"),
            ("https://example.com/api/a.yaml", "../../../b.yaml", "https://example.com/b.yaml"),
            ("https://example.com", "b.yaml", "https://example.com/b.yaml"),
            ("https://example.com/a.yaml", "//other.org/b", "https://other.org/b"),
            ("a.yaml", "urn:x:y", "urn:x:y"),
        ] {
            let joined = join(base, reference);
            assert_eq!(joined, expected, "{base} + {reference}");
        }
        assert_eq!(of_root("spec/openapi.yaml"), "openapi.yaml");
        assert_eq!(of_root("https://example.com/x/a.json?b"), "https://example.com/x/a.json");
        assert_eq!(split("a%20b.yaml#/x%7By").0, "a b.yaml");
        assert!(!is_absolute("C:/a.yaml") && is_absolute("https://a") && !is_absolute("a/b:c"));
    }
}
