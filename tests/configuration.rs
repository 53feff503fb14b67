//! What the program says of its configuration, read from the outside.

use std::time::Duration;

use clap::Args as _;
use reference_architecture::config::{Config, Settings, Waits};

use crate::support::process::run;
use crate::support::settings;

/// What `serve` needs at least, but for a table that exists: it is not asked before the first request.
const COMPLETE: [(&str, &str); 5] = [
    ("PORT", "0"),
    ("DYNAMODB_TABLE", "some-table"),
    ("DYNAMODB_ENDPOINT", "http://127.0.0.1:1"),
    ("TENANT_RESOLUTION_MODE", "subdomain"),
    ("BASE_DOMAIN", "example.com"),
];

/// Runs `serve`, which ends by itself only when it refuses; the problems that it tells.
#[track_caller]
fn refused(changes: &[(&str, &str)]) -> String {
    let mut environment: Vec<_> =
        COMPLETE.into_iter().filter(|(name, _)| changes.iter().all(|(changed, _)| changed != name)).collect();
    environment.extend(changes.iter().filter(|(_, value)| *value != UNSET));
    // A port that is in use ends the program also when nothing else does.
    let listener = std::net::TcpListener::bind("0.0.0.0:0").unwrap();
    let port = listener.local_addr().unwrap().port().to_string();
    if changes.iter().all(|(name, _)| *name != "PORT") {
        environment.retain(|(name, _)| *name != "PORT");
        environment.push(("PORT", &port));
    }
    told(&["serve"], &environment)
}

const UNSET: &str = "(unset)";

#[track_caller]
fn told(arguments: &[&str], environment: &[(&str, &str)]) -> String {
    let (code, _, text) = run(arguments, environment);
    assert_eq!(code, 1, "{text}");
    assert!(!text.contains("panicked"), "{text}");
    text
}

/// The variables that are told of, and no others.
#[track_caller]
fn names_only(text: &str, variables: &[&str]) {
    let told: Vec<_> = text.lines().filter_map(|line| line.strip_prefix("  ")?.split(' ').next()).collect();
    assert_eq!(told, variables, "{text}");
}

#[test]
fn each_variable_is_checked() {
    let cases = [
        ("PORT", &["-1", "65536", "http", "", "80 "][..]),
        ("LOG_FORMAT", &["xml", "", "text"]),
        ("RUST_LOG", &["info,=x=y", ""]),
        ("MAX_IN_FLIGHT", &["0", "-1", "1.5", "", "99999999999999999999"]),
        ("MAX_CONNECTIONS", &["0", "-1", "many", ""]),
        ("TENANT_RATE_LIMIT", &["-1", "1.5", "", "99999999999"]),
        (
            "CORS_ALLOWED_ORIGINS",
            &[
                "*",
                "example.org",
                "https://example.org/path",
                "https://example.org/",
                "ftp://a",
                "https://a b",
                "https://u@a.org",
                "https://*.example.org",
                "https://App.example.org",
                "https://a.org:443",
                "https://a.org:99999",
                "",
            ],
        ),
        ("AWS_REGION", &["", " ", "eu central", "eu-central-1/", "eu-central-1\n", "EU-CENTRAL-1"]),
        ("DYNAMODB_TABLE", &["", UNSET, "ab", "a b c", "table#", &"a".repeat(256)]),
        (
            "DYNAMODB_ENDPOINT",
            &["", "127.0.0.1:8000", "ftp://127.0.0.1", "http://127.0.0.1/path", "http://", "http://127.0.0.1:99999"],
        ),
        ("TENANT_RESOLUTION_MODE", &["", "Fixed", "header", UNSET]),
        (
            "BASE_DOMAIN",
            &[
                "",
                UNSET,
                ".",
                ".com",
                "example.com.",
                "Example.com",
                "https://example.com",
                "example.com:80",
                "a..b",
                "127.0.0.1",
                "256.256.256.256",
                "2130706433",
                "[::1]",
                "-a.com",
                "a_b.com",
                "a b.com",
            ],
        ),
        ("TRUSTED_HOST_HEADER", &["", "two words", "h\u{f6}st", "a:b"]),
        ("AUTH_PROVIDER", &["", "None", "password"]),
    ];
    for (variable, values) in cases {
        for value in values {
            let text = refused(&[(variable, value)]);
            assert!(text.contains(variable), "{variable}={value}: {text}");
        }
    }
    for tenant in ["", UNSET, "a.b", "a#b", "-a", "a-", "a_b", "\u{e4}", &"a".repeat(64)] {
        let text = refused(&[("TENANT_RESOLUTION_MODE", "fixed"), ("APP_TENANT_ID", tenant)]);
        assert!(text.contains("APP_TENANT_ID"), "{tenant}: {text}");
    }
}

#[test]
fn what_the_chosen_mode_does_not_use_is_checked_too() {
    let fixed = [("TENANT_RESOLUTION_MODE", "fixed"), ("APP_TENANT_ID", "only")];
    for domain in ["https://example.com", "example.com/", "example.com:443", "a\"><b", "", "Example.com"] {
        let text = refused(&[&fixed[..], &[("BASE_DOMAIN", domain)]].concat());
        names_only(&text, &["BASE_DOMAIN"]);
    }
    names_only(&refused(&[("APP_TENANT_ID", "a.b")]), &["APP_TENANT_ID"]);
}

#[test]
fn a_problem_brings_no_second_one_and_hides_none() {
    names_only(&refused(&[("DYNAMODB_ENDPOINT", "nonsense")]), &["DYNAMODB_ENDPOINT"]);
    let mail = [("AUTH_PROVIDER", "magic_link"), ("EMAIL_MODE", "smtp")];
    // The id of a mail ends in the sender's domain, and has no form for other scripts.
    for from in ["nobody", "Ada <ada@bücher.example>", UNSET] {
        let text = refused(&[&mail[..], &[("SMTP_URL", "nonsense"), ("EMAIL_FROM", from)]].concat());
        assert!(text.contains("SMTP_URL is not valid") && text.contains("EMAIL_FROM is not"), "{text}");
    }
}

#[test]
fn waits_that_do_not_nest_are_refused_with_both_variables() {
    let cases = [
        (("DYNAMODB_CONNECT_TIMEOUT", "2s"), "DYNAMODB_ATTEMPT_TIMEOUT"),
        (("DYNAMODB_ATTEMPT_TIMEOUT", "4s"), "DYNAMODB_OPERATION_TIMEOUT"),
        (("DYNAMODB_OPERATION_TIMEOUT", "10s"), "HANDLER_TIMEOUT"),
        (("REQUEST_BODY_TIMEOUT", "10s"), "HANDLER_TIMEOUT"),
        (("HANDLER_TIMEOUT", "15s"), "GATEWAY_TIMEOUT"),
        (("GATEWAY_TIMEOUT", "31s"), "30s"),
        (("SHUTDOWN_DRAIN", "60s"), "STOP_TIMEOUT"),
        (("SHUTDOWN_GRACE", "40s"), "STOP_TIMEOUT"), // with 15s of drain and 5s for a mail
        (("SHUTDOWN_DRAIN", "9s"), "HANDLER_TIMEOUT"),
    ];
    for ((variable, value), other) in cases {
        let text = refused(&[(variable, value)]);
        assert!(text.contains(variable) && text.contains(other), "{variable}={value}: {text}");
    }
    for variable in [
        "KEEP_ALIVE_TIMEOUT",
        "REQUEST_BODY_TIMEOUT",
        "DYNAMODB_CONNECT_TIMEOUT",
        "DYNAMODB_ATTEMPT_TIMEOUT",
        "DYNAMODB_OPERATION_TIMEOUT",
        "HANDLER_TIMEOUT",
        "GATEWAY_TIMEOUT",
        "SHUTDOWN_GRACE",
        "SHUTDOWN_DRAIN",
        "STOP_TIMEOUT",
    ] {
        for value in ["", "soon", "-1s", "10", "1e400s", "10,000ms", "61m", "9223372036854775807s"] {
            let text = refused(&[(variable, value)]);
            assert!(text.contains(variable), "{variable}={value}: {text}");
        }
        let longest = refused(&[(variable, "1h"), ("PORT", "none")]);
        assert!(!longest.contains(&format!("{variable} is not valid")), "{longest}");
        let zero = refused(&[(variable, "0s"), ("PORT", "none")]);
        assert_eq!(zero.contains(variable), variable != "SHUTDOWN_GRACE", "{zero}");
    }
}

#[test]
fn outside_of_local_runs_the_deployer_chooses_who_vouches_for_users() {
    for (variable, value) in
        [("ECS_CONTAINER_METADATA_URI_V4", "http://169.254.170.2/v4"), ("AWS_LAMBDA_RUNTIME_API", "127.0.0.1:9001")]
    {
        let text = refused(&[(variable, value)]);
        assert!(text.contains("AUTH_PROVIDER"), "{variable}: {text}");
        let text = refused(&[(variable, value), ("AUTH_PROVIDER", "none"), ("DYNAMODB_TABLE", UNSET)]);
        names_only(&text, &["DYNAMODB_TABLE"]);
    }
    // On ECS the grace and the drain together must end before the platform kills.
    let text = refused(&[("ECS_CONTAINER_METADATA_URI_V4", "x"), ("AUTH_PROVIDER", "none"), ("STOP_TIMEOUT", "35s")]);
    assert!(text.contains("SHUTDOWN_GRACE") && text.contains("STOP_TIMEOUT"), "{text}");
}

#[test]
fn on_ecs_an_instance_serves_on_for_20_s_unless_told_otherwise_and_elsewhere_not() {
    let grace = |more: &[&str]| {
        let table = ["--dynamodb-table=test", "--aws-region=eu-central-1", "--auth-provider=none"];
        Config::from_settings(settings(&[&table[..], more].concat())).unwrap().settings.waits.shutdown_grace
    };
    let ecs = "--ecs-container-metadata-uri-v4=x";
    assert_eq!(grace(&[ecs]), Some(Duration::from_secs(20)));
    assert_eq!(grace(&[ecs, "--shutdown-grace=0s"]), Some(Duration::ZERO));
    assert_eq!(grace(&[]), None);
}

#[test]
fn the_waits_in_the_docs_are_all_that_there_are_with_their_defaults() {
    let command = Waits::augment_args(clap::Command::new("test"));
    let mut expected: Vec<_> = command
        .get_arguments()
        .map(|argument| {
            let default = argument.get_default_values().first().and_then(|value| value.to_str());
            (argument.get_env().unwrap().to_str().unwrap(), default.unwrap_or("20s on ECS, else 0s"))
        })
        .collect();
    expected.sort_unstable();
    for (file, text) in [
        ("docs/architecture.md", include_str!("../docs/architecture.md")),
        ("docs/operations.md", include_str!("../docs/operations.md")),
    ] {
        let section = text.split("\n## Waits\n").nth(1).unwrap().split("\n## ").next().unwrap();
        let mut told: Vec<_> = section
            .lines()
            .filter_map(|line| {
                let mut cells = line.split('|').map(str::trim).skip_while(|cell| !cell.starts_with('`'));
                Some((cells.next()?.trim_matches('`'), cells.next()?))
            })
            .collect();
        told.sort_unstable();
        assert_eq!(told, expected, "{file}");
    }
}

#[test]
fn on_aws_waits_and_limits_have_the_same_defaults_but_where_terraform_says_why_not() {
    let terraform = include_str!("../infrastructure/aws/variables_app.tf");
    let others = ["tenant_rate_limit", "sign_in_client_rate_limit", "sign_in_tenant_rate_limit"];
    let command = Settings::augment_args(clap::Command::new("test"));
    let mut compared = 0;
    for argument in command.get_arguments().filter(|argument| !others.contains(&argument.get_id().as_str())) {
        let name = argument.get_id().as_str();
        let declared = terraform.split(&format!("variable \"{name}\" {{")).nth(1);
        let Some((declared, default)) = declared.zip(argument.get_default_values().first()) else { continue };
        let on_aws = declared.lines().find_map(|line| line.trim().strip_prefix("default     = ")).unwrap();
        assert_eq!(on_aws, default.to_str().unwrap().trim_end_matches('s'), "{name}");
        compared += 1;
    }
    assert_eq!(compared, 11);
}

const EXAMPLE: &str = include_str!("../.env.example");

#[test]
fn the_example_of_an_environment_has_every_variable_with_its_text_and_default() {
    let command = Settings::augment_args(clap::Command::new("test"));
    let words = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
    let shown: Vec<_> = command.get_arguments().filter(|argument| !argument.is_hide_set()).collect();
    for argument in &shown {
        let variable = argument.get_env().unwrap().to_str().unwrap();
        let entry = EXAMPLE.split("\n\n").find_map(|entry| {
            let (text, line) = entry.trim_end().rsplit_once('\n')?;
            assignment(line).filter(|(name, _)| *name == variable).map(|(_, value)| (text, value))
        });
        let (text, value) = entry.unwrap_or_else(|| panic!("{variable} is missing"));
        let help = words(&argument.get_help().unwrap().to_string());
        let text = words(&text.replace("\n#", "\n")[1..]);
        // The manual adds defaults and the choices that there are.
        assert!(text.starts_with(help.split(" [default").next().unwrap()), "{variable}: {text}\n{help}");
        if let Some(default) = argument.get_default_values().first() {
            assert_eq!(value, default.to_str().unwrap(), "{variable}");
        }
    }
    assert_eq!(EXAMPLE.lines().filter(|line| assignment(line).is_some()).count(), shown.len());
}

/// The variable and the value of a line, commented out or not.
fn assignment(line: &str) -> Option<(&str, &str)> {
    let (name, value) = line.trim_start_matches('#').split_once('=')?;
    name.bytes().all(|byte| matches!(byte, b'A'..=b'Z' | b'0'..=b'9' | b'_')).then_some((name, value.trim_matches('"')))
}

#[test]
fn the_example_of_an_environment_starts_the_app_whichever_of_its_lines_is_taken_in() {
    let listener = std::net::TcpListener::bind("0.0.0.0:0").unwrap();
    let port = listener.local_addr().unwrap().port().to_string();
    let given = EXAMPLE.lines().filter(|line| !line.starts_with('#')).filter_map(assignment);
    for line in EXAMPLE.lines().filter(|line| line.starts_with('#')).filter_map(assignment) {
        let environment: Vec<_> = given.clone().chain([line, ("PORT", &port)]).collect();
        let text = told(&["serve"], &environment);
        // Where everything is right but the port.
        assert!(text.contains(&format!("cannot listen on PORT {port}")), "{line:?}: {text}");
    }
}

#[test]
fn admin_commands_need_the_table_and_nothing_else() {
    names_only(&told(&["table", "check"], &[]), &["AWS_REGION", "DYNAMODB_TABLE"]);
    let table = [("DYNAMODB_TABLE", "some-table"), ("DYNAMODB_ENDPOINT", "http://127.0.0.1:1")];
    let text = told(&["table", "check"], &[&table[..], &[("DYNAMODB_ATTEMPT_TIMEOUT", "soon")]].concat());
    names_only(&text, &["DYNAMODB_ATTEMPT_TIMEOUT"]);
}
