//! Log lines on standard output: one JSON object each, or text for a person at a terminal.

use std::fmt;

use serde_json::{Map, Value, json};
use tracing::{
    Event, Subscriber,
    field::{Field, Visit},
};
use tracing_subscriber::{
    EnvFilter,
    field::RecordFields,
    filter::ParseError,
    fmt::{FmtContext, FormatEvent, FormatFields, FormattedFields, format::Writer},
    registry::LookupSpan,
};

use crate::{config::LogFormat, timestamp::Millis};

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
            builder.fmt_fields(JsonFields).event_format(JsonLine { namespace }).init();
        }
        LogFormat::Pretty => builder.compact().with_target(false).init(),
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
            "Timestamp": Millis::now().epoch_millis(),
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
            if let Some(fields) = span.extensions().get::<FormattedFields<N>>()
                && let Ok(fields) = serde_json::from_str::<Map<_, _>>(&fields.fields)
            {
                line.extend(fields);
            }
        }
        event.record(&mut JsonVisitor(&mut line));
        if metadata.target() == REQUEST {
            line.insert("_aws".into(), self.metrics());
        }
        writeln!(writer, "{}", Value::Object(line))
    }
}

/// The fields of a span, kept as JSON for the lines within it.
struct JsonFields;

impl<'writer> FormatFields<'writer> for JsonFields {
    fn format_fields<R: RecordFields>(&self, mut writer: Writer<'writer>, fields: R) -> fmt::Result {
        let mut object = Map::new();
        fields.record(&mut JsonVisitor(&mut object));
        write!(writer, "{}", Value::Object(object))
    }
}

struct JsonVisitor<'a>(&'a mut Map<String, Value>);

impl JsonVisitor<'_> {
    fn insert(&mut self, field: &Field, value: impl Into<Value>) {
        self.0.insert(field.name().to_owned(), value.into());
    }
}

impl Visit for JsonVisitor<'_> {
    fn record_f64(&mut self, field: &Field, value: f64) {
        self.insert(field, value);
    }

    fn record_i64(&mut self, field: &Field, value: i64) {
        self.insert(field, value);
    }

    fn record_u64(&mut self, field: &Field, value: u64) {
        self.insert(field, value);
    }

    fn record_bool(&mut self, field: &Field, value: bool) {
        self.insert(field, value);
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        self.insert(field, value);
    }

    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        self.insert(field, format!("{value:?}"));
    }
}
