//! Which addresses may be called (SSRF): public ones, by the IANA special-purpose registries.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

use reqwest::dns::{Addrs, Name, Resolve, Resolving};

use crate::Network;

/// An address that must not be called from here.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the address is not a public one")]
pub struct Denied;

/// Whether an address belongs to the public internet: neither loopback, private (RFC 1918, RFC 4193), shared
/// (RFC 6598), link-local with its metadata services, documentation, multicast nor reserved. IPv4 written as IPv6 is
/// never public, except behind the well-known NAT64 prefix (RFC 6052), where what it stands for decides.
#[must_use]
pub fn is_public(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => is_public_v4(address),
        IpAddr::V6(address) => is_public_v6(address),
    }
}

fn is_public_v4(address: Ipv4Addr) -> bool {
    let [a, b, c, _] = address.octets();
    !matches!(
        (a, b, c),
        (0 | 10 | 127 | 224..=255, _, _)
            | (100, 64..=127, _)
            | (169, 254, _)
            | (172, 16..=31, _)
            | (192, 0, 0 | 2)
            | (192, 88, 99)
            | (192, 168, _)
            | (198, 18 | 19, _)
            | (198, 51, 100)
            | (203, 0, 113)
    )
}

fn is_public_v6(address: Ipv6Addr) -> bool {
    match address.segments() {
        [0x64, 0xff9b, 0, 0, 0, 0, high, low] => {
            is_public_v4(Ipv4Addr::from_bits(u32::from(high) << 16 | u32::from(low)))
        }
        // Protocol assignments with Teredo, documentation, 6to4.
        [0x2001, 0..=0x1ff | 0xdb8, ..] | [0x2002, ..] | [0x3fff, 0..=0xfff, ..] => false,
        // All of global unicast is in 2000::/3.
        [first, ..] => first & 0xe000 == 0x2000,
    }
}

/// Resolves names to addresses that may be called.
pub(super) struct Guard {
    pub(super) network: Network,
}

impl Resolve for Guard {
    fn resolve(&self, name: Name) -> Resolving {
        let network = self.network.clone();
        Box::pin(async move {
            let addresses = addresses(name.as_str(), 0, &network).await?;
            Ok(Box::new(addresses.into_iter()) as Addrs)
        })
    }
}

/// Addresses of a host that may be called; the caller connects to these and does not resolve again.
///
/// # Errors
/// What the resolver says, or [`Denied`] (inside of [`std::io::Error`]) when none of them is public.
pub async fn addresses(
    host: &str,
    port: u16,
    network: &Network,
) -> Result<Vec<SocketAddr>, std::io::Error> {
    let host = host.trim_start_matches('[').trim_end_matches(']');
    let mut addresses: Vec<SocketAddr> = tokio::net::lookup_host((host, port)).await?.collect();
    if addresses.is_empty() {
        return Err(std::io::Error::other("the name has no address"));
    }
    addresses.retain(|address| network.allows_private || is_public(address.ip()));
    if addresses.is_empty() {
        return Err(std::io::Error::other(Denied));
    }
    Ok(addresses)
}
