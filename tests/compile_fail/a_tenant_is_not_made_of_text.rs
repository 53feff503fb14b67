//! Text that a client sent cannot become a tenant, by whatever trait.

use std::str::FromStr;

use reference_architecture::tenancy::TenantId;
use serde::de::DeserializeOwned;

fn parsed<T: FromStr>() {}
fn converted<T: From<String>>() {}
fn converted_from_str<T: From<&'static str>>() {}
fn tried<T: TryFrom<String>>() {}
fn deserialized<T: DeserializeOwned>() {}
fn defaulted<T: Default>() {}

fn main() {
    parsed::<TenantId>();
    converted::<TenantId>();
    converted_from_str::<TenantId>();
    tried::<TenantId>();
    deserialized::<TenantId>();
    defaulted::<TenantId>();
}
