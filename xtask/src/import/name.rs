//! What the file of a page is called.

use super::sha256;

/// The longest name, so that no file system minds.
const LONGEST: usize = 120;

/// The file name of an operation's page: from its method and path, never from the page's address,
/// which changes. Two operations never get the same name, on file systems that ignore case neither.
pub(super) fn file_name(method: &str, path: &str) -> String {
    let mut name = method.to_ascii_lowercase();
    let mut exact = true;
    for letter in path.chars() {
        match letter {
            '/' => name.push('.'),
            'a'..='z' | '0'..='9' | '-' | '_' => name.push(letter),
            '{' | '}' => name.push(letter),
            'A'..='Z' => {
                name.push(letter.to_ascii_lowercase());
                exact = false;
            }
            _ => {
                name.push('-');
                exact = false;
            }
        }
    }
    // A name that other paths could have too is told apart by what it was made of.
    if !exact || name.len() > LONGEST || name.ends_with('.') {
        name.truncate(LONGEST);
        let whole = sha256(format!("{} {path}", method.to_ascii_lowercase()).as_bytes());
        name.push('~');
        name.push_str(&whole[..8]);
    }
    name.push_str(".md");
    name
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_readable_and_never_the_same() {
        let plain = file_name("GET", "/api/{account}/mass-messaging/overview");
        assert_eq!(plain, "get.api.{account}.mass-messaging.overview.md");
        let paths = [
            "/a.b",
            "/a/b",
            "/A/b",
            "/a-b",
            "/a b",
            "/a%b",
            "/a/b/",
            "/é",
            "/{a}/b",
            "/",
            &"/x".repeat(99),
        ];
        let mut names: Vec<String> = paths.iter().map(|path| file_name("get", path)).collect();
        assert!(
            names.iter().all(|name| name.is_ascii() && name.len() <= LONGEST + 12),
            "{names:?}"
        );
        names.iter_mut().for_each(|name| *name = name.to_lowercase());
        names.sort();
        names.dedup();
        assert_eq!(names.len(), paths.len(), "{names:?}");
    }
}
