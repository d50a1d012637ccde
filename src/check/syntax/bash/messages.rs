//! Where the messages point, and what they name: scripts as people and language models break them.

use super::tests::told;

#[test]
fn a_message_points_to_where_a_person_would_look() {
    for (script, begins) in [
        (
            "true\nif x; then y\n",
            "2:1 the `if` that begins here is not complete: `fi` is missing",
        ),
        (
            "if x\necho\n",
            "1:1 the `if` that begins here is not complete: `then` is missing",
        ),
        ("if a; then\n b\nelse\n c\n", "1:1 the `if` that begins"),
        (
            "f() {\n  if a; then\n    b\n}\n",
            "2:3 the `if` that begins here is not complete: `fi` is missing before `}`",
        ),
        (
            "while a; do\n  if b; then c\ndone\n",
            "2:3 the `if` that begins here",
        ),
        (
            "while a; do b\n",
            "1:1 the `while` that begins here is not complete: `done` is missing",
        ),
        (
            "while a\n  b\ndone\n",
            "1:1 the `while` that begins here is not complete: `do` is missing before `done`",
        ),
        (
            "for i in a b\necho\ndone\n",
            "1:1 the `for` that begins here is not complete: `do` is missing before `echo`",
        ),
        (
            "case x in\na) b;;\n",
            "1:1 the `case` that begins here is not complete: `esac` is missing",
        ),
        ("f() {\n  a\n", "1:5 the `{` that begins here"),
        (
            "a $(b\nc\n",
            "1:3 the `$(` that begins here is not complete: `)` is missing",
        ),
        ("a=(\nb\n", "1:3 the `(` that begins here"),
        ("echo ${x\n", "1:6 `${` opens here and is never closed: `}`"),
        ("a 'b\nc\n", "1:3 `'` opens here and is never closed"),
        (
            "echo \"a\necho \"b\"\n",
            "1:6 the \" that opens here ends only on a later line",
        ),
        ("[[ a &&\n", "1:1 the `[[` that begins here"),
        ("[[ -f x ] && y\n", "1:9 `]` cannot stand here in `[[ … ]]`"),
        (
            "a\nfi\n",
            "2:1 `fi` is not expected here: it belongs to no `if`",
        ),
        ("a\n  done\n", "2:3 `done` is not expected here"),
        ("a\n}\n", "2:1 `}` is not expected here"),
        ("a)\n", "1:2 `)` is not expected here"),
        ("a;;\n", "1:2 `;;` is not expected here"),
        ("echo (a)\n", "1:6 `(` is not expected here"),
        (
            "while a; do\ndone\n",
            "1:10 `do` has no command before `done`",
        ),
        (
            "if a; then\n# b\nfi\n",
            "1:7 `then` has no command before `fi`",
        ),
        ("f() {\n}\n", "1:5 `{` has no command before `}`"),
        (
            "a &&\n",
            "1:3 `&&` needs a command after it; the script's end",
        ),
        ("(a |)\n", "1:4 `|` needs a command after it; `)`"),
        ("a || | b\n", "1:3 `||` needs a command"),
        (
            "cat <\n",
            "1:5 `<` needs a file after it; the end of the line",
        ),
        (
            "for ((i = 0; i < 3)); do a; done\n",
            "1:5 `for ((` needs three parts",
        ),
    ] {
        let message = told(script).unwrap_or_default();
        assert!(message.starts_with(begins), "{script:?}: {message}");
    }
}

/// Slips and the beginning of what is told of each.
const SLIPS: &[(&str, &str)] = &[
    ("if [ a ] then\n b\nfi\n", "1:10 `then` is only an argument"),
    (
        "if a; then b\nelif c then\n d\nfi\n",
        "2:8 `then` is only an argument",
    ),
    (
        "while read x do\n a\ndone\n",
        "1:14 `do` is only an argument",
    ),
    (
        "for i in 1 2 do\n a\ndone\n",
        "1:14 `do` is only an argument",
    ),
    ("f() { a }\n", "1:9 `}` is only an argument"),
    (
        "if a; then\n b\nelse if c; then\n d\nfi\n",
        "3:1 `else if` begins an `if` of its own",
    ),
    (
        "if a; then\n b\nelsif c; then\n d\nfi\n",
        "3:10 `then` is not expected here: it belongs to no `if` or `elif`; bash writes `elif`",
    ),
    (
        "if a; then b; else c; elif d; then e; fi\n",
        "1:23 `elif` cannot follow the `else` of the same `if`; the `if` of line 1",
    ),
    (
        "if a; then\n b\ndone\n",
        "3:1 `done` is not expected here: it belongs to no `for`, `while` or `until`; the `if` of line 1 waits for `fi`",
    ),
    (
        "case x in\na) b\nc) d;;\nesac\n",
        "3:2 `)` is not expected here: if it ends a pattern of the `case`, `;;` is missing",
    ),
    (
        "case x in\na b;;\nesac\n",
        "2:1 the pattern `a` of the `case` of line 1 needs `)`",
    ),
    (
        "f() {\ncase x in\na) b;;\n}\n",
        "4:1 `}` is not expected here: the `case` of line 2 waits for `esac`",
    ),
    (
        "for (i=0; i<3; i++); do a; done\n",
        "1:5 `(` is not expected here: words follow `in`",
    ),
    (
        "for i in (1 2); do a; done\n",
        "1:10 `(` is not expected here: words follow `in`",
    ),
    (
        "if (a) {\n b\n}\n",
        "1:8 `{` is not expected here: after a condition bash has `then`",
    ),
    (
        "x = (1 2)\n",
        "1:5 `(` is not expected here: in an assignment",
    ),
    (
        "f(x) { a; }\n",
        "1:2 `(` is not expected here: functions are defined",
    ),
    (
        "{a; b;}\n",
        "1:7 `}` is not expected here: a blank must stand behind the `{`",
    ),
    (
        "my-f()\na\n",
        "1:1 the function that begins here is not complete: its body",
    ),
    (
        "function\n",
        "1:1 the function that begins here is not complete: its name is missing before the end of the line",
    ),
    (
        "echo \"a\nfor f in *; do\n  echo \"$f\"\ndone\n",
        "1:6 the \" that opens here ends only on a later line",
    ),
    (
        "if a; then\n b\nelif c\n d\nfi\n",
        "3:1 the `elif` that begins here is not complete: `then` is missing before `fi`",
    ),
    (
        "for f in $(ls; do a; done\n",
        "1:16 `do` is not expected here: it belongs to no `for`, `while` or `until`; the `$(` of line 1 waits for `)`",
    ),
    ("a `b\n", "1:3 the backquote that opens here"),
    (
        "a don't\nb\n",
        "1:6 `'` opens here and is never closed: an apostrophe",
    ),
    (
        "a \"${b\"\nc\n",
        "1:4 what opens here is not closed before the \"",
    ),
    (
        "[ \"$(a b\" = c ]\nd\n",
        "1:4 what opens here is not closed before the \"",
    ),
    (
        "if a; then\n cat <<E\n b\n E\nfi\n",
        "2:6 the here-document that begins here never ends",
    ),
    (
        "[[ (a && b ]]\n",
        "1:12 `]]` cannot stand here in `[[ … ]]`; expected an operator such as `==`, or `)`",
    ),
];

#[test]
fn a_message_names_the_slip() {
    for (script, begins) in SLIPS {
        let message = told(script).unwrap_or_default();
        assert!(message.starts_with(begins), "{script:?}: {message}");
    }
}
