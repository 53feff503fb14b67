//! The command line.

use std::io::Write as _;
use std::net::{Ipv4Addr, SocketAddr};
use std::process::ExitCode;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use axum::BoxError;
use clap::{Parser, Subcommand};
use jiff::civil::Date;
use reference_architecture::app::{self, AppState};
use reference_architecture::config::{self, Compute, Config, Limits, LogFormat, Settings, TableConfig};
use reference_architecture::serve::{serve, stop_signal};
use reference_architecture::table::Table;
use reference_architecture::tenancy::{TenantId, TenantResolver};
use reference_architecture::{lambda, logging, ops};
use secrecy::SecretString;
use tokio::net::TcpListener;
use tokio::runtime::Runtime;
use tokio::task::JoinHandle;

/// Open files beside those of requests: the log, the listener, the runtime's, mails, an issuer's keys, and who waits
/// for a connection at a stop.
const OTHER_FILES: u64 = 384;

/// A minimal multi-tenant backend on one DynamoDB table.
///
/// Every option can be set by the variable in brackets, which is how deployments do it.
#[derive(Parser)]
#[command(version = reference_architecture::VERSION)]
struct Cli {
    #[command(subcommand)]
    command: Option<Command>,
    #[command(flatten)]
    settings: Settings,
}

#[derive(Subcommand)]
enum Command {
    /// Run the API and the web page (the default); needs full configuration
    Serve,
    /// Run the same app on an embedded engine; needs no configuration
    #[cfg(feature = "embedded")]
    Dev {
        /// Keep no data, instead of in .data/
        #[arg(long)]
        memory: bool,
    },
    #[command(flatten)]
    Once(Once),
}

// Commands that end by themselves. Not as a doc comment, which would become the program's own description.
#[derive(Subcommand)]
enum Once {
    /// Make or check the table
    #[command(subcommand)]
    Table(TableCommand),
    /// Smoke-test a deployment from outside
    ///
    /// Leaves its events and what expires within a day: an idempotency record and, where users sign in by mail, a link
    /// of nobody's with its count.
    Validate {
        /// Where the deployment is, like https://acme.example.com
        #[arg(long)]
        base_url: String,
        /// A user's session or access token, where users sign in; without it, checks that need a user are skipped
        #[arg(long, env, hide_env_values = true)]
        validate_bearer_token: Option<SecretString>,
    },
    /// Read what happened
    #[command(subcommand)]
    Events(EventsCommand),
    /// Print the OpenAPI document
    Openapi,
    /// Ask the app on this machine whether it lives; exit code 0 or 1
    Healthcheck,
}

#[derive(Subcommand)]
enum TableCommand {
    /// Make the table when it is absent, wait until it is active, and check it
    Create,
    /// Compare the table with what the code needs; exit code 1 when they differ
    Check,
}

#[derive(Subcommand)]
enum EventsCommand {
    /// Stream a tenant's events as JSON lines, in the order of time
    Export {
        #[arg(long, value_parser = TenantResolver::named_by_operator)]
        tenant: TenantId,
        /// The first UTC day, like 2026-01-31 [default: 30 days before the last]
        #[arg(long)]
        from: Option<Date>,
        /// The last UTC day [default: today]
        #[arg(long)]
        to: Option<Date>,
    },
}

fn main() -> ExitCode {
    let ended = Runtime::new().map_err(BoxError::from).and_then(|runtime| {
        let ended = runtime.block_on(Box::pin(run(config::read(|cli: &mut Cli| &mut cli.settings))));
        // A DNS lookup has no time limit; dropping the runtime would wait for one that is still running.
        runtime.shutdown_background();
        ended
    });
    match ended {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {}", logging::chain(error.as_ref()));
            ExitCode::FAILURE
        }
    }
}

async fn run(Cli { command, settings }: Cli) -> Result<(), BoxError> {
    // Until it serves, a signal ends the process at once. The system sees to that, but not for process 1, as a
    // container's is: it is sent only what it listens for.
    let listening = (std::process::id() == 1).then(listen).transpose()?;
    match command.unwrap_or(Command::Serve) {
        Command::Serve => {
            let config = Config::from_settings(settings.with_secrets().await)?;
            let table = Table::connect(&config.table).await;
            let is_local = config.compute == Compute::Local;
            let announce = move |address| {
                if is_local {
                    tracing::warn!("this is neither ECS nor Lambda, and so counts as a local run: not for production");
                }
                tracing::info!(%address, "serving");
            };
            run_app(config, table, Ipv4Addr::UNSPECIFIED, announce, listening).await
        }
        #[cfg(feature = "embedded")]
        Command::Dev { memory } => dev(settings, memory, listening).await,
        Command::Once(command) => run_once(command, settings).await,
    }
}

/// Listens for the signal to stop.
struct Listening {
    /// Until then the signal ends the process at once.
    is_serving: Arc<AtomicBool>,
    stop: JoinHandle<i32>,
}

fn listen() -> std::io::Result<Listening> {
    let (stop, is_serving) = (stop_signal()?, Arc::new(AtomicBool::new(false)));
    let serves = Arc::clone(&is_serving);
    let stop = tokio::spawn(async move {
        let code = stop.await;
        if serves.load(Ordering::SeqCst) { code } else { std::process::exit(code) }
    });
    Ok(Listening { is_serving, stop })
}

async fn run_once(command: Once, settings: Settings) -> Result<(), BoxError> {
    match command {
        Once::Table(command) => {
            let table = Table::connect(&TableConfig::from_settings(&settings)?).await;
            if let TableCommand::Create = command {
                table.create().await?;
            }
            let differences = table.differences().await?;
            if !differences.is_empty() {
                return Err(differences.join("; ").into());
            }
        }
        Once::Validate { base_url, validate_bearer_token } => {
            ops::validate(&base_url, validate_bearer_token).await?;
        }
        Once::Events(EventsCommand::Export { tenant, from, to }) => {
            let table = Table::connect(&TableConfig::from_settings(&settings)?).await;
            ops::export_events(&table, &tenant, from, to).await?;
        }
        Once::Openapi => writeln!(std::io::stdout(), "{}", app::openapi().to_pretty_json()?)?,
        Once::Healthcheck => ops::healthcheck(settings.port).await?,
    }
    Ok(())
}

/// Serves until a signal stops it, or on Lambda until the platform does. `announce` is told the address that it listens
/// on; who is not `listening` for signals yet begins to then.
async fn run_app(
    mut config: Config,
    table: Table,
    interface: Ipv4Addr,
    announce: impl FnOnce(SocketAddr),
    listening: Option<Listening>,
) -> Result<(), BoxError> {
    let Settings { port, log_format, ref rust_log, limits, waits, .. } = config.settings;
    let on_lambda = config.compute == Compute::Lambda;
    let _unwritten = logging::init(log_format.unwrap_or(LogFormat::Json), rust_log, &config.table.name, !on_lambda)?;
    if on_lambda {
        let state = AppState::new(config, table);
        return lambda::serve(app::router(state.clone()), &state.config).await;
    }
    let listener = TcpListener::bind((interface, port)).await;
    let listener = listener.map_err(|error| format!("cannot listen on PORT {port}: {error}"))?;
    let address = listener.local_addr()?;
    // Links of a local run lead there, also when PORT is 0.
    config.settings.port = address.port();
    let state = AppState::new(config, table);
    let Listening { is_serving, stop } = listening.map_or_else(listen, Ok)?;
    is_serving.store(true, Ordering::SeqCst);
    announce(address);
    allow_files(limits);
    serve(listener, app::router(state.clone()), waits, limits.max_connections, state.lifecycle, stop).await;
    state.config.auth.finish().await;
    Ok(())
}

/// Raises the soft limit of open files, which many systems set to 1,024 or less: a connection is one, and so is that to
/// DynamoDB of a request; its other end too, in `dev`.
fn allow_files(limits: Limits) {
    let needed = u64::from(limits.max_connections.get()) + 2 * u64::from(limits.max_in_flight.get()) + OTHER_FILES;
    match rlimit::increase_nofile_limit(needed) {
        Ok(allowed) if allowed >= needed => {}
        Ok(allowed) => {
            tracing::warn!(allowed, needed, "MAX_CONNECTIONS cannot be reached: too few open files are allowed");
        }
        Err(error) => tracing::warn!(%error, "the limit of open files cannot be raised"),
    }
}

#[cfg(feature = "embedded")]
async fn dev(settings: Settings, memory: bool, listening: Option<Listening>) -> Result<(), BoxError> {
    use std::path::Path;

    use reference_architecture::dev::{DATA_FOLDER, Engine};

    let engine = Engine::start((!memory).then_some(Path::new(DATA_FOLDER))).await?;
    let config = Config::from_settings(settings.with_secrets().await.for_dev(engine.endpoint()))?;
    let table = Table::connect(&config.table).await;
    table.create().await?;
    // By default nobody signs in here, so only this machine may connect.
    let announce = |address: SocketAddr| {
        let port = address.port();
        eprintln!("\n  Open  http://localhost:{port}  or, as two tenants,");
        eprintln!("        http://acme.localhost:{port} and http://demo.localhost:{port}");
        eprintln!("  Try   curl http://acme.localhost:{port}/api/example --json '{{\"name\":\"first\"}}'");
        eprintln!("  Data  in {}\n", if memory { "memory only" } else { DATA_FOLDER });
    };
    run_app(config, table, Ipv4Addr::LOCALHOST, announce, listening).await
}
