//! What stands in a line: text, code spans, links, emphasis.

use pulldown_cmark::{CowStr, Event, Tag, TagEnd};

use super::check::is_allowed;

/// A line longer than this is broken between words.
pub(super) const WIDTH: usize = 96;

/// Stands for a space at which no line may be broken.
const JOINED: char = '\u{0}';

/// The text of one paragraph, heading or cell, as it is put together.
#[derive(Default)]
pub(super) struct Inline {
    text: String,
    /// The links that are open, each with where it leads, if it may.
    links: Vec<Option<String>>,
}

impl Inline {
    pub(super) fn is_empty(&self) -> bool {
        self.text.trim().is_empty()
    }

    /// Takes in what stands in a line; `false` for what does not.
    pub(super) fn event(&mut self, event: Event<'_>) -> bool {
        match event {
            Event::Text(text) | Event::Html(text) | Event::InlineHtml(text) => self.prose(&text),
            Event::Code(code) => self.code(&code),
            Event::SoftBreak => self.text.push('\n'),
            Event::HardBreak => self.text.push_str("\\\n"),
            Event::Start(Tag::Emphasis) | Event::End(TagEnd::Emphasis) => self.text.push('*'),
            Event::Start(Tag::Strong) | Event::End(TagEnd::Strong) => self.text.push_str("**"),
            Event::Start(Tag::Strikethrough) | Event::End(TagEnd::Strikethrough) => {
                self.text.push_str("~~");
            }
            Event::Start(Tag::Link { dest_url, .. } | Tag::Image { dest_url, .. }) => {
                self.open_link(&dest_url);
            }
            Event::End(TagEnd::Link | TagEnd::Image) => self.close_link(),
            Event::Start(_) | Event::End(_) | Event::Rule => {
                self.space();
                return false;
            }
            // Nothing else is understood, and so nothing else comes.
            Event::InlineMath(text) | Event::DisplayMath(text) | Event::FootnoteReference(text) => {
                self.prose(&text)
            }
            Event::TaskListMarker(_) => {}
        }
        true
    }

    /// Keeps what comes next apart from what came last.
    pub(super) fn space(&mut self) {
        if !self.text.is_empty() && !self.text.ends_with([' ', '\n']) {
            self.text.push(' ');
        }
    }

    fn prose(&mut self, text: &str) {
        let is_link = self.links.iter().any(Option::is_some);
        escape(text, !is_link, &mut self.text);
    }

    fn code(&mut self, code: &str) {
        let longest = code.split(|c| c != '`').map(str::len).max().unwrap_or(0);
        let fence = "`".repeat(longest + 1);
        let is_padded = code.starts_with('`')
            || code.ends_with('`')
            || (code.starts_with(' ') && code.ends_with(' ') && !code.trim().is_empty());
        let pad = if is_padded { "\u{0}" } else { "" };
        // Two spans side by side would make one fence.
        if self.text.ends_with('`') {
            self.text.push(' ');
        }
        self.text.push_str(&fence);
        self.text.push_str(pad);
        self.text.extend(code.chars().map(|c| if matches!(c, ' ' | '\n') { JOINED } else { c }));
        self.text.push_str(pad);
        self.text.push_str(&fence);
    }

    /// A link in a link is none, and nor is one that leads elsewhere than to the web or a mailbox: its words stay.
    fn open_link(&mut self, address: &CowStr<'_>) {
        let is_free = self.links.iter().all(Option::is_none);
        let address = (is_free && is_allowed(address)).then(|| encoded(address));
        if address.is_some() {
            self.text.push('[');
        }
        self.links.push(address);
    }

    fn close_link(&mut self) {
        if let Some(Some(address)) = self.links.pop() {
            if self.text.ends_with('[') {
                self.text.push_str("link");
            }
            self.text.push_str("](");
            self.text.push_str(&address);
            self.text.push(')');
        }
    }

    /// The lines, broken between words where they are too long for what stands in front of them.
    pub(super) fn lines(&mut self, indent: usize) -> Vec<String> {
        let text = std::mem::take(&mut self.text);
        let width = WIDTH.saturating_sub(indent).max(WIDTH / 2);
        let mut lines = Vec::new();
        for line in text.split('\n') {
            wrap(line, width, &mut lines);
        }
        lines
    }

    /// All of it in one line.
    pub(super) fn in_one_line(&mut self) -> String {
        let text = std::mem::take(&mut self.text).replace("\\\n", " ");
        let words: Vec<&str> = text.split([' ', '\n']).filter(|word| !word.is_empty()).collect();
        at_start(&words.join(" ")).replace(JOINED, " ")
    }
}

/// Every sign a letter, whatever stands around it.
pub(super) fn plain(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            c if c.is_whitespace() => escaped.push(' '),
            c if c.is_ascii_punctuation() => escaped.extend(['\\', c]),
            c => escaped.push(c),
        }
    }
    let mut lines = Vec::new();
    wrap(&escaped, WIDTH, &mut lines);
    lines.join("\n")
}

fn wrap(line: &str, width: usize, lines: &mut Vec<String>) {
    let mut current = String::new();
    let mut length = 0;
    for word in line.split([' ', '\t']).filter(|word| !word.is_empty()) {
        let letters = word.chars().count();
        if length > 0 && length + 1 + letters > width {
            lines.push(at_start(&current).replace(JOINED, " "));
            current.clear();
            length = 0;
        }
        if length > 0 {
            current.push(' ');
            length += 1;
        }
        current.push_str(word);
        length += letters;
    }
    if !current.is_empty() {
        lines.push(at_start(&current).replace(JOINED, " "));
    }
}

/// A line that begins with words: what would begin a block there is escaped.
fn at_start(line: &str) -> String {
    let digits = line.len() - line.trim_start_matches(|c: char| c.is_ascii_digit()).len();
    let rest = &line[digits..];
    let begins = if digits == 0 {
        rest.starts_with(['#', '+', '-', '=', '>', '|']) || rest.starts_with(":-")
    } else {
        rest.starts_with(['.', ')'])
    };
    if begins { format!("{}\\{rest}", &line[..digits]) } else { line.to_owned() }
}

/// Text as text. Addresses become links where they may.
fn escape(text: &str, may_link: bool, out: &mut String) {
    let mut rest = text;
    let mut before: Option<char> = None;
    while let Some(c) = rest.chars().next() {
        if may_link && c == 'h' && !before.is_some_and(char::is_alphanumeric) {
            let address = address(rest);
            if !address.is_empty() {
                out.extend(["<", address, ">"]);
                rest = &rest[address.len()..];
                before = Some('>');
                continue;
            }
        }
        let after = rest[c.len_utf8()..].chars().next();
        let is_word = |c: Option<char>| c.is_some_and(char::is_alphanumeric);
        let is_markup = match c {
            '`' | '*' | '[' | ']' | '<' | '>' | '~' => true,
            '_' => !(is_word(before) && is_word(after)),
            '\\' => after.is_none_or(|c| c.is_ascii_punctuation() || c == '\n'),
            '&' => is_entity(rest),
            _ => false,
        };
        if is_markup {
            out.push('\\');
        }
        match c {
            // Where a line ends is for the paragraph to say, and only JOINED may look like it.
            '\t' | JOINED => out.push(' '),
            c => out.push(c),
        }
        before = Some(c);
        rest = &rest[c.len_utf8()..];
    }
}

/// The address that a text begins with, without the sentence around it.
fn address(text: &str) -> &str {
    let scheme = ["https://", "http://"].into_iter().find(|scheme| text.starts_with(scheme));
    let Some(scheme) = scheme else { return "" };
    let ends = |c: char| {
        c.is_whitespace() || c.is_control() || "<>\"')]`\\|{}^".contains(c) || !c.is_ascii()
    };
    let end = text.find(ends).unwrap_or(text.len());
    let address = text[..end].trim_end_matches(['.', ',', ';', ':', '!', '?', '*', '_']);
    if address.len() > scheme.len() { address } else { "" }
}

fn is_entity(text: &str) -> bool {
    let rest = &text[1..];
    let end = rest.find(|c: char| !c.is_ascii_alphanumeric() && c != '#');
    end.is_some_and(|end| end > 0 && rest[end..].starts_with(';'))
}

/// An address with everything encoded that could end it.
fn encoded(address: &str) -> String {
    let mut out = String::with_capacity(address.len());
    for c in address.chars() {
        if c.is_ascii_graphic() && !"<>()[]\\`\"'*_|~".contains(c) {
            out.push(c);
        } else {
            let mut bytes = [0; 4];
            for byte in c.encode_utf8(&mut bytes).bytes() {
                out.push_str(&format!("%{byte:02X}"));
            }
        }
    }
    out
}
