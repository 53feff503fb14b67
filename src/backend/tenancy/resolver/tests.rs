use axum::http::HeaderValue;
use axum::http::header::HOST;
use proptest::prelude::*;

use super::*;

fn resolve(resolver: &TenantResolver, host: &str) -> Option<String> {
    let value = HeaderValue::from_bytes(host.as_bytes()).ok()?;
    let headers = HeaderMap::from_iter([(HOST, value)]);
    resolver.resolve(&Uri::from_static("/"), &headers).map(|tenant| tenant.to_string())
}

fn resolver(base_domain: &str, local: bool) -> TenantResolver {
    TenantResolver::subdomain(BaseDomain::parse(base_domain).unwrap(), local, HOST)
}

/// A label as RFC 1035 and RFC 1123 have it, written another way than the code has it.
fn is_label(text: &str) -> bool {
    let allowed = |char: char| matches!(char, 'a'..='z' | 'A'..='Z' | '0'..='9' | '-');
    (1..=63).contains(&text.len()) && text.chars().all(allowed) && !text.starts_with('-') && !text.ends_with('-')
}

proptest! {
    #[test]
    fn a_tenant_is_a_label_and_nothing_else_is(text in prop_oneof!["[a-zA-Z0-9-]{0,70}", ".{0,10}", "[a-z#./@: \\-]{1,6}"]) {
        let tenant = TenantResolver::named_by_operator(&text).map(|tenant| tenant.to_string());
        prop_assert_eq!(tenant.ok(), is_label(&text).then(|| text.to_ascii_lowercase()));
    }

    #[test]
    fn a_host_below_the_base_domain_is_a_tenant_exactly_when_one_label_stands_before_it(
        before in prop_oneof!["[a-zA-Z0-9.-]{0,12}", "[ -~]{0,8}"],
    ) {
        let expected = is_label(&before).then(|| before.to_ascii_lowercase());
        let resolved = resolve(&resolver("example.com", false), &format!("{before}.example.com"));
        // A colon before the domain makes a port of the rest.
        prop_assert_eq!(resolved, expected);
    }

    #[test]
    fn no_host_panics_and_none_but_the_apex_and_loopback_is_the_default_tenant(host in ".{0,40}") {
        let tenant = resolve(&resolver("example.com", true), &host);
        prop_assert_ne!(tenant, Some("default".to_owned()));
    }

    #[test]
    fn a_host_of_another_domain_is_nobodys(label in "[a-z]{1,8}", domain in "[a-z]{1,8}\\.(org|com|example\\.net)") {
        prop_assume!(domain != "example.com");
        let resolver = resolver("example.com", true);
        for host in [format!("{label}.{domain}"), domain.clone(), format!("{label}{domain}"), format!("example.com.{domain}")] {
            prop_assert_eq!(resolve(&resolver, &host), None);
        }
    }
}

#[test]
fn the_domain_of_development_is_a_domain_like_others() {
    let resolver = resolver("localhost", true);
    for (host, tenant) in [("localhost:3000", "default"), ("acme.localhost:3000", "acme"), ("127.0.0.1", "default")] {
        assert_eq!(resolve(&resolver, host).as_deref(), Some(tenant));
    }
    for host in ["a.b.localhost", "acme.127.0.0.1", "localhost.acme", "acme.localhost.localhost"] {
        assert_eq!(resolve(&resolver, host), None, "{host}");
    }
}

#[test]
fn outside_of_local_runs_loopback_is_nobodys() {
    let resolver = resolver("example.com", false);
    for host in ["localhost", "localhost:3000", "127.0.0.1", "127.0.0.1:80", "[::1]", "[::1]:80"] {
        assert_eq!(resolve(&resolver, host), None, "{host}");
    }
    assert_eq!(resolve(&resolver, "example.com").as_deref(), Some("default"));
}

#[test]
fn the_longest_host_has_253_characters() {
    let base_domain = ["b".repeat(63), "c".repeat(63), "d".repeat(61)].join(".");
    assert_eq!(base_domain.len(), 189);
    let resolver = resolver(&base_domain, false);
    let longest = format!("{}.{base_domain}", "a".repeat(63));
    assert_eq!(longest.len(), 253);
    assert_eq!(resolve(&resolver, &longest), Some("a".repeat(63)));
    assert_eq!(resolve(&resolver, &format!("{longest}.:80")), Some("a".repeat(63)));
    let longer = ["b".repeat(63), "c".repeat(63), "d".repeat(62)].join(".");
    BaseDomain::parse(&longer).unwrap_err();
}

#[test]
fn what_is_no_domain_is_refused() {
    for domain in [
        "",
        ".",
        "a.",
        ".a",
        "a..b",
        "A.com",
        "a_b.com",
        "-a.com",
        "127.0.0.1",
        "::1",
        "a.com:80",
        "http://a.com",
        "a.com/",
        "\u{e4}.com",
    ] {
        assert!(BaseDomain::parse(domain).is_err(), "{domain}");
    }
    for domain in ["localhost", "com", "a.b.c.d.example.com", "xn--bcher-kva.example"] {
        BaseDomain::parse(domain).unwrap();
    }
}

#[test]
fn a_fixed_tenant_needs_no_host() {
    let tenant = TenantResolver::named_by_operator("Acme").unwrap();
    let resolver = TenantResolver::fixed(tenant, HOST);
    let resolve = |headers: &HeaderMap| resolver.resolve(&Uri::from_static("http://foreign.org/"), headers).unwrap();
    assert_eq!(resolve(&HeaderMap::new()).as_str(), "acme");
}
