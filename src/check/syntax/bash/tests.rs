//! What bash 5.2 accepts and refuses, as `bash -O extglob -n` says, and where the message points.

use proptest::prelude::*;

use super::verdict;
use crate::check::syntax::Verdict;

/// Line, column and message of the refusal.
pub(super) fn told(text: &str) -> Option<String> {
    let Verdict::Refused(problem) = verdict(text) else {
        return None;
    };
    let before = text.get(..problem.span.start).expect("a place in the text");
    let line = before.matches('\n').count() + 1;
    let column = before.chars().rev().take_while(|&c| c != '\n').count() + 1;
    Some(format!("{line}:{column} {}", problem.message))
}

fn is_valid(text: &str) -> bool {
    matches!(verdict(text), Verdict::Valid)
}

#[test]
fn unusual_scripts_are_valid() {
    let unusual = include_str!("../../../../fixtures/bash/unusual.sh");
    for script in unusual.split("#----\n") {
        assert_eq!(told(script), None, "{script}");
        assert!(is_valid(script), "{script}");
    }
    assert!(is_valid(unusual));
}

/// Each line was given to bash, which accepts it.
#[test]
fn what_bash_accepts_is_valid() {
    for script in [
        "echo $(( ${ ))",
        "echo @($(if))",
        "[[ x =~ ($(if)) ]]",
        "case x in (esac) a;; esac",
        "for ((a;';';c)) do c; done",
        "coproc a if b; then c; fi",
        "function f ( a )",
        "echo <((a) b)",
        "a=(1)b",
        "'a'() { b; }",
        "$a() { b; }",
        "echo `if`",
        "cat <<A $(\nfoo\n)\nbody (\nA\n",
        "a <<E\nfoo",
        "cat <<-E\n\t$(\n\tE\n",
        "if ((a) ) then b; fi",
        "! ;",
        "time\n",
        "a[1 + 2]=3",
        "echo \"$$(a)\"",
        "echo ${x[`a`]}",
    ] {
        assert_eq!(told(script), None, "{script}");
    }
}

/// Each line was given to bash, which refuses it.
#[test]
fn what_bash_refuses_is_refused() {
    for script in [
        "echo \"${x:-it's}\"",
        "echo $(( $(if) ))",
        "(( $(if) ))",
        "echo $[ $(if) ]",
        "echo ${x:-<(if)}",
        "[[ x\n]]",
        "case x in\n esac) a;; esac",
        "a[$(if)]=1",
        "echo > 5>f",
        "for ((a;b;c;d)) do c; done",
        "a | ! b",
        "a |\n! b",
        "a=(b=(1))",
        "command declare a=(1)",
        "a=(1 <f)",
        "echo $$(a)",
        "f() { a; } >x fi",
        "time -p | a",
        "for x { a; }",
        "x() y",
        "{ a; } b",
        "((a) b)",
        "a & ; b",
        "echo \"${x:-\"a}\"",
        "in",
        "]]",
        "coproc",
        "cat << \n",
        "[[ 5<6 ]]",
        "a=b() { c; }",
    ] {
        assert!(told(script).is_some(), "{script}");
    }
}

#[test]
fn carriage_returns_are_letters() {
    assert!(is_valid("echo a\r\necho b\r\n"));
    assert!(!is_valid("if a; then\r\n  b\r\nfi\r\n"));
    assert!(is_valid("\u{feff}echo a\n"));
    assert!(!is_valid("\u{feff}if a; then b; fi\n"));
}

/// Shapes that nest, each repeated to a length, whole and cut off.
fn nests(length: usize) -> Vec<String> {
    [
        "(",
        "((",
        "( (",
        "$(",
        "$((",
        "\"$(",
        "\"${x:-",
        "`",
        "{",
        "{ ",
        "{{{{",
        "a()",
        "a() ",
        "a() {",
        "if ",
        "if a; then ",
        "case x in a) ",
        "case x in (",
        "while ",
        "for x in ",
        "for ((",
        "[[ ( ",
        "[[ a && ",
        "a=(",
        "a[",
        "${x[",
        "$[",
        "<(",
        "@(",
        "<<a ",
        "<<a\n",
        "cat <<a $(",
        "$(cat <<a\n",
        "((\"$(",
        "! ",
        "time ",
        "coproc ",
        "coproc a ",
        "function f ",
        "function f\n",
        "\\\n",
        "'\"",
        "\"'",
        "&& ",
        "a | ",
        ";",
        "a;",
        "a[]",
        "a=a[=(",
        "\"\"",
        "$'",
        "$$",
        "é",
        "\0",
        "2>&1 ",
        "( (a) ",
        "((a) ",
        "(((a) ) ) ",
    ]
    .iter()
    .flat_map(|piece| {
        let opened = piece.repeat(length / piece.len());
        let closed = format!("{opened}a{}", ") ".repeat(length / piece.len()));
        [opened, closed]
    })
    .collect()
}

/// In a thread with a small stack, and in time that grows with the length alone.
#[test]
fn hostile_nests_exhaust_neither_stack_nor_time() {
    let all = || {
        for script in nests(200_000) {
            let start = std::time::Instant::now();
            let _ = verdict(&script);
            let shown: String = script.chars().take(16).collect();
            let took = start.elapsed();
            assert!(took.as_millis() < 5_000, "{shown:?} took {took:?}");
        }
    };
    let thread = std::thread::Builder::new().stack_size(2 << 20).spawn(all);
    thread.expect("a thread").join().expect("no panic");
}

#[test]
fn what_is_read_again_too_often_is_undecided() {
    let nested = format!("{}a{}", "((".repeat(20_000), ") ".repeat(40_000));
    assert!(matches!(verdict(&nested), Verdict::Undecided));
    let few = format!("{}a{}", "((".repeat(20), ") ".repeat(40));
    assert!(is_valid(&few));
}

/// Text in which what opens, closes and separates is likely.
fn scripts() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        "[\\x00-\\x7f]{0,3}",
        prop::sample::select(vec![
            "if ",
            "then ",
            "else ",
            "elif ",
            "fi",
            "for x in ",
            "do ",
            "done",
            "case ",
            " in ",
            "esac",
            "{ ",
            "}",
            "[[ ",
            " ]]",
            "((",
            "))",
            "(",
            ")",
            "$(",
            "${",
            "$[",
            "`",
            "\"",
            "'",
            "<<E\n",
            "\nE\n",
            "\n",
            ";",
            ";;",
            "&&",
            "|",
            "<(",
            "a=(",
            "a[",
            "f() ",
            "function ",
            "!",
            " ",
            "x",
            "é",
            "\\",
            "#",
            "coproc ",
            "time ",
            "=~ ",
            "@(",
            "2>",
            "\r\n",
        ])
        .prop_map(str::to_owned),
    ];
    prop::collection::vec(piece, 0..60).prop_map(|pieces| pieces.concat())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1024))]

    #[test]
    fn every_text_gets_a_verdict_with_a_span_in_it(script in scripts()) {
        if let Verdict::Refused(problem) = verdict(&script) {
            prop_assert!(script.get(problem.span.clone()).is_some(), "{:?} {}", problem.span, problem.message);
            prop_assert!(!problem.message.contains('\n'), "{}", problem.message);
        }
    }
}
