use std::net::{IpAddr, Ipv6Addr};

use axum::http::{Extensions, HeaderMap, HeaderName};

/// The address of whoever is connected: the client, or the gateway in front of it. Where sign-in is counted, the client's.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct ClientAddress(pub IpAddr);

impl ClientAddress {
    /// The client's address for counting its requests. Behind a gateway it stands in the header that the gateway
    /// overwrites; no other header is believed. An IPv6 client has a whole /64 of addresses, which count as one.
    pub fn of(header: Option<&HeaderName>, headers: &HeaderMap, extensions: &Extensions) -> Option<Self> {
        let told = header.and_then(|name| headers.get(name)?.to_str().ok()?.trim().parse().ok());
        let connected = || extensions.get::<Self>().map(|address| address.0);
        let address = told.or_else(connected)?.to_canonical();
        Some(Self(match address {
            IpAddr::V4(address) => address.into(),
            IpAddr::V6(address) => Ipv6Addr::from_bits(address.to_bits() >> 64 << 64).into(),
        }))
    }
}
