use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use axum::http::uri::Authority;
use axum::http::{HeaderMap, HeaderName, Uri};

use super::TenantId;

/// Characters in a host name (RFC 1035 §2.3.4, as text without the final dot).
const LONGEST_HOST: usize = 253;

/// Finds the tenant of a request, and is the only maker of [`TenantId`]s.
#[derive(Clone, Debug)]
pub struct TenantResolver {
    mode: Mode,
    host_header: HeaderName,
}

#[derive(Clone, Debug)]
enum Mode {
    Fixed(TenantId),
    Subdomain { base_domain: String, local: bool },
}

/// The host is none of this deployment's. Says no more, so that hosts cannot be probed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("this host is not served here")]
pub struct Misdirected;

/// A tenant or base domain in the configuration or on the command line that cannot be one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum InvalidTenancy {
    /// Not a DNS label.
    #[error("a tenant is a DNS label: 1 to 63 letters, digits and inner hyphens")]
    Tenant,
    /// Not a domain name.
    #[error("a base domain is a lower-case domain name without scheme, port or final dot, like `example.com`")]
    BaseDomain,
}

impl TenantResolver {
    /// One tenant, whatever the host says.
    ///
    /// # Errors
    /// When `tenant` is not a DNS label.
    pub fn fixed(tenant: &str, host_header: HeaderName) -> Result<Self, InvalidTenancy> {
        Ok(Self { mode: Mode::Fixed(Self::named_by_operator(tenant)?), host_header })
    }

    /// The label before `base_domain` is the tenant. `local` also lets localhost and the loopback
    /// addresses in, as the default tenant. `host_header` carries the public host.
    ///
    /// # Errors
    /// When `base_domain` is not a domain name.
    pub fn subdomain(base_domain: &str, local: bool, host_header: HeaderName) -> Result<Self, InvalidTenancy> {
        // 63 characters and a dot are kept for the tenant's label, so that no host of a tenant is too long.
        let valid = base_domain.len() <= LONGEST_HOST - 64
            && base_domain.parse::<IpAddr>().is_err()
            && base_domain
                .split('.')
                .all(|label| TenantId::parse(label).is_some_and(|parsed| parsed.as_str() == label));
        if !valid {
            return Err(InvalidTenancy::BaseDomain);
        }
        Ok(Self { mode: Mode::Subdomain { base_domain: base_domain.to_owned(), local }, host_header })
    }

    /// The header that carries the public host.
    pub fn host_header(&self) -> &HeaderName {
        &self.host_header
    }

    /// The tenant that an operator named on the command line.
    ///
    /// # Errors
    /// When `tenant` is not a DNS label.
    pub fn named_by_operator(tenant: &str) -> Result<TenantId, InvalidTenancy> {
        TenantId::parse(tenant).ok_or(InvalidTenancy::Tenant)
    }

    /// The tenant of a request.
    ///
    /// # Errors
    /// When the host is absent, repeated, malformed or not of this deployment. No such request is
    /// ever given to the default tenant.
    pub fn resolve(&self, uri: &Uri, headers: &HeaderMap) -> Result<TenantId, Misdirected> {
        let (base_domain, local) = match &self.mode {
            Mode::Fixed(tenant) => return Ok(tenant.clone()),
            Mode::Subdomain { base_domain, local } => (base_domain.as_str(), *local),
        };
        let mut values = headers.get_all(&self.host_header).iter();
        let (Some(host), None) = (values.next(), values.next()) else {
            return Err(Misdirected);
        };
        let host = host.to_str().map_err(|_| Misdirected)?;
        // A request target in absolute form outranks the Host header (RFC 9112 §3.2.2). Nobody sends
        // it to an origin server in earnest; where the two disagree, guessing would be a mistake.
        if uri.authority().is_some_and(|target| target.as_str() != host) {
            return Err(Misdirected);
        }
        let host = host_name(host).ok_or(Misdirected)?;
        if host == base_domain || local && is_loopback(&host) {
            return TenantId::parse(TenantId::DEFAULT).ok_or(Misdirected);
        }
        host.strip_suffix(base_domain)
            .and_then(|rest| rest.strip_suffix('.'))
            .and_then(TenantId::parse)
            .ok_or(Misdirected)
    }
}

/// The host, lower-cased, without port and final dot; `None` unless the text is a host, or a host and a port.
fn host_name(text: &str) -> Option<String> {
    let authority = text.parse::<Authority>().ok()?;
    let host = authority.host();
    let port = text.strip_prefix(host)?.strip_prefix(':');
    let is_number = |port: &str| port.bytes().all(|byte| byte.is_ascii_digit()) && port.parse::<u16>().is_ok();
    let is_valid = text == host || port.is_some_and(is_number);
    is_valid.then(|| host.strip_suffix('.').unwrap_or(host).to_ascii_lowercase())
}

fn is_loopback(host: &str) -> bool {
    let ipv6 = host.strip_prefix('[').and_then(|rest| rest.strip_suffix(']'));
    match ipv6 {
        Some(address) => address.parse().is_ok_and(|ip: Ipv6Addr| ip.is_loopback()),
        None => host == "localhost" || host.parse().is_ok_and(|ip: Ipv4Addr| ip.is_loopback()),
    }
}

#[cfg(test)]
mod tests;
