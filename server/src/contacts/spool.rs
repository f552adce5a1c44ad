//! A file that is only needed for a moment, and the pieces of an import as one.

use std::{
    fs::{File, OpenOptions},
    io::{self, Read, Seek, SeekFrom},
};

use store::Store;
use tokio::runtime::Handle;

/// A file without a name: readable by nobody else, and gone when it is closed, however the process ends.
///
/// # Errors
/// When none can be made in the folder for temporary files.
pub(super) fn nameless() -> io::Result<File> {
    let mut name = [0_u8; 12];
    getrandom::fill(&mut name).map_err(io::Error::other)?;
    let name: String = name.iter().map(|byte| format!("{byte:02x}")).collect();
    let path = std::env::temp_dir().join(format!("reportage-{name}"));
    let mut options = OpenOptions::new();
    options.read(true).write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let file = options.open(&path)?;
    std::fs::remove_file(&path)?;
    Ok(file)
}

/// The file of an import, read piece by piece from the database. For a thread that may wait.
pub(super) struct Pieces {
    store: Store,
    import: i64,
    next: u32,
    piece: Vec<u8>,
    at: usize,
    runtime: Handle,
}

impl Pieces {
    pub(super) fn of(store: Store, import: i64, runtime: Handle) -> Self {
        Self {
            store,
            import,
            next: 0,
            piece: Vec::new(),
            at: 0,
            runtime,
        }
    }

    /// The first piece, which stays to be read.
    pub(super) fn head(&mut self) -> io::Result<Vec<u8>> {
        let piece = self
            .runtime
            .block_on(self.store.import_chunk(self.import, 0));
        Ok(piece.map_err(io::Error::other)?.unwrap_or_default())
    }
}

impl Read for Pieces {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.at == self.piece.len() {
            let next = self.store.import_chunk(self.import, self.next);
            let piece = self.runtime.block_on(next).map_err(io::Error::other)?;
            let Some(piece) = piece else { return Ok(0) };
            self.next += 1;
            self.piece = piece;
            self.at = 0;
        }
        let n = buffer.len().min(self.piece.len() - self.at);
        buffer[..n].copy_from_slice(&self.piece[self.at..self.at + n]);
        self.at += n;
        Ok(n)
    }
}

impl Seek for Pieces {
    /// Pieces are read in order: whoever has to go back copies them first.
    fn seek(&mut self, _to: SeekFrom) -> io::Result<u64> {
        Err(io::ErrorKind::Unsupported.into())
    }
}
