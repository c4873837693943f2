//! The index of a docs site: a list of links to its pages.

use std::collections::BTreeSet;

use pulldown_cmark::{Event, Options, Parser, Tag, TagEnd};
use url::Url;

/// The most pages that an index may list.
pub(super) const MOST: usize = 5_000;

/// What an index lists.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Index {
    /// The addresses of its pages, in order, each once.
    pub(super) pages: Vec<String>,
    /// Links to texts of pages that are not followed, and why; an operation may hide behind each.
    pub(super) passed_over: Vec<String>,
}

/// Reads an index that was asked for at `asked` and found at `found`, which differ after a redirect. A link counts if
/// it leads to the text of a page (`.md` or `.mdx`) of the site that was asked or of the one that answered, whatever
/// form of Markdown it is written in.
pub(super) fn read(asked: &str, found: &str, text: &str) -> Index {
    let (Ok(asked), Ok(base)) = (Url::parse(asked), Url::parse(found)) else {
        return Index::default();
    };
    let mut seen = BTreeSet::new();
    let mut index = Index::default();
    for target in targets(text) {
        let Ok(mut address) = base.join(target.trim()) else {
            if is_page(target.split(['?', '#']).next().unwrap_or_default()) {
                index.passed_over.push(format!("{target} is no address"));
            }
            continue;
        };
        address.set_fragment(None);
        if !is_page(address.path()) || !seen.insert(address.clone()) {
            continue;
        }
        let own = [&asked, &base].iter().any(|site| site.origin() == address.origin());
        if !own {
            index.passed_over.push(format!("{address} is on another site"));
        } else if !address.username().is_empty() || address.password().is_some() {
            index.passed_over.push(format!("a link to {} holds credentials", address.path()));
        } else {
            index.pages.push(address.into());
        }
    }
    index
}

/// Whether a path leads to the text of a page.
fn is_page(path: &str) -> bool {
    let path = path.to_ascii_lowercase();
    [".md", ".mdx"].iter().any(|end| path.ends_with(end))
}

/// Where the links of a text lead: Markdown's own, those in HTML, and addresses that are written out.
fn targets(text: &str) -> Vec<String> {
    let mut targets = Vec::new();
    let (mut code, mut link) = (false, 0);
    for event in Parser::new_ext(text, Options::empty()) {
        match event {
            Event::Start(Tag::Link { dest_url, .. }) => {
                link += 1;
                targets.push(dest_url.into_string());
            }
            Event::End(TagEnd::Link) => link -= 1,
            Event::Start(Tag::CodeBlock(_)) => code = true,
            Event::End(TagEnd::CodeBlock) => code = false,
            Event::Html(html) | Event::InlineHtml(html) => targets.extend(hrefs(&html)),
            Event::Text(text) if !code && link == 0 => targets.extend(bare(&text)),
            _ => {}
        }
    }
    targets
}

fn hrefs(html: &str) -> impl Iterator<Item = String> + '_ {
    html.split("href=").skip(1).filter_map(|rest| {
        let quote = rest.chars().next().filter(|quote| matches!(quote, '"' | '\''))?;
        rest[1..].split_once(quote).map(|(target, _)| target.replace("&amp;", "&"))
    })
}

fn bare(text: &str) -> impl Iterator<Item = String> + '_ {
    let words = text.split_whitespace().map(|word| {
        word.trim_start_matches(['(', '"', '\''])
            .trim_end_matches(['.', ',', ';', ':', ')', '"', '\''])
    });
    words
        .filter(|word| word.starts_with("https://") || word.starts_with("http://"))
        .map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    const AT: &str = "https://d.example/docs/llms.txt";

    fn pages(text: &str) -> Vec<String> {
        read(AT, AT, text).pages
    }

    #[test]
    fn only_pages_of_the_same_site_count() {
        let text = "# Docs\n\n- [A](https://d.example/a.md): text\n- [B](/b.mdx#top)\n- [A](https://d.example/a.md)\n\
            - [C](https://evil.example/c.md)\n- [D](https://d.example.evil.example/c.md)\n- [E](/e)\n  * [G](/g.md \"t\")\n\
            - [U](https://me:pw@d.example/u.md)\n- [P](https://d.example:8443/p.md)\n- [H](http://d.example/h.md)\n";
        let index = read(AT, AT, text);
        let expected =
            ["https://d.example/a.md", "https://d.example/b.mdx", "https://d.example/g.md"];
        assert_eq!(index.pages, expected);
        assert_eq!(
            index.passed_over,
            [
                "https://evil.example/c.md is on another site",
                "https://d.example.evil.example/c.md is on another site",
                "a link to /u.md holds credentials",
                "https://d.example:8443/p.md is on another site",
                "http://d.example/h.md is on another site",
            ]
        );
    }

    #[test]
    fn a_link_leads_to_the_same_page_in_every_form() {
        let page = |text: &str| pages(text);
        for (text, leads_to) in [
            ("- [A](page/a.md)", "https://d.example/docs/page/a.md"),
            ("- [A](./a.md)", "https://d.example/docs/a.md"),
            ("- [A](../a.md)", "https://d.example/a.md"),
            ("- [A](../../../a.md)", "https://d.example/a.md"),
            ("- [A](/a.md)", "https://d.example/a.md"),
            ("- [A](//d.example/a.md)", "https://d.example/a.md"),
            ("- [A](a.md?v=2&x=%20#top)", "https://d.example/docs/a.md?v=2&x=%20"),
            ("- [A](a.md#top)", "https://d.example/docs/a.md"),
            ("- [A](<a b.md>)", "https://d.example/docs/a%20b.md"),
            ("- [A](a%20b.md)", "https://d.example/docs/a%20b.md"),
            ("- [A](a.md \"title\")", "https://d.example/docs/a.md"),
            ("- [A](a.md 'title')", "https://d.example/docs/a.md"),
            ("- [A][a]\n\n[a]: ./a.md", "https://d.example/docs/a.md"),
            ("- [a]\n\n[A]: <./a.md> \"t\"", "https://d.example/docs/a.md"),
            ("- [a][]\n\n[a]: a.md", "https://d.example/docs/a.md"),
            ("1. [A](a.md)", "https://d.example/docs/a.md"),
            ("+ [A](a.md)", "https://d.example/docs/a.md"),
            ("- one\n    - two\n        - [A](a.md)", "https://d.example/docs/a.md"),
            ("see [A](a.md)", "https://d.example/docs/a.md"),
            ("- [A [with] brackets](a.md)", "https://d.example/docs/a.md"),
            ("- [`GET /a`](a.md)", "https://d.example/docs/a.md"),
            ("- **[A](a.md)**", "https://d.example/docs/a.md"),
            ("> - [A](a.md)", "https://d.example/docs/a.md"),
            ("- <https://d.example/a.md>", "https://d.example/a.md"),
            ("- A: https://d.example/a.md.", "https://d.example/a.md"),
            ("<a href=\"a.md?x=1&amp;y\">A</a>", "https://d.example/docs/a.md?x=1&y"),
            ("- [A](a(1).md)", "https://d.example/docs/a(1).md"),
            ("- [A](A.MD)", "https://d.example/docs/A.MD"),
            ("- [A](é.md)", "https://d.example/docs/%C3%A9.md"),
            ("- [A](HTTPS://D.example/a.md)", "https://d.example/a.md"),
            ("- [A](https://d.example:443/a.md)", "https://d.example/a.md"),
            ("- [A](a.md)\r\n- [A](./a.md#x)\r\n", "https://d.example/docs/a.md"),
        ] {
            assert_eq!(page(text), [leads_to], "{text}");
        }
        for text in [
            "```\n- [A](a.md)\n```",
            "`[A](a.md)`",
            "[A](a)",
            "[A](javascript:a.md)",
            "![A](a.png)",
        ] {
            assert_eq!(page(text), [""; 0], "{text}");
        }
    }

    #[test]
    fn an_index_that_moved_is_read_from_where_it_lies_now() {
        let text = "- [A](a.md)\n- [B](https://old.example/b.md)\n";
        let index = read("https://old.example/llms.txt", "https://d.example/x/llms.txt", text);
        assert_eq!(index.pages, ["https://d.example/x/a.md", "https://old.example/b.md"]);
        assert_eq!(index.passed_over, [""; 0]);
    }
}
