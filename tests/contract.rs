//! What the API answers when all is well.

use serde_json::json;

use crate::support::App;

#[tokio::test]
async fn a_created_example_can_be_read_changed_and_deleted() {
    let app = App::spawn().await;
    let acme = app.tenant("acme");
    let created = acme.post("/api/example", &json!({ "name": "  first " })).await;
    let body = created.expect(201);
    let id = body["data"]["id"].as_str().unwrap();
    let path = format!("/api/example/{id}");
    assert_eq!(created.header("location"), Some(path.as_str()));
    assert_eq!(created.header("etag"), Some("\"1\""));
    assert_eq!(body["data"]["name"], "first");
    assert_eq!(acme.get(&path).await.expect(200), body);
    assert_eq!(acme.patch(&path, &json!({ "name": "second" })).await.expect(200)["data"]["version"], 2);
    assert_eq!(acme.names().await, ["second"]);
    assert_eq!(acme.delete(&path).await.expect(200), json!({ "data": { "id": id } }));
    acme.get(&path).await.fails(404, "not_found");
}
