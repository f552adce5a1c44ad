//! Workbooks made by hand: as honest writers make them, and as nobody should.

#![allow(
    clippy::unwrap_used,
    dead_code,
    reason = "a test that can't go on ends there; each file uses its part"
)]

use std::io::Write;

use flate2::{Compression, write::DeflateEncoder};

/// A part, packed.
#[derive(Clone)]
pub struct Part {
    pub name: String,
    pub packed: Vec<u8>,
    pub size: u32,
}

/// Packs a text.
pub fn part(name: &str, text: impl AsRef<[u8]>) -> Part {
    repeated(name, "", text, 1, "")
}

/// Packs a piece many times over, between a head and a tail, without holding it.
pub fn repeated(name: &str, head: &str, piece: impl AsRef<[u8]>, times: usize, tail: &str) -> Part {
    let mut packer = DeflateEncoder::new(Vec::new(), Compression::fast());
    packer.write_all(head.as_bytes()).unwrap();
    for _ in 0..times {
        packer.write_all(piece.as_ref()).unwrap();
    }
    packer.write_all(tail.as_bytes()).unwrap();
    let size = u32::try_from(packer.total_in()).unwrap_or(7);
    Part {
        name: name.to_owned(),
        packed: packer.finish().unwrap(),
        size,
    }
}

fn sizes(part: &Part, name: &str) -> Vec<u8> {
    let mut bytes = vec![0; 4];
    bytes.extend(u32::try_from(part.packed.len()).unwrap().to_le_bytes());
    bytes.extend(part.size.to_le_bytes());
    bytes.extend(u16::try_from(name.len()).unwrap().to_le_bytes());
    bytes
}

/// A part with the header before it.
pub fn local(part: &Part) -> Vec<u8> {
    let mut bytes = b"PK\x03\x04\x14\0\0\0\x08\0\0\0\0\0".to_vec();
    bytes.extend(sizes(part, &part.name));
    bytes.extend([0, 0]);
    bytes.extend(part.name.as_bytes());
    bytes.extend(&part.packed);
    bytes
}

/// A directory's line for a part that begins at `at`, with a comment of so many bytes.
pub fn entry(part: &Part, at: usize, comment: usize) -> Vec<u8> {
    let mut bytes = b"PK\x01\x02\x14\0\x14\0\0\0\x08\0\0\0\0\0".to_vec();
    bytes.extend(sizes(part, &part.name));
    bytes.extend([0, 0]);
    bytes.extend(u16::try_from(comment).unwrap().to_le_bytes());
    bytes.extend([0; 8]);
    bytes.extend(u32::try_from(at).unwrap().to_le_bytes());
    bytes.extend(part.name.as_bytes());
    bytes.extend(vec![b' '; comment]);
    bytes
}

/// The end record.
pub fn end(count: usize, size: usize, offset: usize, comment: &[u8]) -> Vec<u8> {
    let mut bytes = b"PK\x05\x06\0\0\0\0".to_vec();
    let count = u16::try_from(count).unwrap().to_le_bytes();
    bytes.extend(count);
    bytes.extend(count);
    bytes.extend(u32::try_from(size).unwrap().to_le_bytes());
    bytes.extend(u32::try_from(offset).unwrap().to_le_bytes());
    bytes.extend(u16::try_from(comment.len()).unwrap().to_le_bytes());
    bytes.extend(comment);
    bytes
}

/// Parts one after the other from `at` on, and the directory's lines for them.
pub fn laid(parts: &[Part], at: usize) -> (Vec<u8>, Vec<Vec<u8>>) {
    let (mut bytes, mut entries) = (Vec::new(), Vec::new());
    for part in parts {
        entries.push(entry(part, at + bytes.len(), 0));
        bytes.extend(local(part));
    }
    (bytes, entries)
}

/// An honest archive.
pub fn zip(parts: &[Part]) -> Vec<u8> {
    let (mut bytes, entries) = laid(parts, 0);
    let (directory, at) = (entries.concat(), bytes.len());
    bytes.extend(&directory);
    bytes.extend(end(parts.len(), directory.len(), at, b""));
    bytes
}

pub const SHEET: &str = "xl/worksheets/sheet1.xml";
pub const STRINGS: &str = "xl/sharedStrings.xml";
/// Namespace of workbooks.
pub const NS: &str = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";

/// The parts of a workbook of one sheet, but for the sheet and the strings.
pub fn frame() -> Vec<Part> {
    let relation = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
    let of = |kind: &str, id: &str, target: &str| {
        format!("<Relationship Id=\"{id}\" Type=\"{relation}/{kind}\" Target=\"{target}\"/>")
    };
    let list = |all: &str| format!("<?xml version=\"1.0\"?><Relationships>{all}</Relationships>");
    vec![
        part(
            "_rels/.rels",
            list(&of("officeDocument", "r1", "xl/workbook.xml")),
        ),
        part(
            "xl/workbook.xml",
            format!(
                "<workbook xmlns=\"{NS}\" xmlns:r=\"{relation}\"><sheets><sheet name=\"S\" sheetId=\"1\" r:id=\"r1\"/></sheets></workbook>"
            ),
        ),
        part(
            "xl/_rels/workbook.xml.rels",
            list(
                &(of("worksheet", "r1", "worksheets/sheet1.xml")
                    + &of("sharedStrings", "r2", "sharedStrings.xml")
                    + &of("styles", "r3", "styles.xml")),
            ),
        ),
        part(
            "xl/styles.xml",
            format!(
                "<styleSheet xmlns=\"{NS}\"><numFmts><numFmt numFmtId=\"164\" formatCode=\"yyyy\\-mm\\-dd\"/></numFmts><cellXfs><xf numFmtId=\"0\"/><xf numFmtId=\"164\"/></cellXfs></styleSheet>"
            ),
        ),
    ]
}

/// A workbook of these strings and these cells.
pub fn parts(strings: Part, sheet: Part) -> Vec<Part> {
    let mut all = frame();
    all.extend([strings, sheet]);
    all
}

pub fn sheet(rows: &str) -> Part {
    part(
        SHEET,
        format!("<worksheet xmlns=\"{NS}\"><sheetData>{rows}</sheetData></worksheet>"),
    )
}

pub fn strings(attributes: &str, items: &str) -> Part {
    part(
        STRINGS,
        format!("<sst xmlns=\"{NS}\" {attributes}>{items}</sst>"),
    )
}

/// A header and a row that need no strings.
pub const ROWS: &str = "<row r=\"1\"><c r=\"A1\" t=\"inlineStr\"><is><t>email</t></is></c></row>\
    <row r=\"2\"><c r=\"A2\" t=\"inlineStr\"><is><t>ada@x.de</t></is></c></row>";
