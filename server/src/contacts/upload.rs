//! Taking a file in: piece by piece into the database, never whole in memory.

use std::{
    fs::File,
    io::{Cursor, Read, Seek, Write},
    time::Duration,
};

use bytes::Bytes;
use futures::{Stream, StreamExt};
use http::StatusCode;
use people::{FILE_BYTES_MAX, Kind, Peek, Unreadable, WORKBOOK_BYTES_MAX};
use store::{NewImport, WorkspaceId};

use super::spool::nameless;
use crate::{auth::Principal, http::problem::Problem, state::AppState};

/// Bytes of a piece.
const PIECE_BYTES: usize = 256 * 1024;
/// How much of a text is looked at to tell its columns.
const HEAD_BYTES: usize = 1024 * 1024;
/// A sender that is silent for so long is gone.
const SILENCE_MAX: Duration = Duration::from_secs(60);
/// How much of a file that was refused is read on, …
const DRAINED_BYTES_MAX: usize = 64 << 20;
/// … and for how long.
const DRAINED_FOR: Duration = Duration::from_secs(20);

/// A file's name without folders: browsers of old sent whole paths.
pub(super) fn base_name(name: &str) -> &str {
    name.rsplit(['/', '\\']).next().unwrap_or_default()
}

/// Takes a file in; the import's id. Nothing is kept of one that can't be read, or didn't arrive whole.
///
/// # Errors
/// What is wrong with it.
pub(crate) async fn take(
    state: &AppState,
    principal: &Principal,
    name: &str,
    pieces: impl Stream<Item = Result<Bytes, Problem>> + Send,
) -> Result<String, Problem> {
    let mut pieces = std::pin::pin!(pieces);
    let _place = state.pools.uploads.enter().await?;
    let mut upload =
        Upload::begin(state, principal.workspace, &principal.actor.name(), name).await?;
    match upload.all(&mut pieces).await {
        Ok(()) => Ok(upload.import.id),
        Err(problem) => {
            let now = state.clock.now();
            state.store.drop_uploads(Some(&upload.import), now).await?;
            drop(upload);
            drain(&mut pieces).await;
            Err(problem)
        }
    }
}

/// Reads on for a while: browsers show an answer only once they have sent what they had.
async fn drain(pieces: &mut (impl Stream<Item = Result<Bytes, Problem>> + Unpin)) {
    let mut left = DRAINED_BYTES_MAX;
    let read_on = async {
        while let Some(Ok(piece)) = pieces.next().await {
            left = left.saturating_sub(piece.len());
            if left == 0 {
                return;
            }
        }
    };
    // Whoever takes longer sees the connection break off.
    let _in_time = tokio::time::timeout(DRAINED_FOR, read_on).await;
}

/// A file on its way in. Nothing of it is stored before it was looked at: the beginning of a text waits in memory, a
/// workbook, whose directory is at its end, in a temporary file.
struct Upload<'a> {
    state: &'a AppState,
    import: NewImport,
    /// What is not yet a whole piece.
    rest: Vec<u8>,
    n_pieces: u32,
    n_bytes: u64,
    /// What the first piece said.
    kind: Option<Kind>,
    /// Beginning of a text that wasn't looked at yet.
    head: Vec<u8>,
    /// The whole of a workbook.
    copy: Option<File>,
    /// What was seen of a text.
    peek: Option<Peek>,
}

impl<'a> Upload<'a> {
    async fn begin(
        state: &'a AppState,
        ws: WorkspaceId,
        by: &str,
        name: &str,
    ) -> Result<Self, Problem> {
        let now = state.clock.now();
        state.store.drop_uploads(None, now).await?;
        Ok(Self {
            state,
            import: state
                .store
                .begin_import(ws, base_name(name), by, now)
                .await?,
            rest: Vec::with_capacity(PIECE_BYTES),
            n_pieces: 0,
            n_bytes: 0,
            kind: None,
            head: Vec::new(),
            copy: None,
            peek: None,
        })
    }

    async fn all(
        &mut self,
        pieces: &mut (impl Stream<Item = Result<Bytes, Problem>> + Send + Unpin),
    ) -> Result<(), Problem> {
        loop {
            let next = tokio::time::timeout(SILENCE_MAX, pieces.next());
            let next = next.await.map_err(|_silent| {
                Problem::new(StatusCode::REQUEST_TIMEOUT, "timeout")
                    .detail("The file did not arrive in time. Send it again.")
            })?;
            match next {
                Some(bytes) => self.push(&bytes?).await?,
                None => return self.finish().await,
            }
        }
    }

    async fn push(&mut self, mut bytes: &[u8]) -> Result<(), Problem> {
        self.n_bytes += bytes.len() as u64;
        if self.n_bytes > FILE_BYTES_MAX {
            return Err(too_large("A file holds at most 1 GiB. Split it."));
        }
        while !bytes.is_empty() {
            let n = bytes.len().min(PIECE_BYTES - self.rest.len());
            self.rest.extend_from_slice(&bytes[..n]);
            bytes = &bytes[n..];
            if self.rest.len() == PIECE_BYTES {
                self.take_piece().await?;
            }
        }
        Ok(())
    }

    /// Takes the piece that came together.
    async fn take_piece(&mut self) -> Result<(), Problem> {
        if self.rest.is_empty() {
            return Ok(());
        }
        let piece = std::mem::replace(&mut self.rest, Vec::with_capacity(PIECE_BYTES));
        let kind = match self.kind {
            Some(kind) => kind,
            None => *self.kind.insert(Kind::of(&piece).map_err(unreadable)?),
        };
        match kind {
            Kind::Workbook => self.put_aside(piece).await,
            Kind::Text if self.peek.is_some() => self.store(&piece).await,
            Kind::Text => {
                self.head.extend_from_slice(&piece);
                if self.head.len() < HEAD_BYTES {
                    return Ok(());
                }
                self.look_at_text().await
            }
        }
    }

    /// Puts a piece of a workbook into its temporary file.
    async fn put_aside(&mut self, piece: Vec<u8>) -> Result<(), Problem> {
        if self.n_bytes > WORKBOOK_BYTES_MAX {
            return Err(too_large(
                "A workbook holds at most 128 MiB. Save the contacts as CSV and upload that.",
            ));
        }
        let mut copy = match self.copy.take() {
            Some(copy) => copy,
            None => nameless().map_err(Problem::internal)?,
        };
        let written = tokio::task::spawn_blocking(move || copy.write_all(&piece).map(|()| copy));
        let written = written.await.map_err(Problem::internal)?;
        self.copy = Some(written.map_err(Problem::internal)?);
        Ok(())
    }

    /// Looks at the beginning of a text, and stores it.
    async fn look_at_text(&mut self) -> Result<(), Problem> {
        let head = std::mem::take(&mut self.head);
        let looked = self.state.pools.texts.run(move || {
            let looked = people::peek(Kind::Text, Cursor::new(&head));
            looked.map(|peek| (peek, head))
        });
        let (peek, head) = looked.await?.map_err(unreadable)?;
        for piece in head.chunks(PIECE_BYTES) {
            self.store(piece).await?;
        }
        self.peek = Some(peek);
        Ok(())
    }

    /// Looks at a workbook, and stores it.
    async fn look_at_workbook(&mut self, mut file: File) -> Result<Peek, Problem> {
        let looked = self.state.pools.workbooks.run(move || {
            file.rewind().map_err(|_| broken())?;
            let peek = people::peek(Kind::Workbook, &mut file)?;
            file.rewind().map_err(|_| broken())?;
            Ok((peek, file))
        });
        let (peek, mut file) = looked.await?.map_err(unreadable)?;
        loop {
            let read = tokio::task::spawn_blocking(move || {
                let mut piece = Vec::with_capacity(PIECE_BYTES);
                let read = (&mut file).take(PIECE_BYTES as u64).read_to_end(&mut piece);
                read.map(|_| (piece, file))
            });
            let read = read.await.map_err(Problem::internal)?;
            let (piece, rest) = read.map_err(Problem::internal)?;
            if piece.is_empty() {
                return Ok(peek);
            }
            self.store(&piece).await?;
            file = rest;
        }
    }

    async fn store(&mut self, piece: &[u8]) -> Result<(), Problem> {
        let store = &self.state.store;
        store
            .put_import_chunk(&self.import, self.n_pieces, piece)
            .await?;
        self.n_pieces += 1;
        Ok(())
    }

    /// Looks at a file that is whole, unless that was done, and lets people see the import.
    async fn finish(&mut self) -> Result<(), Problem> {
        self.take_piece().await?;
        if let Some(file) = self.copy.take() {
            self.peek = Some(self.look_at_workbook(file).await?);
        } else if self.peek.is_none() {
            self.look_at_text().await?;
        }
        let Some(peek) = self.peek.take() else {
            return Err(unreadable(broken()));
        };
        let store = &self.state.store;
        store
            .finish_upload(&self.import, &peek.header, &peek.sample, &peek.mapping)
            .await?;
        Ok(())
    }
}

fn too_large(sentence: &str) -> Problem {
    Problem::new(StatusCode::PAYLOAD_TOO_LARGE, "file_too_large").detail(sentence)
}

fn broken() -> Unreadable {
    Unreadable("The file can't be read.".to_owned())
}

fn unreadable(error: Unreadable) -> Problem {
    Problem::new(StatusCode::UNPROCESSABLE_ENTITY, "unreadable_file").detail(error.0)
}
