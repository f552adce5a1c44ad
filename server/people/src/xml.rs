//! XML of a workbook's parts, event by event: no event is long, nothing lies deep, and nothing is kept.

use std::{
    borrow::Cow,
    io::{self, BufRead, Read},
};

use quick_xml::{
    Reader,
    escape::resolve_predefined_entity,
    events::{BytesEnd, BytesStart, Event},
};

use crate::{CELL_BYTES_MAX, Unreadable, zip};

/// Longest tag, text, comment: a cell is far shorter.
const EVENT_BYTES_MAX: usize = 1 << 20;
/// Deepest nesting: rows and cells take four levels, styles a few more.
const DEPTH_MAX: usize = 64;

/// A source that says no when an event takes too long.
struct Metered<R> {
    source: R,
    since_event: usize,
}

impl<R: BufRead> Read for Metered<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let n = self.fill_buf()?.read(buffer)?;
        self.consume(n);
        Ok(n)
    }
}

impl<R: BufRead> BufRead for Metered<R> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        if self.since_event > EVENT_BYTES_MAX {
            return Err(io::ErrorKind::FileTooLarge.into());
        }
        self.source.fill_buf()
    }

    fn consume(&mut self, n: usize) {
        self.since_event += n;
        self.source.consume(n);
    }
}

/// What a part holds, as far as workbooks need it.
pub(crate) enum Piece<'a> {
    /// An element begins; one without content ends with the next piece.
    Start(Tag<'a>),
    /// An element ends.
    End(BytesEnd<'a>),
    /// Text, with references resolved.
    Text(Cow<'a, str>),
    /// Comments, instructions.
    Other,
    /// The part ends.
    Eof,
}

impl Piece<'_> {
    /// Whether an element of this name, prefix aside, begins here.
    pub(crate) fn starts(&self, name: &str) -> bool {
        matches!(self, Piece::Start(tag) if tag.name() == name)
    }

    /// Whether an element of this name, prefix aside, ends here.
    pub(crate) fn ends(&self, name: &str) -> bool {
        matches!(self, Piece::End(end) if end.local_name().into_inner() == name)
    }
}

/// The beginning of an element.
pub(crate) struct Tag<'a>(BytesStart<'a>);

impl Tag<'_> {
    /// Its name without prefix.
    pub(crate) fn name(&self) -> &str {
        self.0.local_name().into_inner()
    }

    /// Value of an attribute, by its whole name.
    pub(crate) fn attribute(&self, name: &str) -> Option<Cow<'_, str>> {
        self.find(|key| key == name)
    }

    /// Value of an attribute, by its name without prefix.
    pub(crate) fn local_attribute(&self, name: &str) -> Option<Cow<'_, str>> {
        self.find(|key| key.rsplit(':').next() == Some(name))
    }

    fn find(&self, is_it: impl Fn(&str) -> bool) -> Option<Cow<'_, str>> {
        // Looking for attributes that are there twice takes the square of their number.
        let mut all = self.0.attributes();
        let found = all
            .with_checks(false)
            .filter_map(Result::ok)
            .find(|one| is_it(one.key.as_ref()))?;
        match found.value {
            Cow::Borrowed(value) => quick_xml::escape::unescape(value).ok(),
            Cow::Owned(value) => Some(
                quick_xml::escape::unescape(&value)
                    .ok()?
                    .into_owned()
                    .into(),
            ),
        }
    }
}

/// A part's events.
pub(crate) struct Xml<R> {
    reader: Reader<Metered<R>>,
    buffer: Vec<u8>,
    depth: usize,
}

impl<R: BufRead> Xml<R> {
    pub(crate) fn of(source: R) -> Self {
        let mut reader = Reader::from_reader(Metered {
            source,
            since_event: 0,
        });
        let config = reader.config_mut();
        config.expand_empty_elements = true;
        config.check_comments = false;
        Self {
            reader,
            buffer: Vec::new(),
            depth: 0,
        }
    }

    /// The next piece.
    pub(crate) fn next(&mut self) -> Result<Piece<'_>, Unreadable> {
        self.buffer.clear();
        self.reader.get_mut().since_event = 0;
        let event = self.reader.read_event_into(&mut self.buffer);
        Ok(match event.map_err(|error| explain(&error))? {
            Event::Start(start) | Event::Empty(start) => {
                self.depth += 1;
                if self.depth > DEPTH_MAX {
                    return Err(zip::spoiled());
                }
                Piece::Start(Tag(start))
            }
            Event::End(end) => {
                self.depth = self.depth.saturating_sub(1);
                Piece::End(end)
            }
            Event::Text(text) => Piece::Text(text.xml10_content()),
            Event::CData(text) => Piece::Text(text.xml10_content()),
            Event::GeneralRef(reference) => {
                let letter = reference.resolve_char_ref().map_err(|_| zip::spoiled())?;
                Piece::Text(match letter {
                    Some(letter) => letter.to_string().into(),
                    None => resolve_predefined_entity(&reference)
                        .ok_or_else(zip::spoiled)?
                        .into(),
                })
            }
            // Entities of its own are the beginning of every XML bomb.
            Event::DocType(_) => return Err(zip::spoiled()),
            Event::Comment(_) | Event::PI(_) | Event::Decl(_) => Piece::Other,
            Event::Eof if self.depth > 0 => return Err(zip::spoiled()),
            Event::Eof => Piece::Eof,
        })
    }
}

fn explain(error: &quick_xml::Error) -> Unreadable {
    match error {
        quick_xml::Error::Io(error) => zip::explain(error),
        _ => zip::spoiled(),
    }
}

/// Adds to a text, unless that is longer than a cell may be already.
pub(crate) fn push(text: &mut String, more: &str) {
    if text.len() <= CELL_BYTES_MAX {
        text.push_str(more);
    }
}

/// Text of a string item (`si`, `is`): its runs one after the other, without phonetic hints.
#[derive(Default)]
pub(crate) struct Item {
    text: String,
    run: String,
    is_phonetic: bool,
    is_within: bool,
    keeps_space: bool,
}

impl Item {
    /// Takes the next piece of the item.
    pub(crate) fn take(&mut self, piece: &Piece<'_>) {
        match piece {
            _ if piece.starts("rPh") => self.is_phonetic = true,
            Piece::Start(tag) if tag.name() == "t" && !self.is_phonetic => {
                self.is_within = true;
                self.keeps_space = tag.attribute("xml:space").as_deref() == Some("preserve");
            }
            _ if piece.ends("rPh") => self.is_phonetic = false,
            _ if self.is_within && piece.ends("t") => {
                self.is_within = false;
                let run = if self.keeps_space {
                    self.run.as_str()
                } else {
                    self.run.trim_matches([' ', '\t', '\r', '\n'])
                };
                push(&mut self.text, &unescaped(run));
                self.run.clear();
            }
            Piece::Text(text) if self.is_within => push(&mut self.run, text),
            _ => {}
        }
    }

    /// The whole text; the next item begins.
    pub(crate) fn end(&mut self) -> String {
        std::mem::take(self).text
    }
}

/// Resolves what Excel writes for letters XML has no place for: `_x000D_` (UTF-16, hexadecimal).
pub(crate) fn unescaped(text: &str) -> Cow<'_, str> {
    if !text.contains("_x") {
        return text.into();
    }
    let mut units: Vec<u16> = Vec::new();
    let mut whole = String::with_capacity(text.len());
    let mut rest = text;
    let flush = |units: &mut Vec<u16>, whole: &mut String| {
        whole.push_str(&String::from_utf16_lossy(units));
        units.clear();
    };
    while let Some(letter) = rest.chars().next() {
        if let Some(unit) = escape(rest) {
            units.push(unit);
            rest = &rest[7..];
            continue;
        }
        flush(&mut units, &mut whole);
        whole.push(letter);
        rest = &rest[letter.len_utf8()..];
    }
    flush(&mut units, &mut whole);
    whole.into()
}

/// The unit a text begins with an escape of.
fn escape(text: &str) -> Option<u16> {
    let digits = text.get(..7)?.strip_prefix("_x")?.strip_suffix('_')?;
    let is_hex = digits.bytes().all(|byte| byte.is_ascii_hexdigit());
    is_hex.then(|| u16::from_str_radix(digits, 16).ok())?
}
