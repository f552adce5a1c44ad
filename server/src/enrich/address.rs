//! Client addresses: the country they belong to, and what may be kept of them.

use std::{
    net::{IpAddr, Ipv4Addr, Ipv6Addr},
    path::Path,
};

use maxminddb::{Reader, path};

/// Country by address.
///
/// Without a file of the operator's, from the delegation statistics of the five registries, which the `iptocc`
/// crate carries and refreshes nightly: the country an address is *registered* in.
#[derive(Debug, Default)]
pub struct Countries {
    reader: Option<Reader<Vec<u8>>>,
}

impl Countries {
    /// A database in MaxMind's format, chosen by the operator.
    ///
    /// # Errors
    /// A sentence that names the file.
    pub fn open(path: &Path) -> Result<Self, String> {
        let reader = std::fs::read(path)
            .map_err(|error| error.to_string())
            .and_then(|bytes| Reader::from_source(bytes).map_err(|error| error.to_string()))
            .map_err(|error| format!("the country database {}: {error}", path.display()))?;
        Ok(Self {
            reader: Some(reader),
        })
    }

    /// ISO 3166-1 alpha-2 code of the country an address belongs to.
    #[must_use]
    pub fn of(&self, address: IpAddr) -> Option<String> {
        let address = address.to_canonical();
        let Some(reader) = &self.reader else {
            return iptocc::country_code(address).map(str::to_owned);
        };
        let found = reader.lookup(address).ok()?;
        // MaxMind's own files keep the code under `country`; ip-location-db's at the top.
        let code: Option<&str> = found
            .decode_path(&path!["country", "iso_code"])
            .ok()
            .flatten()
            .or_else(|| found.decode_path(&path!["country_code"]).ok().flatten());
        code.filter(|code| code.len() == 2).map(str::to_owned)
    }
}

/// The network an address belongs to: 24 bits of IPv4, 48 of IPv6. Enough to see a data centre, not a household.
#[must_use]
pub fn truncate(address: IpAddr) -> String {
    match address.to_canonical() {
        IpAddr::V4(v4) => {
            let [a, b, c, _] = v4.octets();
            Ipv4Addr::new(a, b, c, 0).to_string()
        }
        IpAddr::V6(v6) => {
            let [a, b, c, ..] = v6.segments();
            Ipv6Addr::new(a, b, c, 0, 0, 0, 0, 0).to_string()
        }
    }
}
