//! Files as programs write them.

use std::io::{Cursor, Read, Seek};

use domain::{
    Channel,
    contact::{Consent, NewContact},
    import::{Column, Mapping, RowError},
};
use proptest::prelude::*;

use super::*;

type Told = Vec<(u64, Result<NewContact, RowError>)>;

fn all(
    kind: Kind,
    bytes: impl Read + Seek,
    mapping: &Mapping,
    from: u64,
) -> Result<(Told, u64), Unreadable> {
    let mut told = Vec::new();
    let seen = each_row(kind, bytes, mapping, from, &mut |line, row| {
        told.push((line, row));
        true
    })?;
    Ok((told, seen))
}

fn rows(bytes: &[u8]) -> Result<(Peek, Told), Unreadable> {
    let kind = Kind::of(bytes)?;
    let peek = peek(kind, Cursor::new(bytes))?;
    let told = all(kind, Cursor::new(bytes), &peek.mapping, 0)?.0;
    Ok((peek, told))
}

fn names(told: &Told) -> Vec<String> {
    told.iter()
        .map(|(_, row)| row.as_ref().unwrap().name.clone().unwrap_or_default())
        .collect()
}

const PLAIN: &str = "name,email,city\nAda,ada@x.de,Madrid\n\"Bo, b\",bob@x.de,\"two\nlines\"\n";

#[test]
fn encodings_and_delimiters_are_found_out() {
    let utf16 = |text: &str, big: bool, mark: bool| {
        let mark = if mark { "\u{feff}" } else { "" };
        format!("{mark}{text}")
            .encode_utf16()
            .flat_map(|unit| {
                if big {
                    unit.to_be_bytes()
                } else {
                    unit.to_le_bytes()
                }
            })
            .collect::<Vec<u8>>()
    };
    let text = "Name;E-Mail;Straße\r\nJosé;jose@x.es;Señorío\r\n";
    for bytes in [
        text.as_bytes().to_vec(),
        [b"\xef\xbb\xbf", text.as_bytes()].concat(),
        encoding_rs::WINDOWS_1252.encode(text).0.into_owned(),
        utf16(text, false, true),
        utf16(text, true, true),
        utf16(text, false, false),
        utf16(text, true, false),
        text.replace(';', "\t").into_bytes(),
        text.replace(';', "|").into_bytes(),
        text.replace(';', ",").into_bytes(),
        text.replace("\r\n", "\r").into_bytes(),
        format!("sep=;\r\n{text}").into_bytes(),
    ] {
        let (peek, told) = rows(&bytes).unwrap();
        assert_eq!(peek.header, ["Name", "E-Mail", "Straße"]);
        assert_eq!(
            peek.mapping.columns,
            [
                Column::Name,
                Column::Email,
                Column::Attribute("straße".to_owned())
            ]
        );
        assert_eq!(peek.sample, [["José", "jose@x.es", "Señorío"]]);
        assert_eq!(names(&told), ["José"]);
        assert_eq!(told[0].0, 2);
    }
    let (_, told) = rows(PLAIN.as_bytes()).unwrap();
    assert_eq!(names(&told), ["Ada", "Bo, b"]);
    assert_eq!(told[1].1.as_ref().unwrap().attributes["city"], "two\nlines");
}

#[test]
fn a_bad_row_is_told_and_the_rest_goes_on() {
    let text = "id,name,phone,email,zone\n\
        1,Ada,600123456,ada@x.de,Europe/Madrid\n\
        2,Bob,12,bob@x.de,\n\
        3,Cid,,nobody,\n\
        4,Dot,,,Mars/Base\n\
        5,Eve,,\n\
        6,Fay,,fay@x.de,,more\n\
        ,Gil,,,\n\
        7,Hal,,,\n";
    let mapping = Mapping {
        country: Some("ES".to_owned()),
        consents: [
            (Channel::Sms, Consent::Subscribed),
            (Channel::Email, Consent::Subscribed),
            (Channel::Push, Consent::Subscribed),
        ]
        .into(),
        ..peek(Kind::Text, Cursor::new(text)).unwrap().mapping
    };
    let (told, seen) = all(Kind::Text, Cursor::new(text), &mapping, 0).unwrap();
    assert_eq!(seen, 8);
    let wrong: Vec<_> = told
        .iter()
        .filter_map(|(line, row)| row.as_ref().err().map(|e| (*line, e.column.as_str())))
        .collect();
    assert_eq!(
        wrong,
        [
            (3, "phone"),
            (4, "email"),
            (5, "zone"),
            (6, ""),
            (7, ""),
            (8, "")
        ]
    );
    let ada = told[0].1.as_ref().unwrap();
    assert_eq!(ada.phone.as_deref(), Some("+34600123456"));
    assert_eq!(ada.time_zone.as_deref(), Some("Europe/Madrid"));
    let agreed: Vec<_> = ada.consents.keys().copied().collect();
    assert_eq!(agreed, [Channel::Sms, Channel::Email]);
    // Nothing is stated of addresses that aren't there.
    assert!(told[7].1.as_ref().unwrap().consents.is_empty());

    let (rest, seen) = all(Kind::Text, Cursor::new(text), &mapping, 6).unwrap();
    assert_eq!((rest.as_slice(), seen), (&told[6..], 8));
    let other = Mapping {
        columns: vec![Column::Email],
        ..mapping
    };
    assert!(all(Kind::Text, Cursor::new(text), &other, 0).is_err());
}

#[test]
fn what_is_no_file_of_contacts_is_told() {
    for bytes in [
        &b""[..],
        b"\n\n",
        b"\xd0\xcf\x11\xe0old",
        b"%PDF-1.7",
        b"\x1f\x8bgz",
        b"PK\x03\x04broken",
    ] {
        assert!(rows(bytes).is_err(), "{bytes:?}");
    }
    let wide = vec!["c"; 101].join(",");
    assert!(rows(wide.as_bytes()).is_err());
    let cell = format!("email,note\na@x.de,{}\nb@x.de,y\n", "x".repeat(70_000));
    let (_, told) = rows(cell.as_bytes()).unwrap();
    assert!(told[0].1.is_err());
    assert!(told[1].1.is_ok());
    // Letters that turn out wrong after the beginning that was looked at.
    let mut late = format!("email,note\n{}", "a@x.de,y\n".repeat(8_000)).into_bytes();
    late.extend(b"b@x.de,Jos\xe9\n");
    let (_, told) = rows(&late).unwrap();
    assert!(told.last().unwrap().1.is_err());
}

/// Endless text after a quotation mark that is never closed.
struct Endless(u64);

impl Read for Endless {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let head = b"email\n\"";
        let n = buffer.len();
        for byte in buffer {
            *byte = head.get(self.0 as usize).copied().unwrap_or(b'x');
            self.0 += 1;
        }
        Ok(n)
    }
}

impl Seek for Endless {
    fn seek(&mut self, _: std::io::SeekFrom) -> std::io::Result<u64> {
        Ok(self.0)
    }
}

#[test]
fn a_quote_that_never_ends_does_not_fill_the_memory() {
    let mapping = Mapping {
        columns: vec![Column::Email],
        ..Mapping::default()
    };
    let refused = all(Kind::Text, Endless(0), &mapping, 0).unwrap_err();
    assert!(refused.0.contains("quotation mark"), "{refused}");
}

#[test]
fn columns_are_guessed_by_name_then_by_what_is_in_them() {
    let of = |header: &[&str], sample: &[&[&str]]| {
        let own = |cells: &[&str]| {
            cells
                .iter()
                .map(|cell| (*cell).to_owned())
                .collect::<Vec<_>>()
        };
        guess(
            &own(header),
            &sample.iter().map(|row| own(row)).collect::<Vec<_>>(),
        )
        .columns
    };
    let attribute = |name: &str| Column::Attribute(name.to_owned());
    assert_eq!(
        of(
            &[
                "Customer ID",
                "First name",
                "Full Name",
                "Móvil",
                "E-mail address",
                "Time zone"
            ],
            &[]
        ),
        [
            Column::ExternalId,
            attribute("first_name"),
            Column::Name,
            Column::Phone,
            Column::Email,
            Column::TimeZone
        ]
    );
    assert_eq!(
        of(
            &["A", "B", "1st", "", ""],
            &[
                &["a@x.de", "+34600123456", "x", "y", ""],
                &["", "", "", "", ""]
            ]
        ),
        [
            Column::Email,
            Column::Phone,
            attribute("c_1st"),
            attribute("column_4"),
            Column::Skip
        ]
    );
    assert_eq!(
        of(&["Email", "email", "Plan", "plan"], &[]),
        [
            Column::Email,
            attribute("email_2"),
            attribute("plan"),
            attribute("plan_4")
        ]
    );
    for column in of(&["=cmd()", "Größe (cm)", "été", &"x".repeat(200)], &[]) {
        let Column::Attribute(name) = column else {
            panic!("{column:?}")
        };
        assert!(
            name.chars().next().is_some_and(char::is_alphabetic) && name.chars().count() <= 64,
            "{name}"
        );
    }
}

fn workbook(write: impl FnOnce(&mut rust_xlsxwriter::Workbook)) -> Vec<u8> {
    let mut book = rust_xlsxwriter::Workbook::new();
    write(&mut book);
    book.save_to_buffer().unwrap()
}

#[test]
fn a_workbook_is_read_like_a_text() {
    let bytes = workbook(|book| {
        book.add_worksheet();
        let sheet = book.add_worksheet();
        for (at, name) in ["Name", "Phone", "Email", "Born", "Plan"]
            .into_iter()
            .enumerate()
        {
            sheet.write(0, at as u16, name).unwrap();
        }
        let date = rust_xlsxwriter::ExcelDateTime::from_ymd(1990, 5, 17).unwrap();
        let format = rust_xlsxwriter::Format::new().set_num_format("yyyy-mm-dd");
        sheet.write(1, 0, "Ada").unwrap();
        sheet.write(1, 1, 34_600_123_456_u64).unwrap();
        sheet.write(1, 2, "ada@x.de").unwrap();
        sheet.write_with_format(1, 3, &date, &format).unwrap();
        sheet.write(3, 0, "Bob").unwrap();
        sheet.write(3, 2, "nobody").unwrap();
        sheet.write(4, 2, "cid@x.de").unwrap();
        sheet.write(4, 4, true).unwrap();
    });
    let kind = Kind::of(&bytes).unwrap();
    assert_eq!(kind, Kind::Workbook);
    let seen = peek(kind, Cursor::new(&bytes)).unwrap();
    assert_eq!(seen.header, ["Name", "Phone", "Email", "Born", "Plan"]);
    assert_eq!(
        seen.sample[0],
        ["Ada", "34600123456", "ada@x.de", "1990-05-17", ""]
    );
    let mapping = Mapping {
        country: Some("ES".to_owned()),
        ..seen.mapping
    };
    let (told, n) = all(kind, Cursor::new(&bytes), &mapping, 0).unwrap();
    assert_eq!(n, 3, "an empty row is none");
    assert_eq!(
        told[0].1.as_ref().unwrap().phone.as_deref(),
        Some("+34600123456")
    );
    let wrong = told[1].1.as_ref().unwrap_err();
    assert_eq!((wrong.row, wrong.column.as_str()), (4, "Email"));
    assert_eq!(told[2].1.as_ref().unwrap().attributes["plan"], "true");
}

proptest! {
    #[test]
    fn any_bytes_are_read_or_refused(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        let _either = rows(&bytes);
        let workbook = [b"PK\x03\x04", bytes.as_slice()].concat();
        let _either = rows(&workbook);
    }

    #[test]
    fn what_a_writer_quotes_is_read_back(cells in prop::collection::vec(("[a-z]{1,9}", "[^\u{fffd}\0]{0,30}"), 1..20)) {
        let mut writer = csv::Writer::from_writer(Vec::new());
        writer.write_record(["email", "note"]).unwrap();
        for (local, note) in &cells {
            writer.write_record([&format!("{local}@x.de"), note]).unwrap();
        }
        let bytes = writer.into_inner().unwrap();
        let (_, told) = rows(&bytes).unwrap();
        prop_assert_eq!(told.len(), cells.len());
        for ((_, row), (local, note)) in told.iter().zip(&cells) {
            let row = row.as_ref().unwrap();
            prop_assert_eq!(row.email.clone(), Some(format!("{local}@x.de")));
            let read = row.attributes.get("note").cloned().unwrap_or_default();
            prop_assert_eq!(read, note.trim());
        }
    }
}
