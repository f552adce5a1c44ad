//! Strings of a workbook that cells refer to by number.

use std::io::{Read, Seek};

use crate::{
    CELL_BYTES_MAX, Unreadable,
    xml::{Item, Piece, Xml},
    zip::{Archive, spoiled},
};

/// Most bytes of shared strings held in memory, with what it takes to find them.
pub const STRINGS_BYTES_MAX: usize = 32 << 20;
/// Most bytes of the part that holds them: tags included.
const STRINGS_PART_MAX: u64 = 128 << 20;
/// Bytes of a piece of memory with strings.
const SEGMENT_BYTES: usize = 1 << 20;

/// Strings that cells refer to by number: one after the other in a few large pieces of memory.
#[derive(Default)]
pub(crate) struct Strings {
    segments: Vec<String>,
    /// Segment, offset and length of each.
    places: Vec<(u16, u32, u32)>,
    held: usize,
}

impl Strings {
    fn push(&mut self, text: &str) -> Result<(), Unreadable> {
        self.held += text.len() + size_of::<(u16, u32, u32)>();
        if self.held > STRINGS_BYTES_MAX {
            return Err(Unreadable(
                "The workbook holds more than 32 MiB of texts. Save the contacts as CSV and upload that."
                    .to_owned(),
            ));
        }
        let fits = |segment: &String| segment.len() + text.len() <= SEGMENT_BYTES;
        if !self.segments.last().is_some_and(fits) {
            let bytes = SEGMENT_BYTES.max(text.len());
            self.segments.push(String::with_capacity(bytes));
        }
        let number = self.segments.len().saturating_sub(1);
        let Some(segment) = self.segments.last_mut() else {
            return Ok(());
        };
        let short = |n: usize| u32::try_from(n).map_err(|_| spoiled());
        let number = u16::try_from(number).map_err(|_| spoiled())?;
        let place = (number, short(segment.len())?, short(text.len())?);
        segment.push_str(text);
        self.places.push(place);
        Ok(())
    }

    /// The `n`th string.
    pub(crate) fn get(&self, n: usize) -> Option<&str> {
        let (segment, offset, length) = *self.places.get(n)?;
        let segment = self.segments.get(usize::from(segment))?;
        segment.get(offset as usize..offset as usize + length as usize)
    }
}

/// The shared strings. What the part says of their number is not looked at.
pub(crate) fn strings<R: Read + Seek>(
    archive: &mut Archive<R>,
    name: &str,
) -> Result<Strings, Unreadable> {
    let mut strings = Strings::default();
    let Some(part) = archive.part(name, STRINGS_PART_MAX)? else {
        return Ok(strings);
    };
    let (mut xml, mut item) = (Xml::of(part), Item::default());
    loop {
        let piece = xml.next()?;
        item.take(&piece);
        if piece.ends("si") {
            strings.push(short(&item.end()))?;
        } else if matches!(piece, Piece::Eof) {
            return Ok(strings);
        }
    }
}

/// A text, or so much of it that it is seen to be too long for a cell.
fn short(text: &str) -> &str {
    let enough = (CELL_BYTES_MAX + 1..text.len()).find(|at| text.is_char_boundary(*at));
    enough.map_or(text, |at| &text[..at])
}
