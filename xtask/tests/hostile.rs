//! Documents that mean harm, through every command: nothing overflows, grows without a bound, or steers a terminal.
//!
//! The sizes are such that a walk by recursion overflows, and that anything which looks at everything twice would not be
//! done on the day it was started; so these need no clock.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;
use std::process::{Command, Output};

/// What a name or a sentence would need to steer a terminal, or to turn what is read.
const STEERING: &str = "\u{1b}]0;owned\u{7}\u{1b}[31m\u{9b}2J\u{202e}\u{2066}";

fn run(folder: &Path, arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_xtask"))
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .args(arguments)
        .env("TMPDIR", folder)
        .output()
        .expect("it runs")
}

/// Runs every command that takes a document, and calls `check` with what came of it.
fn every_command(name: &str, text: &str, check: impl Fn(&str, &Output)) {
    let folder = tempfile::tempdir().expect("a folder");
    let path = |name: &str| folder.path().join(name).to_string_lossy().into_owned();
    let (spec, other) = (path("api.json"), path("other.json"));
    fs::write(&spec, text).expect("a file");
    // One letter of prose is different, so that nothing is taken for the same by its bytes.
    fs::write(&other, text.replacen("\"version\":\"1\"", "\"version\":\"2\"", 1)).expect("a file");
    let overlay = path("overlay.yaml");
    let none = "overlay: 1.0.0\ninfo: { title: None, version: '1' }\nactions: []\n";
    fs::write(&overlay, none).expect("a file");
    let out = path("out");
    let normalised = path("normalised.yaml");
    let commands: [(&str, Vec<&str>); 7] = [
        ("generate", vec!["generate", "--spec", &spec, "--name", "hostile", "--out", &out]),
        (
            "generate again",
            vec!["generate", "--spec", &spec, "--name", "hostile", "--out", &out, "--check"],
        ),
        ("lint", vec!["lint", "--check", "--spec", &spec, "--overlay", &overlay]),
        (
            "lint for scripts",
            vec![
                "lint",
                "--check",
                "--spec",
                &spec,
                "--overlay",
                &overlay,
                "--message-format",
                "json",
            ],
        ),
        ("normalize", vec!["normalize", "--spec", &spec, "--out", &normalised]),
        ("diff", vec!["diff", &spec, &other]),
        ("diff for scripts", vec!["diff", &spec, &other, "--format", "json"]),
    ];
    for (command, arguments) in commands {
        check(&format!("{command} of {name}"), &run(folder.path(), &arguments));
    }
}

/// Every command came to its own end: it did its work, or said why not.
fn ended(what: &str, output: &Output) {
    let said = String::from_utf8_lossy(&output.stderr);
    let said = said.chars().take(2000).collect::<String>();
    assert!(matches!(output.status.code(), Some(0 | 1 | 4)), "{what}: {:?}\n{said}", output.status);
    assert!(!said.contains("panicked"), "{what}: {said}");
}

fn document(schemas: &str) -> String {
    let ok = r##"{"200":{"description":"ok","content":{"application/json":{"schema":{"$ref":"#/components/schemas/S0"}}}}}"##;
    let body =
        r##"{"content":{"application/json":{"schema":{"$ref":"#/components/schemas/S0"}}}}"##;
    format!(
        r#"{{"openapi":"3.0.3","info":{{"title":"t","version":"1"}},"paths":{{"/a":{{"get":{{"operationId":"getA","responses":{ok}}},"put":{{"operationId":"putA","requestBody":{body},"responses":{ok}}}}}}},"components":{{"schemas":{{{schemas}}}}}}}"#
    )
}

/// Schemas that each hold the next one, in a form of the caller's; the last is `end`.
fn chain(count: usize, end: &str, link: impl Fn(&str) -> String) -> String {
    let mut schemas = String::new();
    for index in 0..count {
        let next = format!(r##"{{"$ref":"#/components/schemas/S{}"}}"##, index + 1);
        let _ = write!(schemas, r#""S{index}":{},"#, link(&next));
    }
    document(&format!(r#"{schemas}"S{count}":{end}"#))
}

/// A kind of chain: its name, and how a link is written.
type Link = (&'static str, fn(&str) -> String);

const END: &str = r#"{"type":"object","properties":{"x":{"type":"string"}}}"#;

#[test]
fn chains_end() {
    let links: [Link; 6] = [
        ("references", |next| next.to_owned()),
        ("lists", |next| format!(r#"{{"type":"array","items":{next}}}"#)),
        ("maps", |next| format!(r#"{{"type":"object","additionalProperties":{next}}}"#)),
        ("properties", |next| format!(r#"{{"type":"object","properties":{{"p":{next}}}}}"#)),
        ("choices", |next| format!(r#"{{"oneOf":[{next},{{"type":"string"}}]}}"#)),
        ("parts", |next| {
            format!(r#"{{"allOf":[{next}],"properties":{{"q":{{"type":"string"}}}}}}"#)
        }),
    ];
    for (name, link) in links {
        every_command(&format!("a chain of {name}"), &chain(6_000, END, link), ended);
    }
}

#[test]
fn doublings_end() {
    let links: [Link; 4] = [
        ("properties", |next| {
            format!(
                r#"{{"type":"object","required":["a","b"],"properties":{{"a":{next},"b":{next}}}}}"#
            )
        }),
        ("parts", |next| format!(r#"{{"allOf":[{next},{next}]}}"#)),
        ("choices", |next| format!(r#"{{"oneOf":[{next},{{"type":"array","items":{next}}}]}}"#)),
        ("maps", |next| {
            format!(
                r#"{{"type":"object","properties":{{"a":{next}}},"additionalProperties":{next}}}"#
            )
        }),
    ];
    for (name, link) in links {
        every_command(&format!("doubled {name}"), &chain(48, END, link), ended);
    }
}

#[test]
fn wide_fans_end() {
    let list = |count: usize, one: &dyn Fn(usize) -> String| {
        (0..count).map(one).collect::<Vec<_>>().join(",")
    };
    let object = |name: &dyn Fn(usize) -> String| {
        list(30_000, &|index| format!(r#""{}":{{"type":"string"}}"#, name(index)))
    };
    let fans = [
        (
            "properties",
            format!(r#"{{"type":"object","properties":{{{}}}}}"#, object(&|at| format!("p{at}"))),
        ),
        (
            "texts",
            format!(
                r#"{{"type":"string","enum":[{}]}}"#,
                list(30_000, &|at| format!(r#""v{at}""#))
            ),
        ),
        (
            "numbers",
            format!(r#"{{"type":"integer","enum":[{}]}}"#, list(30_000, &|at| at.to_string())),
        ),
        (
            "arms",
            format!(
                r#"{{"oneOf":[{}]}}"#,
                list(1_500, &|at| format!(
                    r#"{{"type":"object","properties":{{"p{at}":{{"type":"string"}}}}}}"#
                ))
            ),
        ),
    ];
    for (name, schema) in fans {
        let schema = format!(r#""S0":{{"type":"object","properties":{{"fan":{schema}}}}}"#);
        every_command(&format!("many {name}"), &document(&schema), ended);
    }
}

#[test]
fn choices_between_each_other_end() {
    for count in [12, 40] {
        let mut schemas = Vec::new();
        for index in 0..count {
            let arms: Vec<String> = (0..count)
                .filter(|other| *other != index)
                .map(|other| format!(r##"{{"$ref":"#/components/schemas/S{other}"}}"##))
                .collect();
            schemas.push(format!(r#""S{index}":{{"oneOf":[{}]}}"#, arms.join(",")));
        }
        every_command("choices between each other", &document(&schemas.join(",")), ended);
        let wrapped: Vec<String> = (0..count)
            .map(|index| {
                let fields: Vec<String> = (0..count)
                    .map(|other| {
                        format!(r##""p{other}":{{"$ref":"#/components/schemas/S{other}"}}"##)
                    })
                    .collect();
                format!(r#""S{index}":{{"type":"object","properties":{{{}}}}}"#, fields.join(","))
            })
            .collect();
        every_command("everything holds everything", &document(&wrapped.join(",")), ended);
    }
}

#[test]
fn nothing_steers_a_terminal() {
    let name = serde_json::to_string(&format!("x{STEERING}y")).expect("text");
    let schema = format!(
        r#""S0":{{"type":"object","description":{name},"properties":{{{name}:{{"type":"string","enum":[{name},{name},"b"],"description":{name}}},"createdAt":{{"type":"string","example":"2025-01-01T00:00:00Z"}}}},"example":{{{name}:4}}}}"#
    );
    let text = document(&schema).replace("\"title\":\"t\"", &format!("\"title\":{name}"));
    every_command("names that steer", &text, |what, output| {
        ended(what, output);
        for bytes in [&output.stdout, &output.stderr] {
            let said = String::from_utf8_lossy(bytes);
            let steers = said.chars().find(|c| {
                (c.is_control() && *c != '\n')
                    || matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
            });
            assert_eq!(steers, None, "{what}: {said:?}");
        }
    });
}
