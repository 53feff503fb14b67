//! The table as the engine holds it, past the code of the app.

use std::collections::HashMap;

use aws_sdk_dynamodb::config::{BehaviorVersion, Credentials, Region};
use aws_sdk_dynamodb::types::AttributeValue;
use aws_sdk_dynamodb::{Client, Config};
use serde_json::Value;

use super::{App, ENDPOINT};

pub type Item = HashMap<String, AttributeValue>;

/// A client of the SDK itself. Engines keep what belongs to other credentials or regions apart.
pub fn client() -> Client {
    let config = Config::builder()
        .behavior_version(BehaviorVersion::latest())
        .region(Region::new("us-east-1"))
        .credentials_provider(Credentials::new("local", "local", None, None, "tests"))
        .endpoint_url(ENDPOINT.as_str());
    Client::from_conf(config.build())
}

pub fn text(value: &str) -> AttributeValue {
    AttributeValue::S(value.to_owned())
}

impl App {
    /// Every item of the table as JSON, in the order of their keys.
    pub async fn items(&self) -> Vec<Value> {
        let pages = client().scan().table_name(&self.table_name).consistent_read(true).into_paginator();
        let items: Vec<Item> = pages.items().send().collect::<Result<_, _>>().await.unwrap();
        let mut items: Vec<Value> = serde_dynamo::from_items(items).unwrap();
        items.sort_by_key(|item| (item["PK"].to_string(), item["SK"].to_string()));
        items
    }

    /// The tenant's events, in the order of time.
    pub async fn events(&self, tenant: &str) -> Vec<Value> {
        let prefix = format!("TENANT#{tenant}#EVENTS#");
        let mut events = self.items().await;
        events.retain(|item| item["PK"].as_str().unwrap().starts_with(&prefix));
        events.sort_by_key(|event| event["SK"].to_string());
        events
    }

    /// The items whose sort keys begin with `prefix`.
    pub async fn items_of(&self, prefix: &str) -> Vec<Value> {
        let mut items = self.items().await;
        items.retain(|item| item["SK"].as_str().unwrap().starts_with(prefix));
        items
    }

    /// Puts an item past all conditions.
    pub async fn plant(&self, item: &Value) {
        let item: Item = serde_dynamo::to_item(item).unwrap();
        client().put_item().table_name(&self.table_name).set_item(Some(item)).send().await.unwrap();
    }

    /// Deletes an item past all conditions.
    pub async fn uproot(&self, item: &Value) {
        let [pk, sk] = ["PK", "SK"].map(|name| text(item[name].as_str().unwrap()));
        client().delete_item().table_name(&self.table_name).key("PK", pk).key("SK", sk).send().await.unwrap();
    }
}
