//! Taking a file in: piece by piece into the database, never whole in memory.

use std::{
    fs::File,
    io::{Cursor, Seek, Write},
    time::Duration,
};

use axum::{
    Extension, Router,
    extract::{DefaultBodyLimit, Multipart, State, multipart::MultipartError},
    response::{IntoResponse, Redirect, Response},
    routing::{get, post},
};
use bytes::Bytes;
use domain::Refusal;
use futures::{Stream, StreamExt};
use http::StatusCode;
use people::{FILE_BYTES_MAX, Kind, Peek, Unreadable};
use store::{NewImport, WorkspaceId};

use super::{report, spool::nameless};
use crate::{
    auth::{Action, Principal, Signed},
    http::problem::Problem,
    state::AppState,
};

/// Bytes of a piece.
const PIECE_BYTES: usize = 256 * 1024;
/// How much of a text is looked at to tell its columns.
const HEAD_BYTES: usize = 1024 * 1024;
/// A sender that is silent for so long is gone.
const SILENCE_MAX: Duration = Duration::from_secs(60);

/// The page's routes. They lie under no time-out: a file may take its time.
pub(crate) fn routes() -> Router<AppState> {
    Router::new()
        .route("/contacts/import", post(from_page))
        .route("/contacts/imports/{id}/errors.csv", get(report::errors))
        .layer(DefaultBodyLimit::disable())
}

/// Takes the file of the form *Import a file* and goes to the import's page.
async fn from_page(
    State(state): State<AppState>,
    signed: Option<Extension<Signed>>,
    form: Result<Multipart, axum::extract::multipart::MultipartRejection>,
) -> Response {
    let Some(Extension(signed)) = signed else {
        return Redirect::to("/sign-in?next=%2Fcontacts%2Fimports%2Fnew").into_response();
    };
    let taken = match form {
        Ok(form) => taken_from_form(&state, &signed.principal, form).await,
        Err(_not_a_form) => Err(Refusal::invalid("file", "choose a file").into()),
    };
    match taken {
        Ok(id) => Redirect::to(&format!("/contacts/imports/{id}")).into_response(),
        Err(problem) => problem.into_response(),
    }
}

async fn taken_from_form(
    state: &AppState,
    principal: &Principal,
    mut form: Multipart,
) -> Result<String, Problem> {
    principal.may(Action::Write)?;
    while let Some(field) = form.next_field().await.map_err(|error| cut_off(&error))? {
        let name = field.file_name().unwrap_or_default().to_owned();
        if field.name() == Some("file") && !name.is_empty() {
            let pieces = field.map(|piece| piece.map_err(|error| cut_off(&error)));
            return take(state, principal, &name, pieces).await;
        }
    }
    Err(Refusal::invalid("file", "choose a file").into())
}

fn cut_off(_error: &MultipartError) -> Problem {
    Problem::new(StatusCode::BAD_REQUEST, "body_broken")
        .detail("The upload ended early. Send the file again.")
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
    let mut upload =
        Upload::begin(state, principal.workspace, &principal.actor.name(), name).await?;
    match upload.all(pieces).await {
        Ok(()) => Ok(upload.import.id),
        Err(problem) => {
            let now = state.clock.now();
            state.store.drop_uploads(Some(&upload.import), now).await?;
            Err(problem)
        }
    }
}

/// A file on its way in.
pub(crate) struct Upload<'a> {
    state: &'a AppState,
    import: NewImport,
    /// What is not yet a whole piece.
    rest: Vec<u8>,
    n_pieces: u32,
    n_bytes: u64,
    /// Beginning of a text, …
    head: Vec<u8>,
    /// … and the whole of a workbook, whose directory stands at its end.
    copy: Option<File>,
}

impl<'a> Upload<'a> {
    async fn begin(
        state: &'a AppState,
        ws: WorkspaceId,
        by: &str,
        name: &str,
    ) -> Result<Self, Problem> {
        // Browsers of old sent whole paths.
        let name = name.rsplit(['/', '\\']).next().unwrap_or_default();
        let now = state.clock.now();
        state.store.drop_uploads(None, now).await?;
        Ok(Self {
            state,
            import: state.store.begin_import(ws, name, by, now).await?,
            rest: Vec::with_capacity(PIECE_BYTES),
            n_pieces: 0,
            n_bytes: 0,
            head: Vec::new(),
            copy: None,
        })
    }

    async fn all(
        &mut self,
        pieces: impl Stream<Item = Result<Bytes, Problem>> + Send,
    ) -> Result<(), Problem> {
        let mut pieces = std::pin::pin!(pieces);
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
            return Err(
                Problem::new(StatusCode::PAYLOAD_TOO_LARGE, "file_too_large")
                    .detail("A file holds at most 1 GiB. Split it."),
            );
        }
        while !bytes.is_empty() {
            let n = bytes.len().min(PIECE_BYTES - self.rest.len());
            self.rest.extend_from_slice(&bytes[..n]);
            bytes = &bytes[n..];
            if self.rest.len() == PIECE_BYTES {
                self.keep().await?;
            }
        }
        Ok(())
    }

    /// Keeps the piece.
    async fn keep(&mut self) -> Result<(), Problem> {
        if self.rest.is_empty() {
            return Ok(());
        }
        if self.n_pieces == 0 && Kind::of(&self.rest).map_err(unreadable)? == Kind::Workbook {
            self.copy = Some(nameless().map_err(Problem::internal)?);
        }
        if let Some(mut copy) = self.copy.take() {
            let piece = self.rest.clone();
            let written =
                tokio::task::spawn_blocking(move || copy.write_all(&piece).map(|()| copy));
            let written = written.await.map_err(Problem::internal)?;
            self.copy = Some(written.map_err(Problem::internal)?);
        } else if self.head.len() < HEAD_BYTES {
            self.head.extend_from_slice(&self.rest);
        }
        let store = &self.state.store;
        store
            .put_import_chunk(&self.import, self.n_pieces, &self.rest)
            .await?;
        self.n_pieces += 1;
        self.rest.clear();
        Ok(())
    }

    /// Looks at the file and lets people see the import.
    async fn finish(&mut self) -> Result<(), Problem> {
        self.keep().await?;
        let (copy, head) = (self.copy.take(), std::mem::take(&mut self.head));
        let peek = tokio::task::spawn_blocking(move || match copy {
            Some(mut file) => {
                file.rewind()
                    .map_err(|_| Unreadable("The file can't be read.".to_owned()))?;
                people::peek(Kind::Workbook, file)
            }
            None => people::peek(Kind::Text, Cursor::new(head)),
        });
        let Peek {
            header,
            sample,
            mapping,
        } = peek.await.map_err(Problem::internal)?.map_err(unreadable)?;
        let store = &self.state.store;
        store
            .finish_upload(&self.import, &header, &sample, &mapping)
            .await?;
        Ok(())
    }
}

fn unreadable(error: Unreadable) -> Problem {
    Problem::new(StatusCode::UNPROCESSABLE_ENTITY, "unreadable_file").detail(error.0)
}
