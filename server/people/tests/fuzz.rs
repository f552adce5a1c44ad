//! Files, mutated: nothing panics, nothing takes more memory than it may, and what an honest writer wrote is read.
//!
//! `REPORTAGE_FUZZ_CASES` sets the number of cases of each property.

#![allow(clippy::unwrap_used, reason = "a test that can't go on ends there")]

#[path = "support/mod.rs"]
mod support;

use std::io::Cursor;

use calamine::{Data, Reader, Xlsx};
use domain::import::Mapping;
use people::{Kind, each_row, peek};
use proptest::{prelude::*, sample::Index};
use support::{Part, part, zip};

fn cases() -> ProptestConfig {
    // Only tests of long runs set it, so it isn't a setting of the program.
    let given = std::env::var_os("REPORTAGE_FUZZ_CASES");
    let cases = given
        .and_then(|text| text.to_str()?.parse().ok())
        .unwrap_or(64);
    ProptestConfig {
        cases,
        failure_persistence: None,
        ..ProptestConfig::default()
    }
}

/// Reads a file as an upload and an import do. Every refusal is a sentence.
fn read_whole(bytes: &[u8]) {
    let Ok(kind) = Kind::of(bytes) else { return };
    for kind in [kind, Kind::Workbook] {
        let mapping = match peek(kind, Cursor::new(bytes)) {
            Ok(peek) => peek.mapping,
            Err(refused) => {
                assert!(refused.0.ends_with('.'), "{refused}");
                Mapping::default()
            }
        };
        let read = each_row(kind, Cursor::new(bytes), &mapping, 0, &mut |_, _| true);
        if let Err(refused) = read {
            assert!(refused.0.ends_with('.'), "{refused}");
        }
    }
}

/// What is done to bytes.
#[derive(Clone, Debug)]
enum Change {
    Set(Index, u8),
    Remove(Index, u8),
    Insert(Index, Vec<u8>),
    Repeat(Index, u8, u16),
}

fn change() -> impl Strategy<Value = Change> {
    let telling = prop::sample::select(vec![
        "PK\u{5}\u{6}",
        "PK\u{1}\u{2}",
        "PK\u{3}\u{4}",
        "<",
        ">",
        "\"",
        "&",
        "]]>",
        "<!--",
        "<![CDATA[",
        "<!DOCTYPE x>",
        "<c>",
        "</c>",
        "<row>",
        "<is>",
        "<si/>",
        "<t>",
        "<v>",
        "r=\"XFD1048576\"",
        "t=\"s\"",
        "s=\"9\"",
        "&#0;",
        "&#xD800;",
        "_xD83D_",
        "_x0000_",
        "99999999999999999999",
        "-1",
        "1e308",
        "NaN",
        "\u{feff}",
        "\"\"",
        ";",
        "\0",
    ]);
    prop_oneof![
        (any::<Index>(), any::<u8>()).prop_map(|(at, byte)| Change::Set(at, byte)),
        (any::<Index>(), any::<u8>()).prop_map(|(at, n)| Change::Remove(at, n)),
        (any::<Index>(), telling)
            .prop_map(|(at, text)| Change::Insert(at, text.as_bytes().to_vec())),
        (any::<Index>(), any::<u8>(), 1..500_u16)
            .prop_map(|(at, n, times)| Change::Repeat(at, n, times)),
    ]
}

fn changed(mut bytes: Vec<u8>, changes: &[Change]) -> Vec<u8> {
    for change in changes {
        if bytes.is_empty() {
            return bytes;
        }
        match change {
            Change::Set(at, byte) => {
                let at = at.index(bytes.len());
                bytes[at] = *byte;
            }
            Change::Remove(at, n) => {
                let at = at.index(bytes.len());
                let to = (at + usize::from(*n)).min(bytes.len());
                bytes.drain(at..to);
            }
            Change::Insert(at, more) => {
                let at = at.index(bytes.len());
                bytes.splice(at..at, more.iter().copied());
            }
            Change::Repeat(at, n, times) => {
                let at = at.index(bytes.len());
                let to = (at + usize::from(*n)).min(bytes.len());
                let more = bytes[at..to].repeat(usize::from(*times));
                bytes.splice(at..at, more);
            }
        }
    }
    bytes
}

/// The texts of an honest workbook's parts.
fn texts() -> Vec<(&'static str, String)> {
    let ns = support::NS;
    let relation = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
    vec![
        ("_rels/.rels", format!("<Relationships><Relationship Id=\"r1\" Type=\"{relation}/officeDocument\" Target=\"xl/workbook.xml\"/></Relationships>")),
        ("xl/workbook.xml", format!("<workbook xmlns=\"{ns}\"><workbookPr date1904=\"0\"/><sheets><sheet name=\"S\" sheetId=\"1\" r:id=\"r1\"/></sheets></workbook>")),
        ("xl/_rels/workbook.xml.rels", format!("<Relationships><Relationship Id=\"r1\" Type=\"{relation}/worksheet\" Target=\"worksheets/sheet1.xml\"/></Relationships>")),
        ("xl/styles.xml", "<styleSheet><numFmts><numFmt numFmtId=\"164\" formatCode=\"[h]:mm;@\"/></numFmts><cellXfs><xf numFmtId=\"14\"/><xf numFmtId=\"164\"/></cellXfs></styleSheet>".to_owned()),
        ("xl/sharedStrings.xml", "<sst uniqueCount=\"2\"><si><t>email</t></si><si><r><t xml:space=\"preserve\"> a_x000D_&amp;&#33;</t></r></si></sst>".to_owned()),
        ("xl/worksheets/sheet1.xml", "<worksheet><dimension ref=\"A1:C3\"/><sheetData><row r=\"1\"><c r=\"A1\" t=\"s\"><v>0</v></c><c r=\"B1\" t=\"inlineStr\"><is><t>x</t></is></c></row><row r=\"2\"><c r=\"A2\" s=\"0\"><v>33010.25</v></c><c r=\"B2\" t=\"b\"><v>1</v></c><c r=\"C2\" t=\"s\"><v>1</v></c></row></sheetData></worksheet>".to_owned()),
    ]
}

fn packed(texts: &[(&str, Vec<u8>)]) -> Vec<Part> {
    texts.iter().map(|(name, text)| part(name, text)).collect()
}

fn honest() -> Vec<(&'static str, Vec<u8>)> {
    let texts = texts().into_iter();
    texts
        .map(|(name, text)| (name, text.into_bytes()))
        .collect()
}

#[test]
fn what_is_mutated_was_whole() {
    let bytes = zip(&packed(&honest()));
    let looked = peek(Kind::Workbook, Cursor::new(bytes)).unwrap();
    assert_eq!(looked.header, ["email", "x"]);
    assert_eq!(looked.sample, [["1990-05-17 06:00:00", "true"]]);
}

proptest! {
    #![proptest_config(cases())]

    #[test]
    fn any_archive_is_read_or_refused(changes in prop::collection::vec(change(), 1..6)) {
        read_whole(&changed(zip(&packed(&honest())), &changes));
    }

    #[test]
    fn any_xml_inside_is_read_or_refused(which in 0..6_usize, changes in prop::collection::vec(change(), 1..8)) {
        let mut texts = honest();
        texts[which].1 = changed(std::mem::take(&mut texts[which].1), &changes);
        read_whole(&zip(&packed(&texts)));
    }

    #[test]
    fn any_text_is_read_or_refused(changes in prop::collection::vec(change(), 1..8), from in 0..4_usize) {
        let seeds: [&[u8]; 4] = [
            b"name,email\nAda,ada@x.de\n\"Bo, b\",bob@x.de\n",
            b"sep=;\r\nname;email\r\n\"a\"\"b\";x@y.de\r\n",
            b"\xff\xfen\0a\0m\0e\0\n\0A\0d\0a\0\n\0",
            b"Name\tE-Mail\nJos\xe9\tjose@x.es\n",
        ];
        read_whole(&changed(seeds[from].to_vec(), &changes));
    }

    #[test]
    fn any_bytes_are_read_or_refused(bytes in prop::collection::vec(any::<u8>(), 0..2_000)) {
        read_whole(&bytes);
    }

    #[test]
    fn an_honest_workbook_is_read_as_another_reader_does(
        cells in prop::collection::vec(("[a-z ä<&_\"]{1,12}", -1e9..1e9_f64, any::<bool>(), 1..90_000_u32), 1..6),
    ) {
        let mut book = rust_xlsxwriter::Workbook::new();
        let sheet = book.add_worksheet();
        let day = rust_xlsxwriter::Format::new().set_num_format("yyyy-mm-dd");
        for (column, name) in ["text", "number", "flag", "day"].into_iter().enumerate() {
            sheet.write(0, u16::try_from(column).unwrap(), name).unwrap();
        }
        for (row, (text, number, flag, days)) in cells.iter().enumerate() {
            let row = u32::try_from(row).unwrap() + 1;
            sheet.write(row, 0, text.as_str()).unwrap();
            sheet.write(row, 1, *number).unwrap();
            sheet.write(row, 2, *flag).unwrap();
            sheet.write_with_format(row, 3, *days, &day).unwrap();
        }
        let bytes = book.save_to_buffer().unwrap();
        let ours = peek(Kind::Workbook, Cursor::new(&bytes)).unwrap().sample;
        let mut other = Xlsx::new(Cursor::new(&bytes)).unwrap();
        let range = other.worksheet_range_at(0).unwrap().unwrap();
        let theirs: Vec<Vec<String>> = range.rows().skip(1).map(|row| row.iter().map(shown).collect()).collect();
        prop_assert_eq!(ours, theirs);
    }
}

/// What the other reader read, as we show it.
fn shown(cell: &Data) -> String {
    match cell {
        Data::DateTime(time) => {
            let (year, month, day, ..) = time.to_ymd_hms_milli();
            format!("{year:04}-{month:02}-{day:02}")
        }
        other => other.to_string().trim().to_owned(),
    }
}
