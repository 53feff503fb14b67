//! Three instances, and everything that happens to them.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use tokio::task::{JoinError, JoinSet};
use tokio::time::Instant;

use crate::balancer::Registry;
use crate::instance::Instance;
use crate::plan::{Break, Fault, Mode, Plan};
use crate::wire::{Slow, Wire};

const SIZE: usize = 3;

/// What every instance is told beside its database.
const COMMON: [(&str, &str); 4] = [
    ("TENANT_RESOLUTION_MODE", "subdomain"),
    ("BASE_DOMAIN", crate::BASE_DOMAIN),
    // Longer than the balancer's knowledge gets old, as 20 s are for API Gateway's.
    ("SHUTDOWN_GRACE", "5s"),
    ("TENANT_RATE_LIMIT", "0"),
];

/// Short enough for a paused instance to be given up by the balancer, and to carry a request out nevertheless.
const SHORT: [(&str, &str); 4] = [
    ("HANDLER_TIMEOUT", "3500ms"),
    ("REQUEST_BODY_TIMEOUT", "3s"),
    ("GATEWAY_TIMEOUT", "4s"),
    ("SHUTDOWN_DRAIN", "4s"),
];

/// A busy machine is no fault of the app's.
const PATIENT: [(&str, &str); 5] = [
    ("DYNAMODB_ATTEMPT_TIMEOUT", "10s"),
    ("DYNAMODB_OPERATION_TIMEOUT", "12s"),
    ("HANDLER_TIMEOUT", "13s"),
    ("GATEWAY_TIMEOUT", "14s"),
    ("SHUTDOWN_DRAIN", "13s"),
];

/// Slow answers of the database, so that each stop meets requests that still run when the grace is over.
const SLOW: Slow = Slow { share: 0.01, by: Duration::from_millis(3_500) };

pub struct Fleet {
    mode: Mode,
    seed: u64,
    engine: String,
    table: String,
    folder: PathBuf,
    pub registry: Registry,
    serving: Vec<Arc<Instance>>,
    /// Told to stop, but they may still run.
    stopping: Vec<Arc<Instance>>,
    ends: JoinSet<Result<(), String>>,
    /// What ends the faults that have begun.
    due: Vec<(Instant, Remedy)>,
    pub counts: Counts,
    /// How instances ended that should have ended well.
    pub problems: Vec<String>,
}

enum Remedy {
    Continue(Arc<Instance>),
    Kill(Arc<Instance>),
    Heal(Vec<Arc<Instance>>),
}

/// What happened.
#[derive(Default)]
pub struct Counts {
    pub started: usize,
    pub killed: usize,
    pub stopped: usize,
    pub paused: usize,
    pub cut: usize,
    pub muted: usize,
}

impl Mode {
    /// How long the balancer waits for an answer.
    pub fn gateway_timeout(self) -> Duration {
        match self {
            Self::Faults => Duration::from_secs(4),
            Self::Rolling => Duration::from_secs(14),
        }
    }
}

impl Fleet {
    pub async fn start(mode: Mode, seed: u64, engine: &str, table: &str, folder: PathBuf) -> Self {
        let mut fleet = Self {
            mode,
            seed,
            engine: engine.to_owned(),
            table: table.to_owned(),
            folder,
            registry: Registry::default(),
            serving: Vec::new(),
            stopping: Vec::new(),
            ends: JoinSet::new(),
            due: Vec::new(),
            counts: Counts::default(),
            problems: Vec::new(),
        };
        for _ in 0..SIZE {
            fleet.add().await;
        }
        fleet
    }

    /// Carries out the plan until then, and ends every fault that has begun.
    pub async fn suffer(&mut self, plan: Plan, until: Instant) {
        for (step, (wait, fault)) in plan.enumerate() {
            let next = Instant::now() + wait;
            if next > until && step >= self.mode.least_steps() {
                break;
            }
            self.remedy(next).await;
            self.begin(fault).await;
        }
        self.remedy(until).await;
        while let Some((_, remedy)) = self.due.pop() {
            self.apply(remedy).await;
        }
    }

    /// Lets every fault end whose time comes until then.
    async fn remedy(&mut self, until: Instant) {
        loop {
            let first = (0..self.due.len()).min_by_key(|index| self.due[*index].0);
            let Some(first) = first.filter(|index| self.due[*index].0 <= until) else { break };
            let (at, remedy) = self.due.swap_remove(first);
            tokio::time::sleep_until(at).await;
            self.apply(remedy).await;
        }
        tokio::time::sleep_until(until).await;
    }

    async fn apply(&mut self, remedy: Remedy) {
        match remedy {
            Remedy::Continue(victim) => victim.signal("CONT"),
            Remedy::Kill(victim) => self.kill(&victim).await,
            Remedy::Heal(victims) => victims.iter().for_each(|victim| victim.wire.heal()),
        }
    }

    async fn begin(&mut self, fault: Fault) {
        while let Some(ended) = self.ends.try_join_next() {
            self.note_end(Some(ended));
        }
        match fault {
            Fault::Kill { victim } => self.kill(&self.any(victim)).await,
            Fault::Pause { victim, time, then_kill } => {
                let victim = self.any(victim);
                victim.signal("STOP");
                self.counts.paused += 1;
                let remedy = if then_kill { Remedy::Kill(victim) } else { Remedy::Continue(victim) };
                self.due.push((Instant::now() + time, remedy));
            }
            Fault::Database { victim, time, how } => {
                let victims = victim.map_or_else(|| self.serving.clone(), |victim| vec![self.any(victim)]);
                match how {
                    Break::Cut => self.counts.cut += victims.len(),
                    Break::Mute => self.counts.muted += victims.len(),
                }
                for victim in &victims {
                    victim.wire.fail(how);
                }
                self.due.push((Instant::now() + time, Remedy::Heal(victims)));
            }
            Fault::Deploy { at_once } => self.deploy(at_once).await,
        }
    }

    /// Any instance that may still run, those that are stopping included.
    fn any(&self, number: usize) -> Arc<Instance> {
        let all: Vec<_> = self.serving.iter().chain(&self.stopping).collect();
        Arc::clone(all[number % all.len()])
    }

    /// The platform replaces what it finds dead.
    async fn kill(&mut self, victim: &Arc<Instance>) {
        // Whatever has its address by now is not the victim.
        if !victim.is_running() {
            return;
        }
        victim.kill();
        self.counts.killed += 1;
        self.registry.deregister(victim.address);
        self.stopping.retain(|each| !Arc::ptr_eq(each, victim));
        if let Some(place) = self.serving.iter().position(|each| Arc::ptr_eq(each, victim)) {
            self.serving.remove(place);
            self.add().await;
        }
    }

    /// Replaces every instance: by one after the other, or by all at once.
    async fn deploy(&mut self, at_once: bool) {
        let old = self.serving.clone();
        for instance in &old {
            self.add().await;
            if !at_once {
                self.stop(instance);
            }
        }
        if at_once {
            for instance in &old {
                self.stop(instance);
            }
        }
        // No more than two deploys overlap. Among other faults, a paused instance would hold this up.
        while self.mode == Mode::Rolling && self.ends.len() > SIZE {
            let ended = self.ends.join_next().await;
            self.note_end(ended);
        }
    }

    /// Starts an instance; once it is ready the balancer may learn of it.
    async fn add(&mut self) {
        self.counts.started += 1;
        let number = self.counts.started;
        let (waits, slow): (&[_], _) = match self.mode {
            Mode::Faults => (&SHORT, None),
            Mode::Rolling => (&PATIENT, Some(SLOW)),
        };
        let wire = Wire::start(&self.engine, slow, self.seed.wrapping_add(number as u64)).await;
        let environment = [&COMMON, waits, &[("DYNAMODB_TABLE", self.table.as_str())]].concat();
        let instance = Instance::start(format!("instance-{number}"), &self.folder, wire, &environment).await;
        self.registry.register(instance.address);
        self.serving.push(Arc::new(instance));
    }

    /// As ECS does: out of the registry, and at once the signal.
    fn stop(&mut self, instance: &Arc<Instance>) {
        self.counts.stopped += 1;
        self.registry.deregister(instance.address);
        self.serving.retain(|each| !Arc::ptr_eq(each, instance));
        self.stopping.push(Arc::clone(instance));
        instance.signal("TERM");
        let instance = Arc::clone(instance);
        self.ends.spawn(async move { instance.ended().await });
    }

    fn note_end(&mut self, ended: Option<Result<Result<(), String>, JoinError>>) {
        if let Some(Err(problem)) = ended.transpose().expect("nothing panics") {
            self.problems.push(problem);
        }
        self.stopping.retain(|instance| instance.is_running());
    }

    /// Stops all, and waits for the end of each.
    pub async fn finish(&mut self) {
        for instance in self.serving.clone() {
            self.stop(&instance);
        }
        while let Some(ended) = self.ends.join_next().await {
            self.note_end(Some(ended));
        }
    }
}
