//! Log lines on standard output: one JSON object each, or text for a person at a terminal.

use std::fmt;
use std::io::IsTerminal as _;
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use serde_json::{Map, Value, json};
use tracing::{Event, Subscriber};
use tracing_appender::non_blocking::{NonBlockingBuilder, WorkerGuard};
use tracing_serde::fields::AsMap as _;
use tracing_subscriber::EnvFilter;
use tracing_subscriber::filter::ParseError;
use tracing_subscriber::fmt::format::{JsonFields, Writer};
use tracing_subscriber::fmt::writer::BoxMakeWriter;
use tracing_subscriber::fmt::{FmtContext, FormatEvent, FormatFields, FormattedFields};
use tracing_subscriber::registry::{LookupSpan, Scope};

use crate::config::LogFormat;
use crate::timestamp::Millis;

/// The target of the one line that every request ends with.
pub const REQUEST: &str = "request";

/// The most lines to buffer for a slow reader: about 10 MB. Beyond that, lines are lost rather than requests.
const MOST_LINES: usize = 10_000;

/// Sets up logging for the whole process, panics included. `namespace` is that of the CloudWatch metrics.
/// `in_background` writes lines on another thread, so that a reader that stalls does not stall the app; not for Lambda,
/// which freezes the process once it has answered.
///
/// # Errors
/// When `filter` is not a valid filter.
///
/// # Panics
/// When it is called twice.
pub fn init(format: LogFormat, filter: &str, namespace: &str, in_background: bool) -> Result<Unwritten, ParseError> {
    let (writer, guard) = if in_background {
        let lines = NonBlockingBuilder::default().buffered_lines_limit(MOST_LINES);
        let (writer, guard) = lines.finish(std::io::stdout());
        (BoxMakeWriter::new(writer), Some(guard))
    } else {
        (BoxMakeWriter::new(std::io::stdout), None)
    };
    // An error about an unwritten line would go to stderr, which is likely to be as stuck as stdout.
    let builder = tracing_subscriber::fmt().with_writer(writer).log_internal_errors(false);
    let builder = builder.with_env_filter(EnvFilter::try_new(filter)?);
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
    Ok(Unwritten(guard))
}

/// The lines that are not written yet. Dropping it flushes them, unless the reader has stalled.
#[derive(Debug)]
pub struct Unwritten(Option<WorkerGuard>);

impl Drop for Unwritten {
    fn drop(&mut self) {
        let (guard, (end, ended)) = (self.0.take(), mpsc::channel());
        // On another thread: the guard soon gives up waiting, but then prints to the very output that may be stuck.
        thread::spawn(move || {
            drop(guard);
            let _ = end.send(());
        });
        let _ = ended.recv_timeout(Duration::from_secs(2));
    }
}

/// An error with its sources, which hold the reasons.
pub fn chain(error: &dyn std::error::Error) -> String {
    let sources = std::iter::successors(error.source(), |error| error.source());
    sources.fold(error.to_string(), |text, source| format!("{text}: {source}"))
}

/// An event as one line. Strings are escaped, so that nothing in them can forge another line.
struct JsonLine {
    namespace: String,
}

impl JsonLine {
    /// Lets CloudWatch extract metrics from a request's line, without an API call: count, latency, errors and
    /// capacity units by route. Never by tenant: each value of a dimension is billed as a metric.
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
        // From the outermost inwards: the nearest span has the last word.
        for span in context.event_scope().into_iter().flat_map(Scope::from_root) {
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
