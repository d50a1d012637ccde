//! What must hold for any text and any bytes, whatever the rules say of them.

use proptest::prelude::*;
use proptest::sample::{Index, select};

use super::tests::expand;
use super::*;

#[path = "../../tests/fuzz/holds.rs"]
mod invariants;

/// Text in which the words and marks that the checks look for are likely.
fn words() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        "\\PC{0,8}",
        "[\\x00-\\x7f]{0,6}",
        select(vec![
            "eval",
            "exec(",
            "import os",
            " as ",
            "from os import ",
            "*",
            "os.system(",
            "getattr",
            "(x, '__",
            "')",
            "curl ",
            "| ",
            "sh",
            "$(",
            "${",
            "`",
            "\"",
            "'",
            "<<EOF\n",
            "EOF\n",
            "\n",
            "    ",
            "password",
            "=",
            " = ",
            "'hunter2'",
            "-----BEGIN ",
            "PRIVATE KEY-----",
            "AKIA",
            "if ",
            "then",
            "fi",
            "def f(",
            "):",
            "lambda ",
            ":",
            "class ",
            "match x:\n",
            "case ",
            "{",
            "}",
            "[",
            "]",
            "é",
            "\u{feff}",
            "\r\n",
            "://",
            "@",
            "f'{",
            "\\",
        ])
        .prop_map(str::to_owned),
    ];
    prop::collection::vec(piece, 0..40).prop_map(|pieces| pieces.concat())
}

/// Things inside things, hundreds deep, with or without their ends.
fn nested() -> impl Strategy<Value = String> {
    let pairs = vec![
        ("(", ")"),
        ("[", "]"),
        ("{", "}"),
        ("{'k': ", "}"),
        ("f(", ")"),
        ("f\"{", "}\""),
        ("lambda: (", ")"),
        ("x if x else (", ")"),
        ("getattr(", ", 'x')"),
        ("$(", ")"),
        ("`", "`"),
        ("\"$(", ")\""),
        ("${a:-", "}"),
        ("$((", "))"),
        ("((", "))"),
        ("[[ ", " ]]"),
        ("( ", " )"),
        ("{ ", "; }"),
        ("if a; then ", "; fi"),
        ("while a; do ", "; done"),
        ("case a in b) ", ";; esac"),
        ("f() { ", "; }"),
        ("bash -c '", "'"),
        ("eval \"", "\""),
        ("cat <<E\n", "\nE\n"),
        ("if x:\n ", "\n"),
        ("def f():\n ", "\n"),
        ("try:\n ", "\nexcept: pass\n"),
    ];
    let inner = select(vec![
        "",
        "x",
        "eval(x)",
        "eval $x",
        "é",
        "'hunter2'",
        "\\\n",
        "#",
    ]);
    let layers = prop::collection::vec((select(pairs), 1_usize..120), 1..6);
    (layers, inner, any::<bool>()).prop_map(|(layers, inner, closed)| {
        let opened = layers.iter().map(|((open, _), depth)| open.repeat(*depth));
        let mut script: String = opened.collect();
        script.push_str(inner);
        if closed {
            let ends = layers.iter().rev();
            script.extend(ends.map(|((_, close), depth)| close.repeat(*depth)));
        }
        script
    })
}

/// The beginning of one example of the rules, and the end of another.
fn crossed() -> impl Strategy<Value = String> {
    let examples: Vec<String> = rules()
        .flat_map(|rule| rule.catches.iter().chain(rule.passes))
        .filter(|example| !example.contains("{characters"))
        .map(|example| expand(example))
        .collect();
    let pick = select(examples);
    (pick.clone(), pick, any::<[Index; 2]>()).prop_map(|(first, second, [left, right])| {
        let (left, _) = halves(&first, left);
        let (_, right) = halves(&second, right);
        format!("{left}{right}")
    })
}

fn halves(text: &str, at: Index) -> (&str, &str) {
    text.split_at(crate::text::floor_char_boundary(
        text,
        at.index(text.len() + 1),
    ))
}

fn holds(script: &[u8]) {
    for language in &crate::language::LANGUAGES {
        let report = invariants::for_bytes(script, language);
        let again = check_bytes(script, language, &Policy::default());
        assert_eq!(report, again, "the same bytes, another report");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    #[test]
    fn any_words(script in words()) {
        holds(script.as_bytes());
    }

    #[test]
    fn any_mixture_of_examples(script in crossed()) {
        holds(script.as_bytes());
    }

    #[test]
    fn any_bytes(script in prop::collection::vec(any::<u8>(), 0..300)) {
        holds(&script);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    #[test]
    fn any_nesting(script in nested()) {
        holds(script.as_bytes());
    }
}
