//! The contract as a document: current, complete, and true.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use reqwest::Method;
use serde_json::Value;

use crate::sources;
use crate::support::{App, Send as _};

const GOLDEN: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/src/shared/openapi.json");

/// Routes of pages, which are for people.
const UNDOCUMENTED: [&str; 1] = ["/"];

fn document() -> Value {
    serde_json::to_value(reference_architecture::app::openapi()).unwrap()
}

fn operations(document: &Value) -> Vec<(String, String, Value)> {
    let paths = document["paths"].as_object().unwrap();
    let of_path = |(path, item): (&String, &Value)| {
        let item = item.as_object().unwrap().clone();
        let path = path.clone();
        item.into_iter().map(move |(method, operation)| (method.to_uppercase(), path.clone(), operation))
    };
    paths.iter().flat_map(of_path).collect()
}

#[test]
fn the_document_in_the_repository_is_current() {
    let current = format!("{}\n", reference_architecture::app::openapi().to_pretty_json().unwrap());
    let golden = fs::read_to_string(GOLDEN).unwrap();
    assert!(golden == current, "src/shared/openapi.json is old: run `make openapi`");
}

#[tokio::test]
async fn the_served_document_is_the_one_in_the_repository() {
    let served = App::spawn().await.tenant("acme").get("/api/openapi.json").await.expect(200);
    assert!(served == document());
}

#[tokio::test]
async fn every_documented_operation_is_served() {
    let acme = App::with_links().await.tenant("acme");
    for (method, path, _) in operations(&document()) {
        let path = path.replace("{id}", "nonsense");
        let answer = acme.request(Method::from_bytes(method.as_bytes()).unwrap(), &path).answer().await;
        assert!(![404, 405].contains(&answer.status.as_u16()), "{method} {path}: {answer:?}");
    }
}

#[tokio::test]
async fn methods_that_are_not_documented_are_not_served() {
    let acme = App::spawn().await.tenant("acme");
    let document = document();
    for path in document["paths"].as_object().unwrap().keys() {
        for method in ["GET", "POST", "PUT", "PATCH", "DELETE"] {
            let documented = operations(&document).iter().any(|(known, of, _)| known == method && of == path);
            let target = path.replace("{id}", "nonsense");
            let answer = acme.request(method.parse().unwrap(), &target).answer().await;
            assert_eq!(answer.status == 405, !documented, "{method} {path}");
        }
    }
}

/// Routes are made by `routes!` of documented handlers, or are on the short list.
#[test]
fn every_route_in_the_code_is_documented() {
    let documented: BTreeSet<_> = operations(&document()).into_iter().map(|(_, path, _)| path).collect();
    let mut handlers = 0;
    for (file, code) in sources::code(Path::new("src/backend")) {
        for (_, route) in code.match_indices(".route(").map(|(at, call)| code.split_at(at + call.len())) {
            let path = route.split('"').nth(1).unwrap();
            assert!(UNDOCUMENTED.contains(&path), "{path} in {file} is routed without being documented");
        }
        assert!(!code.contains(".nest("), "{file}: paths are written out");
        for (_, attribute) in code.match_indices("#[utoipa::path(").map(|(at, call)| code.split_at(at + call.len())) {
            let path = attribute.split("path = \"").nth(1).unwrap().split('"').next().unwrap();
            let handler = attribute.split("async fn ").nth(1).unwrap().split('(').next().unwrap();
            assert!(documented.contains(path), "{handler} in {file} is documented but not routed");
            handlers += 1;
        }
    }
    assert_eq!(handlers, operations(&document()).len());
}

#[test]
fn the_document_is_ours_and_describes_each_operation() {
    let document = document();
    assert_eq!(document["openapi"], "3.1.0");
    assert_eq!(document["info"]["title"], "Reference Architecture");
    assert_eq!(document["info"]["version"], env!("CARGO_PKG_VERSION"));
    let mut ids = BTreeSet::new();
    for (method, path, operation) in operations(&document) {
        let name = format!("{method} {path}");
        assert!(operation["summary"].as_str().is_some_and(|summary| !summary.is_empty()), "{name} has no summary");
        assert!(ids.insert(operation["operationId"].as_str().unwrap().to_owned()), "{name} has another's id");
        assert_eq!(operation["tags"].as_array().map(Vec::len), Some(1), "{name}");
        let responses = operation["responses"].as_object().unwrap();
        let failure = &responses["default"]["content"]["application/json"]["schema"]["$ref"];
        assert_eq!(failure, "#/components/schemas/ErrorEnvelope", "{name}");
        assert!(responses.keys().any(|status| status.starts_with('2')), "{name}");
        let parameters = operation["parameters"].as_array().cloned().unwrap_or_default();
        let of_path: Vec<_> = parameters.iter().filter(|parameter| parameter["in"] == "path").collect();
        let named: Vec<_> = path.split('{').skip(1).map(|rest| rest.split('}').next().unwrap()).collect();
        assert_eq!(of_path.iter().map(|parameter| parameter["name"].as_str().unwrap()).collect::<Vec<_>>(), named);
        assert!(
            of_path.iter().all(|parameter| parameter["required"] == true && parameter["schema"]["format"] == "uuid")
        );
        let has_body = ["POST", "PATCH"].contains(&method.as_str()) && !path.starts_with("/api/auth/logout");
        assert_eq!(operation.get("requestBody").is_some(), has_body, "{name}");
    }
}

#[test]
fn every_reference_in_the_document_leads_somewhere() {
    let document = document();
    let text = document.to_string();
    for reference in text.split("\"$ref\":\"#").skip(1) {
        let pointer = reference.split('"').next().unwrap();
        assert!(document.pointer(pointer).is_some(), "{pointer}");
    }
}
