use std::net::{Ipv4Addr, Ipv6Addr};

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
    Subdomain { base_domain: BaseDomain, local: bool },
}

/// The domain above the tenants' hosts: lower-case DNS labels, without a final dot.
#[derive(Clone, Debug)]
pub struct BaseDomain(String);

impl BaseDomain {
    /// The domain that an operator named.
    ///
    /// # Errors
    /// When `text` is not a domain name.
    pub fn parse(text: &str) -> Result<Self, &'static str> {
        let is_label = |label| TenantId::parse(label).is_some_and(|parsed| parsed.as_str() == label);
        // 63 characters and a dot are kept for the tenant's label, so that no host of a tenant is too long.
        let is_short = text.len() <= LONGEST_HOST - 64;
        // What ends in a number is an address to browsers (URL Standard, "ends in a number").
        let is_address = text.rsplit('.').next().is_some_and(|last| last.bytes().all(|byte| byte.is_ascii_digit()));
        if is_short && !is_address && text.split('.').all(is_label) {
            return Ok(Self(text.to_owned()));
        }
        Err("a base domain is a lower-case domain name without scheme, port or final dot, like `example.com`")
    }

    /// The domain.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TenantResolver {
    /// One tenant, whatever the host says.
    pub fn fixed(tenant: TenantId, host_header: HeaderName) -> Self {
        Self { mode: Mode::Fixed(tenant), host_header }
    }

    /// The label before `base_domain` is the tenant. `local` also lets localhost and the loopback
    /// addresses in, as the default tenant. `host_header` carries the public host.
    pub fn subdomain(base_domain: BaseDomain, local: bool, host_header: HeaderName) -> Self {
        Self { mode: Mode::Subdomain { base_domain, local }, host_header }
    }

    /// The header that carries the public host.
    pub fn host_header(&self) -> &HeaderName {
        &self.host_header
    }

    /// The tenant that an operator named in the configuration or on the command line.
    ///
    /// # Errors
    /// When `tenant` is not a DNS label.
    pub fn named_by_operator(tenant: &str) -> Result<TenantId, &'static str> {
        TenantId::parse(tenant).ok_or("a tenant is a DNS label: 1 to 63 letters, digits and inner hyphens")
    }

    /// Returns the tenant of a request. With subdomains, `None` when the host is absent, repeated, malformed or not of
    /// this deployment: no such request is ever given to the default tenant.
    pub fn resolve(&self, uri: &Uri, headers: &HeaderMap) -> Option<TenantId> {
        let (base_domain, local) = match &self.mode {
            Mode::Fixed(tenant) => return Some(tenant.clone()),
            Mode::Subdomain { base_domain, local } => (base_domain.as_str(), *local),
        };
        let mut values = headers.get_all(&self.host_header).iter();
        let (Some(host), None) = (values.next(), values.next()) else { return None };
        let host = host_name(host.to_str().ok()?)?;
        // A request target in absolute form outranks the Host header (RFC 9112 §3.2.2). Nobody sends
        // it to an origin server in earnest; where the two disagree, guessing would be a mistake.
        if uri.authority().is_some_and(|target| host_name(target.as_str()).as_ref() != Some(&host)) {
            return None;
        }
        if host == base_domain || local && is_loopback(&host) {
            return TenantId::parse(TenantId::DEFAULT);
        }
        TenantId::parse(host.strip_suffix(base_domain)?.strip_suffix('.')?)
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
