//! HTTP archives (HAR 1.2), read as a stream: one exchange at a time, and of each only what is learnt from.
//!
//! An archive comes from outside and may be larger than memory, so nothing in it is held for longer than its exchange,
//! and a string that goes on and on is cut on its way in. It must not know what a document is.

use std::cell::Cell;
use std::io::Read;

use serde::Deserialize;
use serde::de::{DeserializeSeed, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};

/// The longest string that is let through, in bytes. A body that long is counted, and not read.
pub(super) const LONGEST: usize = 4 << 20;

/// A request and its reply.
#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(super) struct Entry {
    pub(super) started_date_time: Option<String>,
    pub(super) request: Request,
    pub(super) response: Response,
    /// Whether a string in it was cut.
    #[serde(skip)]
    pub(super) is_cut: bool,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Request {
    pub(super) method: String,
    pub(super) url: String,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Response {
    pub(super) status: i64,
    pub(super) headers: Vec<Header>,
    pub(super) content: Content,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Header {
    pub(super) name: String,
    pub(super) value: String,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(super) struct Content {
    pub(super) mime_type: Option<String>,
    pub(super) text: Option<String>,
    pub(super) encoding: Option<String>,
    pub(super) size: Option<f64>,
    /// What our own recorder says of a body that it did not keep.
    #[serde(rename = "_omitted")]
    pub(super) omitted: Option<String>,
}

/// Why an archive could not be read to its end. It never quotes the archive, which holds what nobody else may see.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Broken {
    pub(super) what: &'static str,
    pub(super) line: usize,
    pub(super) column: usize,
}

/// Hands every exchange of an archive to `take`, in order.
pub(super) fn read(source: impl Read, take: &mut dyn FnMut(Entry)) -> Result<(), Broken> {
    let source = std::io::BufReader::with_capacity(1 << 16, source);
    let (cut, mut logs) = (Cell::new(false), 0);
    let mut json = serde_json::Deserializer::from_reader(Cutting::new(source, &cut));
    // A string is read byte by byte, so what was cut was cut in the entry that has just been read.
    let mut take = |entry: Entry| take(Entry { is_cut: cut.take(), ..entry });
    let read =
        Top { take: &mut take, logs: &mut logs }.deserialize(&mut json).and_then(|()| json.end());
    read.map_err(|error| Broken {
        what: match error.classify() {
            serde_json::error::Category::Io => "it cannot be read any further",
            serde_json::error::Category::Eof => "it is cut off",
            serde_json::error::Category::Syntax => "it is no JSON from here on",
            serde_json::error::Category::Data => "it is no HTTP archive as HAR 1.2 has it",
        },
        line: error.line(),
        column: error.column(),
    })?;
    if logs == 0 {
        return Err(Broken {
            what: "it has no `log.entries`, and so is no HTTP archive",
            line: 1,
            column: 1,
        });
    }
    Ok(())
}

/// The archive, its log, and the list of exchanges in it: three levels of one shape.
struct Top<'t> {
    take: &'t mut dyn FnMut(Entry),
    logs: &'t mut usize,
}

struct Log<'t>(Top<'t>);

struct Entries<'t>(Top<'t>);

impl<'de> DeserializeSeed<'de> for Top<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, from: D) -> Result<(), D::Error> {
        from.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for Top<'_> {
    type Value = ();

    fn expecting(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.write_str("an HTTP archive")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        while let Some(key) = map.next_key::<String>()? {
            if key == "log" {
                map.next_value_seed(Log(Top { take: &mut *self.take, logs: &mut *self.logs }))?;
            } else {
                map.next_value::<IgnoredAny>()?;
            }
        }
        Ok(())
    }
}

impl<'de> DeserializeSeed<'de> for Log<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, from: D) -> Result<(), D::Error> {
        from.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for Log<'_> {
    type Value = ();

    fn expecting(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.write_str("the log of an HTTP archive")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        let Top { take, logs } = self.0;
        while let Some(key) = map.next_key::<String>()? {
            if key == "entries" {
                *logs += 1;
                map.next_value_seed(Entries(Top { take: &mut *take, logs: &mut *logs }))?;
            } else {
                map.next_value::<IgnoredAny>()?;
            }
        }
        Ok(())
    }
}

impl<'de> DeserializeSeed<'de> for Entries<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, from: D) -> Result<(), D::Error> {
        from.deserialize_seq(self)
    }
}

impl<'de> Visitor<'de> for Entries<'_> {
    type Value = ();

    fn expecting(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.write_str("the entries of an HTTP archive")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<(), A::Error> {
        while let Some(entry) = list.next_element::<Entry>()? {
            (self.0.take)(entry);
        }
        Ok(())
    }
}

/// Lets JSON through, and of a string only its beginning: what follows is dropped up to the closing quotation mark.
struct Cutting<'c, R> {
    inner: R,
    told: &'c Cell<bool>,
    inside: bool,
    escaped: bool,
    /// Letters of a `\u0000` that are still to come.
    hex: u8,
    /// Whether the last of these was the first half of a surrogate pair.
    high: bool,
    length: usize,
    cut: bool,
}

impl<'c, R: Read> Cutting<'c, R> {
    fn new(inner: R, told: &'c Cell<bool>) -> Self {
        Self {
            inner,
            told,
            inside: false,
            escaped: false,
            hex: 0,
            high: false,
            length: 0,
            cut: false,
        }
    }

    /// Whether a byte is let through.
    fn passes(&mut self, byte: u8) -> bool {
        if !self.inside {
            self.inside = byte == b'"';
            self.length = 0;
            self.cut = false;
            return true;
        }
        let begins = !self.escaped && self.hex == 0 && byte & 0xC0 != 0x80;
        if begins && byte == b'"' {
            self.inside = false;
            return true;
        }
        // A cut is made before a letter or an escape, never within one, nor between two halves of a surrogate pair.
        if begins {
            self.cut |= self.length > LONGEST && !self.high;
            self.high = false;
        }
        self.length += 1;
        if self.escaped {
            self.escaped = false;
            self.hex = if byte == b'u' { 4 } else { 0 };
        } else if self.hex > 0 {
            self.high = match self.hex {
                4 => byte.eq_ignore_ascii_case(&b'd'),
                3 => self.high && matches!(byte, b'8' | b'9' | b'a' | b'b' | b'A' | b'B'),
                _ => self.high,
            };
            self.hex -= 1;
        } else {
            self.escaped = byte == b'\\';
        }
        self.told.set(self.told.get() | self.cut);
        !self.cut
    }
}

impl<R: Read> Read for Cutting<'_, R> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        loop {
            let read = self.inner.read(buffer)?;
            if read == 0 {
                return Ok(0);
            }
            let mut kept = 0;
            for at in 0..read {
                let byte = buffer[at];
                if self.passes(byte) {
                    buffer[kept] = byte;
                    kept += 1;
                }
            }
            if kept > 0 {
                return Ok(kept);
            }
        }
    }
}
