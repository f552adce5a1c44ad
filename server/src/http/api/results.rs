//! A campaign's results, one row per message, as a file for spreadsheets.

use std::io::{Read, Seek};

use axum::{
    body::Body,
    extract::{Path, State},
    response::{IntoResponse, Response},
};
use bytes::Bytes;
use domain::{
    csv::{BYTE_ORDER_MARK, line},
    message::Category,
    recipient::{RecipientPage, RecipientRow},
    user::Scope,
};
use futures::{Stream, stream};
use http::header;
use rust_xlsxwriter::{Workbook, XlsxError};
use store::RecipientQuery;
use tokio::sync::mpsc;
use tokio_stream::wrappers::ReceiverStream;

use super::schema::ProblemDoc;
use crate::{
    auth::{Action, ApiPrincipal, Principal},
    backend::{campaign::exported, recipients},
    http::problem::Problem,
    state::AppState,
};

/// Rows read at a time.
const PAGE_ROWS: u32 = 500;
/// Rows of a sheet: spreadsheets hold 1,048,576, one of them is the header.
const SHEET_ROWS: u32 = 1_048_575;
/// Pages read ahead of whoever writes or sends them.
const PAGES_AHEAD: usize = 4;
/// Bytes of a chunk of the finished workbook.
const CHUNK_BYTES: usize = 64 * 1024;

const HEADER: [&str; 10] = [
    "recipient",
    "message",
    "status",
    "provider_status",
    "status_at",
    "sent_at",
    "delivered_at",
    "opened_at",
    "clicks",
    "variant",
];

fn cells(row: RecipientRow) -> [String; 10] {
    [
        row.recipient,
        row.message,
        row.status
            .map(Category::label)
            .unwrap_or_default()
            .to_owned(),
        row.raw_status.unwrap_or_default(),
        row.status_at.unwrap_or_default(),
        row.sent_at.unwrap_or_default(),
        row.delivered_at.unwrap_or_default(),
        row.opened_at.unwrap_or_default(),
        row.clicks.to_string(),
        row.variant.unwrap_or_default(),
    ]
}

/// Download the results as CSV
///
/// One row per message, streamed at any size. Cells that a spreadsheet would take for a formula begin with an
/// apostrophe. People below admin get masked keys.
#[utoipa::path(
    get, path = "/api/v1/campaigns/{id}/results.csv", tag = "Recipients",
    params(("id" = String, Path, description = "Platform id or `external_id`")),
    responses(
        (status = 200, description = "RFC 4180 with a header, UTF-8", body = String, content_type = "text/csv"),
        (status = 401, description = "No or no valid token", body = ProblemDoc, content_type = "application/problem+json"),
        (status = 403, description = "The token lacks `read`", body = ProblemDoc, content_type = "application/problem+json"),
        (status = 404, description = "No such campaign", body = ProblemDoc, content_type = "application/problem+json"),
    ),
)]
pub(super) async fn csv(
    State(state): State<AppState>,
    caller: ApiPrincipal,
    Path(id): Path<String>,
) -> Result<Response, Problem> {
    let (pages, number) = pages(&state, &caller, id, "results.csv").await?;
    let head = format!("{BYTE_ORDER_MARK}{}", line(HEADER));
    let head = stream::once(async move { Ok::<_, store::Error>(Bytes::from(head)) });
    let rows = futures::StreamExt::map(pages, |page| {
        // The head of the answer is gone: an error can only break the stream off, which clients notice.
        let page = page.inspect_err(|error| tracing::error!(%error, "results broke off"))?;
        let lines: String = page
            .rows
            .into_iter()
            .map(|row| line(cells(row).iter().map(String::as_str)))
            .collect();
        Ok(Bytes::from(lines))
    });
    let body = Body::from_stream(futures::StreamExt::chain(head, rows));
    Ok((named("text/csv; charset=utf-8", number, "csv"), body).into_response())
}

/// Download the results as XLSX
///
/// As the CSV; campaigns of more than 1,048,575 messages take several sheets.
#[utoipa::path(
    get, path = "/api/v1/campaigns/{id}/results.xlsx", tag = "Recipients",
    params(("id" = String, Path, description = "Platform id or `external_id`")),
    responses(
        (status = 200, description = "A workbook", body = String, content_type = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
        (status = 401, description = "No or no valid token", body = ProblemDoc, content_type = "application/problem+json"),
        (status = 403, description = "The token lacks `read`", body = ProblemDoc, content_type = "application/problem+json"),
        (status = 404, description = "No such campaign", body = ProblemDoc, content_type = "application/problem+json"),
    ),
)]
pub(super) async fn xlsx(
    State(state): State<AppState>,
    caller: ApiPrincipal,
    Path(id): Path<String>,
) -> Result<Response, Problem> {
    let (mut pages, number) = pages(&state, &caller, id, "results.xlsx").await?;
    let (rows, mut waiting) = mpsc::channel::<RecipientPage>(PAGES_AHEAD);
    // Rows lie in a temporary file, not in memory; packing them is work for a thread of its own.
    let place = state.pools.exports.enter().await?;
    let packed = tokio::task::spawn_blocking(move || {
        let packed = workbook(&mut waiting);
        drop(place);
        packed
    });
    while let Some(page) = futures::StreamExt::next(&mut pages).await {
        if rows.send(page?).await.is_err() {
            break;
        }
    }
    drop(rows);
    let file = packed
        .await
        .map_err(Problem::internal)?
        .map_err(Problem::internal)?;
    let body = Body::from_stream(contents(file));
    let kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
    Ok((named(kind, number, "xlsx"), body).into_response())
}

/// Pages of rows, as much of them as the caller may see, and the campaign's number.
async fn pages(
    state: &AppState,
    caller: &ApiPrincipal,
    id: String,
    file: &str,
) -> Result<
    (
        impl Stream<Item = store::Result<RecipientPage>> + Send + Unpin + use<>,
        i64,
    ),
    Problem,
> {
    caller.require(Scope::Read)?;
    caller.may(Action::Read)?;
    let campaign = state.store.campaign(caller.workspace(), &id).await?;
    exported(state, &caller.0, &campaign, file).await?;
    let (store, principal): (_, Principal) = (state.store.clone(), caller.0.clone());
    let pages = stream::try_unfold(Some(None), move |cursor: Option<Option<String>>| {
        let (store, principal, id) = (store.clone(), principal.clone(), campaign.id.clone());
        async move {
            let Some(cursor) = cursor else {
                return Ok(None);
            };
            let query = RecipientQuery {
                cursor,
                limit: PAGE_ROWS,
                ..RecipientQuery::default()
            };
            let page = recipients::visible(&store, &principal, &id, &query).await?;
            let next = page.next_cursor.clone().map(Some);
            Ok(Some((page, next)))
        }
    });
    Ok((Box::pin(pages), campaign.number))
}

fn named(kind: &'static str, number: i64, ending: &str) -> [(header::HeaderName, String); 2] {
    [
        (header::CONTENT_TYPE, kind.to_owned()),
        (
            header::CONTENT_DISPOSITION,
            format!("attachment; filename=\"campaign-{number}-results.{ending}\""),
        ),
    ]
}

/// Packs the rows as they come into a file that nobody else can open.
fn workbook(rows: &mut mpsc::Receiver<RecipientPage>) -> Result<std::fs::File, XlsxError> {
    let mut book = Workbook::new();
    let mut next = SHEET_ROWS + 1;
    let mut sheets = 0;
    let mut sheet = None;
    while let Some(page) = rows.blocking_recv() {
        for row in page.rows {
            if next > SHEET_ROWS || sheet.is_none() {
                sheets += 1;
                sheet = Some(begin(&mut book, sheets)?);
                next = 1;
            }
            let Some(at) = sheet else { continue };
            let sheet = book.worksheet_from_index(at)?;
            for (column, cell) in (0_u16..).zip(cells(row)) {
                // Text, which no spreadsheet takes for a formula.
                sheet.write_string(next, column, cell)?;
            }
            next += 1;
        }
    }
    if sheet.is_none() {
        begin(&mut book, 1)?;
    }
    let mut file = tempfile()?;
    book.save_to_writer(&mut file)?;
    file.rewind()?;
    Ok(file)
}

fn begin(book: &mut Workbook, n: usize) -> Result<usize, XlsxError> {
    let sheet = book.add_worksheet_with_constant_memory()?;
    sheet.set_name(format!("Results {n}"))?;
    for (column, name) in (0_u16..).zip(HEADER) {
        sheet.write_string(0, column, name)?;
    }
    Ok(n - 1)
}

/// A file without a name, that nobody else can read.
fn tempfile() -> std::io::Result<std::fs::File> {
    let mut options = std::fs::OpenOptions::new();
    options.read(true).write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let path = std::env::temp_dir().join(format!("reportage-{:032x}", rand::random::<u128>()));
    let file = options.open(&path)?;
    std::fs::remove_file(&path)?;
    Ok(file)
}

/// What is in the file, piece by piece.
fn contents(mut file: std::fs::File) -> ReceiverStream<std::io::Result<Bytes>> {
    let (pieces, body) = mpsc::channel(PAGES_AHEAD);
    tokio::task::spawn_blocking(move || {
        loop {
            let mut piece = vec![0; CHUNK_BYTES];
            let read = file.read(&mut piece).map(|n| {
                piece.truncate(n);
                Bytes::from(piece)
            });
            let is_end = matches!(&read, Ok(piece) if piece.is_empty());
            let is_broken = read.is_err();
            if is_end || pieces.blocking_send(read).is_err() || is_broken {
                return;
            }
        }
    });
    ReceiverStream::new(body)
}
