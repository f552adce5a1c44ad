//! A request's body: within its limits, unpacked, and cut into events.

use std::{io::Read, time::Duration};

use axum::extract::Request;
use bytes::{Bytes, BytesMut};
use domain::{Event, event::Rejection};
use futures::StreamExt;
use http::{
    HeaderMap, StatusCode,
    header::{CONTENT_ENCODING, CONTENT_LENGTH, CONTENT_TYPE},
};
use serde::de::{IgnoredAny, SeqAccess, Visitor};
use serde_json::value::RawValue;

use super::{
    BODY_BYTES_MAX,
    event::{Wire, read_event},
    room::Place,
};
use crate::http::{metrics, problem::Problem};

/// How long a client may take to send a body. Whoever needs longer for 8 MiB holds a connection for nothing.
const BODY_TIMEOUT: Duration = Duration::from_secs(30);

/// How events stand in a body.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Format {
    /// An object or an array, by its first letter; one object a line if that is what it turns out to be.
    Json,
    /// One object a line.
    Lines,
}

impl Format {
    /// By the content type. Without one, or with one that says nothing, the body tells.
    pub(super) fn of(headers: &HeaderMap) -> Result<Self, Problem> {
        let Some(value) = headers.get(CONTENT_TYPE) else {
            return Ok(Self::Json);
        };
        let value = value.to_str().unwrap_or_default();
        let essence = value.split(';').next().unwrap_or_default().trim();
        let is = |names: &[&str]| names.iter().any(|name| essence.eq_ignore_ascii_case(name));
        if is(&[
            "application/x-ndjson",
            "application/ndjson",
            "application/jsonl",
            "application/x-jsonlines",
        ]) {
            Ok(Self::Lines)
        } else if essence.is_empty()
            || is(&[
                "application/json",
                "text/json",
                "text/plain",
                "application/octet-stream",
            ])
        {
            Ok(Self::Json)
        } else {
            Err(
                Problem::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, "unsupported_media_type")
                    .detail("Send events as application/json or application/x-ndjson."),
            )
        }
    }
}

fn too_large() -> Problem {
    Problem::new(StatusCode::PAYLOAD_TOO_LARGE, "body_too_large").detail(format!(
        "A request holds at most {BODY_BYTES_MAX} bytes. Send smaller batches."
    ))
}

/// The whole body, unpacked; `place` holds room for it.
pub(super) async fn read(request: Request, place: &mut Place) -> Result<Bytes, Problem> {
    let headers = request.headers();
    let announced = headers
        .get(CONTENT_LENGTH)
        .and_then(|length| length.to_str().ok()?.parse().ok());
    if announced.is_some_and(|length: usize| length > BODY_BYTES_MAX) {
        return Err(too_large());
    }
    let is_gzip = match headers
        .get(CONTENT_ENCODING)
        .map(|value| value.to_str().unwrap_or("?").trim())
    {
        None => false,
        Some(value) if value.is_empty() || value.eq_ignore_ascii_case("identity") => false,
        Some(value)
            if value.eq_ignore_ascii_case("gzip") || value.eq_ignore_ascii_case("x-gzip") =>
        {
            true
        }
        Some(_) => {
            return Err(
                Problem::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, "unsupported_encoding")
                    .detail("The only content encoding understood is gzip."),
            );
        }
    };
    let bytes = tokio::time::timeout(BODY_TIMEOUT, collect(request, place))
        .await
        .map_err(|_elapsed| {
            Problem::new(StatusCode::REQUEST_TIMEOUT, "body_too_slow")
                .detail("The body did not arrive in time.")
        })??;
    if !is_gzip {
        return Ok(bytes);
    }
    let packed = bytes.len();
    make_room(place, packed + likely_size(packed))?;
    // Unpacking 8 MiB takes tens of milliseconds.
    let plain = tokio::task::spawn_blocking(move || unpack(&bytes))
        .await
        .map_err(Problem::internal)??;
    make_room(place, plain.len())?;
    Ok(plain)
}

fn make_room(place: &mut Place, bytes: usize) -> Result<(), Problem> {
    if place.resize(bytes) {
        return Ok(());
    }
    metrics::ingest_overloaded();
    Err(Problem::overloaded())
}

/// What a packed body comes to, about: events repeat themselves.
fn likely_size(packed: usize) -> usize {
    (packed * 8).min(BODY_BYTES_MAX)
}

async fn collect(request: Request, place: &mut Place) -> Result<Bytes, Problem> {
    let mut chunks = request.into_body().into_data_stream();
    // A small body arrives in one piece and is used where it lies.
    let mut whole: Option<Bytes> = None;
    let mut joined = BytesMut::new();
    while let Some(chunk) = chunks.next().await {
        let chunk = chunk.map_err(|_broken| {
            Problem::new(StatusCode::BAD_REQUEST, "body_broken").detail("The body ended early.")
        })?;
        let size = joined.len() + chunk.len() + whole.as_ref().map_or(0, Bytes::len);
        if size > BODY_BYTES_MAX {
            return Err(too_large());
        }
        make_room(place, size)?;
        match whole.take() {
            None if joined.is_empty() => whole = Some(chunk),
            first => {
                joined.extend_from_slice(&first.unwrap_or_default());
                joined.extend_from_slice(&chunk);
            }
        }
    }
    Ok(whole.unwrap_or_else(|| joined.freeze()))
}

/// Unpacks at most [`BODY_BYTES_MAX`]: a few kilobytes of gzip can stand for gigabytes.
pub(super) fn unpack(bytes: &[u8]) -> Result<Bytes, Problem> {
    let mut plain = Vec::with_capacity(likely_size(bytes.len()));
    let limit = BODY_BYTES_MAX as u64 + 1;
    flate2::read::MultiGzDecoder::new(bytes)
        .take(limit)
        .read_to_end(&mut plain)
        .map_err(|_broken| {
            Problem::new(StatusCode::BAD_REQUEST, "malformed_body")
                .detail("The body is no gzip stream.")
        })?;
    if plain.len() > BODY_BYTES_MAX {
        return Err(too_large());
    }
    Ok(plain.into())
}

/// What takes each event; its error ends the reading.
type Taker<'a> = dyn FnMut(Result<Event, Rejection>) -> Result<(), Problem> + 'a;

/// Hands each event of a body to `take`, in order.
pub(super) fn each_event(
    bytes: &[u8],
    format: Format,
    mut take: impl FnMut(Result<Event, Rejection>) -> Result<(), Problem>,
) -> Result<(), Problem> {
    let body = bytes.trim_ascii();
    match (format, body.first()) {
        (_, None) => Err(malformed("The body is empty.")),
        (Format::Lines, _) => each_line(body, &mut take),
        (Format::Json, Some(b'[')) => each_element(body, &mut take),
        (Format::Json, Some(b'{')) => one_or_lines(body, &mut take),
        (Format::Json, _) => Err(malformed(
            "The body is neither a JSON object, nor an array of them, nor one a line.",
        )),
    }
}

fn malformed(detail: impl Into<String>) -> Problem {
    Problem::new(StatusCode::BAD_REQUEST, "malformed_body").detail(detail)
}

/// One event a line; a line that is no JSON spoils itself only. Blank lines don't count.
fn each_line(body: &[u8], take: &mut Taker) -> Result<(), Problem> {
    let mut rest = body;
    while !rest.is_empty() {
        let end = memchr::memchr(b'\n', rest).unwrap_or(rest.len());
        let line = rest[..end].trim_ascii();
        rest = rest.get(end + 1..).unwrap_or_default();
        if !line.is_empty() {
            take(read_event(line))?;
        }
    }
    Ok(())
}

/// One object, unless its first line is a whole one: then it is one a line under another name.
fn one_or_lines(body: &[u8], take: &mut Taker) -> Result<(), Problem> {
    let first_line = memchr::memchr(b'\n', body).map(|end| &body[..end]);
    if first_line.is_some_and(|line| serde_json::from_slice::<IgnoredAny>(line).is_ok()) {
        return each_line(body, take);
    }
    match serde_json::from_slice::<Wire>(body) {
        Ok(wire) => take(wire.into_event()),
        Err(error) if error.is_data() => take(read_event(body)),
        Err(error) => Err(malformed(format!("The body is not JSON: {error}."))),
    }
}

/// An array. While all its events can be read, each is read once; the first that can't sends the whole array the
/// slow way, which tells its elements apart before it looks into them.
fn each_element(body: &[u8], take: &mut Taker) -> Result<(), Problem> {
    if let Ok(events) = all_elements(body) {
        return events
            .into_iter()
            .try_for_each(|wire| take(wire.into_event()));
    }
    let elements: Vec<&RawValue> = serde_json::from_slice(body)
        .map_err(|error| malformed(format!("The body is not JSON: {error}.")))?;
    elements
        .into_iter()
        .try_for_each(|element| take(read_event(element.get().as_bytes())))
}

fn all_elements(body: &[u8]) -> Result<Vec<Wire<'_>>, serde_json::Error> {
    struct Elements;
    impl<'de> Visitor<'de> for Elements {
        type Value = Vec<Wire<'de>>;
        fn expecting(&self, f: &mut std::fmt::Formatter) -> std::fmt::Result {
            f.write_str("an array of events")
        }
        fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Self::Value, A::Error> {
            let mut events = Vec::new();
            while let Some(event) = seq.next_element()? {
                events.push(event);
            }
            Ok(events)
        }
    }
    let mut deserializer = serde_json::Deserializer::from_slice(body);
    let events = serde::Deserializer::deserialize_seq(&mut deserializer, Elements)?;
    deserializer.end()?;
    Ok(events)
}
