use std::time::Duration;

use jiff::SignedDuration;

use super::{Problems, Settings};

/// The bound of every wait. They nest: each is shorter than the one that waits for it.
#[derive(Clone, Copy, Debug)]
pub struct Waits {
    /// For the head of a request, and for the next one on an idle connection. Longer than the 60 s after
    /// which load balancers close idle connections themselves, or they would meet a closing one.
    pub keep_alive: Duration,
    /// For the whole body of a request.
    pub request_body: Duration,
    /// For a connection to DynamoDB.
    pub dynamodb_connect: Duration,
    /// For one attempt of a DynamoDB call.
    pub dynamodb_attempt: Duration,
    /// For a DynamoDB call with its retries.
    pub dynamodb_operation: Duration,
    /// For a handler, the reading of the body included.
    pub handler: Duration,
    /// From SIGTERM until the listener closes. API Gateway goes on routing to a stopping ECS task until it
    /// has seen the change in Cloud Map.
    pub shutdown_grace: Duration,
    /// From there until running requests are cut off.
    pub shutdown_drain: Duration,
}

impl Waits {
    pub(super) fn from_settings(settings: &Settings, problems: &mut Problems) -> Option<Self> {
        let keep_alive = duration("KEEP_ALIVE_TIMEOUT", &settings.keep_alive_timeout, problems);
        let request_body = duration("REQUEST_BODY_TIMEOUT", &settings.request_body_timeout, problems);
        let dynamodb_connect = duration("DYNAMODB_CONNECT_TIMEOUT", &settings.dynamodb_connect_timeout, problems);
        let dynamodb_attempt = duration("DYNAMODB_ATTEMPT_TIMEOUT", &settings.dynamodb_attempt_timeout, problems);
        let dynamodb_operation = duration("DYNAMODB_OPERATION_TIMEOUT", &settings.dynamodb_operation_timeout, problems);
        let handler = duration("HANDLER_TIMEOUT", &settings.handler_timeout, problems);
        let gateway = duration("GATEWAY_TIMEOUT", &settings.gateway_timeout, problems);
        let grace = settings.shutdown_grace.as_deref().unwrap_or(match settings.compute() {
            super::Compute::Ecs => "20s",
            super::Compute::Local | super::Compute::Lambda => "0s",
        });
        let shutdown_grace = duration("SHUTDOWN_GRACE", grace, problems);
        let shutdown_drain = duration("SHUTDOWN_DRAIN", &settings.shutdown_drain, problems);
        let stop = duration("STOP_TIMEOUT", &settings.stop_timeout, problems);
        let waits = Self {
            keep_alive: keep_alive?,
            request_body: request_body?,
            dynamodb_connect: dynamodb_connect?,
            dynamodb_attempt: dynamodb_attempt?,
            dynamodb_operation: dynamodb_operation?,
            handler: handler?,
            shutdown_grace: shutdown_grace?,
            shutdown_drain: shutdown_drain?,
        };
        waits.check_nesting(gateway?, stop?, problems);
        Some(waits)
    }

    fn check_nesting(&self, gateway: Duration, stop: Duration, problems: &mut Problems) {
        let mut ordered = |inner: (&str, Duration), outer: (&str, Duration), equal_is_fine: bool| {
            if inner.1 > outer.1 || inner.1 == outer.1 && !equal_is_fine {
                let relation = if equal_is_fine { "longer than" } else { "as long as" };
                problems
                    .add::<()>(inner.0, format_args!("{:?} must not be {relation} {} {:?}", inner.1, outer.0, outer.1));
            }
        };
        let attempt = ("DYNAMODB_ATTEMPT_TIMEOUT", self.dynamodb_attempt);
        let operation = ("DYNAMODB_OPERATION_TIMEOUT", self.dynamodb_operation);
        let handler = ("HANDLER_TIMEOUT", self.handler);
        let gateway = ("GATEWAY_TIMEOUT", gateway);
        ordered(("DYNAMODB_CONNECT_TIMEOUT", self.dynamodb_connect), attempt, true);
        ordered(attempt, operation, true);
        ordered(operation, handler, false);
        ordered(("REQUEST_BODY_TIMEOUT", self.request_body), handler, false);
        ordered(handler, gateway, false);
        // API Gateway HTTP APIs wait no longer (quota "Maximum integration timeout").
        ordered(gateway, ("API Gateway's limit of", Duration::from_secs(30)), true);
        let shutdown = self.shutdown_grace + self.shutdown_drain;
        ordered(("SHUTDOWN_GRACE plus SHUTDOWN_DRAIN", shutdown), ("STOP_TIMEOUT", stop), false);
        ordered(handler, ("SHUTDOWN_DRAIN", self.shutdown_drain), true);
    }
}

fn duration(variable: &str, text: &str, problems: &mut Problems) -> Option<Duration> {
    let expected = "a duration like 500ms or 10s";
    let parsed: SignedDuration = problems.parse(variable, text, expected)?;
    match Duration::try_from(parsed) {
        Ok(duration) if !duration.is_zero() || variable == "SHUTDOWN_GRACE" => Some(duration),
        _ => problems.add(variable, format_args!("`{text}` is not {expected}, above zero")),
    }
}
