//! What is told in the end.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use serde_json::Value;
use uuid::Uuid;

use crate::check::{Promise, Violation};
use crate::fleet::Counts;
use crate::operation::Operation;
use crate::plan::Mode;
use crate::record::Record;

/// Of each promise; the rest is counted.
const SHOWN: usize = 5;

/// One run.
pub struct Run {
    pub mode: Mode,
    pub record: Record,
    pub counts: Counts,
    pub facts: Vec<Fact>,
    pub lost: usize,
    pub twice: usize,
    pub half: usize,
    pub foreign: usize,
}

/// Something that must hold, and how it does not.
pub struct Fact {
    pub text: &'static str,
    pub problems: Vec<String>,
}

impl Run {
    pub fn print(&self) {
        for Fact { text, problems } in &self.facts {
            println!("{} {}: {text}", if problems.is_empty() { "ok     " } else { "FAILED " }, self.mode.name());
            for problem in problems.iter().take(SHOWN) {
                println!("          {}", problem.replace('\n', "\n            "));
            }
            if problems.len() > SHOWN {
                println!("          and {} more", problems.len() - SHOWN);
            }
        }
    }
}

/// What a row says of a run.
type Cell = Box<dyn Fn(&Run) -> String>;

/// One row for each number, one column for each run.
pub fn table(runs: &[Run]) -> String {
    let succeeded =
        |kind: &'static str| move |run: &Run| run.record.succeeded.get(kind).copied().unwrap_or(0).to_string();
    let rows: [(&str, Cell); 22] = [
        ("operations", Box::new(|run| run.record.operations.to_string())),
        ("  created", Box::new(succeeded("create"))),
        ("  changed", Box::new(succeeded("change"))),
        ("  deleted", Box::new(succeeded("delete"))),
        ("  read", Box::new(succeeded("read"))),
        ("  listed", Box::new(succeeded("list"))),
        ("  refused for another's write", Box::new(|run| run.record.refused.to_string())),
        ("  left by the client", Box::new(|run| run.record.left.to_string())),
        ("  given up after all retries", Box::new(|run| run.record.given_up.to_string())),
        ("instances started", Box::new(|run| run.counts.started.to_string())),
        ("  stopped by SIGTERM", Box::new(|run| run.counts.stopped.to_string())),
        ("  killed by SIGKILL", Box::new(|run| run.counts.killed.to_string())),
        ("  paused by SIGSTOP", Box::new(|run| run.counts.paused.to_string())),
        ("  cut off from the database", Box::new(|run| (run.counts.cut + run.counts.muted).to_string())),
        ("requests", Box::new(|run| run.record.requests.to_string())),
        ("  failed", Box::new(|run| run.record.failed.to_string())),
        ("  retries", Box::new(|run| run.record.retries.to_string())),
        ("lost", Box::new(|run| run.lost.to_string())),
        ("duplicated", Box::new(|run| run.twice.to_string())),
        ("half done", Box::new(|run| run.half.to_string())),
        ("shown to another tenant", Box::new(|run| run.foreign.to_string())),
        ("slowest operation", Box::new(|run| format!("{:.1} s", run.record.slowest.as_secs_f64()))),
    ];
    let mut text = format!("{:<32}", "");
    for run in runs {
        let _ = write!(text, "{:>10}", run.mode.name());
    }
    for (name, cell) in rows {
        let _ = write!(text, "\n{name:<32}");
        for run in runs {
            let _ = write!(text, "{:>10}", cell(run));
        }
    }
    text
}

/// What is wrong, each with the history of its item.
pub fn facts(violations: &[Violation], operations: &[Operation], table: &[Value]) -> Vec<Fact> {
    let mut found: BTreeMap<Promise, Vec<String>> = BTreeMap::new();
    for Violation { promise, text, item } in violations {
        let texts = found.entry(*promise).or_default();
        let history = item.filter(|_| texts.len() < SHOWN).map(|id| history(id, operations, table));
        texts.push(format!("{text}{}", history.unwrap_or_default()));
    }
    let fact = |(promise, text)| Fact { text, problems: found.remove(&promise).unwrap_or_default() };
    Promise::ALL.into_iter().map(fact).collect()
}

fn history(id: Uuid, operations: &[Operation], table: &[Value]) -> String {
    let mut told: Vec<_> = operations.iter().filter(|operation| operation.item() == Some(id)).collect();
    told.sort_by_key(|operation| operation.began);
    let mut text = told.iter().fold(String::new(), |text, operation| format!("{text}\n{operation}"));
    let mut items: Vec<_> = table.iter().map(Value::to_string).filter(|item| item.contains(&id.to_string())).collect();
    items.sort();
    for item in items {
        let _ = write!(text, "\n{item}");
    }
    text
}
