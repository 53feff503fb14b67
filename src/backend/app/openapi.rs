use utoipa::OpenApi as _;
use utoipa::openapi::path::{Operation, PathItem};
use utoipa::openapi::{ContentBuilder, OpenApi, Ref, RefOr, ResponseBuilder};

use crate::http::ErrorEnvelope;

/// What no handler can say of the document.
#[derive(utoipa::OpenApi)]
#[openapi(
    info(
        title = "Reference Architecture",
        description = "Every failure has the form of ErrorEnvelope. Every response carries x-request-id.",
        license(name = "MIT", identifier = "MIT"),
    ),
    tags(
        (name = "deployment", description = "What this deployment is and how it is"),
        (name = "account", description = "The own user"),
        (name = "example", description = "The example resource"),
    ),
    components(schemas(ErrorEnvelope)),
)]
struct Frame;

/// Completes what was generated from the handlers: the frame, and the envelope of failures, which every
/// operation can answer with.
pub(super) fn document(generated: OpenApi) -> OpenApi {
    let mut document = Frame::openapi();
    document.merge(generated);
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
