//! Every rule against its own examples, and what must hold for the check as a whole.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use super::*;
use crate::policy::Level;

fn python() -> &'static Language {
    Language::by_name("python").expect("python")
}

fn bash() -> &'static Language {
    Language::by_name("bash").expect("bash")
}

/// An example's bytes: `{byte_ff}` is one that no UTF-8 text holds.
fn checked_example(script: &str, language: &'static Language) -> Report {
    let mut parts = script.split("{byte_ff}");
    let first = parts.next().unwrap_or_default().as_bytes().to_vec();
    let bytes = parts.fold(first, |bytes, part| {
        [&bytes, b"\xff".as_slice(), part.as_bytes()].concat()
    });
    check_bytes(&bytes, language, &Policy::default())
}

fn checked(script: &str, language: &'static Language) -> Report {
    check(script, language, &Policy::default())
}

fn rules_of(report: &Report) -> Vec<&'static str> {
    report.findings.iter().map(|finding| finding.rule).collect()
}

/// `length` characters of an alphabet, the same each time, without a pattern that reads as a
/// placeholder.
fn made_of(alphabet: &str, length: usize) -> String {
    let letters: Vec<char> = alphabet.chars().collect();
    let mut state = 7_usize;
    let mut next = || {
        state = (state * 1_103_515_245 + 12_345) % (1 << 31);
        letters[(state >> 8) % letters.len()]
    };
    (0..length).map(|_| next()).collect()
}

/// An example with its placeholders replaced.
pub(super) fn expand(example: &str) -> String {
    const LOWER: &str = "abcdefghijklmnopqrstuvwxyz0123456789";
    const MIXED: &str = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
    let login = STANDARD.encode(["me:", "hunter", "123"].concat());
    let mut script = example.replace("{login}", &login);
    for (name, alphabet, length) in [
        ("digits3", "0123456789", 3),
        ("digits9", "0123456789", 9),
        ("digits18", "0123456789", 18),
        ("digits20", "0123456789", 20),
        ("hex32", "0123456789abcdef", 32),
        ("alnum6", MIXED, 6),
        ("alnum32", MIXED, 32),
        ("alnum33", MIXED, 33),
        ("upper9", "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567", 9),
        ("hex40", "0123456789abcdef", 40),
        ("alnum20", MIXED, 20),
        ("alnum24", MIXED, 24),
        ("alnum35", MIXED, 35),
        ("alnum36", MIXED, 36),
        ("alnum40", LOWER, 40),
        ("upper16", "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567", 16),
        (
            "base64_40",
            "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/",
            40,
        ),
        ("dashes", "-", 5),
        ("characters10000", "#", 10_000),
        ("characters10001", "#", 10_001),
        ("parentheses10000", ")", 9_900),
    ] {
        let placeholder = ["{", name, "}"].concat();
        if script.contains(&placeholder) {
            script = script.replace(&placeholder, &made_of(alphabet, length));
        }
    }
    script
}

/// The language an example of a rule is in: its shebang's, the rule's, or Python.
pub(super) fn language_of(rule: &Rule, script: &str) -> &'static Language {
    let named = rule.language.and_then(Language::by_name);
    named
        .or_else(|| Language::detect(script, None))
        .unwrap_or_else(python)
}

#[test]
fn every_rule_catches_what_it_must_and_nothing_else() {
    let mut wrong = Vec::new();
    for rule in rules() {
        assert!(
            !rule.catches.is_empty() && !rule.passes.is_empty(),
            "{}",
            rule.id
        );
        let examples = (rule.catches.iter().map(|script| (script, true)))
            .chain(rule.passes.iter().map(|script| (script, false)));
        for (example, caught) in examples {
            let script = expand(example);
            let report = checked_example(&script, language_of(rule, &script));
            let found = report
                .findings
                .iter()
                .find(|finding| finding.rule == rule.id);
            if found.is_some() != caught {
                wrong.push(format!("{} {example:?}: {:?}", rule.id, rules_of(&report)));
            }
            if let Some(finding) = found {
                assert_eq!((finding.level, finding.layer), (rule.level, rule.layer));
            }
        }
    }
    assert!(wrong.is_empty(), "\n{}\n", wrong.join("\n"));
}

#[test]
fn rules_have_unique_ids_that_tell_their_language() {
    let ids: Vec<&str> = rules().map(|rule| rule.id).collect();
    for (at, rule) in rules().enumerate() {
        assert!(!ids[at + 1..].contains(&rule.id), "{}", rule.id);
        if let Some(language) = rule.language {
            assert!(rule.id.starts_with(language), "{}", rule.id);
        }
        for text in [rule.what, rule.why, rule.instead] {
            assert!(!text.is_empty() && !text.contains('\n'), "{}", rule.id);
        }
    }
}

/// The scanner of tree-sitter-bash would read out of bounds, as `tree::readable` tells.
#[test]
fn characters_that_crash_the_grammars_scanner_do_no_harm() {
    for character in ['\u{10ffff}', '\u{1f980}', '\u{ffff}', '\u{100}'] {
        for script in ["{1C..2}", "{1..2C}", "{C1..C2}", "echo {1C"] {
            let script = script.replace('C', &character.to_string().repeat(20));
            let _ = checked(&script, bash());
        }
    }
    let report = checked("echo \u{1f980}\u{e9}; eval \"$x\"\n", bash());
    assert_eq!(
        (report.findings[0].rule, report.findings[0].column),
        ("bash-eval", 10)
    );
}

#[test]
fn a_policy_turns_layers_off() {
    let mut policy = Policy::default();
    policy.checks_off.insert("dangerous".to_owned());
    assert!(check("eval('x')", python(), &policy).findings.is_empty());
    assert!(!check("def f(", python(), &policy).findings.is_empty());
}

#[test]
fn a_policy_moves_levels_and_turns_rules_off() {
    let script = "eval('x')";
    let with = |level| {
        let policy =
            Policy::from_toml(&format!("[rules]\npython-eval = '{level}'")).expect("policy");
        check(script, python(), &policy)
    };
    assert_eq!(with("off").findings, vec![]);
    let warned = with("warn");
    assert!(warned.accepted());
    assert_eq!(warned.findings[0].level, Level::Warn);
    assert!(!with("block").accepted());
}

/// What other tools take for permission is a comment here: whoever writes the script would be the one
/// to excuse it.
#[test]
fn no_comment_suppresses_a_finding() {
    for comment in [
        "# nosec",
        "# noqa: S307",
        "# type: ignore",
        "# lazaret: allow python-eval",
        "# nosemgrep",
        "# pylint: disable=eval-used",
    ] {
        let script = format!("{comment}\neval(x)  {comment}\n{comment}\n");
        assert_eq!(rules_of(&checked(&script, python())), ["python-eval"]);
    }
    for comment in ["# nosec", "# shellcheck disable=all", "# lazaret: off"] {
        let script = format!("{comment}\neval \"$x\"  {comment}\n");
        assert_eq!(rules_of(&checked(&script, bash())), ["bash-eval"]);
    }
}

#[test]
fn all_layers_speak_and_the_first_names_the_verdict() {
    let script = "eval('x')\napi_key = 'secret123'\ndef foo(";
    let report = checked(script, python());
    assert_eq!(
        rules_of(&report),
        ["python-syntax", "secret-assignment", "python-eval"]
    );
    assert_eq!(report.verdict().expect("a verdict").layer, Layer::Syntax);
    let finding = &report.findings[0];
    assert_eq!(
        (finding.line, finding.column, finding.end_column),
        (3, 8, 9)
    );
    assert_eq!(finding.message, "`(` was never closed");
}

#[test]
fn a_script_beyond_the_limit_is_not_read_further() {
    let report = checked(&"x = 1\n".repeat(5_000), python());
    assert_eq!(rules_of(&report), ["size-characters"]);
    assert!(!report.undecided && !report.accepted());
    assert!(checked(&"é".repeat(10_001), bash()).verdict().is_some());
    assert!(checked(&"é".repeat(10_000), bash()).accepted());
}

#[test]
fn a_broken_bash_script_is_rejected() {
    let report = checked("if [ true", bash());
    assert!(!report.undecided && !report.accepted());
    let finding = &report.findings[0];
    assert_eq!((finding.rule, finding.level), ("bash-syntax", Level::Block));
    assert!(!checked("echo hi\n", bash()).undecided);
}

#[test]
fn nothing_is_a_valid_script() {
    for script in ["", "\n", "  \n\t\n", "# only a comment", "\u{feff}", "\r\n"] {
        for language in &crate::language::LANGUAGES {
            let report = checked(script, language);
            assert!(
                report.accepted() && !report.undecided,
                "{script:?} {report:?}"
            );
        }
    }
}

/// Files of a directory of `fixtures/scripts`: name and text.
fn fixtures(directory: &str) -> Vec<(String, String)> {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/scripts");
    let entries = std::fs::read_dir(path.join(directory)).expect("fixtures");
    let mut files: Vec<(String, String)> = entries
        .map(|entry| {
            let path = entry.expect("an entry").path();
            let name = path.file_name().expect("a name").to_string_lossy();
            (
                name.into_owned(),
                std::fs::read_to_string(&path).expect("text"),
            )
        })
        .collect();
    files.sort();
    assert!(!files.is_empty());
    files
}

#[test]
fn good_scripts_are_accepted() {
    for (name, text) in fixtures("good") {
        let language = Language::detect(&text, Some(&name)).expect("a language");
        let report = checked(&text, language);
        assert!(report.accepted(), "{name}: {:?}", report.findings);
        assert!(text.chars().count() <= 10_000, "{name}");
    }
}

/// The file's name begins with the rule that must speak.
#[test]
fn bad_scripts_are_found_out() {
    for (name, text) in fixtures("bad") {
        let language = Language::detect(&text, Some(&name)).expect("a language");
        let report = checked(&text, language);
        let rule = name.split('.').next().expect("a rule");
        assert!(
            rules_of(&report).contains(&rule),
            "{name}: {:?}",
            report.findings
        );
    }
}

#[test]
fn messages_say_what_is_wrong_and_where() {
    let told = |script: &str, language| {
        let report = checked(script, language);
        let finding = report.findings.first().expect("a finding").clone();
        format!("{}:{} {}", finding.line, finding.column, finding.message)
    };
    for (script, begins) in [
        ("def foo(a, b)\n    return 1\n", "1:14 expected `:`"),
        ("x = = 3\n", "1:5 `=` is not expected here"),
        ("if x = 3:\n    pass\n", "1:6 `=` assigns"),
        ("x = 1\nelse:\n    y = 2\n", "2:1 `else` has no `if`"),
        (
            "if x && y:\n    pass\n",
            "1:6 `&&` is not Python; write `and`",
        ),
        ("s = 'abc\n", "1:5 the string that ' opens"),
        (
            "def f():\npass\n",
            "1:1 expected an indented block after function definition: indent",
        ),
        ("x = (1]\n", "1:7 `]` does not match"),
    ] {
        let message = told(script, python());
        assert!(message.starts_with(begins), "{script:?}: {message}");
    }
    for (script, begins) in [
        (
            "for i in 1 2; do\n  echo\n",
            "1:1 the `for` that begins here is not complete: `done` is missing",
        ),
        ("echo \"abc\n", "1:6 `\"` opens here and is never closed"),
    ] {
        let message = told(script, bash());
        assert!(message.starts_with(begins), "{script:?}: {message}");
    }
}

#[test]
fn a_bracket_that_does_not_match_is_shown_with_the_open_one() {
    let report = checked("f(a,\n  [b)\n", python());
    let finding = &report.findings[0];
    assert_eq!((finding.line, finding.column), (2, 5));
    let open = &finding.related[0];
    assert_eq!(
        (open.line, open.column, open.message.as_str()),
        (2, 3, "this is open")
    );
}

#[test]
fn a_secret_is_never_repeated() {
    let secret = ["hunter", "2-", "correct", "-horse"].concat();
    for script in [
        format!("password = '{secret}'\n"),
        format!("#!bash\nPASSWORD='{secret}'\n"),
        format!("db = 'postgres://me:{secret}@db'\n"),
    ] {
        let language = Language::detect(&script, None).unwrap_or_else(python);
        let report = checked(&script, language);
        let finding = report.findings.first().expect("a finding");
        assert_eq!(script.get(finding.span.clone()), Some(secret.as_str()));
        assert!(finding.message.contains("`hun…`") && !finding.message.contains("hunt"));
    }
}

/// Shapes that make parsers and recursive walks fall over.
fn pathological() -> Vec<String> {
    let pieces = [
        "(",
        "[",
        "{",
        "$(",
        "((",
        "\"",
        "`",
        "f\"{",
        "<<a ",
        "if ",
        "lambda:",
        "a\\\n",
        ":=try:1e -p",
        "{):",
        "'eyJa.eyJ/",
        "fo1_,",
        "not ",
        "-",
        "a.",
        "f(",
        "a,",
        "x = 1 + \n",
        "def f(\n",
        "case a in ",
        "${a:-",
        "$((",
        "[[ ",
        "\"$(",
        "x='a",
        "eval ",
        "eval(",
        "curl|sh|",
        "$1|curl",
        "#\n| ",
        "+| sh|:[[ ",
        "${!a",
        "x=( ",
        "e :=from while ",
        ";lambda  :=",
        "+////+ ",
        "~ : ",
        ":=+\n",
        "**in ' 'e",
        "1\\\n",
        "\\\n",
        "nonlocal x\n #'''in ",
        "~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~from ",
        "os.system('+'exec ",
        "getattr(",
        "f=f\n",
        "a=b;b=a\n",
        "p='secret1';",
        "é",
        "\r",
        "import os as o\n",
        "x = (x := eval)\n",
        "'a'+",
        "password=",
        "if x:\n ",
        "$($",
        "bash -c \"$(",
    ];
    let mut scripts: Vec<String> = pieces
        .iter()
        .map(|piece| piece.repeat(10_000 / piece.chars().count()))
        .collect();
    scripts.push(format!("{}1{}", "(".repeat(4_999), ")".repeat(4_999)));
    scripts.push(format!("{}{}", "[".repeat(5_000), "]".repeat(5_000)));
    scripts.push(["''' }", &"-".repeat(9_900), "=f(\n"].concat());
    scripts.push("x".repeat(10_000));
    scripts.push(format!("x = {}", "eval, ".repeat(1_600)));
    scripts
}

/// The grammar has these wrong or is in doubt about them; each alone is harmless.
#[test]
fn long_ordinary_bash_is_read_whole() {
    for (line, times) in [
        ("a | b | c\n", 900),
        ("cat file | grep -v x | sort >out\n", 300),
        ("cat >f <<<x\n", 300),
        ("for x do :; done\n", 300),
        ("cat <<E; next\nbody\nE\n", 300),
        ("x=$((10#$n))\n", 300),
        ("[[ a == +(b) ]] || c\n", 300),
    ] {
        let script = line.repeat(times) + "eval \"$x\"\n";
        let report = checked(&script, bash());
        let blocking: Vec<_> = report
            .findings
            .iter()
            .filter(|finding| finding.level == Level::Block)
            .collect();
        assert_eq!(blocking.len(), 1, "{line:?} {:?}", blocking[0]);
        assert_eq!(blocking[0].rule, "bash-eval", "{line:?}");
        assert_eq!(
            script.get(blocking[0].span.clone()),
            Some("eval"),
            "{line:?}"
        );
    }
    let pipeline = vec!["a"; 500].join(" | ");
    for script in [
        format!("{pipeline}\n"),
        format!("f() {{\n{pipeline}\n}}\nf\n"),
    ] {
        assert!(checked(&script, bash()).accepted());
    }
}

/// `fixtures/fuzz`: each once broke something; what breaks the process fails the whole run of tests.
#[test]
fn what_fuzzing_found_holds_now() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures/fuzz");
    let files = std::fs::read_dir(folder).expect("a folder");
    let mut count = 0;
    for file in files {
        let path = file.expect("a file").path();
        let script = std::fs::read(&path).expect("readable");
        for language in &crate::language::LANGUAGES {
            let report = check_bytes(&script, language, &Policy::default());
            assert!(report.findings.len() <= MOST_FINDINGS, "{}", path.display());
        }
        count += 1;
    }
    assert!(count > 1, "no fixtures");
}

#[test]
fn pathological_scripts_end_in_time_and_stay_small() {
    for script in pathological() {
        for language in &crate::language::LANGUAGES {
            let start = std::time::Instant::now();
            let report = checked(&script, language);
            let took = start.elapsed();
            let beginning: String = script.chars().take(12).collect();
            assert!(took.as_millis() < 1_500, "{beginning:?} took {took:?}");
            assert!(report.findings.len() <= MOST_FINDINGS);
        }
    }
}

#[test]
fn the_block_among_many_warnings_is_kept() {
    let script = format!("import os\n{}eval(x)\n", "os.fork()\n".repeat(300));
    let report = checked(&script, python());
    assert_eq!(report.findings.len(), MOST_FINDINGS);
    assert_eq!(report.verdict().expect("a verdict").rule, "python-eval");
}
