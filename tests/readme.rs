//! The README tells the truth: its commands, run as they stand there, show what it says. What differs from run to run,
//! such as ids and times, must differ in the same places.

use std::collections::BTreeMap;

use reqwest::Method;
use serde_json::Value;

use crate::support::process::{Folder, Process, run};
use crate::support::{Send as _, Tenant};

const README: &str = include_str!("../README.md");

/// Fields whose values are made anew in each run.
const MADE: [&str; 7] = ["id", "createdAt", "updatedAt", "requestId", "next", "token", "userId"];

/// A command of the README and the lines that follow it.
struct Step {
    command: String,
    shown: String,
}

/// The commands that begin with `program`, possibly after variables.
fn steps(text: &str, program: &str) -> Vec<Step> {
    let blocks = text.split("```console\n").skip(1).map(|rest| rest.split_once("```").unwrap().0);
    let steps =
        blocks.flat_map(|block| format!("\n{block}").split("\n$ ").skip(1).map(str::to_owned).collect::<Vec<_>>());
    let steps = steps.map(|step| {
        let (command, shown) = step.split_once('\n').unwrap_or((&step, ""));
        Step { command: command.to_owned(), shown: shown.trim_end().to_owned() }
    });
    steps.filter(|step| step.command.contains(program)).collect()
}

/// The words of a command as a shell takes them apart.
fn words(command: &str) -> Vec<String> {
    let (mut words, mut quote) = (vec![String::new()], None);
    for char in command.chars() {
        match (char, quote) {
            ('\'' | '"', None) => quote = Some(char),
            (char, Some(open)) if char == open => quote = None,
            (' ', None) => words.push(String::new()),
            _ => words.last_mut().unwrap().push(char),
        }
    }
    words
}

/// A reader at a terminal, who copies what one answer holds into the next command.
struct Reader {
    process: Process,
    /// What the README says, and what it is in this run.
    seen: BTreeMap<String, String>,
}

impl Reader {
    /// The text with the values of this run.
    fn here(&self, text: &str) -> String {
        self.seen.iter().fold(text.to_owned(), |text, (told, seen)| text.replace(told, seen))
    }

    fn see(&mut self, told: &str, seen: &str) {
        self.seen.entry(told.to_owned()).or_insert_with(|| seen.to_owned());
    }

    fn compare(&mut self, told: &Value, seen: &Value) {
        match (told, seen) {
            (Value::Object(told), Value::Object(seen)) => {
                for (name, told) in told {
                    let seen = &seen[name];
                    match (told.as_str(), seen.as_str()) {
                        (Some(told), Some(seen)) if MADE.contains(&name.as_str()) => self.see(told, seen),
                        _ => self.compare(told, seen),
                    }
                }
            }
            (Value::Array(told), Value::Array(seen)) => {
                told.iter().zip(seen).for_each(|(told, seen)| self.compare(told, seen));
            }
            // Compared as text below.
            _ => {}
        }
    }

    async fn curl(&mut self, Step { command, shown }: &Step) {
        let words = words(&self.here(command));
        let mut words = words.iter().map(String::as_str).skip(1);
        let (mut method, mut url, mut headers, mut json, mut shows_head) = (None, "", Vec::new(), None, false);
        while let Some(word) = words.next() {
            match word {
                "-i" => shows_head = true,
                "-X" => method = Some(words.next().unwrap().parse().unwrap()),
                "-H" => headers.push(words.next().unwrap().split_once(": ").unwrap()),
                "--json" => json = Some(words.next().unwrap().to_owned()),
                _ => url = word,
            }
        }
        let (host, path) = url.strip_prefix("http://").unwrap().split_once('/').unwrap();
        let forged = headers.iter().find(|(name, _)| *name == "Host").map(|(_, host)| *host);
        let tenant = Tenant::new(self.process.address, forged.unwrap_or(host));
        let usual = if json.is_some() { Method::POST } else { Method::GET };
        let mut request = tenant.request(method.unwrap_or(usual), &format!("/{path}"));
        for (name, value) in headers.iter().filter(|(name, _)| *name != "Host") {
            request = request.header(*name, *value);
        }
        if let Some(mut json) = json {
            if path.ends_with("/verify") {
                let told: Value = serde_json::from_str(&json).unwrap();
                let link = self.process.error_line("#token=").await;
                json = json.replace(told["token"].as_str().unwrap(), link.split_once("#token=").unwrap().1);
            }
            request = request.header("content-type", "application/json").body(json);
        }
        let answer = request.answer().await;

        let (head, body) =
            if shows_head { shown.split_once("\n\n").unwrap_or((shown, "")) } else { ("", shown.as_str()) };
        if !body.is_empty() {
            self.compare(&serde_json::from_str(body).unwrap(), &serde_json::from_str(&answer.text).unwrap());
        }
        assert_eq!(answer.text, self.here(body), "{command}");
        for line in head.lines() {
            match line.split_once(": ") {
                Some((name, value)) => assert_eq!(answer.header(name), Some(self.here(value).as_str()), "{command}"),
                None => assert_eq!(format!("HTTP/1.1 {}", answer.status), line, "{command}"),
            }
        }
    }
}

#[tokio::test]
async fn every_curl_of_the_readme_is_answered_as_it_says() {
    let (public, signing_in) = README.split_once("**Signing in.**").unwrap();
    let mut tried = 0;
    for (text, provider) in [(public, "none"), (signing_in, "magic_link")] {
        let process = Process::start(&Folder::new(), &["dev", "--memory"], &[("AUTH_PROVIDER", provider)]);
        let mut reader = Reader { process, seen: BTreeMap::new() };
        for step in steps(text, "") {
            if let Some(("item", url)) = step.command.split_once('=') {
                reader.see("$item", url);
            } else if step.command.starts_with("curl ") {
                reader.curl(&step).await;
                tried += 1;
            }
        }
    }
    assert_eq!(tried, README.matches("\n$ curl ").count());
}

#[tokio::test]
async fn dev_greets_as_the_readme_says() {
    let process = Process::start(&Folder::new(), &["dev"], &[]);
    let port = process.address.port().to_string();
    let greeting = README.split("once built:\n\n```\n").nth(1).unwrap().split("```").next().unwrap();
    let greeting = greeting.replace("3000", &port);
    process.error_line(greeting.lines().last().unwrap()).await;
    assert!(process.error_lines().join("\n").contains(greeting.trim_end()), "{:?}", process.error_lines());
}

#[test]
fn the_program_tells_what_the_readme_says() {
    let process = Process::start(&Folder::new(), &["dev", "--memory"], &[]);
    let here = format!("http://{}", process.address);
    let steps = steps(README, "cargo run -- ");
    assert_eq!(steps.len(), README.matches("$ cargo run -- ").count() + 1, "one begins with variables");
    for Step { command, shown } in steps {
        let (variables, arguments) = command.split_once("cargo run -- ").unwrap();
        let variables: Vec<_> = variables.split_whitespace().map(|word| word.split_once('=').unwrap()).collect();
        let arguments = arguments.replace("http://localhost:3000", &here);
        let (_, stdout, stderr) = run(&arguments.split(' ').collect::<Vec<_>>(), &variables);
        assert_eq!((stdout + &stderr).trim_end(), shown, "{command}");
    }
}
