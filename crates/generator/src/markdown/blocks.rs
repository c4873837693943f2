//! What stands on lines of its own: paragraphs, headings, lists, quotes, tables and code.

use pulldown_cmark::{Alignment, Event, Tag, TagEnd};

use super::events;
use super::inline::Inline;

/// Lists and quotes deeper in each other than this are told as if they stood at this depth.
const DEEPEST: usize = 6;

/// The events of a text, written again.
pub(super) fn written(text: &str) -> String {
    let mut writer = Writer::default();
    for event in events(text) {
        writer.event(event);
    }
    writer.paragraph();
    writer.out.join("\n")
}

/// What a block stands in.
enum Around {
    Quote,
    Item {
        marker: String,
        /// Whether the marker stands already, and the lines after only keep clear of it.
        is_written: bool,
    },
    /// One too deep to be shown.
    Unseen,
}

/// What was written last at this depth.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
enum Last {
    #[default]
    Nothing,
    /// Text that stands in an item without being a paragraph.
    Text,
    Block,
    List,
}

#[derive(Default)]
struct Writer {
    out: Vec<String>,
    around: Vec<Around>,
    /// The numbers that the items of the open lists have next.
    lists: Vec<Option<u64>>,
    last: Last,
    inline: Inline,
    /// The text of the code block that is open.
    code: Option<String>,
    heading: Option<usize>,
    table: Option<Table>,
}

#[derive(Default)]
struct Table {
    alignments: Vec<Alignment>,
    rows: Vec<Vec<String>>,
}

impl Writer {
    fn event(&mut self, event: Event<'_>) {
        if let Some(code) = &mut self.code {
            match event {
                Event::Text(text) => code.push_str(&text),
                Event::End(TagEnd::CodeBlock) => self.close_code(),
                _ => {}
            }
            return;
        }
        if let Some(table) = &mut self.table {
            match event {
                Event::Start(Tag::TableHead | Tag::TableRow) => table.rows.push(Vec::new()),
                Event::End(TagEnd::TableCell) => {
                    let cell = self.inline.in_one_line().replace('|', "\\|");
                    table.rows.last_mut().into_iter().for_each(|row| row.push(cell.clone()));
                }
                Event::End(TagEnd::Table) => self.close_table(),
                Event::Start(Tag::TableCell) | Event::End(TagEnd::TableHead | TagEnd::TableRow) => {
                }
                event => {
                    self.inline.event(event);
                }
            }
            return;
        }
        match event {
            Event::Start(tag) => self.open(tag),
            Event::End(tag) => self.close(tag),
            Event::Rule => {
                self.begin();
                self.line("---");
                self.last = Last::Block;
            }
            event => {
                self.inline.event(event);
            }
        }
    }

    fn open(&mut self, tag: Tag<'_>) {
        match tag {
            Tag::Paragraph | Tag::HtmlBlock => self.begin(),
            Tag::Heading { level, .. } => {
                self.begin();
                self.heading = Some(level as usize);
            }
            Tag::BlockQuote(_) => {
                self.begin();
                self.enter(Around::Quote);
            }
            Tag::CodeBlock(_) => {
                self.begin();
                self.code = Some(String::new());
            }
            Tag::List(first) => {
                self.text();
                let interrupts = first.is_none_or(|first| first == 1);
                if self.last == Last::Block || (self.last == Last::Text && !interrupts) {
                    self.line("");
                }
                self.lists.push(first);
                self.last = Last::Nothing;
            }
            Tag::Item => {
                self.text();
                if self.last == Last::Block {
                    self.line("");
                }
                let marker = match self.lists.last_mut() {
                    Some(Some(number)) => {
                        *number = number.saturating_add(1);
                        format!("{}. ", *number - 1)
                    }
                    Some(None) | None => "- ".to_owned(),
                };
                self.enter(Around::Item { marker, is_written: false });
            }
            Tag::Table(alignments) => {
                self.begin();
                self.table = Some(Table { alignments, rows: Vec::new() });
            }
            tag => {
                self.inline.event(Event::Start(tag));
            }
        }
    }

    fn close(&mut self, tag: TagEnd) {
        match tag {
            TagEnd::Paragraph | TagEnd::HtmlBlock => self.paragraph(),
            TagEnd::Heading(_) => {
                let level = self.heading.take().unwrap_or(1);
                let text = self.inline.in_one_line();
                if !text.is_empty() {
                    self.line(&format!("{} {text}", "#".repeat(level)));
                    self.last = Last::Block;
                }
            }
            TagEnd::BlockQuote(_) => {
                self.text();
                self.around.pop();
                self.last = Last::Block;
            }
            TagEnd::List(_) => {
                self.lists.pop();
                self.last = if self.lists.is_empty() { Last::Block } else { Last::List };
            }
            TagEnd::Item => {
                self.text();
                if let Some(Around::Item { is_written: false, .. }) = self.around.last() {
                    self.line("");
                }
                self.around.pop();
                if self.last != Last::Block {
                    self.last = Last::Text;
                }
            }
            tag => {
                self.inline.event(Event::End(tag));
            }
        }
    }

    fn enter(&mut self, around: Around) {
        let is_shown = self.around.len() < DEEPEST;
        self.around.push(if is_shown { around } else { Around::Unseen });
        self.last = Last::Nothing;
    }

    /// Begins a block: what came before ends, and a line keeps the two apart.
    fn begin(&mut self) {
        self.text();
        if self.last != Last::Nothing {
            self.line("");
        }
        self.last = Last::Nothing;
    }

    fn paragraph(&mut self) {
        if self.write_inline() {
            self.last = Last::Block;
        }
    }

    /// Text that stands in an item by itself.
    fn text(&mut self) {
        if self.write_inline() {
            self.last = Last::Text;
        }
    }

    fn write_inline(&mut self) -> bool {
        if self.inline.is_empty() {
            return false;
        }
        let indent = self.around.iter().map(Around::width).sum();
        for line in self.inline.lines(indent) {
            self.line(&line);
        }
        true
    }

    fn close_code(&mut self) {
        let code = self.code.take().unwrap_or_default();
        let longest = code.split(|c| c != '`').map(str::len).max().unwrap_or(0);
        let fence = "`".repeat(longest.max(2) + 1);
        self.line(&format!("{fence}text"));
        for line in code.trim_end_matches('\n').split('\n') {
            self.line(line.trim_end());
        }
        self.line(&fence);
        self.last = Last::Block;
    }

    fn close_table(&mut self) {
        let Table { alignments, rows } = self.table.take().unwrap_or_default();
        for (index, row) in rows.iter().enumerate() {
            self.line(&format!("| {} |", row.join(" | ")));
            if index == 0 {
                let rule = |alignment: &Alignment| match alignment {
                    Alignment::None => "---",
                    Alignment::Left => ":--",
                    Alignment::Center => ":-:",
                    Alignment::Right => "--:",
                };
                let rules: Vec<&str> = alignments.iter().map(rule).collect();
                self.line(&format!("| {} |", rules.join(" | ")));
            }
        }
        self.last = Last::Block;
    }

    /// One line behind all that it stands in.
    fn line(&mut self, text: &str) {
        let mut line = String::new();
        for around in &mut self.around {
            match around {
                Around::Quote => line.push_str("> "),
                Around::Item { marker, is_written } => {
                    if std::mem::replace(is_written, true) {
                        line.extend(marker.chars().map(|_| ' '));
                    } else {
                        line.push_str(marker);
                    }
                }
                Around::Unseen => {}
            }
        }
        line.push_str(text);
        self.out.push(line.trim_end().to_owned());
    }
}

impl Around {
    fn width(&self) -> usize {
        match self {
            Self::Quote => 2,
            Self::Item { marker, .. } => marker.len(),
            Self::Unseen => 0,
        }
    }
}
