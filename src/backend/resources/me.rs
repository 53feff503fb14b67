//! The user of the request.

use axum::Json;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::app::AppState;
use crate::http::{Data, Error};
use crate::scope::Scope;
use crate::table::User;

/// The routes of this resource.
pub fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new().routes(routes!(get_me))
}

/// Read the current user
///
/// Made at first sight.
#[utoipa::path(get, path = "/api/me", tag = "account",
    responses((status = 200, description = "The tenant's user for this principal", body = Data<User>)))]
async fn get_me(scope: Scope) -> Result<Json<Data<User>>, Error> {
    let user = scope.table.see_user(&scope.tenant, &scope.principal).await?;
    Ok(Data::json(user))
}
