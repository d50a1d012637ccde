//! What is printed, held against the published schema and read as a scanner's user would.

use serde_json::Value;

use super::*;
use crate::check::{Related, check};
use crate::language::Language;
use crate::text::LineIndex;

fn report(script: &str, policy: &Policy) -> Report {
    let language = Language::detect(script, None)
        .or_else(|| Language::by_name("python"))
        .expect("a language");
    check(script, language, policy)
}

fn file(path: &[u8], script: &str) -> SarifFile {
    SarifFile::checked(path, script, &report(script, &Policy::default()))
}

/// The document of these files; it fits the schema.
fn document(policy: &Policy, files: Vec<SarifFile>) -> Value {
    let mut sarif = Sarif::new(policy);
    for file in files {
        sarif.add(file);
    }
    let document: Value = serde_json::from_str(&sarif.document()).expect("JSON");
    let schema = include_str!("../../../fixtures/schemas/sarif-2.1.0.json");
    // Its pattern of a language, which we never write, has a bracket too many for strict validators.
    let schema = schema.replace("[a-zA-Z]{2}]?$", "[a-zA-Z]{2}$");
    let schema: Value = serde_json::from_str(&schema).expect("JSON");
    let validator = jsonschema::options()
        .should_validate_formats(true)
        .build(&schema)
        .expect("a schema");
    let errors: Vec<String> = validator
        .iter_errors(&document)
        .map(|error| format!("{}: {error}", error.instance_path()))
        .collect();
    assert!(errors.is_empty(), "{errors:#?}");
    document
}

#[test]
fn documents_fit_the_published_schema() {
    let policy = Policy::from_toml("[rules]\npython-eval = 'warn'\nsize-nul = 'off'\n");
    let unreadable = SarifFile::unreadable(b"no such.py", "script-not-found", "no such file");
    let mut related = report("eval(x)\n", &Policy::default());
    let place = Related::at(&LineIndex::new("eval(x)\n"), 5..6, "here".to_owned());
    related.findings[0].related.push(place);
    let with_related = SarifFile::checked(b"r.py", "eval(x)\n", &related);
    let files = vec![
        file(b"good.py", "print(1)\n"),
        file(b"bad.py", "eval(x)\npassword = 'sesame-123'\n"),
        file(b"odd.sh", "#!/bin/bash\nif [ true\n"),
        with_related,
        unreadable,
    ];
    let document = document(&policy.expect("a policy"), files);
    let run = &document["runs"][0];
    assert_eq!(run["results"].as_array().expect("results").len(), 4);
    let invocation = &run["invocations"][0];
    assert_eq!(invocation["executionSuccessful"], false);
    let overrides = &invocation["ruleConfigurationOverrides"];
    assert_eq!(overrides[0]["configuration"]["enabled"], false);
    assert_eq!(overrides[1]["descriptor"]["id"], "python-eval");
}

/// The schema is strict enough for this test to mean something.
#[test]
#[should_panic(expected = "unknown-place")]
fn a_document_of_another_shape_does_not_fit() {
    let mut wrong = file(b"bad.py", "eval(x)\n");
    wrong.results[0].level = "unknown-place";
    document(&Policy::default(), vec![wrong]);
}

#[test]
fn nothing_checked_fits_too() {
    let document = document(&Policy::default(), Vec::new());
    let run = &document["runs"][0];
    assert_eq!(run["results"], serde_json::json!([]));
    assert_eq!(run["invocations"][0]["executionSuccessful"], true);
}

#[test]
fn a_file_that_is_named_twice_is_one_artifact() {
    let missing = || SarifFile::unreadable(b"-", "usage", "named twice");
    let files = vec![
        file(b"a.py", "eval(x)\n"),
        file(b"./a.py", "eval(x)\n"),
        missing(),
        missing(),
    ];
    let document = document(&Policy::default(), files);
    let run = &document["runs"][0];
    let uris = run["artifacts"].as_array().expect("artifacts").iter();
    let uris: Vec<&Value> = uris.map(|artifact| &artifact["location"]["uri"]).collect();
    assert_eq!(uris, ["a.py", "-"]);
    let told = &run["invocations"][0]["toolExecutionNotifications"];
    assert_eq!(told.as_array().map(Vec::len), Some(2));
}

#[test]
fn a_result_has_the_exact_place_and_its_rule() {
    let bad = file(b"a.py", "x = 1\né = eval(y)\n");
    let document = document(&Policy::default(), vec![bad]);
    let run = &document["runs"][0];
    assert_eq!(run["columnKind"], "unicodeCodePoints");
    let result = &run["results"][0];
    let region = &result["locations"][0]["physicalLocation"]["region"];
    let expected = serde_json::json!(
        {"startLine": 2, "startColumn": 5, "endLine": 2, "endColumn": 9}
    );
    assert_eq!(*region, expected);
    let index = result["ruleIndex"].as_u64().expect("an index");
    let index = usize::try_from(index).expect("small");
    let rule = &run["tool"]["driver"]["rules"][index];
    assert_eq!(
        (&result["ruleId"], &result["level"]),
        (&rule["id"], &"error".into())
    );
    assert!(
        rule["help"]["text"]
            .as_str()
            .expect("help")
            .contains("Instead: ")
    );
}

#[test]
fn a_secret_is_nowhere() {
    let secret = "sesame-12345";
    let bad = file(
        b"a.py",
        &format!("x = 1; password = '{secret}'; eval(password)\n"),
    );
    let document = document(&Policy::default(), vec![bad]).to_string();
    assert!(document.contains("secret-assignment") && !document.contains(secret));
}

#[test]
fn paths_become_relative_references() {
    for (path, expected) in [
        (b"a.py".as_slice(), "a.py"),
        (b"./a/b c.py", "a/b%20c.py"),
        (b".//.//a.py", "a.py"),
        (b"/srv/a#1.py", "file:///srv/a%231.py"),
        (b"http://x/a?b.py", "http%3A//x/a%3Fb.py"),
        ("\u{e9}%.py".as_bytes(), "%C3%A9%25.py"),
        (b"\xff\n.py", "%FF%0A.py"),
        (b"../a.py", "../a.py"),
        (b"-", "-"),
    ] {
        assert_eq!(uri(path), expected);
    }
}

#[test]
fn a_message_holds_no_link() {
    assert_eq!(Text::plain("`x[0](y)`").text, "`x[0\\](y)`");
}
