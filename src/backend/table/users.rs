use aws_sdk_dynamodb::operation::update_item::UpdateItemError;
use aws_sdk_dynamodb::types::ReturnValuesOnConditionCheckFailure::AllOld;
use aws_sdk_dynamodb::types::{AttributeValue, ReturnConsumedCapacity, ReturnValue};
use jiff::SignedDuration;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::keys::PK;
use super::transaction::unless_conflicting;
use super::{Key, TableError, Transaction, UserTable};
use crate::auth::{Principal, UserId};
use crate::tenancy::TenantId;
use crate::timestamp::Millis;

/// A request that changes nothing else writes `lastSeenAt` at most this often.
const SEEN_EVERY: SignedDuration = SignedDuration::from_hours(1);

/// A tenant's local user, made at first sight from what the authentication provider says.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct User {
    /// Derived from tenant, provider and subject.
    pub user_id: UserId,
    /// Who vouches for the user.
    pub provider: String,
    /// Who the user is to the provider.
    pub subject: String,
    /// E-mail address, if the provider tells one.
    pub email: Option<String>,
    /// Name to show, if the provider tells one.
    pub name: Option<String>,
    /// URL of a picture, if the provider tells one.
    pub picture: Option<String>,
    /// When the user was first seen in this tenant.
    #[schema(value_type = String, format = DateTime)]
    pub created_at: Millis,
    /// When the user was last seen, to the hour.
    #[schema(value_type = String, format = DateTime)]
    pub last_seen_at: Millis,
}

/// Makes or refreshes a user.
const UPSERT: &str = "SET userId = :user, provider = :provider, subject = :subject, email = :email, #name = :name, \
                      picture = :picture, lastSeenAt = :now, createdAt = if_not_exists(createdAt, :now)";

/// Met unless only the time would change, and only by a little.
const CHANGES: &str = "attribute_not_exists(#pk) OR lastSeenAt <= :stale OR email <> :email OR #name <> :name \
                       OR picture <> :picture";

fn values(principal: &Principal, now: Millis) -> [(&'static str, AttributeValue); 7] {
    let text = |text: &str| AttributeValue::S(text.to_owned());
    let optional = |value: &Option<String>| value.as_deref().map_or(AttributeValue::Null(true), text);
    [
        (":user", text(&principal.user_id.to_string())),
        (":provider", text(principal.provider)),
        (":subject", text(&principal.subject)),
        (":email", optional(&principal.email)),
        (":name", optional(&principal.name)),
        (":picture", optional(&principal.picture)),
        (":now", text(&now.to_string())),
    ]
}

impl Transaction {
    /// Makes or refreshes the user who signs in.
    pub(super) fn upsert_user(self, tenant: &TenantId, principal: &Principal) -> Self {
        let key = Key::user(tenant, principal.user_id);
        self.update(&key, UPSERT, None, [("#name", "name")], values(principal, Millis::now()))
    }
}

impl UserTable {
    /// Makes or refreshes the user in the tenant's directory, in one round trip.
    ///
    /// # Errors
    /// When the table cannot be written.
    pub async fn see_user(&self, tenant: &TenantId, principal: &Principal) -> Result<User, TableError> {
        let now = Millis::now();
        let stale = AttributeValue::S(Millis(now.0 - SEEN_EVERY).to_string());
        let values = values(principal, now).map(|(name, value)| (name.to_owned(), value));
        // The user may be signing in elsewhere at this moment.
        let item = unless_conflicting(|| async {
            self.meter.round_trip();
            let result = self
                .table
                .client
                .update_item()
                .table_name(&self.table.name)
                .set_key(Some(Key::user(tenant, principal.user_id).attributes()))
                .update_expression(UPSERT)
                .condition_expression(CHANGES)
                .expression_attribute_names("#pk", PK)
                .expression_attribute_names("#name", "name")
                .set_expression_attribute_values(Some(values.clone().into()))
                .expression_attribute_values(":stale", stale.clone())
                .return_values(ReturnValue::AllNew)
                .return_values_on_condition_check_failure(AllOld)
                .return_consumed_capacity(ReturnConsumedCapacity::Total)
                .send()
                .await;
            match result {
                Ok(output) => {
                    self.meter.written(&output.consumed_capacity);
                    Ok(output.attributes)
                }
                Err(error) => match error.as_service_error() {
                    Some(UpdateItemError::ConditionalCheckFailedException(unchanged)) => {
                        self.meter.refused_write();
                        Ok(unchanged.item.clone())
                    }
                    _ => Err(error.into()),
                },
            }
        })
        .await?;
        Ok(serde_dynamo::from_item(item.unwrap_or_default())?)
    }
}
