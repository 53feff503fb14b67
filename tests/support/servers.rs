//! Servers of other makers that tests speak to.

use std::io::{BufRead as _, BufReader, Lines};
use std::process::{Child, ChildStdout, Command, Stdio};

/// A server that ends with the tests, since its input does.
pub struct Server {
    pub port: u16,
    pub output: Lines<BufReader<ChildStdout>>,
    pub child: Child,
}

impl Server {
    /// Installs it if need be, starts it, and waits for its port.
    pub fn start(name: &str) -> Self {
        let script = concat!(env!("CARGO_MANIFEST_DIR"), "/scripts/test-servers");
        let installed = Command::new(script).arg(name).stderr(Stdio::inherit()).output().unwrap();
        assert!(installed.status.success(), "see above: `make test` leaves these tests out");
        let command = String::from_utf8(installed.stdout).unwrap();
        let (program, arguments) = command.trim_end().split_once('\n').unwrap();
        let mut command = Command::new(program);
        command.args(arguments.lines()).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null());
        let mut child = command.spawn().unwrap();
        let mut output = BufReader::new(child.stdout.take().unwrap()).lines();
        let port = output.next().expect("it does not start").unwrap().parse().unwrap();
        Self { port, output, child }
    }
}
