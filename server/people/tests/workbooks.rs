//! Workbooks that should harm the reader: each is refused with a sentence, or read within its limits.

#![allow(clippy::unwrap_used, reason = "a test that can't go on ends there")]

#[path = "support/mod.rs"]
mod support;

use std::io::Cursor;

use domain::import::{Column, Mapping};
use people::{Kind, each_row, peek};
use support::{
    NS, Part, ROWS, SHEET, STRINGS, end, entry, laid, part, parts, repeated, sheet, strings, zip,
};

/// Most a file of any kind may add to what is resident, in MiB: strings (32), their piece of the file, one row.
const RESIDENT_MAX: u64 = 100;

/// Sentence of the refusal when the file is looked at.
fn look(bytes: &[u8]) -> Result<Vec<String>, String> {
    let looked = peek(Kind::Workbook, Cursor::new(bytes));
    looked.map(|peek| peek.header).map_err(|error| error.0)
}

/// Sentence of the refusal when the file of one column is read to its end, else its number of rows.
fn read(bytes: &[u8]) -> Result<u64, String> {
    let mapping = Mapping {
        columns: vec![Column::Email],
        ..Mapping::default()
    };
    let end = each_row(
        Kind::Workbook,
        Cursor::new(bytes),
        &mapping,
        0,
        &mut |_, _| true,
    );
    end.map_err(|error| error.0)
}

/// Most that was ever resident of this process, in MiB. Each test is a process of its own under nextest.
fn peak() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let kilobytes = line.and_then(|line| line.split_whitespace().next()?.parse::<u64>().ok());
    kilobytes.unwrap_or_default() / 1024
}

fn harmless() -> Vec<Part> {
    parts(strings("", ""), sheet(ROWS))
}

/// A sheet with one cell of so many megabytes in row 301.
fn late_cell(megabytes: usize) -> Part {
    let rows: String = (3..301)
        .map(|n| {
            format!("<row r=\"{n}\"><c r=\"A{n}\" t=\"inlineStr\"><is><t>a@x.de</t></is></c></row>")
        })
        .collect();
    let head = format!(
        "<worksheet xmlns=\"{NS}\"><sheetData>{ROWS}{rows}<row r=\"301\"><c r=\"A301\" t=\"inlineStr\"><is><t>"
    );
    let tail = "</t></is></c></row></sheetData></worksheet>";
    repeated(SHEET, &head, vec![b'x'; 1 << 20], megabytes, tail)
}

fn long_string(megabytes: usize) -> Part {
    let (head, tail) = (format!("<sst xmlns=\"{NS}\"><si><t>"), "</t></si></sst>");
    repeated(STRINGS, &head, vec![b'x'; 1 << 20], megabytes, tail)
}

/// Two directories of one length: the end record names the first, the second lies before it.
fn two_faced(first: &[Part], second: &[Part]) -> Vec<u8> {
    let (mut bytes, mut entries) = laid(first, 0);
    let (more, others) = laid(second, bytes.len());
    bytes.extend(more);
    let (one, two) = (entries.concat().len(), others.concat().len());
    assert_eq!(one, two, "parts of the same names");
    let at = bytes.len();
    entries.extend(others);
    bytes.extend(entries.concat());
    bytes.extend(end(first.len(), one, at, b""));
    bytes
}

#[test]
fn a_file_of_two_directories_is_refused() {
    // 100 MB, 400 MB and 1.5 GB in one string; 0.9 and 1.2 GB in one cell of row 301: a 25th of each.
    for bomb in [4, 16, 60].map(|n| parts(long_string(n), sheet(ROWS))) {
        let refused = look(&two_faced(&harmless(), &bomb)).unwrap_err();
        assert!(refused.contains("damaged"), "{refused}");
        let refused = look(&two_faced(&bomb, &harmless())).unwrap_err();
        assert!(refused.contains("damaged"), "{refused}");
    }
    for bomb in [36, 48].map(|n| parts(strings("", ""), late_cell(n))) {
        let bytes = two_faced(&harmless(), &bomb);
        assert!(look(&bytes).unwrap_err().contains("damaged"));
        assert!(read(&bytes).unwrap_err().contains("damaged"));
    }
    assert!(peak() < RESIDENT_MAX, "{} MiB", peak());
}

#[test]
fn an_honest_bomb_is_refused_where_it_is_read() {
    for megabytes in [4, 16, 60] {
        let bytes = zip(&parts(long_string(megabytes), sheet(ROWS)));
        let refused = look(&bytes).unwrap_err();
        assert!(refused.contains("too large"), "{refused}");
    }
    for megabytes in [36, 48] {
        let bytes = zip(&parts(strings("", ""), late_cell(megabytes)));
        assert_eq!(look(&bytes).unwrap(), ["email"]);
        assert!(read(&bytes).unwrap_err().contains("too large"));
    }
    assert!(peak() < RESIDENT_MAX, "{} MiB", peak());
}

#[test]
fn a_file_with_two_meanings_is_refused() {
    let good = zip(&harmless());
    assert_eq!(look(&good).unwrap(), ["email"]);
    let (body, entries) = laid(&harmless(), 0);
    let (directory, at) = (entries.concat(), body.len());
    let ended = |count: usize, size: usize, offset: usize, comment: &[u8]| {
        [&body[..], &directory, &end(count, size, offset, comment)].concat()
    };
    let n = entries.len();
    let inner = end(n, directory.len(), at, b"");
    let twice = entry(&harmless()[5], 0, 0);
    let doubled = [&directory[..], &twice].concat();
    let mut renamed = good.clone();
    renamed[30] = b'x';
    for (what, bytes) in [
        ("bytes before", [b"PK\x03\x04", &good[..]].concat()),
        ("bytes after", [&good[..], b"x"].concat()),
        (
            "bytes between",
            [&body[..], &directory, b"xxxx", &inner].concat(),
        ),
        ("two ends", ended(n, directory.len(), at, &inner)),
        (
            "an end that reaches over the other",
            [
                &ended(n, directory.len(), at, b"")[..at + directory.len() + 20],
                &[22, 0],
                &inner,
            ]
            .concat(),
        ),
        ("too few parts", ended(n - 1, directory.len(), at, b"")),
        ("too many parts", ended(n + 1, directory.len(), at, b"")),
        ("a longer directory", ended(n, directory.len() + 1, at, b"")),
        (
            "a later directory",
            ended(n, directory.len() - 1, at + 1, b""),
        ),
        (
            "a part twice",
            [&body[..], &doubled, &end(n + 1, doubled.len(), at, b"")].concat(),
        ),
        ("another name in its own header", renamed),
        ("cut off", good[..good.len() - 1].to_vec()),
    ] {
        let refused = look(&bytes).unwrap_err();
        assert!(refused.contains("damaged"), "{what}: {refused}");
    }
    // A comment is nothing bad.
    assert!(look(&ended(n, directory.len(), at, b"made by hand")).is_ok());
}

#[test]
fn what_writers_of_large_files_add_is_understood() {
    let (mut bytes, entries) = laid(&harmless(), 0);
    let (directory, at) = (entries.concat(), bytes.len());
    bytes.extend(&directory);
    let after = bytes.len() as u64;
    let (count, size) = (entries.len() as u64, directory.len() as u64);
    let mut end64 = b"PK\x06\x06".to_vec();
    end64.extend(44_u64.to_le_bytes());
    end64.extend([45, 0, 45, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
    for number in [count, count, size, at as u64] {
        end64.extend(number.to_le_bytes());
    }
    end64.extend(b"PK\x06\x07\0\0\0\0");
    end64.extend(after.to_le_bytes());
    end64.extend(1_u32.to_le_bytes());
    let last = end(entries.len(), directory.len(), at, b"");
    assert_eq!(
        look(&[&bytes[..], &end64, &last].concat()).unwrap(),
        ["email"]
    );
    // Where both ends say something else, nobody knows which is meant.
    end64[48] ^= 1;
    assert!(look(&[&bytes[..], &end64, &last].concat()).is_err());
}

#[test]
fn a_stated_number_is_not_believed() {
    for n in [
        "1000000000000",
        "10000000000000",
        "1000000000000000",
        "18446744073709551615",
        "-1",
        "x",
    ] {
        let attributes = format!("count=\"{n}\" uniqueCount=\"{n}\"");
        let rows = "<row r=\"1\"><c r=\"A1\" t=\"s\"><v>0</v></c></row>";
        let sheet = part(
            SHEET,
            format!(
                "<worksheet xmlns=\"{NS}\"><dimension ref=\"A1:XFD1048576\"/><sheetData>{rows}</sheetData></worksheet>"
            ),
        );
        let bytes = zip(&parts(strings(&attributes, "<si><t>email</t></si>"), sheet));
        assert_eq!(look(&bytes).unwrap(), ["email"], "{n}");
    }
    assert!(peak() < RESIDENT_MAX, "{} MiB", peak());
}

#[test]
fn texts_are_limited_with_what_it_takes_to_find_them() {
    let of = |item: &str, times: usize| {
        let (head, tail) = (format!("<sst xmlns=\"{NS}\">"), "</sst>");
        let many = item.repeat(100);
        let all = repeated(STRINGS, &head, many, times.div_ceil(100), tail);
        look(&zip(&parts(all, sheet(ROWS))))
    };
    let long = format!("<si><t>{}</t></si>", "x".repeat(1_000));
    assert!(of(&long, 30_000).is_ok());
    for refused in [of(&long, 34_000), of("<si/>", 2_900_000)] {
        assert!(refused.unwrap_err().contains("32 MiB"));
    }
    assert!(peak() < RESIDENT_MAX, "{} MiB", peak());
}

#[test]
fn far_cells_take_no_room() {
    let rows = format!("{ROWS}<row r=\"1048576\"><c r=\"XFD1048576\"><v>1</v></c></row>");
    let bytes = zip(&parts(strings("", ""), sheet(&rows)));
    assert_eq!(look(&bytes).unwrap(), ["email"]);
    assert_eq!(read(&bytes), Ok(2));
    assert!(peak() < RESIDENT_MAX, "{} MiB", peak());
    for place in [
        "A1048577",
        "XFE2",
        "AAAA2",
        "A0",
        "2",
        "A99999999999",
        "ä2",
        "",
    ] {
        let rows = format!("{ROWS}<row><c r=\"{place}\"><v>1</v></c></row>");
        let bytes = zip(&parts(strings("", ""), sheet(&rows)));
        assert!(read(&bytes).unwrap_err().contains("damaged"), "{place}");
    }
}

#[test]
fn no_tag_is_long_and_nothing_lies_deep() {
    let of = |text: String| {
        let rows = format!("{ROWS}{text}");
        read(&zip(&parts(strings("", ""), sheet(&rows))))
    };
    let mebi = 1 << 20;
    for (what, text, says) in [
        (
            "a text",
            format!("<row><c><v>{}</v></c></row>", "1".repeat(2 * mebi)),
            "too large",
        ),
        (
            "an attribute",
            format!("<row r=\"{}\"/>", "<".repeat(2 * mebi)),
            "too large",
        ),
        (
            "a comment",
            format!("<!--{}-->", "<".repeat(2 * mebi)),
            "too large",
        ),
        (
            "letters as they are",
            format!("<![CDATA[{}]]>", "<".repeat(2 * mebi)),
            "too large",
        ),
        ("elements in elements", "<row>".repeat(100), "damaged"),
        ("an end that is missing", "<row><c>".to_owned(), "damaged"),
        (
            "an entity",
            "<row><c><v>&bomb;</v></c></row>".to_owned(),
            "damaged",
        ),
    ] {
        let refused = of(text).unwrap_err();
        assert!(refused.contains(says), "{what}: {refused}");
    }
    let many: String = (0..60_000).map(|n| format!("a{n}=\"\" ")).collect();
    assert_eq!(of(format!("<row {many}/>")), Ok(1));
    let entities = "<!DOCTYPE x [<!ENTITY a \"aaaa\">]>";
    let sheet = part(
        SHEET,
        format!("{entities}<worksheet><sheetData>{ROWS}</sheetData></worksheet>"),
    );
    assert!(look(&zip(&parts(strings("", ""), sheet))).is_err());
    // A long cell in short pieces spoils its row alone.
    let pieces = "<r><t>xxxxxxxxxxxxxxxx</t></r>".repeat(5_000);
    assert_eq!(
        of(format!(
            "<row r=\"3\"><c r=\"A3\" t=\"inlineStr\"><is>{pieces}</is></c></row>"
        )),
        Ok(2)
    );
}

#[test]
fn values_are_read_as_excel_means_them() {
    let text = "<si><r><t>Ada</t></r><r><t xml:space=\"preserve\"> L&amp;_x000D_&#33;</t></r><rPh><t>no</t></rPh></si>";
    let rows = "<row r=\"1\"><c r=\"A1\" t=\"s\"><v>0</v></c><c r=\"B1\" t=\"str\"><f>A1</f><v>b_x0041_</v></c>\
        <c r=\"D1\" s=\"1\"><v>33010.5</v></c><c r=\"E1\" s=\"1\"><v>59</v></c><c r=\"F1\"><v>34600123456</v></c>\
        <c r=\"G1\" t=\"b\"><v>1</v></c><c r=\"H1\" t=\"e\"><v>#REF!</v></c><c t=\"n\"><v>1.5E3</v></c></row>";
    let bytes = zip(&parts(strings("", text), sheet(rows)));
    assert_eq!(
        look(&bytes).unwrap(),
        [
            "Ada L& !",
            "bA",
            "",
            "1990-05-17 12:00:00",
            "1900-02-28",
            "34600123456",
            "true",
            "",
            "1500"
        ]
    );
    let other = part("content.xml", "<office/>");
    assert!(look(&zip(&[other])).unwrap_err().contains("no XLSX"));
}
