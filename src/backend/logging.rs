//! Log lines on standard output: one JSON object each, or text for a person at a terminal.

use std::fmt;
use std::io::IsTerminal as _;

use serde_json::{Map, Value, json};
use tracing::{Event, Subscriber};
use tracing_serde::fields::AsMap as _;
use tracing_subscriber::EnvFilter;
use tracing_subscriber::filter::ParseError;
use tracing_subscriber::fmt::format::{JsonFields, Writer};
use tracing_subscriber::fmt::{FmtContext, FormatEvent, FormatFields, FormattedFields};
use tracing_subscriber::registry::LookupSpan;

use crate::config::LogFormat;
use crate::timestamp::Millis;

/// The target of the one line that every request ends with.
pub const REQUEST: &str = "request";

/// Sets up logging for the whole process, panics included. `namespace` is that of the CloudWatch metrics.
///
/// # Errors
/// When `filter` is none.
pub fn init(format: LogFormat, filter: &str, namespace: &str) -> Result<(), ParseError> {
    let builder = tracing_subscriber::fmt().with_env_filter(EnvFilter::try_new(filter)?);
    match format {
        LogFormat::Json => {
            let namespace = namespace.to_owned();
            builder.fmt_fields(JsonFields::new()).event_format(JsonLine { namespace }).init();
        }
        LogFormat::Pretty => builder.compact().with_target(false).with_ansi(std::io::stdout().is_terminal()).init(),
    }
    std::panic::set_hook(Box::new(|panic| {
        let location = panic.location().map(ToString::to_string);
        let message = panic.payload_as_str().unwrap_or("(not a text)");
        tracing::error!(location, panic = message, "panicked");
    }));
    Ok(())
}

/// An event as one line. Strings are escaped, so that nothing in them can forge another line.
struct JsonLine {
    namespace: String,
}

impl JsonLine {
    /// CloudWatch makes metrics of a request's line without any call: count, latency, errors and capacity
    /// units by route. Never by tenant, since each value of a dimension is a metric that costs.
    /// (CloudWatch user guide, "Embedded metric format specification")
    fn metrics(&self) -> Value {
        json!({
            "Timestamp": Millis::now().0.as_millisecond(),
            "CloudWatchMetrics": [{
                "Namespace": self.namespace,
                "Dimensions": [["method", "route"]],
                "Metrics": [
                    { "Name": "requests", "Unit": "Count" },
                    { "Name": "errors", "Unit": "Count" },
                    { "Name": "duration_ms", "Unit": "Milliseconds" },
                    { "Name": "read_units", "Unit": "Count" },
                    { "Name": "write_units", "Unit": "Count" },
                ],
            }],
        })
    }
}

impl<S, N> FormatEvent<S, N> for JsonLine
where
    S: Subscriber + for<'a> LookupSpan<'a>,
    N: for<'a> FormatFields<'a> + 'static,
{
    fn format_event(&self, context: &FmtContext<'_, S, N>, mut writer: Writer<'_>, event: &Event<'_>) -> fmt::Result {
        let metadata = event.metadata();
        let mut line = Map::new();
        line.insert("time".into(), Millis::now().to_string().into());
        line.insert("level".into(), metadata.level().as_str().into());
        line.insert("target".into(), metadata.target().into());
        for span in context.event_scope().into_iter().flatten() {
            if let Some(fields) = span.extensions().get::<FormattedFields<N>>() {
                line.extend(serde_json::from_str::<Map<_, _>>(&fields.fields).unwrap_or_default());
            }
        }
        if let Ok(Value::Object(fields)) = serde_json::to_value(event.field_map()) {
            line.extend(fields);
        }
        if metadata.target() == REQUEST {
            line.insert("_aws".into(), self.metrics());
        }
        writeln!(writer, "{}", Value::Object(line))
    }
}
