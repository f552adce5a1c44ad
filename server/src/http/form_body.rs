//! The body of a form: within one limit, however it is sent, and within the room there is for all of them.

use axum::body::{Body, Bytes};
use bytes::BytesMut;
use futures::StreamExt;

use super::ingest::{Place, Room};

/// Longest form: a draft of four arms with their HTML and MJML. What is behind reads as much.
pub(super) const FORM_BYTES_MAX: usize = 8 * 1024 * 1024;

/// Why a body was not read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum BodyError {
    /// It is longer than [`FORM_BYTES_MAX`].
    TooLong,
    /// It ended early.
    Broken,
    /// There is no room at the moment.
    Busy,
}

/// Reads a body whole. Its bytes count from the first one on, until the place is given back.
pub(super) async fn read(room: &Room, body: Body) -> Result<(Bytes, Place), BodyError> {
    let mut place = room.enter();
    let mut pieces = body.into_data_stream();
    let mut whole = BytesMut::new();
    while let Some(piece) = pieces.next().await {
        let piece = piece.map_err(|_| BodyError::Broken)?;
        let length = whole.len() + piece.len();
        if length > FORM_BYTES_MAX {
            return Err(BodyError::TooLong);
        }
        if !place.resize(length) {
            return Err(BodyError::Busy);
        }
        whole.extend_from_slice(&piece);
    }
    Ok((whole.freeze(), place))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_form_takes_room_until_it_is_answered() {
        let room = Room::of(FORM_BYTES_MAX + 10);
        let of = |n: usize| Body::from(vec![b'x'; n]);
        let (whole, place) = read(&room, of(FORM_BYTES_MAX)).await.unwrap();
        assert_eq!(whole.len(), FORM_BYTES_MAX);
        assert_eq!(read(&room, of(11)).await.unwrap_err(), BodyError::Busy);
        assert!(read(&room, of(10)).await.is_ok());
        drop(place);
        assert!(read(&room, of(11)).await.is_ok());
        let long = read(&room, of(FORM_BYTES_MAX + 1)).await;
        assert_eq!(long.unwrap_err(), BodyError::TooLong);
        let cut = futures::stream::iter([Ok(Bytes::from("x")), Err(std::io::Error::other("gone"))]);
        let cut = read(&room, Body::from_stream(cut)).await;
        assert_eq!(cut.unwrap_err(), BodyError::Broken);
    }
}
