//! What `table create` and `table check` make of real tables.

use aws_sdk_dynamodb::types::{
    AttributeDefinition, BillingMode, GlobalSecondaryIndex, KeySchemaElement, KeyType, LocalSecondaryIndex, Projection,
    ProjectionType, ScalarAttributeType, TimeToLiveStatus,
};
use tokio::io::AsyncReadExt as _;
use tokio::net::TcpListener;
use uuid::Uuid;

use crate::support::engine::client;
use crate::support::faulty::{Fault, Faulty};
use crate::support::process::run;
use crate::support::{ENDPOINT, within_patience};

/// The environment that names a table of the tests' engine.
pub fn table_environment(name: &str) -> [(&str, &str); 2] {
    [("DYNAMODB_ENDPOINT", &ENDPOINT), ("DYNAMODB_TABLE", name)]
}

#[test]
fn a_table_is_made_once_and_found_right() {
    let name = format!("test-{}", Uuid::now_v7());
    let environment = table_environment(&name);
    let (code, _, error) = run(&["table", "check"], &environment);
    assert_eq!(code, 1);
    assert!(error.contains(&name) && error.contains("does not exist"), "{error}");
    for command in ["create", "create", "check"] {
        assert_eq!(run(&["table", command], &environment), (0, String::new(), String::new()), "{command}");
    }
}

#[tokio::test]
async fn a_table_with_an_index_is_found_wrong() {
    let key = |name: &str, of| KeySchemaElement::builder().attribute_name(name).key_type(of).build().unwrap();
    let all = || Projection::builder().projection_type(ProjectionType::All).build();
    for is_global in [true, false] {
        let name = format!("test-{}", Uuid::now_v7());
        let mut request = client().create_table().table_name(&name).billing_mode(BillingMode::PayPerRequest);
        for name in ["PK", "SK", "other"] {
            let attribute = AttributeDefinition::builder().attribute_name(name);
            let attribute = attribute.attribute_type(ScalarAttributeType::S).build().unwrap();
            request = request.attribute_definitions(attribute);
        }
        let request = request.key_schema(key("PK", KeyType::Hash)).key_schema(key("SK", KeyType::Range));
        let request = if is_global {
            let index = GlobalSecondaryIndex::builder().index_name("by-other").key_schema(key("other", KeyType::Hash));
            request.global_secondary_indexes(index.projection(all()).build().unwrap())
        } else {
            let index = LocalSecondaryIndex::builder().index_name("by-other").key_schema(key("PK", KeyType::Hash));
            let index = index.key_schema(key("other", KeyType::Range)).projection(all());
            request.local_secondary_indexes(index.build().unwrap())
        };
        request.send().await.unwrap();
        let (code, _, error) = run(&["table", "check"], &table_environment(&name));
        assert!(code == 1 && error.contains("indexes") && !error.contains("keys"), "{error}");
    }
}

#[tokio::test]
async fn a_table_with_other_keys_is_found_wrong() {
    let name = format!("test-{}", Uuid::now_v7());
    let attribute = AttributeDefinition::builder().attribute_name("PK").attribute_type(ScalarAttributeType::N).build();
    let key = KeySchemaElement::builder().attribute_name("PK").key_type(KeyType::Hash).build();
    let client = client();
    let request = client.create_table().table_name(&name).billing_mode(BillingMode::PayPerRequest);
    request.attribute_definitions(attribute.unwrap()).key_schema(key.unwrap()).send().await.unwrap();
    for command in ["check", "create"] {
        let (code, _, error) = run(&["table", command], &table_environment(&name));
        assert_eq!(code, 1, "{error}");
        assert!(error.contains("keys") && error.contains("not a string"), "{error}");
    }
    // It is somebody else's, and would lose items.
    let time_to_live = client.describe_time_to_live().table_name(&name).send().await.unwrap();
    let status = time_to_live.time_to_live_description.unwrap().time_to_live_status;
    assert_eq!(status, Some(TimeToLiveStatus::Disabled));
}

/// The exit code and the errors of a command for the table, whose calls pass the proxy.
async fn table(command: &'static str, name: &str, proxy: &Faulty) -> (i32, String) {
    let environment = [("DYNAMODB_ENDPOINT", proxy.endpoint.clone()), ("DYNAMODB_TABLE", name.to_owned())];
    let run = move || run(&["table", command], &environment.each_ref().map(|(name, value)| (*name, value.as_str())));
    let (code, _, error) = tokio::task::spawn_blocking(run).await.unwrap();
    (code, error)
}

#[tokio::test]
async fn a_table_that_may_not_be_made_is_told_at_once() {
    let proxy = Faulty::start().await;
    proxy.always_at("CreateTable", Fault::error(400, "AccessDeniedException"));
    let (code, error) = table("create", &format!("test-{}", Uuid::now_v7()), &proxy).await;
    assert!(code == 1 && error.contains("rejected the call"), "{error}");
}

#[tokio::test]
async fn a_table_that_is_still_being_made_is_waited_for_and_one_that_is_there_is_left_alone() {
    let proxy = Faulty::start().await;
    let name = format!("test-{}", Uuid::now_v7());
    proxy.always_at("DescribeTable", Fault::Answer(200, r#"{"Table":{"TableStatus":"CREATING"}}"#));
    let made = async {
        proxy.called(3).await;
        assert_eq!(proxy.calls(), ["CreateTable", "DescribeTable", "DescribeTable"]);
        proxy.heal();
    };
    assert_eq!(tokio::join!(table("create", &name, &proxy), made).0, (0, String::new()));
    proxy.heal();
    assert_eq!(table("create", &name, &proxy).await, (0, String::new()));
    // DynamoDB, but not the embedded engine, refuses to enable it again.
    assert!(!proxy.calls().contains(&"UpdateTimeToLive".to_owned()), "{:?}", proxy.calls());
}

#[tokio::test]
async fn a_table_that_keeps_what_has_expired_is_found_wrong() {
    let proxy = Faulty::start().await;
    let name = format!("test-{}", Uuid::now_v7());
    assert_eq!(table("create", &name, &proxy).await, (0, String::new()));
    for time_to_live in [
        r#"{"TimeToLiveDescription":{"TimeToLiveStatus":"DISABLED"}}"#,
        r#"{"TimeToLiveDescription":{"TimeToLiveStatus":"DISABLING","AttributeName":"ttl"}}"#,
        r#"{"TimeToLiveDescription":{"TimeToLiveStatus":"ENABLED","AttributeName":"expires"}}"#,
    ] {
        proxy.always_at("DescribeTimeToLive", Fault::Answer(200, time_to_live));
        let (code, error) = table("check", &name, &proxy).await;
        assert!(code == 1 && error.contains("time to live is not enabled"), "{time_to_live}: {error}");
    }
}

#[tokio::test]
async fn an_endpoint_of_https_is_spoken_to_in_tls() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let endpoint = format!("https://{}", listener.local_addr().unwrap());
    let first_byte = async {
        let (mut peer, _) = listener.accept().await.unwrap();
        peer.read_u8().await.unwrap()
    };
    let check = tokio::task::spawn_blocking(move || {
        run(&["table", "check"], &[("DYNAMODB_ENDPOINT", &endpoint), ("DYNAMODB_TABLE", "any")])
    });
    // A handshake (RFC 8446 §5.1); it comes to nothing, since nobody answers.
    assert_eq!(within_patience("a connection", first_byte).await, 22);
    drop(listener);
    assert_eq!(check.await.unwrap().0, 1);
}
