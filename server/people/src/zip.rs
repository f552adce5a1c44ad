//! Parts of a workbook's ZIP file.
//!
//! The only reader of these files, so that what is measured is what is read: bytes are counted as they come out of the
//! inflater, whatever sizes the file states. Files with two meanings (bytes before the first part, a second directory or
//! end record, a part listed twice, another name in a part's own header) are refused, not interpreted.

use std::{
    collections::HashMap,
    io::{self, BufRead, BufReader, Read, Seek, SeekFrom},
};

use flate2::read::DeflateDecoder;

use crate::Unreadable;

/// Most parts of a workbook.
const PARTS_MAX: u16 = 2_000;
/// Longest directory: 2,000 parts with names and extra fields.
const DIRECTORY_BYTES_MAX: u32 = 2 << 20;
/// Length of an end record without its comment, …
const END_BYTES: usize = 22;
/// … and with the longest.
const END_BYTES_MAX: u64 = 22 + 65_535;
/// Length of a ZIP64 end record with its locator: writers of large files put both before the end record.
const END64_BYTES: u64 = 56 + 20;
/// Bytes unpacked at a time.
const PIECE_BYTES: usize = 32 * 1024;

pub(crate) fn spoiled() -> Unreadable {
    Unreadable(
        "The workbook is damaged. Open it, save it again as XLSX, and upload that.".to_owned(),
    )
}

pub(crate) fn too_large() -> Unreadable {
    Unreadable(
        "The workbook is too large when unpacked. Save the contacts as CSV and upload that."
            .to_owned(),
    )
}

/// Why reading ended: a limit of this crate, or a damaged file.
pub(crate) fn explain(error: &io::Error) -> Unreadable {
    match error.kind() {
        io::ErrorKind::FileTooLarge => too_large(),
        _ => spoiled(),
    }
}

/// Where a part lies, by the directory.
#[derive(Clone, Copy)]
struct Place {
    method: u16,
    packed: u64,
    header: u64,
}

/// An archive whose parts can be read one after the other.
pub(crate) struct Archive<R> {
    source: R,
    /// By name in lower case, with `/` between folders.
    parts: HashMap<String, Place>,
    /// Bytes that may still be unpacked, of all parts together.
    room: u64,
}

impl<R: Read + Seek> Archive<R> {
    /// Reads the directory. `room` is the number of bytes that may be unpacked in all.
    pub(crate) fn open(mut source: R, room: u64) -> Result<Self, Unreadable> {
        let listed = directory(&mut source).map_err(|error| explain(&error))?;
        let parts = parts(&listed).ok_or_else(spoiled)?;
        Ok(Self {
            source,
            parts,
            room,
        })
    }

    /// Reads a part from its beginning, `most` bytes of it; none when there is no part of this name.
    pub(crate) fn part<'a>(
        &'a mut self,
        name: &str,
        most: u64,
    ) -> Result<Option<impl BufRead + use<'a, R>>, Unreadable> {
        let name = normal(name.as_bytes());
        let Some(place) = self.parts.get(&name).copied() else {
            return Ok(None);
        };
        go_to(&mut self.source, &name, place).map_err(|error| explain(&error))?;
        let packed = BufReader::with_capacity(PIECE_BYTES, (&mut self.source).take(place.packed));
        let unpacked = if place.method == 0 {
            Either::Stored(packed)
        } else {
            Either::Deflated(DeflateDecoder::new(packed))
        };
        let counted = Counted {
            unpacked,
            most,
            room: &mut self.room,
        };
        Ok(Some(BufReader::with_capacity(PIECE_BYTES, counted)))
    }
}

fn normal(name: &[u8]) -> String {
    String::from_utf8_lossy(name)
        .replace('\\', "/")
        .to_ascii_lowercase()
}

fn u16_at(bytes: &[u8], at: usize) -> u16 {
    bytes
        .get(at..at + 2)
        .and_then(|two| two.try_into().ok())
        .map_or(0, u16::from_le_bytes)
}

fn u32_at(bytes: &[u8], at: usize) -> u32 {
    bytes
        .get(at..at + 4)
        .and_then(|four| four.try_into().ok())
        .map_or(0, u32::from_le_bytes)
}

fn u64_at(bytes: &[u8], at: usize) -> u64 {
    bytes
        .get(at..at + 8)
        .and_then(|eight| eight.try_into().ok())
        .map_or(0, u64::from_le_bytes)
}

fn damaged() -> io::Error {
    io::ErrorKind::InvalidData.into()
}

/// The directory with the end record behind it, which both say the same.
struct Listed {
    count: u16,
    offset: u64,
    bytes: Vec<u8>,
}

/// Reads the directory that the only end record names: it begins where that says, is as long as that says, and ends where
/// that begins.
fn directory(source: &mut (impl Read + Seek)) -> io::Result<Listed> {
    let length = source.seek(SeekFrom::End(0))?;
    let back = length.min(END_BYTES_MAX);
    source.seek(SeekFrom::Start(length - back))?;
    let mut tail = Vec::new();
    (&mut *source).take(END_BYTES_MAX).read_to_end(&mut tail)?;
    let at = memchr::memmem::rfind(&tail, b"PK\x05\x06").ok_or_else(damaged)?;
    let end = &tail[at..];
    if end.len() < END_BYTES || end.len() - END_BYTES != usize::from(u16_at(end, 20)) {
        return Err(damaged());
    }
    let end_at = length - back + at as u64;
    let (count, size, offset) = (u16_at(end, 10), u32_at(end, 12), u32_at(end, 16));
    if count > PARTS_MAX || size > DIRECTORY_BYTES_MAX || offset == u32::MAX {
        return Err(io::ErrorKind::FileTooLarge.into());
    }
    let directory_end = u64::from(offset) + u64::from(size);
    // One disk, one list of parts, one directory.
    let is_plain = u32_at(end, 4) == 0 && u16_at(end, 8) == count;
    if !is_plain || directory_end > end_at {
        return Err(damaged());
    }
    source.seek(SeekFrom::Start(directory_end))?;
    let mut between = vec![0; usize::try_from(end_at - directory_end).map_or(0, |n| n.min(77))];
    source.read_exact(&mut between)?;
    let is_large = between.len() as u64 == END64_BYTES
        && between.starts_with(b"PK\x06\x06")
        && between[56..].starts_with(b"PK\x06\x07")
        && u64_at(&between, 4) == 44
        && u64_at(&between, 32) == u64::from(count)
        && u64_at(&between, 40) == u64::from(size)
        && u64_at(&between, 48) == u64::from(offset)
        && u64_at(&between, 64) == directory_end;
    if !(between.is_empty() || is_large) {
        return Err(damaged());
    }
    source.seek(SeekFrom::Start(u64::from(offset)))?;
    let mut bytes = vec![0; size as usize];
    source.read_exact(&mut bytes)?;
    // A record inside the directory would end a shorter file as well.
    if memchr::memmem::find(&bytes, b"PK\x05\x06").is_some() || at_other_end(&tail[..at]) {
        return Err(damaged());
    }
    Ok(Listed {
        count,
        offset: u64::from(offset),
        bytes,
    })
}

/// Whether an earlier end record could be meant: one whose comment would reach over the last to the end of the file.
fn at_other_end(before: &[u8]) -> bool {
    memchr::memmem::find_iter(before, b"PK\x05\x06").any(|at| {
        let comment = usize::from(u16_at(before, at + 20));
        at + END_BYTES + comment >= before.len()
    })
}

/// The parts a directory lists; none when it doesn't hold what it should.
fn parts(listed: &Listed) -> Option<HashMap<String, Place>> {
    let mut rest = &listed.bytes[..];
    let mut parts = HashMap::new();
    let mut first = listed.offset;
    for _ in 0..listed.count {
        if !rest.starts_with(b"PK\x01\x02") || rest.len() < 46 {
            return None;
        }
        let [name, extra, comment] = [28, 30, 32].map(|at| usize::from(u16_at(rest, at)));
        let (flags, method) = (u16_at(rest, 8), u16_at(rest, 10));
        let name = rest.get(46..46 + name)?;
        let fields = rest.get(46 + name.len()..46 + name.len() + extra)?;
        let header = u64::from(u32_at(rest, 42));
        let is_encrypted = flags & 1 != 0;
        if is_encrypted || !matches!(method, 0 | 8) || header >= listed.offset {
            return None;
        }
        let place = Place {
            method,
            packed: packed(rest, fields)?,
            header,
        };
        first = first.min(header);
        if parts.insert(normal(name), place).is_some() {
            return None;
        }
        rest = rest.get(46 + name.len() + extra + comment..)?;
    }
    (first == 0 && rest.is_empty()).then_some(parts)
}

/// Packed size of a part: writers of large files keep it in an extra field.
fn packed(entry: &[u8], mut fields: &[u8]) -> Option<u64> {
    let (packed, unpacked) = (u32_at(entry, 20), u32_at(entry, 24));
    if packed != u32::MAX {
        return Some(u64::from(packed));
    }
    while fields.len() >= 4 {
        let (kind, length) = (u16_at(fields, 0), usize::from(u16_at(fields, 2)));
        let field = fields.get(4..4 + length)?;
        if kind == 1 {
            // The unpacked size comes first, where it is there as well.
            let at = if unpacked == u32::MAX { 8 } else { 0 };
            return field.get(at..at + 8).map(|_| u64_at(field, at));
        }
        fields = &fields[4 + length..];
    }
    None
}

/// Goes to where a part's bytes begin.
fn go_to(source: &mut (impl Read + Seek), name: &str, place: Place) -> io::Result<()> {
    source.seek(SeekFrom::Start(place.header))?;
    let mut header = [0; 30];
    source.read_exact(&mut header)?;
    let mut own_name = vec![0; usize::from(u16_at(&header, 26))];
    source.read_exact(&mut own_name)?;
    let is_it = header.starts_with(b"PK\x03\x04")
        && u16_at(&header, 8) == place.method
        && normal(&own_name) == name;
    if !is_it {
        return Err(damaged());
    }
    source.seek(SeekFrom::Current(i64::from(u16_at(&header, 28))))?;
    Ok(())
}

enum Either<R: BufRead> {
    Stored(R),
    Deflated(DeflateDecoder<R>),
}

/// Bytes of a part as they are unpacked, counted.
struct Counted<'a, R: BufRead> {
    unpacked: Either<R>,
    most: u64,
    room: &'a mut u64,
}

impl<R: BufRead> Read for Counted<'_, R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let n = match &mut self.unpacked {
            Either::Stored(bytes) => bytes.read(buffer)?,
            Either::Deflated(bytes) => bytes.read(buffer)?,
        };
        let left = self.most.min(*self.room);
        if n as u64 > left {
            return Err(io::ErrorKind::FileTooLarge.into());
        }
        self.most -= n as u64;
        *self.room -= n as u64;
        Ok(n)
    }
}
