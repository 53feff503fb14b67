use aws_sdk_dynamodb::error::{ProvideErrorMetadata, SdkError};

use super::Refusal;

type Source = Box<dyn std::error::Error + Send + Sync>;

/// Why the table did not do what it was asked.
#[derive(Debug, thiserror::Error)]
pub enum TableError {
    /// The condition of a write was not met, so nothing of its transaction was written.
    #[error("the condition of write {} was not met", .0.write)]
    Refused(Refusal),
    /// The cursor is damaged, of another list, or of another version of this software.
    #[error("is not a cursor of this list: start again without one")]
    InvalidCursor,
    /// More than the table's or a partition's throughput. An earlier attempt whose answer was lost may have succeeded.
    #[error("DynamoDB throttles")]
    Throttled(#[source] Source),
    /// No answer in time, no connection, or an error on DynamoDB's side. The write may have happened.
    #[error("DynamoDB is unavailable")]
    Unavailable(#[source] Source),
    /// Other transactions kept changing the same item.
    #[error("transactions conflict")]
    Conflict,
    /// DynamoDB rejected the call as such: permissions, a missing table, a bad expression.
    #[error("DynamoDB rejected the call")]
    Rejected(#[source] Source),
    /// An item is not what the code expects, or cannot be written as one.
    #[error("an item does not fit its type")]
    Malformed(#[from] serde_dynamo::Error),
    /// A field of an entity has a name that the table itself uses.
    #[error("the field {0} of an entity is the table's own: call it otherwise")]
    Reserved(&'static str),
    /// What a repeated request would be known by cannot be written as JSON.
    #[error("an input has no JSON form")]
    Unwritable(#[from] serde_json::Error),
}

impl<E, R> From<SdkError<E, R>> for TableError
where
    E: ProvideErrorMetadata + std::error::Error + Send + Sync + 'static,
    R: std::fmt::Debug + Send + Sync + 'static,
{
    fn from(error: SdkError<E, R>) -> Self {
        match error.code().map(str::to_owned) {
            Some(code) => Self::from_code(&code, error.into()),
            // No answer, or one that is no DynamoDB error at all: a proxy's, or half of one.
            None => Self::Unavailable(error.into()),
        }
    }
}

impl From<aws_sdk_dynamodb::error::BuildError> for TableError {
    fn from(error: aws_sdk_dynamodb::error::BuildError) -> Self {
        Self::Rejected(error.into())
    }
}

impl TableError {
    /// Codes: Amazon DynamoDB developer guide, "Error handling with DynamoDB".
    pub(super) fn from_code(code: &str, source: Source) -> Self {
        match code {
            "ThrottlingException"
            | "ThrottlingError"
            | "RequestLimitExceeded"
            | "ProvisionedThroughputExceeded"
            | "ProvisionedThroughputExceededException" => Self::Throttled(source),
            "TransactionConflict" | "TransactionConflictException" => Self::Conflict,
            "InternalServerError" | "InternalFailure" | "ServiceUnavailable" | "TransactionInProgressException" => {
                Self::Unavailable(source)
            }
            _ => Self::Rejected(source),
        }
    }
}
