use std::time::Duration;

use aws_config::timeout::TimeoutConfig;
use clap::Args;
use jiff::SignedDuration;

use crate::auth::mail;

/// Far beyond this, clock arithmetic overflows, and no wait is bounded.
const LONGEST: Duration = Duration::from_hours(1);

/// The end of the grace period, without a listener, in which the last connections are read. What ends them gracefully
/// would close those from which nothing was read yet, and lose what was sent on them.
pub const LAST_READS: Duration = Duration::from_millis(200);

/// The bound of every wait. They nest: each is shorter than the one that waits for it.
#[derive(Args, Clone, Copy, Debug)]
#[command(next_help_heading = "Waits, like 500ms or 10s, an hour at most; each shorter than the one that waits for it")]
pub struct Waits {
    /// For the head of a request, between two requests of a connection, and for a peer that does not read: longer than
    /// the 60s after which load balancers close idle connections themselves; otherwise they may reuse one that is
    /// closing
    #[arg(long, env, default_value = "75s", value_parser = duration)]
    pub keep_alive_timeout: Duration,

    /// For the body of a request
    #[arg(long, env, default_value = "5s", value_parser = duration)]
    pub request_body_timeout: Duration,

    /// For a connection to DynamoDB
    #[arg(long, env, default_value = "1s", value_parser = duration)]
    pub dynamodb_connect_timeout: Duration,

    /// For one of the at most three attempts of a DynamoDB call
    #[arg(long, env, default_value = "1s", value_parser = duration)]
    pub dynamodb_attempt_timeout: Duration,

    /// For a DynamoDB call with its retries
    #[arg(long, env, default_value = "3s", value_parser = duration)]
    pub dynamodb_operation_timeout: Duration,

    /// For the answer to a request, the reading of its body included
    #[arg(long, env, default_value = "10s", value_parser = duration)]
    pub handler_timeout: Duration,

    /// How long the gateway in front waits for an answer; only held against the others
    #[arg(long, env, default_value = "15s", value_parser = duration)]
    pub gateway_timeout: Duration,

    /// How long a stopping instance goes on serving: API Gateway goes on routing to it until it has seen the change
    /// in Cloud Map [default: 20s on ECS, else 0s]
    #[arg(long, env, value_parser = duration_or_zero)]
    pub shutdown_grace: Option<Duration>,

    /// After that, for running requests
    #[arg(long, env, default_value = "15s", value_parser = duration)]
    pub shutdown_drain: Duration,

    /// How long the platform waits before it kills (ECS `stopTimeout`); longer than those two and 5s for a mail
    #[arg(long, env, default_value = "60s", value_parser = duration)]
    pub stop_timeout: Duration,
}

impl Waits {
    /// How long a stopping instance goes on serving.
    pub fn grace(&self) -> Duration {
        self.shutdown_grace.unwrap_or_default().max(LAST_READS)
    }

    /// The bounds for the SDK, which has no attempt and operation time-outs of its own (AWS SDK for Rust guide,
    /// "Timeouts").
    pub fn for_aws(&self) -> TimeoutConfig {
        TimeoutConfig::builder()
            .connect_timeout(self.dynamodb_connect_timeout)
            .operation_attempt_timeout(self.dynamodb_attempt_timeout)
            .operation_timeout(self.dynamodb_operation_timeout)
            .build()
    }

    /// What does not nest: the variable, and what is wrong with it.
    pub(super) fn problems(&self) -> impl Iterator<Item = (String, String)> {
        let attempt = ("DYNAMODB_ATTEMPT_TIMEOUT", self.dynamodb_attempt_timeout);
        let operation = ("DYNAMODB_OPERATION_TIMEOUT", self.dynamodb_operation_timeout);
        let handler = ("HANDLER_TIMEOUT", self.handler_timeout);
        let gateway = ("GATEWAY_TIMEOUT", self.gateway_timeout);
        // The last request may send a mail, which is waited for.
        let shutdown = self.grace() + self.shutdown_drain + mail::BOUND;
        let at_most = [
            (("DYNAMODB_CONNECT_TIMEOUT", self.dynamodb_connect_timeout), attempt),
            (attempt, operation),
            // The quota "Maximum integration timeout" of HTTP APIs.
            (gateway, ("API Gateway's limit of", Duration::from_secs(30))),
            (handler, ("SHUTDOWN_DRAIN", self.shutdown_drain)),
        ];
        let below = [
            (operation, handler),
            (("REQUEST_BODY_TIMEOUT", self.request_body_timeout), handler),
            (handler, gateway),
            (("SHUTDOWN_GRACE", shutdown), ("STOP_TIMEOUT", self.stop_timeout)),
        ];
        let too_long = at_most.into_iter().filter(|(inner, outer)| inner.1 > outer.1);
        too_long.chain(below.into_iter().filter(|(inner, outer)| inner.1 >= outer.1)).map(|(inner, outer)| {
            let with_drain = if inner.0 == "SHUTDOWN_GRACE" { "with SHUTDOWN_DRAIN and mails " } else { "" };
            (inner.0.to_owned(), format!("{with_drain}is {:?}, too long for {} {:?}", inner.1, outer.0, outer.1))
        })
    }
}

fn duration(text: &str) -> Result<Duration, &'static str> {
    let duration = duration_or_zero(text)?;
    if duration.is_zero() { Err("it must be longer than zero") } else { Ok(duration) }
}

fn duration_or_zero(text: &str) -> Result<Duration, &'static str> {
    // jiff would read the comma of 10,000s as a decimal point.
    let parsed =
        text.parse().ok().filter(|_| !text.contains(',')).and_then(|time: SignedDuration| time.try_into().ok());
    parsed.filter(|duration| *duration <= LONGEST).ok_or("a duration looks like 500ms or 10s, and is an hour at most")
}
