//! Lines that were not taken, kept so that they can be mended and imported again.

use std::{
    fs::File,
    io::{self, BufWriter, Write},
    path::Path,
};

use domain::event::Rejection;
use serde::Serialize;

/// One rejected line, as written to the file.
#[derive(Serialize)]
struct Entry<'a> {
    line: u64,
    code: &'a str,
    message: &'a str,
    /// The line as it was; bytes that are no UTF-8 are replaced.
    event: &'a str,
}

/// Where rejected lines go: a file, or nowhere.
pub(super) struct Rejects(Option<BufWriter<File>>);

impl Rejects {
    /// Opens the file, emptying it.
    pub(super) fn open(path: Option<&Path>) -> io::Result<Self> {
        Ok(Self(
            path.map(File::create).transpose()?.map(BufWriter::new),
        ))
    }

    /// Writes one line down.
    pub(super) fn write(
        &mut self,
        line: u64,
        rejection: &Rejection,
        bytes: &[u8],
    ) -> io::Result<()> {
        let Some(file) = &mut self.0 else {
            return Ok(());
        };
        let event = String::from_utf8_lossy(bytes);
        let entry = Entry {
            line,
            code: &rejection.code,
            message: &rejection.message,
            event: &event,
        };
        serde_json::to_writer(&mut *file, &entry)?;
        file.write_all(b"\n")
    }

    /// Makes sure that everything is in the file.
    pub(super) fn finish(mut self) -> io::Result<()> {
        self.0.as_mut().map_or(Ok(()), Write::flush)
    }
}
