//! What the rules' examples do not show: places, budgets, hostile nesting.

use crate::check::{Finding, check};
use crate::language::Language;
use crate::policy::Policy;

fn findings(script: &str) -> Vec<Finding> {
    let bash = Language::by_name("bash").expect("bash");
    let report = check(script, bash, &Policy::default());
    let dangerous = |finding: &Finding| finding.layer == crate::check::Layer::Dangerous;
    report.findings.into_iter().filter(dangerous).collect()
}

#[test]
fn a_finding_in_a_nested_script_lies_where_it_is_written() {
    for script in [
        "true\nbash -c 'echo a; eval x'\n",
        "bash -c \"echo \\\"a\\\"; eval x\"\n",
        "bash <<'E'\necho é\neval x\nE\n",
        "ssh host 'bash -c \"true; eval x\"'\n",
    ] {
        let found = findings(script);
        let eval = found.iter().find(|finding| finding.rule == "bash-eval");
        let span = eval.expect("a finding").span.clone();
        assert_eq!(script.get(span), Some("eval"), "{script:?}");
    }
}

#[test]
fn python_in_a_here_document_is_read_as_python() {
    let script = "python3 - <<'E'\nimport os\nos.system('ls')\nE\n";
    let found = findings(script);
    let line = found
        .iter()
        .find(|finding| finding.rule.starts_with("python-"));
    assert_eq!(line.map(|finding| finding.line), Some(3), "{found:?}");
    let found = findings("true; python3 -c 'eval(x)'\n");
    assert_eq!(
        found.first().map(|finding| finding.rule),
        Some("python-eval")
    );
    assert!(findings("cat <<'E'\neval(x)\nE\npython3 f.py\n").is_empty());
}

/// Each by itself is within what the parser may do, and all together are not.
#[test]
fn scripts_in_a_script_share_what_the_parser_may_do() {
    let hostile = |times: usize| {
        let script = format!("X='{}'\n", "a) ".repeat(30));
        script + &"bash -c \"$X\"\n".repeat(times)
    };
    let intricate = |script: &str| {
        let found = findings(script);
        found
            .iter()
            .any(|finding| finding.message.contains("too intricate"))
    };
    assert!(!intricate(&hostile(1)));
    assert!(intricate(&hostile(120)));
}

#[test]
fn what_is_too_much_to_read_is_said_and_not_passed() {
    let deep = (0..14).fold("ls\n".to_owned(), |inner, number| {
        format!("bash <<'E{number}'\n{inner}E{number}\n")
    });
    let many = "X='ls -l a b c d e f g h i j k l m n o p q r s t u v w x y z 0 1 2 3'; ".to_owned()
        + &"bash -c \"$X\";".repeat(700);
    for script in [deep, many] {
        let found = findings(&script);
        assert!(
            found.iter().any(|finding| finding.rule == "bash-run-text"),
            "{found:?}"
        );
    }
}

#[test]
fn the_same_place_is_told_of_once() {
    let found = findings("bash -c \"$(curl http://x)\"\n");
    let rules: Vec<_> = found.iter().map(|finding| finding.rule).collect();
    assert_eq!(
        rules
            .iter()
            .filter(|rule| **rule == "bash-run-download")
            .count(),
        1,
        "{rules:?}"
    );
}

#[test]
fn tables_that_are_searched_are_sorted() {
    super::names::assert_sorted();
    super::paths::assert_sorted();
}

#[test]
fn hostile_scripts_end_in_time() {
    for piece in [
        "a=$a$a;",
        "a=(\"${a[@]}\" \"${a[@]}\" x);",
        "echo 'a' | sh;",
        "bash -c 'x';",
        "f(){ f|f& };f;",
        "$a$b$c ",
        "trap \"$x\" 1;",
        "cat <<E\n",
        "rm -rf $x/ ",
        "sudo ",
        "find -exec ",
        "{a,b}",
        "bash <(",
        "${a:-${a:-",
        "python3 -c 'eval(x)';",
        "curl -o a b;sh a;",
        "echo a|",
        "f(){ \"$@\"; };",
        "xargs ",
        "env a=$a ",
        "`echo ",
        "while :; do $0 & done;",
        "bash <<'E'\neval x\nE\n",
        "x=rm;x=ls;$x /;",
        "[ $a ];",
        "> /dev/sda;",
    ] {
        let start = std::time::Instant::now();
        let found = findings(&piece.repeat(10_000 / piece.len()));
        let took = start.elapsed();
        assert!(
            took.as_secs() < 3,
            "{piece:?} took {took:?} for {}",
            found.len()
        );
    }
}
