use std::net::{IpAddr, Ipv6Addr};

use axum::http::{Extensions, HeaderMap, HeaderName};

/// The address of the connected peer: the client, or the gateway in front of it. For sign-in limits, the client's.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct ClientAddress(pub IpAddr);

impl ClientAddress {
    /// Returns the address that a client's requests are counted under. Behind a gateway it comes from the header that
    /// the gateway overwrites; no other header is trusted. An IPv6 client's whole /64 counts as one address.
    pub fn of(header: Option<&HeaderName>, headers: &HeaderMap, extensions: &Extensions) -> Option<Self> {
        let told = header.and_then(|name| headers.get(name)?.to_str().ok()?.parse().ok());
        let connected = || extensions.get::<Self>().map(|address| address.0);
        let address = told.or_else(connected)?.to_canonical();
        Some(Self(match address {
            IpAddr::V4(address) => address.into(),
            IpAddr::V6(address) => Ipv6Addr::from_bits(address.to_bits() >> 64 << 64).into(),
        }))
    }
}
