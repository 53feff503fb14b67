//! How long a cold start on AWS Lambda takes: from the start of the process to its first answer, on a table of an
//! embedded engine on this machine. `TEST_PROGRAM` measures another build, such as the image's.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, dead_code, missing_docs)]
#![allow(clippy::print_stdout, reason = "a table for a person")]

#[path = "../tests/support/mod.rs"]
mod support;

use std::time::{Duration, Instant};

use support::App;
use support::function::{EventRequest, Function};

const STARTS: usize = 20;

#[tokio::main]
async fn main() {
    let app = App::spawn().await;
    app.tenant("acme").create("first").await;
    println!("{:<40} {:>9} {:>9} {:>9}", format!("{STARTS} cold starts, first answer"), "fastest", "median", "slowest");
    for (what, path) in [("health, touches nothing", "/api/health"), ("list, reads the table", "/api/example")] {
        let mut times = Vec::new();
        for _ in 0..STARTS {
            let started = Instant::now();
            let function = Function::start(&app, &[]).await;
            let answer = function.answer(&EventRequest::get(path).event()).await;
            times.push(started.elapsed());
            assert_eq!(answer["statusCode"], 200, "{answer}");
        }
        times.sort();
        let [fastest, median, slowest] = [0, STARTS / 2, STARTS - 1].map(|place| milliseconds(times[place]));
        println!("{what:<40} {fastest:>9} {median:>9} {slowest:>9}");
    }
}

fn milliseconds(time: Duration) -> String {
    format!("{:.1} ms", time.as_secs_f64() * 1e3)
}
