//! Where a request comes from. Never logged.

use std::{
    convert::Infallible,
    net::{IpAddr, SocketAddr},
};

use axum::extract::{ConnectInfo, FromRequestParts};
use http::{HeaderMap, request::Parts};

use crate::state::AppState;

/// The client's address: the connection's, or what the nearest proxy saw where `--trust-proxy` says to believe it.
#[derive(Clone, Copy)]
pub(super) struct Peer(pub Option<IpAddr>);

impl FromRequestParts<AppState> for Peer {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self, Infallible> {
        let connected = parts
            .extensions
            .get::<ConnectInfo<SocketAddr>>()
            .map(|info| info.0.ip());
        let forwarded = if state.settings.trust_proxy {
            forwarded_for(&parts.headers)
        } else {
            None
        };
        Ok(Self(forwarded.or(connected)))
    }
}

impl Peer {
    /// The client's network as text, for counting. IPv6 comes in networks: one customer has 2^64 addresses.
    pub(super) fn network(self) -> String {
        match self.0 {
            Some(IpAddr::V6(address)) => match address.to_ipv4_mapped() {
                Some(v4) => v4.to_string(),
                None => format!("{:?}", &address.segments()[..4]),
            },
            Some(address) => address.to_string(),
            None => "unknown".to_owned(),
        }
    }
}

/// The address the nearest proxy saw. Those before it are what the client claims.
fn forwarded_for(headers: &HeaderMap) -> Option<IpAddr> {
    let last = headers.get_all("x-forwarded-for").iter().next_back()?;
    last.to_str().ok()?.rsplit(',').next()?.trim().parse().ok()
}
