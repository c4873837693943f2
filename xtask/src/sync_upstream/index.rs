//! The index of a docs site: a list of links to its pages.

use std::collections::BTreeSet;

/// The most pages that an index may list.
pub(super) const MOST: usize = 5_000;

/// The addresses that an index lists, in order, each once; only those of its own site that lead to
/// the text of a page.
pub(super) fn links(index: &str, text: &str) -> Vec<String> {
    let Some((scheme, rest)) = index.split_once("://") else { return Vec::new() };
    let host = rest.split('/').next().unwrap_or_default();
    let origin = format!("{scheme}://{host}");
    let mut seen = BTreeSet::new();
    let mut links = Vec::new();
    for line in text.lines() {
        let Some(item) = line.trim_start().strip_prefix(['-', '*']) else { continue };
        let Some((_, target)) = item.split_once("](") else { continue };
        let target = target.split([')', ' ', '#']).next().unwrap_or_default();
        let address =
            if target.starts_with('/') { format!("{origin}{target}") } else { target.to_owned() };
        let own = address.strip_prefix(&origin).is_some_and(|path| path.starts_with('/'));
        if own
            && (address.ends_with(".md") || address.ends_with(".mdx"))
            && seen.insert(address.clone())
        {
            links.push(address);
        }
    }
    links
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_pages_of_the_same_site_count() {
        let text = "# Docs\n\n- [A](https://d.example/a.md): text\n- [B](/b.mdx#top)\n- [A](https://d.example/a.md)\n\
            - [C](https://evil.example/c.md)\n- [D](https://d.example.evil.example/c.md)\n- [E](/e)\n[F](/f.md)\n  * [G](/g.md \"t\")\n";
        let expected =
            ["https://d.example/a.md", "https://d.example/b.mdx", "https://d.example/g.md"];
        assert_eq!(links("https://d.example/llms.txt", text), expected);
    }
}
