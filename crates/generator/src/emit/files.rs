//! Names of files and folders: what every disk takes, whatever a document calls things.
//!
//! A name on disk has ASCII letters, digits and `_` alone, is none that Windows or rustc keep to themselves, is not
//! longer than a disk bears, and differs from its neighbours in more than the case of its letters. What things are
//! called in Rust is not decided here.

use std::collections::{HashMap, HashSet};
use std::fmt::Write as _;

use proc_macro2::TokenStream;
use quote::quote;

use super::rust::ident;

/// Longer names are cut. With extension and folders they stay far below the 255 bytes of most disks.
const LONGEST: usize = 80;

/// Devices on Windows, whatever stands behind a dot, and what rustc looks for in a folder.
const RESERVED: [&str; 8] = ["con", "prn", "aux", "nul", "conin", "conout", "clock", "mod"];

/// The names on disk of things that lie side by side.
#[derive(Debug, Default)]
pub(super) struct FileNames<'n>(HashMap<&'n str, String>);

impl<'n> FileNames<'n> {
    /// Names for all of them. Which of two gets the plain name depends on the names, not on their order.
    pub(super) fn of(names: impl IntoIterator<Item = &'n str>) -> Self {
        Self::written(names.into_iter().map(|name| (name, name.to_owned())))
    }

    /// The same for names that are written in another way on disk.
    pub(super) fn written(names: impl IntoIterator<Item = (&'n str, String)>) -> Self {
        let stems = names.into_iter().map(|(name, written)| (name, stem(&written)));
        let mut names: Vec<(&str, String)> = stems.collect();
        // What is its own name on disk has the first right to it, and small letters are the norm.
        let rank =
            |name: &str, stem: &str| stem != name || name.bytes().any(|b| b.is_ascii_uppercase());
        names.sort_unstable_by(|(a, a_stem), (b, b_stem)| {
            (rank(a, a_stem), a).cmp(&(rank(b, b_stem), b))
        });
        names.dedup();
        let mut taken = HashSet::new();
        let mut files = HashMap::with_capacity(names.len());
        for (name, plain) in names {
            let mut file = plain.clone();
            let mut salt = 0;
            while !taken.insert(file.to_ascii_lowercase()) {
                file = format!("{plain}_{:08x}", hash(name, salt));
                salt += 1;
            }
            files.insert(name, file);
        }
        Self(files)
    }

    /// The name on disk of one of them.
    pub(super) fn get(&self, name: &str) -> String {
        self.0.get(name).cloned().unwrap_or_else(|| stem(name))
    }

    /// The declaration of a public module, with its file where that is called otherwise.
    pub(super) fn module(&self, name: &str) -> TokenStream {
        let file = self.get(name);
        let path = (file != name).then(|| {
            let path = format!("{file}.rs");
            quote!(#[path = #path])
        });
        let name = ident(name);
        quote!(#path pub mod #name;)
    }
}

/// A name as a disk takes it, not looking at its neighbours.
fn stem(name: &str) -> String {
    let mut stem = String::with_capacity(name.len());
    for c in name.chars() {
        match c {
            c if c.is_ascii_alphanumeric() || c == '_' => stem.push(c),
            // Letters of other scripts by their numbers: the name is for disks, and Rust has the real one.
            c if c.is_alphanumeric() => {
                let _ = write!(stem, "u{:x}_", u32::from(c));
            }
            _ => stem.push('_'),
        }
    }
    if stem.len() > LONGEST {
        let end = stem[..LONGEST - 9].rfind('_').filter(|end| *end > LONGEST / 2);
        stem.truncate(end.unwrap_or(LONGEST - 9));
        let _ = write!(stem, "_{:08x}", hash(name, 0));
    }
    let lower = stem.to_ascii_lowercase();
    let is_port = ["com", "lpt"].iter().any(|port| {
        lower
            .strip_prefix(port)
            .is_some_and(|rest| rest.len() == 1 && rest.as_bytes()[0].is_ascii_digit())
    });
    if stem.is_empty() || is_port || RESERVED.contains(&lower.as_str()) {
        stem.push('_');
    }
    stem
}

/// FNV-1a: it tells names apart, and is the same on every machine for ever.
fn hash(name: &str, salt: u32) -> u32 {
    let bytes = salt.to_le_bytes().into_iter().chain(name.bytes());
    bytes.fold(0x811c_9dc5, |hash, byte| (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_disk_takes_every_name() {
        let long = "word_".repeat(100);
        let names = [
            "con", "AUX", "nul", "com1", "mod", "fans", "Fans", "名前", "名称", "", "a b", "a-b",
            "a/b", &long, "é", "lpt10",
        ];
        let files = FileNames::of(names);
        let mut seen = HashSet::new();
        for name in names {
            let file = files.get(name);
            assert!(
                file.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_'),
                "{file}"
            );
            assert!(!file.is_empty() && file.len() <= LONGEST, "{file}");
            assert!(!RESERVED.contains(&file.to_ascii_lowercase().as_str()), "{file}");
            assert!(seen.insert(file.to_ascii_lowercase()), "{name}: {file}");
        }
        assert_eq!(files.get("fans"), "fans");
        assert_eq!(files.get("lpt10"), "lpt10");
        assert_eq!(files.get("con"), "con_");
    }

    #[test]
    fn the_order_of_names_does_not_matter() {
        let (one, other) =
            (FileNames::of(["Foo", "foo", "FOO"]), FileNames::of(["FOO", "foo", "Foo"]));
        for name in ["Foo", "foo", "FOO"] {
            assert_eq!(one.get(name), other.get(name));
        }
    }
}
