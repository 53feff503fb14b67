//! When the web page repeats a request: read from its own source, so that the two cannot drift apart.

use std::sync::LazyLock;
use std::time::Duration;

use rand::RngExt as _;
use rand::rngs::StdRng;

const RETRY: &str = include_str!("../../../src/shared/retry.ts");
const CLIENT: &str = include_str!("../../../src/shared/client.ts");

pub static PAGE: LazyLock<Retry> = LazyLock::new(|| Retry {
    attempt_limit: milliseconds(CLIENT, "ATTEMPT_LIMIT"),
    reads: number(RETRY, "READ_RETRIES"),
    writes: number(RETRY, "WRITE_RETRIES"),
    first_wait: milliseconds(RETRY, "FIRST_WAIT"),
    longest_wait: milliseconds(RETRY, "LONGEST_WAIT"),
    patience: milliseconds(RETRY, "PATIENCE"),
    passing: value(RETRY, "PASSING", "new Set([", "])").split(", ").map(|status| status.parse().unwrap()).collect(),
});

pub struct Retry {
    /// How long one attempt may take.
    pub attempt_limit: Duration,
    pub reads: u64,
    pub writes: u64,
    first_wait: Duration,
    longest_wait: Duration,
    /// A server that asks for more is not waited for.
    pub patience: Duration,
    /// What may be over soon. 0 is no answer.
    pub passing: Vec<u16>,
}

impl Retry {
    /// Doubles with each failure; half of it is chance.
    pub fn wait(&self, failures: u64, random: &mut StdRng) -> Duration {
        let wait = self.longest_wait.min(self.first_wait * (1 << failures));
        wait.mul_f64(0.5 + random.random_range(0.0..0.5))
    }
}

fn milliseconds(source: &str, name: &str) -> Duration {
    Duration::from_millis(number(source, name))
}

fn number(source: &str, name: &str) -> u64 {
    value(source, name, "", ";").replace('_', "").parse().unwrap()
}

fn value<'a>(source: &'a str, name: &str, before: &str, after: &str) -> &'a str {
    let start = format!("const {name} = {before}");
    let value = source.split_once(&start).and_then(|(_, rest)| rest.split_once(after));
    value.unwrap_or_else(|| panic!("the page's source has no {name}")).0
}
