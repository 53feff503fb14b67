use axum::body::Body;
use axum::http::Response;
use axum::http::header::{CONTENT_ENCODING, VARY};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use lambda_http::Body as EventBody;
use proptest::prelude::{any, prop_assert, prop_assert_eq, proptest};

use super::{event_response, path_and_query};

#[tokio::test]
async fn a_compressed_body_travels_in_base64_byte_for_byte() {
    let gzip = [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3, 3, 0, 0, 0, 0, 0, 0, 0, 0, 0];
    let response = Response::builder().header(CONTENT_ENCODING, "gzip").body(Body::from(gzip.to_vec())).unwrap();
    let event = serde_json::to_value(event_response(response).await.unwrap()).unwrap();
    assert_eq!(event["isBase64Encoded"], true);
    assert_eq!(STANDARD.decode(event["body"].as_str().unwrap()).unwrap(), gzip);
    assert_eq!(event["headers"]["content-encoding"], "gzip");
}

#[tokio::test]
async fn several_values_of_a_header_are_one_list() {
    let response = Response::builder().header(VARY, "origin").header(VARY, "accept").body(Body::empty()).unwrap();
    let event = event_response(response).await.unwrap();
    assert_eq!(event.headers[VARY], "origin, accept");
    assert_eq!(event.body, Some(EventBody::Text(String::new())));
}

proptest! {
    #[test]
    fn any_decoded_path_is_one_path_and_no_query(path in any::<String>(), query in any::<String>()) {
        let uri = path_and_query(&path, &query).unwrap();
        let decoded = percent_encoding::percent_decode_str(uri.path()).decode_utf8().unwrap();
        prop_assert_eq!(decoded.trim_start_matches('/'), path.trim_start_matches('/'));
        prop_assert!(uri.path().starts_with('/'));
        prop_assert_eq!(uri.query().is_some(), !query.is_empty());
    }
}
