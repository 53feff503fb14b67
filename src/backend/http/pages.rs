use axum::response::Html;

/// What stands at `/` while no web page is built.
pub async fn placeholder() -> Html<&'static str> {
    Html(include_str!("placeholder.html"))
}
