//! Promises about the code that the compiler cannot check.

use std::fs;
use std::path::{Path, PathBuf};

/// The code below a folder, by file, without comments and without tests.
pub fn code(folder: &Path) -> Vec<(String, String)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut folders: Vec<PathBuf> = vec![root.join(folder)];
    let mut files = Vec::new();
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|kind| kind == "rs") && !path.ends_with("tests.rs") {
                let text = fs::read_to_string(&path).unwrap();
                let code: Vec<_> = text.lines().filter(|line| !line.trim_start().starts_with("//")).collect();
                files.push((path.strip_prefix(root).unwrap().display().to_string(), code.join("\n")));
            }
        }
    }
    assert!(!files.is_empty());
    files
}

/// The first line with what looks like a part of a key: a `#` that joins words or values, or stands alone in
/// quotes. Attributes (`#[`), raw strings (`r#"`), colours and names in expressions (`#pk`) are others.
fn key_text(code: &str) -> Option<&str> {
    code.lines().find(|line| {
        line.match_indices('#').any(|(at, _)| {
            let (before, after) = (line[..at].chars().next_back(), line[at + 1..].chars().next());
            let (Some(before), Some(after)) = (before, after) else { return false };
            let is_colour = line[at + 1..].bytes().take_while(u8::is_ascii_hexdigit).count() == 6;
            let is_part = |char: char| char.is_ascii_uppercase() || char.is_ascii_digit();
            let byte = line[..at - before.len_utf8()].ends_with('b'); // A byte is no text.
            let alone = before == after && ['"', '\''].contains(&before) && !byte;
            !is_colour && (is_part(before) || ['_', '}'].contains(&before) || is_part(after) || after == '{' || alone)
        })
    })
}

#[test]
fn key_text_is_made_in_one_file_alone() {
    for (file, code) in code(Path::new("src/backend")) {
        let is_home = file == "src/backend/table/keys.rs";
        assert_eq!(key_text(&code).is_some(), is_home, "{file}: {:?}", key_text(&code));
    }
}

#[test]
fn the_scan_knows_key_text_when_it_sees_it() {
    for text in [
        r#"format!("TENANT#{tenant}")"#,
        r#""TENANT#""#,
        r#"format!("{kind}#{id}")"#,
        r#"format!("{a}#x")"#,
        r##"a + "#" + b"##,
        "a.push('#')",
        r##"concat!("tenant", "#USER")"##,
    ] {
        assert!(key_text(text).is_some(), "{text}");
    }
    for text in [
        "#[derive(Debug)]",
        "\n#![forbid(x)]",
        "color: #1d4ed8;",
        r##"r#"a"#"##,
        r##"("#pk", PK)"##,
        "\"#name <= :0\"",
        "set.add(b'#')",
    ] {
        assert_eq!(key_text(text), None, "{text}");
    }
}

/// What stands before the parenthesis that closes a call, given all that is behind the one that opens it.
fn arguments(rest: &str) -> &str {
    let mut open = 1;
    let end = rest.find(|letter| {
        open += i32::from(letter == '(') - i32::from(letter == ')');
        open == 0
    });
    &rest[..end.unwrap()]
}

#[test]
fn there_is_no_scan_no_batch_and_no_write_outside_of_a_condition() {
    for (file, code) in code(Path::new("src/backend")) {
        for absent in
            [".scan(", "Scan", "batch_write", "BatchWrite", "batch_get", "execute_statement", "put_item", "PutItem"]
        {
            assert!(!code.contains(absent), "{absent} in {file}");
        }
        for write in ["Put::builder()", "Delete::builder()", "Update::builder()", ".update_item()", ".delete_item()"] {
            assert!(!code.contains("condition_expression(None)"), "{file}");
            for (at, _) in code.match_indices(write) {
                let rest_of_function = code[at..].split("\n    }\n").next().unwrap();
                assert!(rest_of_function.contains("condition_expression("), "{write} without a condition in {file}");
            }
        }
        // Where it makes no difference who was first: sessions that all end, and the user who signs in.
        // However it is broken into lines.
        let squeezed: String = code.split_whitespace().collect();
        let calls = [".delete_key(", ".update("].map(|call| squeezed.split(call).skip(1).map(arguments));
        let unconditional = calls.into_iter().flatten().filter(|arguments| arguments.contains("None"));
        let known = match file.as_str() {
            "src/backend/table/logins.rs" => &["key,None"][..],
            "src/backend/table/users.rs" => {
                &[r##"&key,UPSERT,None,[("#name","name")],values(principal,Millis::now())"##]
            }
            _ => &[],
        };
        assert_eq!(unconditional.collect::<Vec<_>>(), known, "{file}");
        let builders = code.matches("Delete::builder()").count() + code.matches("Update::builder()").count();
        assert!(builders == 0 || file == "src/backend/table/transaction.rs", "{file}");
    }
}

#[test]
fn only_the_table_layer_speaks_to_dynamodb() {
    for (file, code) in code(Path::new("src/backend")) {
        let speaks = ["aws_sdk_dynamodb", "serde_dynamo"].iter().any(|name| code.contains(name));
        assert!(!speaks || file.starts_with("src/backend/table/"), "{file} speaks to DynamoDB");
    }
}

#[test]
fn the_docs_say_of_every_dependency_why_it_is_here_and_of_no_other() {
    let manifest = include_str!("../Cargo.toml").lines();
    let mut used: Vec<_> = manifest
        .scan("", |section, line| {
            *section = if line.starts_with('[') { line } else { section };
            Some((*section, line.split_once(" = ").map_or("", |(name, _)| name)))
        })
        .filter(|(section, name)| section.ends_with("dependencies]") && !name.is_empty())
        .map(|(_, name)| name)
        .collect();
    let rows = include_str!("../docs/decisions/dependencies.md").lines().filter_map(|line| line.strip_prefix("| `"));
    let mut explained: Vec<_> =
        rows.flat_map(|row| row.split(" |").next().unwrap().split(", ")).map(|name| name.trim_matches('`')).collect();
    used.sort_unstable();
    explained.sort_unstable();
    assert_eq!(explained, used);
}
