//! The database: DynamoDB Local where `TEST_DYNAMODB_ENDPOINT` names one, else the embedded engine as a process of its
//! own, which outlives every instance of the app.

use std::collections::HashMap;
use std::io::{BufRead as _, BufReader, Read as _};
use std::process::{Child, Command, Stdio};

use aws_sdk_dynamodb::config::{BehaviorVersion, Credentials, Region};
use aws_sdk_dynamodb::types::AttributeValue;
use reference_architecture::dev;
use serde_json::Value;

/// The argument that makes this program the engine.
pub const ARGUMENT: &str = "engine";

pub struct Engine {
    /// Host and port.
    pub address: String,
    pub name: &'static str,
    child: Option<Child>,
}

/// What the child does: serves until its input ends, as it does with the test, however that ends.
pub fn serve() {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let engine = runtime.block_on(dev::Engine::start(None)).unwrap();
    println!("{}", engine.endpoint());
    let _ = std::io::stdin().read_to_end(&mut Vec::new());
}

impl Engine {
    pub fn start() -> Self {
        if let Ok(endpoint) = std::env::var("TEST_DYNAMODB_ENDPOINT") {
            return Self { address: address(&endpoint), name: "DynamoDB Local", child: None };
        }
        let mut command = Command::new(std::env::current_exe().unwrap());
        let mut child = command.arg(ARGUMENT).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
        let told = BufReader::new(child.stdout.take().unwrap()).lines().next();
        let address = address(&told.expect("the engine does not start").unwrap());
        Self { address, name: "the embedded engine", child: Some(child) }
    }

    /// Every item of the table, past the code of the app.
    pub async fn items(&self, table: &str) -> Vec<Value> {
        let config = aws_sdk_dynamodb::Config::builder()
            .behavior_version(BehaviorVersion::latest())
            .region(Region::new("us-east-1"))
            .credentials_provider(Credentials::new("local", "local", None, None, "tests"))
            .endpoint_url(format!("http://{}", self.address));
        let client = aws_sdk_dynamodb::Client::from_conf(config.build());
        let pages = client.scan().table_name(table).consistent_read(true).into_paginator();
        let items: Vec<HashMap<String, AttributeValue>> =
            pages.items().send().collect::<Result<_, _>>().await.expect("the table can be read");
        serde_dynamo::from_items(items).unwrap()
    }
}

fn address(endpoint: &str) -> String {
    endpoint.strip_prefix("http://").expect("an endpoint like http://127.0.0.1:8000").trim_end_matches('/').to_owned()
}

impl Drop for Engine {
    fn drop(&mut self) {
        if let Some(child) = &mut self.child {
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}
