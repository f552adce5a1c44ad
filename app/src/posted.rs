//! Forms as browsers send them, read as the server reads them. For tests.

use std::{
    pin::pin,
    task::{Context, Poll, Waker},
};

use http::Request;
use leptos::server_fn::{
    axum_export::body::Body,
    codec::{FromReq, PostUrl},
};

use crate::error::AppError;

/// The arguments of a server function in the fields of a form, names and values as they stand in it.
pub(crate) fn posted<T>(fields: &[(&str, &str)]) -> Result<T, AppError>
where
    T: FromReq<PostUrl, Request<Body>, AppError>,
{
    let body: Vec<_> = fields
        .iter()
        .map(|(name, value)| {
            let (name, value) = (crate::routes::encode(name), crate::routes::encode(value));
            format!("{name}={value}")
        })
        .collect();
    let request = Request::new(Body::from(body.join("&")));
    let mut reading = pin!(T::from_req(request));
    let mut context = Context::from_waker(Waker::noop());
    // The body is here already: nothing is waited for.
    match reading.as_mut().poll(&mut context) {
        Poll::Ready(read) => read,
        Poll::Pending => panic!("the body should be ready"),
    }
}
