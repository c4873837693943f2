//! Prose of every kind, and such as only an attacker writes.

use super::*;

#[test]
fn what_is_said_stays() {
    let cases = [
        ("*/ pub fn evil() {}", "\\*/ pub fn evil() {}"),
        ("a [link] to [docs](https://a.b/c)", "a \\[link\\] to [docs](https://a.b/c)"),
        ("see https://a.b/c_d.", "see <https://a.b/c_d>."),
        ("<p>Text</p>", "Text"),
        ("Vec<String> and `Vec<String>`", "Vec\\<String\\> and `Vec<String>`"),
        ("a\u{202e}b\0c", "abc"),
        ("one `tick", "one \\`tick"),
        ("snake_case and 2 * 3", "snake_case and 2 \\* 3"),
        ("\r\n\r\n", ""),
        ("# Title\ntext", "# Title\n\ntext"),
        ("- a\n- b\n  1. c\n  2. d\n- e", "- a\n- b\n  1. c\n  2. d\n- e"),
        ("* a\n\n  more\n* b", "- a\n\n  more\n\n- b"),
        ("> said\nagain", "> said\n> again"),
        ("| a | b |\n|---|:-:|\n| `x\\|y` | 2 |", "| a | b |\n| --- | :-: |\n| `x\\|y` | 2 |"),
        ("line one\nline two", "line one\nline two"),
        ("2020. was a year\n\n1986\\. too", "2020. was a year\n\n1986\\. too"),
        ("fish &amp; chips, &amp;lt;", "fish & chips, \\&lt;"),
        ("[mail](mailto:a@b.c)", "[mail](mailto:a@b.c)"),
    ];
    for (text, expected) in cases {
        assert_eq!(prose(text), expected, "{text:?}");
    }
}

#[test]
fn code_of_any_form_is_text() {
    let code = "```text\nlet x = 1;\n```";
    for text in [
        "    let x = 1;",
        "```rust\nlet x = 1;\n```",
        "~~~\nlet x = 1;",
        "```should_panic\nlet x = 1;",
    ] {
        assert_eq!(prose(text), code, "{text:?}");
    }
    let quoted = "> ```text\n> let x = 1;\n> ```";
    for text in ["> ```\n> let x = 1;\n> ```", ">     let x = 1;", "> ~~~rust\n> let x = 1;"] {
        assert_eq!(prose(text), quoted, "{text:?}");
    }
    assert_eq!(prose("- ```\n  let x = 1;\n  ```"), "- ```text\n  let x = 1;\n  ```");
    assert_eq!(prose("-     let x = 1;"), "- ```text\n  let x = 1;\n  ```");
    assert_eq!(prose("````\n```\nlet x = 1;\n````"), "````text\n```\nlet x = 1;\n````");
}

#[test]
fn tags_are_letters_and_links_lead_to_the_web() {
    let cases = [
        ("\\`<script>alert(1)</script>\\`", "\\`\\<script\\>alert(1)\\</script\\>\\`"),
        ("`a\nb` <img src=x onerror=y>", "`a b` \\<img src=x onerror=y\\>"),
        ("[x](javascript:alert(1))", "x"),
        ("[x](JAVASCRIPT:y) [y](data:text/html,z)", "x y"),
        ("<javascript:alert(1)>", "javascript:alert(1)"),
        ("![a picture](https://a.b/c.png)", "[a picture](https://a.b/c.png)"),
        ("[std::fs](std::fs) [`Vec`] [a]: b", "std::fs \\[`Vec`\\] \\[a\\]: b"),
        ("[a]: https://a.b\n\n[a] and [b][a]", "[a](https://a.b) and [b](https://a.b)"),
        ("[a [b](https://c.d) e](https://f.g)", "\\[a [b](https://c.d) e\\](<https://f.g>)"),
        ("[x](https://a.b/\"onmouseover=)", "[x](https://a.b/%22onmouseover=)"),
    ];
    for (text, expected) in cases {
        assert_eq!(prose(text), expected, "{text:?}");
        assert!(check::is_harmless(&prose(text)), "{text:?}");
    }
}

#[test]
fn one_line_has_no_blocks() {
    let cases = [
        ("# Fans\n\nand more", "Fans and more"),
        ("- a\n- b", "a b"),
        ("    code", "code"),
        ("```\nfn main() {}\n```", "fn main() {}"),
        ("`Fans` *now*", "`Fans` *now*"),
        ("> quoted", "quoted"),
        ("1. first", "first"),
        ("#hash", "\\#hash"),
    ];
    for (text, expected) in cases {
        assert_eq!(line(text), expected, "{text:?}");
    }
}

#[test]
fn a_span_of_code_ends_where_it_ends() {
    assert_eq!(code("a`b"), "`a'b`");
    assert_eq!(code("a\n\n    fn main() {}"), "`a\\n\\n    fn main() {}`");
    assert_eq!(code(" a"), "`  a `");
    assert_eq!(code("\u{202e}x"), "`\\u{202e}x`");
    assert_eq!(code(" "), "the empty text");
}

#[test]
fn long_lines_are_broken_between_words() {
    let text = "word ".repeat(60);
    assert!(prose(&text).lines().all(|line| line.len() <= inline::WIDTH));
    assert_eq!(prose(&text).split_whitespace().count(), 60);
}

#[test]
fn long_prose_is_cut() {
    let text = "word ".repeat(1 << 18);
    assert!(prose(&text).len() < LONGEST * 2);
    assert!(prose(&text).ends_with("\n\n…"));
    assert!(line(&text).ends_with('…'));
    assert!(code(&text).len() < LONGEST + 8);
}

/// Whatever is put together of what Markdown and rustdoc know, the writer alone lets nothing through.
#[test]
fn nothing_gets_through_in_any_order() {
    const PARTS: [&str; 46] = [
        "```",
        "````",
        "~~~",
        "`",
        "``",
        "\\",
        "\n",
        "\n\n",
        "    ",
        "\t",
        "> ",
        ">",
        "- ",
        "* ",
        "1. ",
        "9) ",
        "# ",
        "<script>",
        "</script>",
        "<!--",
        "-->",
        "<a href=\"x\">",
        "<br>",
        "<code>",
        "[",
        "]",
        "](",
        ")",
        "![",
        "[^1]",
        "[a]: ",
        "javascript:x",
        "https://a.b",
        "<https://c.d>",
        "std::fs",
        "&lt;",
        "&#60;",
        "|",
        "|---|",
        "---",
        "===",
        "rust",
        "*",
        "_",
        "~",
        " word ",
    ];
    let mut state: u64 = 0x9e37_79b9_7f4a_7c15;
    let mut next = |below: usize| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        (state % below as u64) as usize
    };
    for _ in 0..30_000 {
        let count = 1 + next(14);
        let text: String = (0..count).map(|_| PARTS[next(PARTS.len())]).collect();
        let text = tags::untagged(&readable(&text));
        let written = blocks::written(&text);
        assert!(check::is_harmless(&written), "{text:?} became {written:?}");
        assert!(check::is_harmless(&inline::plain(&text)), "{text:?}");
        let line = super::line(&text);
        assert!(!line.contains('\n') && check::is_harmless(&line), "{text:?} became {line:?}");
    }
}
