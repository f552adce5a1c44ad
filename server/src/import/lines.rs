//! Lines of a file or of standard input, plain or gzip, without ever holding more than one.

use std::{
    fs::File,
    io::{self, BufRead, BufReader, Read},
    path::Path,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
};

use flate2::bufread::MultiGzDecoder;

/// Longest line that is taken. An event is far smaller; more than this is not a line of events.
pub(super) const LINE_BYTES_MAX: usize = 1 << 20;
/// How every gzip stream begins (RFC 1952).
const GZIP_MAGIC: [u8; 2] = [0x1f, 0x8b];
/// What some editors put before UTF-8 text.
const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";

/// Bytes of the source read so far, compressed ones as they come.
#[derive(Clone, Debug, Default)]
pub(super) struct Position(Arc<AtomicU64>);

impl Position {
    pub(super) fn bytes(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }
}

/// Counts what passes.
struct Counted<R> {
    inner: R,
    position: Position,
}

impl<R: Read> Read for Counted<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let n = self.inner.read(buffer)?;
        self.position.0.fetch_add(n as u64, Ordering::Relaxed);
        Ok(n)
    }
}

/// One line, numbered from 1 as editors do.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Line {
    pub(super) number: u64,
    /// Without its end; cut at [`LINE_BYTES_MAX`].
    pub(super) bytes: Vec<u8>,
    /// Whether it was longer than that.
    pub(super) too_long: bool,
}

/// Reads lines.
pub(super) struct Lines {
    reader: Box<dyn BufRead + Send>,
    number: u64,
}

impl Lines {
    /// The lines of a file, or of standard input for `-`. Returns the file's size, if it has one.
    pub(super) fn open(path: &Path, position: &Position) -> io::Result<(Self, Option<u64>)> {
        if path == Path::new("-") {
            return Ok((Self::read(io::stdin(), position)?, None));
        }
        let file = File::open(path)?;
        let size = file
            .metadata()
            .ok()
            .filter(|data| data.is_file())
            .map(|data| data.len());
        Ok((Self::read(file, position)?, size))
    }

    /// The lines of anything; gzip is known by its first two bytes.
    pub(super) fn read(
        source: impl Read + Send + 'static,
        position: &Position,
    ) -> io::Result<Self> {
        let counted = Counted {
            inner: source,
            position: position.clone(),
        };
        let mut reader = BufReader::with_capacity(1 << 16, counted);
        // A pipe may hand over a single byte first: then two are asked for by hand.
        let mut head = Vec::with_capacity(2);
        (&mut reader).take(2).read_to_end(&mut head)?;
        let is_gzip = head == GZIP_MAGIC;
        let whole = io::Cursor::new(head).chain(reader);
        let reader: Box<dyn BufRead + Send> = if is_gzip {
            Box::new(BufReader::with_capacity(
                1 << 16,
                MultiGzDecoder::new(whole),
            ))
        } else {
            Box::new(whole)
        };
        Ok(Self { reader, number: 0 })
    }

    /// The next line that is not blank; none at the end.
    pub(super) fn next(&mut self) -> io::Result<Option<Line>> {
        loop {
            let mut bytes = Vec::new();
            let limit = LINE_BYTES_MAX as u64 + 1;
            if (&mut self.reader)
                .take(limit)
                .read_until(b'\n', &mut bytes)?
                == 0
            {
                return Ok(None);
            }
            self.number += 1;
            let too_long = bytes.len() > LINE_BYTES_MAX && !bytes.ends_with(b"\n");
            if too_long {
                bytes.truncate(LINE_BYTES_MAX);
                self.skip_line()?;
            }
            while bytes
                .last()
                .is_some_and(|byte| matches!(byte, b'\n' | b'\r'))
            {
                bytes.pop();
            }
            if self.number == 1 && bytes.starts_with(BYTE_ORDER_MARK) {
                bytes.drain(..BYTE_ORDER_MARK.len());
            }
            if too_long || !bytes.trim_ascii().is_empty() {
                return Ok(Some(Line {
                    number: self.number,
                    bytes,
                    too_long,
                }));
            }
        }
    }

    /// Passes over the rest of a line without keeping it.
    fn skip_line(&mut self) -> io::Result<()> {
        loop {
            let buffer = self.reader.fill_buf()?;
            if buffer.is_empty() {
                return Ok(());
            }
            match buffer.iter().position(|byte| *byte == b'\n') {
                Some(at) => {
                    self.reader.consume(at + 1);
                    return Ok(());
                }
                None => {
                    let n = buffer.len();
                    self.reader.consume(n);
                }
            }
        }
    }
}
