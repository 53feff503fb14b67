use utoipa::OpenApi as _;
use utoipa::openapi::path::{Operation, PathItem};
use utoipa::openapi::security::{ApiKey, ApiKeyValue, Http, HttpAuthScheme, SecurityScheme};
use utoipa::openapi::{ContentBuilder, OpenApi, Ref, RefOr, ResponseBuilder};

use crate::http::ErrorEnvelope;

/// The parts of the document that belong to no handler.
#[derive(utoipa::OpenApi)]
#[openapi(
    info(
        title = "Reference Architecture",
        description = "Every failure has the form of ErrorEnvelope. Every response carries x-request-id.",
        license(name = "MIT", identifier = "MIT"),
    ),
    tags(
        (name = "deployment", description = "What this deployment is and how it is"),
        (name = "auth", description = "Sign-in; which of it exists depends on the provider"),
        (name = "account", description = "The current user"),
        (name = "example", description = "The example resource"),
    ),
    components(schemas(ErrorEnvelope)),
    security((), ("bearer" = []), ("cookie" = [])),
)]
struct Frame;

/// Completes the document generated from the handlers with the frame, the security schemes, of which a deployment
/// accepts those of its provider, and the error envelope, which every operation can answer with.
pub(super) fn document(generated: OpenApi) -> OpenApi {
    let mut document = Frame::openapi();
    document.merge(generated);
    let components = document.components.get_or_insert_default();
    let bearer = Http::builder()
        .scheme(HttpAuthScheme::Bearer)
        .description(Some("A session's token with magic links, the issuer's with OpenID Connect"));
    components.add_security_scheme("bearer", SecurityScheme::Http(bearer.build()));
    let cookie = ApiKeyValue::with_description("__Host-session", "A session, for browsers, with magic links");
    components.add_security_scheme("cookie", SecurityScheme::ApiKey(ApiKey::Cookie(cookie)));
    let envelope = ContentBuilder::new().schema(Some(Ref::from_schema_name("ErrorEnvelope"))).build();
    let failure = ResponseBuilder::new()
        .description("A failure; `code` says which")
        .content("application/json", envelope)
        .build();
    for operation in document.paths.paths.values_mut().flat_map(operations) {
        operation.responses.responses.insert("default".to_owned(), RefOr::T(failure.clone()));
    }
    document
}

fn operations(item: &mut PathItem) -> impl Iterator<Item = &mut Operation> {
    [&mut item.get, &mut item.post, &mut item.patch, &mut item.delete, &mut item.put].into_iter().flatten()
}
