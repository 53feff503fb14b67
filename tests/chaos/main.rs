//! The proof that any instance of the app is disposable: three of them behind a balancer, and many clients, while
//! instances are killed, stopped, paused and cut off from the database. docs/operations.md says how to read the report.
//!
//! `CHAOS_SECONDS` is how long each run takes, `CHAOS_SEED` repeats a plan, `CHAOS_MODE` is `faults` or `rolling`
//! for one of the two. The seed gives the faults and the choices of the clients; when each of them meets the other is
//! up to the machine.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, clippy::as_conversions)]
#![allow(clippy::print_stdout, missing_docs)]

mod balancer;
mod check;
mod client;
mod engine;
mod fleet;
mod instance;
mod ledger;
mod operation;
mod plan;
mod record;
mod report;
mod wire;

use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use balancer::Balancer;
use check::{Checker, Promise};
use client::Client;
use engine::Engine;
use fleet::{Counts, Fleet};
use ledger::Tenant;
use plan::{Mode, Plan};
use record::Record;
use report::{Fact, Run};
use tokio::signal::unix::{SignalKind, signal};
use tokio::task::JoinSet;
use tokio::time::Instant;

/// The domain above the tenants' hosts.
pub const BASE_DOMAIN: &str = "example.com";
const TENANTS: [&str; 4] = ["acme", "demo", "initech", "umbrella"];
const CLIENTS: usize = 24;
const SECONDS: u64 = 60;
/// Clients stop after so many together, since all writes are kept until they are checked.
const MOST_OPERATIONS: usize = 300_000;
/// For what comes after the time is over: the last retries, the end of every instance, and the checks.
const PATIENCE: Duration = Duration::from_mins(10);

impl Mode {
    pub fn name(self) -> &'static str {
        match self {
            Self::Faults => "faults",
            Self::Rolling => "rolling",
        }
    }
}

fn main() -> ExitCode {
    if std::env::args().nth(1).as_deref() == Some(engine::ARGUMENT) {
        engine::serve();
        return ExitCode::SUCCESS;
    }
    let seed = number("CHAOS_SEED").unwrap_or_else(|| rand::random_range(1..1_000_000));
    let time = Duration::from_secs(number("CHAOS_SECONDS").unwrap_or(SECONDS));
    let modes = match std::env::var("CHAOS_MODE").as_deref() {
        Err(_) => vec![Mode::Faults, Mode::Rolling],
        Ok("faults") => vec![Mode::Faults],
        Ok("rolling") => vec![Mode::Rolling],
        Ok(other) => panic!("CHAOS_MODE is {other}: it must be faults or rolling"),
    };
    let runtime = tokio::runtime::Runtime::new().unwrap();
    // What is dropped at the end, however that comes, ends the processes.
    runtime.block_on(async {
        let mut terminate = signal(SignalKind::terminate()).unwrap();
        tokio::select! {
            code = prove(&modes, seed, time) => code,
            _ = tokio::signal::ctrl_c() => ExitCode::from(130),
            _ = terminate.recv() => ExitCode::from(143),
        }
    })
}

fn number(variable: &str) -> Option<u64> {
    let text = std::env::var(variable).ok()?;
    Some(text.parse().unwrap_or_else(|_| panic!("{variable} is {text}: it must be a number")))
}

async fn prove(modes: &[Mode], seed: u64, time: Duration) -> ExitCode {
    let engine = Engine::start();
    println!("CHAOS_SEED={seed} CHAOS_SECONDS={} on {}", time.as_secs(), engine.name);
    let mut runs = Vec::new();
    for mode in modes {
        let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(format!("chaos-{}-{seed}", mode.name()));
        let _ = std::fs::remove_dir_all(&folder);
        std::fs::create_dir_all(&folder).unwrap();
        let run = tokio::time::timeout(time + PATIENCE, run(*mode, seed, time, &engine, &folder));
        let run = run.await.unwrap_or_else(|_| panic!("the run never ended: see {}", folder.display()));
        run.print();
        if run.facts.iter().all(|fact| fact.problems.is_empty()) {
            let _ = std::fs::remove_dir_all(&folder);
        } else {
            println!("        the logs of all instances are in {}", folder.display());
        }
        runs.push(run);
    }
    println!("\n{}\n\nCHAOS_SEED={seed} CHAOS_SECONDS={}", report::table(&runs), time.as_secs());
    let (hold, fail): (Vec<_>, Vec<_>) =
        runs.iter().flat_map(|run| &run.facts).partition(|fact| fact.problems.is_empty());
    println!("{} passed, {} failed, 0 skipped", hold.len(), fail.len());
    if fail.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

async fn run(mode: Mode, seed: u64, time: Duration, engine: &Engine, folder: &Path) -> Run {
    let table = format!("chaos-{}", uuid::Uuid::now_v7());
    create_table(&table, &engine.address);
    let tenants: Arc<[Tenant]> = TENANTS.map(Tenant::new).into();
    let mut fleet = Fleet::start(mode, seed, &engine.address, &table, folder.to_owned()).await;
    let balancer = Balancer::start(fleet.registry.clone(), mode.gateway_timeout()).await;

    let over = Arc::new(AtomicBool::new(false));
    let mut clients = JoinSet::new();
    for number in 0..CLIENTS {
        let client = Client::new(number, mode, &tenants, balancer.address, seed);
        clients.spawn(client.work(Arc::clone(&over), MOST_OPERATIONS / CLIENTS));
    }
    fleet.suffer(Plan::new(mode, seed), Instant::now() + time).await;
    over.store(true, Ordering::Relaxed);
    let record: Record = clients.join_all().await.into_iter().collect();
    // The last that instances write comes before the last look.
    fleet.finish().await;

    let items = engine.items(&table).await;
    let violations = Checker::new(&record.writes, &items).check(&tenants);
    let mut facts = report::facts(&violations, &record.writes, &items);
    let count = |promises: &[Promise]| violations.iter().filter(|each| promises.contains(&each.promise)).count();
    let (lost, twice) = (count(&[Promise::Created, Promise::Written]), count(&[Promise::Once]));
    let (half, foreign) = (count(&[Promise::Whole, Promise::Attributed]), count(&[Promise::Isolated]));
    facts.push(Fact { text: "no answer is one that clients cannot expect", problems: record.unexpected.clone() });
    facts.push(Fact { text: "every instance that was told to stop ended well", problems: fleet.problems });
    if mode == Mode::Rolling {
        facts.push(Fact { text: "not one request failed", problems: record.failures.clone() });
    }
    facts.push(Fact { text: "everything that can happen did", problems: missing(mode, &record, &fleet.counts) });
    Run { mode, record, counts: fleet.counts, facts, lost, twice, half, foreign }
}

/// As a deployment makes it.
fn create_table(name: &str, engine: &str) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_reference-architecture"));
    command.args(["table", "create"]).env_clear().env("DYNAMODB_TABLE", name);
    assert!(command.env("DYNAMODB_ENDPOINT", format!("http://{engine}")).status().unwrap().success());
}

/// A run in which something never happened proves nothing of it.
fn missing(mode: Mode, record: &Record, counts: &Counts) -> Vec<String> {
    let operations = ["create", "change", "delete", "read", "list", "trespass"];
    let operations = operations.map(|kind| (kind, record.succeeded.get(kind).copied().unwrap_or(0)));
    let Counts { stopped, killed, paused, cut, muted, .. } = *counts;
    let replaced = ("SIGTERM", stopped.saturating_sub(3));
    let faults = [("SIGKILL", killed), ("SIGSTOP", paused), ("cut", cut), ("muted", muted), ("retry", record.retries)];
    let faults = faults.into_iter().filter(|_| mode == Mode::Faults);
    let all = operations.into_iter().chain([replaced]).chain(faults);
    all.filter(|(_, count)| *count == 0).map(|(what, _)| format!("no {what} in the whole run")).collect()
}
