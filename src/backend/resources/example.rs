//! The example resource: everything that a resource of a product needs, and nothing of a product.

use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use uuid::Uuid;

use crate::analytics::EventName;
use crate::app::AppState;
use crate::http::{
    Data, ETag, Error, Id, IdempotencyKey, IfNoneMatch, Json, ListQuery, PageEnvelope, Precondition, Query,
};
use crate::scope::Scope;
use crate::table::{Entity, Kind, Page, Remembered, TableError, Version};
use crate::timestamp::Millis;

/// Attempts at a change that named no version and raced with others.
const CHANGE_ATTEMPTS: u32 = 4;

/// A named thing of a user's.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Example {
    /// A UUIDv7.
    id: Uuid,
    name: ExampleName,
    /// How often it was written; also the entity tag.
    #[schema(minimum = 1)]
    version: Version,
    #[schema(value_type = String, format = DateTime)]
    created_at: Millis,
    #[schema(value_type = String, format = DateTime)]
    updated_at: Millis,
}

/// What a client says of an example. Other fields are ignored, such as owner, id and version.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct ExampleInput {
    name: ExampleName,
}

/// The example that is gone.
#[derive(Debug, Serialize, ToSchema)]
pub struct DeletedExample {
    id: Uuid,
}

/// 1–200 characters without control characters; surrounding white space is cut off.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(try_from = "String")]
#[schema(value_type = String, min_length = 1, max_length = 200, pattern = r"^[^\x00-\x1f\x7f-\x9f]*[^\s\x00-\x1f\x7f-\x9f][^\x00-\x1f\x7f-\x9f]*$")]
struct ExampleName(String);

impl TryFrom<String> for ExampleName {
    type Error = &'static str;

    fn try_from(text: String) -> Result<Self, &'static str> {
        let name = text.trim();
        let valid = matches!(name.chars().count(), 1..=200) && !name.chars().any(char::is_control);
        valid.then(|| Self(name.to_owned())).ok_or("must have 1 to 200 characters and no control characters")
    }
}

impl Example {
    /// Returns the example as created. It depends on id and input alone, so that a repeated request can get the
    /// first answer again without it being stored.
    fn first(id: Uuid, ExampleInput { name }: ExampleInput) -> Self {
        let created_at = Millis::of(id);
        Self { id, name, version: 1, created_at, updated_at: created_at }
    }

    fn changed(&self, ExampleInput { name }: ExampleInput) -> Self {
        Self { name, version: self.version + 1, updated_at: Millis::now(), ..self.clone() }
    }

    fn into_response(self, status: StatusCode) -> Response {
        let etag = [(header::ETAG, ETag(self.version).to_value())];
        (status, etag, Data::json(self)).into_response()
    }

    fn into_created(self) -> Response {
        let location = [(header::LOCATION, format!("/api/example/{}", self.id))];
        (location, self.into_response(StatusCode::CREATED)).into_response()
    }
}

impl Entity for Example {
    const KIND: Kind = Kind::new("EXAMPLE");

    fn id(&self) -> Uuid {
        self.id
    }

    fn version(&self) -> Version {
        self.version
    }
}

/// The routes of this resource.
pub fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new().routes(routes!(list_examples, create_example)).routes(routes!(
        get_example,
        update_example,
        delete_example
    ))
}

/// List the examples
///
/// Newest first.
#[utoipa::path(get, path = "/api/example", tag = "example", params(ListQuery),
    responses((status = 200, description = "One page", body = PageEnvelope<Example>)))]
async fn list_examples(scope: Scope, Query(query): Query<ListQuery>) -> Result<Response, Error> {
    let page: Page<Example> = scope.table.list(query.limit, query.cursor).await?;
    Ok(PageEnvelope::json(page))
}

/// Create an example
///
/// With an `Idempotency-Key` a repeated request gets the first answer again, for 24 hours.
#[utoipa::path(post, path = "/api/example", tag = "example", params(IdempotencyKey),
    request_body = ExampleInput,
    responses((status = 201, description = "Created", body = Data<Example>,
        headers(("ETag" = String, description = "Its version"), ("Location" = String, description = "Its path")))))]
async fn create_example(
    scope: Scope,
    idempotency_key: Option<IdempotencyKey>,
    Json(input): Json<ExampleInput>,
) -> Result<Response, Error> {
    let example = Example::first(Uuid::now_v7(), input.clone());
    let event = scope.event(EventName::ExampleCreated, json!({ "id": example.id }));
    let Some(IdempotencyKey(key)) = idempotency_key else {
        scope.table.transaction().create(&example).commit(&event).await?;
        return Ok(example.into_created());
    };
    let request = Remembered::new("create_example", &input, example.id)?;
    let change = scope.table.transaction().remember(&key, &request).create(&example);
    match change.commit(&event).await {
        Ok(()) => Ok(example.into_created()),
        Err(TableError::Refused(refusal)) if refusal.is_repeat => {
            let first: Remembered = refusal.found()?.ok_or(Error::Conflict)?;
            if !first.is_same_request(&request) {
                return Err(Error::IdempotencyKeyReused);
            }
            Ok(Example::first(first.result, input).into_created())
        }
        Err(error) => Err(error.into()),
    }
}

/// Read an example
#[utoipa::path(get, path = "/api/example/{id}", tag = "example", params(("id" = Uuid, Path), IfNoneMatch),
    responses(
        (status = 200, description = "The example", body = Data<Example>,
            headers(("ETag" = String, description = "Its version"))),
        (status = 304, description = "The client has this version")))]
async fn get_example(scope: Scope, IfNoneMatch(known): IfNoneMatch, Id(id): Id) -> Result<Response, Error> {
    let example: Example = scope.table.get(id).await?.ok_or(Error::NotFound)?;
    if known.includes(example.version) {
        let etag = [(header::ETAG, ETag(example.version).to_value())];
        return Ok((StatusCode::NOT_MODIFIED, etag).into_response());
    }
    Ok(example.into_response(StatusCode::OK))
}

/// Rename an example
///
/// With `If-Match` only when it is still in that version.
#[utoipa::path(patch, path = "/api/example/{id}", tag = "example", params(("id" = Uuid, Path), Precondition, IfNoneMatch),
    request_body = ExampleInput,
    responses((status = 200, description = "As it is now", body = Data<Example>,
        headers(("ETag" = String, description = "Its version")))))]
async fn update_example(
    scope: Scope,
    Precondition(expected): Precondition,
    Id(id): Id,
    Json(input): Json<ExampleInput>,
) -> Result<Response, Error> {
    let mut current: Example = scope.table.get(id).await?.ok_or(Error::NotFound)?;
    for _ in 0..CHANGE_ATTEMPTS {
        if !expected.includes(current.version) {
            return Err(Error::PreconditionFailed(ETag(current.version)));
        }
        let changed = current.changed(input.clone());
        let props = json!({ "id": id, "version": changed.version });
        let event = scope.event(EventName::ExampleChanged, props);
        match scope.table.transaction().replace(&changed).commit(&event).await {
            Ok(()) => return Ok(changed.into_response(StatusCode::OK)),
            // The refusal brings what came first: no need to read again.
            Err(TableError::Refused(refusal)) => current = refusal.found()?.ok_or(Error::NotFound)?,
            Err(error) => return Err(error.into()),
        }
    }
    Err(Error::Conflict)
}

/// Delete an example
///
/// With `If-Match` only when it is still in that version.
#[utoipa::path(delete, path = "/api/example/{id}", tag = "example", params(("id" = Uuid, Path), Precondition, IfNoneMatch),
    responses((status = 200, description = "Deleted", body = Data<DeletedExample>)))]
async fn delete_example(scope: Scope, Precondition(expected): Precondition, Id(id): Id) -> Result<Response, Error> {
    let event = scope.event(EventName::ExampleDeleted, json!({ "id": id }));
    match scope.table.transaction().delete::<Example>(id, &expected).commit(&event).await {
        Ok(()) => Ok(Data::json(DeletedExample { id }).into_response()),
        Err(TableError::Refused(refusal)) => Err(match refusal.found::<Example>()? {
            Some(current) => Error::PreconditionFailed(ETag(current.version)),
            None => Error::NotFound,
        }),
        Err(error) => Err(error.into()),
    }
}
