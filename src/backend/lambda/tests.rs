use axum::body::Body;
use axum::http::Response;
use axum::http::header::VARY;
use lambda_http::Body as EventBody;
use proptest::prelude::{any, prop_assert, prop_assert_eq, proptest};

use super::{event_response, path_and_query};

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
