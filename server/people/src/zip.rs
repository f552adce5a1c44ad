//! Measures a workbook before it is opened: a few kilobytes can unpack to terabytes.
//!
//! The sizes a ZIP file states can't be believed, so every part is unpacked once, and counted, before anything is kept.

use std::io::{self, Read, Seek, SeekFrom};

use flate2::read::DeflateDecoder;

use crate::Unreadable;

/// Most bytes of all parts of a workbook, unpacked.
pub const XLSX_BYTES_MAX: u64 = 4 << 30;
/// Most bytes of a part that is held in memory while rows are read: shared strings, styles and the like.
const HELD_BYTES_MAX: u64 = 256 << 20;
/// Longest run without a tag: a cell is far shorter.
const RUN_BYTES_MAX: usize = 1 << 20;
/// Most parts of a workbook.
const PARTS_MAX: u16 = 2_000;
/// Where a ZIP file's directory is named: at its end, before a comment.
const END_BYTES_MAX: u64 = 22 + 65_535;

fn spoiled() -> Unreadable {
    Unreadable(
        "The workbook is damaged. Open it, save it again as XLSX, and upload that.".to_owned(),
    )
}

fn too_large() -> Unreadable {
    Unreadable(
        "The workbook is too large when unpacked. Save the contacts as CSV and upload that."
            .to_owned(),
    )
}

struct Part {
    is_held: bool,
    method: u16,
    packed: u64,
    header: u64,
}

/// Checks that a workbook can be opened without harm, and goes back to its beginning.
pub(crate) fn measure(source: &mut (impl Read + Seek)) -> Result<(), Unreadable> {
    let parts = directory(source).map_err(|_| spoiled())??;
    let mut total = 0;
    let mut piece = vec![0; 64 * 1024];
    for part in parts {
        let size =
            unpack(source, &part, &mut piece, XLSX_BYTES_MAX - total).map_err(|_| spoiled())??;
        total += size;
    }
    source.rewind().map_err(|_| spoiled())
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

/// The parts, as the directory at the end lists them.
fn directory(source: &mut (impl Read + Seek)) -> io::Result<Result<Vec<Part>, Unreadable>> {
    let length = source.seek(SeekFrom::End(0))?;
    let back = length.min(END_BYTES_MAX);
    source.seek(SeekFrom::Start(length - back))?;
    let mut end = Vec::new();
    source.read_to_end(&mut end)?;
    let Some(at) = memchr::memmem::rfind(&end, b"PK\x05\x06") else {
        return Ok(Err(spoiled()));
    };
    let end = &end[at..];
    let (count, size, offset) = (u16_at(end, 10), u32_at(end, 12), u32_at(end, 16));
    if count > PARTS_MAX || size == u32::MAX || offset == u32::MAX {
        return Ok(Err(too_large()));
    }
    if u64::from(offset) + u64::from(size) > length {
        return Ok(Err(spoiled()));
    }
    source.seek(SeekFrom::Start(u64::from(offset)))?;
    let mut listed = vec![0; size as usize];
    source.read_exact(&mut listed)?;
    let mut rest = &listed[..];
    let mut parts = Vec::new();
    for _ in 0..count {
        if !rest.starts_with(b"PK\x01\x02") || rest.len() < 46 {
            return Ok(Err(spoiled()));
        }
        let [name, extra, comment] = [28, 30, 32].map(|at| usize::from(u16_at(rest, at)));
        let packed = u32_at(rest, 20);
        if packed == u32::MAX {
            return Ok(Err(too_large()));
        }
        let name_bytes = rest
            .get(46..46 + name)
            .unwrap_or_default()
            .to_ascii_lowercase();
        parts.push(Part {
            is_held: memchr::memmem::find(&name_bytes, b"worksheets/").is_none(),
            method: u16_at(rest, 10),
            packed: u64::from(packed),
            header: u64::from(u32_at(rest, 42)),
        });
        rest = rest.get(46 + name + extra + comment..).unwrap_or_default();
    }
    Ok(Ok(parts))
}

/// Unpacks a part to nowhere and says how long it is.
fn unpack(
    source: &mut (impl Read + Seek),
    part: &Part,
    piece: &mut [u8],
    room: u64,
) -> io::Result<Result<u64, Unreadable>> {
    source.seek(SeekFrom::Start(part.header))?;
    let mut header = [0; 30];
    source.read_exact(&mut header)?;
    if !header.starts_with(b"PK\x03\x04") {
        return Ok(Err(spoiled()));
    }
    let names = i64::from(u16_at(&header, 26)) + i64::from(u16_at(&header, 28));
    source.seek(SeekFrom::Current(names))?;
    let packed = source.take(part.packed);
    let mut unpacked: Box<dyn Read + '_> = match part.method {
        0 => Box::new(packed),
        8 => Box::new(DeflateDecoder::new(packed)),
        _ => return Ok(Err(spoiled())),
    };
    let room = if part.is_held {
        room.min(HELD_BYTES_MAX)
    } else {
        room
    };
    let (mut size, mut run) = (0, 0);
    loop {
        let n = unpacked.read(piece)?;
        if n == 0 {
            return Ok(Ok(size));
        }
        size += n as u64;
        run = match memchr::memrchr(b'<', &piece[..n]) {
            Some(at) => n - at,
            None => run + n,
        };
        // Pictures and fonts have no tags, and nobody reads them.
        if size > room || (run > RUN_BYTES_MAX && !part.is_held) {
            return Ok(Err(too_large()));
        }
    }
}
