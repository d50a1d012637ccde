//! `lazaret rules`: the list, the manual, the policy's part in it. Needs no engine.

use crate::harness::{Lazaret, none};

fn rules(arguments: &[&str]) -> Lazaret {
    Lazaret::new(none()).arg("rules").args(arguments)
}

/// The ids in the first column of the table.
fn ids(table: &str) -> Vec<&str> {
    let rows = table.lines().skip(1);
    rows.filter_map(|row| row.split_whitespace().next())
        .collect()
}

#[test]
fn the_table_and_the_document_have_every_rule() {
    let table = rules(&[]).output().exits(0);
    let known: Vec<&str> = lazaret::check::rules().map(|rule| rule.id).collect();
    assert_eq!(ids(&table.stdout), known);
    let document = rules(&[]).json();
    assert_eq!(document["schema"], "lazaret.rules/1");
    let listed = document["rules"].as_array().expect("rules").iter();
    let listed: Vec<&str> = listed.filter_map(|rule| rule["id"].as_str()).collect();
    assert_eq!(listed, known);
}

#[test]
fn a_language_has_its_own_rules_and_those_of_all() {
    let table = rules(&["--language", "bash"]).output().exits(0);
    let ids = ids(&table.stdout);
    assert!(ids.contains(&"bash-eval") && ids.contains(&"secret-token"));
    assert!(!ids.contains(&"python-eval"), "{table}");
    rules(&["--language", "perl"]).output().exits(2);
    rules(&["python-eval", "--language", "bash"])
        .output()
        .exits(2);
}

#[test]
fn a_rule_has_a_manual_with_its_level_under_the_policy() {
    let page = rules(&["python-eval"]).output().exits(0);
    for part in ["why", "instead", "It finds", "It lets pass", "block: "] {
        assert!(page.stdout.contains(part), "{part}: {page}");
    }
    let warned = rules(&["python-eval"]).only_policy("[rules]\npython-eval = 'warn'\n");
    let page = warned.output().exits(0);
    assert!(
        page.stdout
            .contains("warn: told, and the script runs; by the policy"),
        "{page}"
    );
    let document = rules(&["python-eval"]).json();
    assert_eq!(document["rules"].as_array().map(Vec::len), Some(1));
}

#[test]
fn the_secrets_of_a_manual_are_placeholders() {
    let page = rules(&["secret-token"]).output().exits(0);
    assert!(page.stdout.contains("{alnum36}"), "{page}");
}

#[test]
fn an_unknown_rule_is_an_error_that_names_the_nearest() {
    let ran = rules(&["pyhton-eval"]).output().exits(2);
    assert!(ran.stderr.contains("did you mean `python-eval`?"), "{ran}");
    assert_eq!(ran.stdout, "");
    let ran = rules(&["\u{1b}[31m"]).output().exits(2);
    assert!(
        !ran.stderr.contains('\u{1b}') && !ran.stderr.contains("did you mean"),
        "{ran}"
    );
}

#[test]
fn a_policy_that_names_an_unknown_rule_is_refused_with_its_line() {
    let policy = "[rules]\npython-eval = 'warn'\npyhton-exec = 'warn'\n";
    let ran = rules(&[]).only_policy(policy).output().exits(2);
    assert!(
        ran.stderr.contains("line 3") && ran.stderr.contains("`python-exec`"),
        "{ran}"
    );
}
