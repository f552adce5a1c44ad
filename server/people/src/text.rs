//! Rows of text: encoding and delimiter are found out, quotes understood.

use std::{
    cell::Cell,
    io::{self, Read},
    rc::Rc,
};

use encoding_rs::{Decoder, Encoding, UTF_8, UTF_16BE, UTF_16LE, WINDOWS_1252};

use crate::{CELL_BYTES_MAX, COLUMNS_MAX, Row, Take, Unreadable};

/// Bytes looked at to find out what a file is.
const HEAD_BYTES: usize = 64 * 1024;
/// Bytes read at a time.
const PIECE_BYTES: usize = 32 * 1024;
/// A row that is longer has a quote that is never closed.
const ROW_BYTES_MAX: usize = COLUMNS_MAX * CELL_BYTES_MAX;
/// What may stand between cells.
const DELIMITERS: [u8; 4] = [b',', b';', b'\t', b'|'];
/// What stands where bytes could not be read as letters.
const UNREADABLE: char = '\u{fffd}';

/// Hands over the rows of a text.
pub(crate) fn each(source: impl Read, take: Take<'_>) -> Result<(), Unreadable> {
    let mut source = source;
    let mut head = vec![0; HEAD_BYTES];
    let n = read_fully(&mut source, &mut head).map_err(broken)?;
    head.truncate(n);
    let encoding = encoding_of(&head);
    let read = Rc::new(Cell::new(0));
    let mut text = Letters {
        source: io::Cursor::new(head).chain(source),
        decoder: encoding.new_decoder_with_bom_removal(),
        input: Vec::new(),
        output: Vec::new(),
        at: 0,
        is_over: false,
        since_row: Rc::clone(&read),
    };
    let mut begin = vec![0; HEAD_BYTES];
    let n = read_fully(&mut text, &mut begin).map_err(broken)?;
    begin.truncate(n);
    let (delimiter, skip) = delimiter_of(&begin);
    let begin = begin.split_off(skip);
    read.set(0);
    let mut reader = csv::ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .delimiter(delimiter)
        .from_reader(io::Cursor::new(begin).chain(text));
    let mut record = csv::StringRecord::new();
    let mut number = 0;
    loop {
        match reader.read_record(&mut record) {
            Ok(false) => return Ok(()),
            Ok(true) => {}
            Err(error) => return Err(explain(&error, number + 1)),
        }
        read.set(0);
        number += 1;
        if !take(cells(number, &record)) {
            return Ok(());
        }
    }
}

fn cells(number: u64, record: &csv::StringRecord) -> Row {
    let row = if record.len() > COLUMNS_MAX {
        Err(format!("The row has more than {COLUMNS_MAX} columns."))
    } else if record.iter().any(|cell| cell.len() > CELL_BYTES_MAX) {
        Err("A cell is longer than 64 KiB.".to_owned())
    } else if record.iter().any(|cell| cell.contains(UNREADABLE)) {
        Err("The row has letters that can't be read. Save the file as UTF-8.".to_owned())
    } else {
        Ok(record.iter().map(str::to_owned).collect())
    };
    (number, row)
}

fn broken(_error: io::Error) -> Unreadable {
    Unreadable("The file could not be read to its end. Upload it again.".to_owned())
}

fn explain(error: &csv::Error, number: u64) -> Unreadable {
    match error.kind() {
        csv::ErrorKind::Io(io) if io.kind() == io::ErrorKind::FileTooLarge => Unreadable(format!(
            "Row {number} never ends: a quotation mark is opened there, or before, and not closed."
        )),
        _ => Unreadable("The file could not be read to its end. Upload it again.".to_owned()),
    }
}

fn read_fully(source: &mut impl Read, buffer: &mut [u8]) -> io::Result<usize> {
    let mut n = 0;
    while n < buffer.len() {
        match source.read(&mut buffer[n..])? {
            0 => break,
            read => n += read,
        }
    }
    Ok(n)
}

/// Encoding of a file that begins like this.
fn encoding_of(head: &[u8]) -> &'static Encoding {
    if let Some((encoding, _)) = Encoding::for_bom(head) {
        return encoding;
    }
    // Latin letters in UTF-16 have a zero in every other byte.
    let zeros = |odd: usize| {
        head.iter()
            .skip(odd)
            .step_by(2)
            .filter(|byte| **byte == 0)
            .count()
    };
    let half = head.len() / 2;
    if half > 1 && zeros(1) > half / 2 && zeros(0) < half / 10 {
        return UTF_16LE;
    }
    if half > 1 && zeros(0) > half / 2 && zeros(1) < half / 10 {
        return UTF_16BE;
    }
    match std::str::from_utf8(head) {
        Ok(_) => UTF_8,
        // The last letter may be cut.
        Err(error) if error.error_len().is_none() => UTF_8,
        Err(_) => WINDOWS_1252,
    }
}

/// Delimiter of a text that begins like this, and how many bytes Excel's line that names it takes.
fn delimiter_of(begin: &[u8]) -> (u8, usize) {
    if let [
        b's' | b'S',
        b'e' | b'E',
        b'p' | b'P',
        b'=',
        delimiter,
        rest @ ..,
    ] = begin
        && DELIMITERS.contains(delimiter)
    {
        let end = match rest {
            [b'\r', b'\n', ..] => 7,
            [b'\n' | b'\r', ..] => 6,
            _ => 5,
        };
        return (*delimiter, end);
    }
    let mut counts = [0_usize; DELIMITERS.len()];
    let mut is_quoted = false;
    for byte in begin {
        match byte {
            b'"' => is_quoted = !is_quoted,
            b'\n' | b'\r' if !is_quoted && counts.iter().any(|n| *n > 0) => break,
            byte if !is_quoted => {
                if let Some(at) = DELIMITERS.iter().position(|delimiter| delimiter == byte) {
                    counts[at] += 1;
                }
            }
            _ => {}
        }
    }
    let best = (0..DELIMITERS.len())
        .rev()
        .max_by_key(|at| counts[*at])
        .filter(|at| counts[*at] > 0);
    (best.map_or(b',', |at| DELIMITERS[at]), 0)
}

/// A source as UTF-8.
struct Letters<R> {
    source: R,
    decoder: Decoder,
    input: Vec<u8>,
    output: Vec<u8>,
    at: usize,
    is_over: bool,
    /// Bytes given out since the last row was complete.
    since_row: Rc<Cell<usize>>,
}

impl<R: Read> Letters<R> {
    fn fill(&mut self) -> io::Result<()> {
        self.input.resize(PIECE_BYTES, 0);
        let n = self.source.read(&mut self.input)?;
        self.is_over = n == 0;
        let room = self
            .decoder
            .max_utf8_buffer_length(n)
            .ok_or_else(|| io::Error::other("too long"))?;
        self.output.resize(room, 0);
        let (_, _, written, _) =
            self.decoder
                .decode_to_utf8(&self.input[..n], &mut self.output, self.is_over);
        self.output.truncate(written);
        self.at = 0;
        Ok(())
    }
}

impl<R: Read> Read for Letters<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        while self.at == self.output.len() {
            if self.is_over {
                return Ok(0);
            }
            self.fill()?;
        }
        if self.since_row.get() > ROW_BYTES_MAX {
            return Err(io::ErrorKind::FileTooLarge.into());
        }
        let n = buffer.len().min(self.output.len() - self.at);
        buffer[..n].copy_from_slice(&self.output[self.at..self.at + n]);
        self.at += n;
        self.since_row.set(self.since_row.get() + n);
        Ok(n)
    }
}
