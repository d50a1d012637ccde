//! Where the messages point, and what they name: scripts as people and language models break them.

use super::tests::checked;

#[test]
fn a_message_names_the_slip_where_a_person_would_look() {
    for (text, begins) in [
        (
            "match x:\n    case 1\n        pass\n",
            "2:11 expected `:` at the end of the line that begins with `case`",
        ),
        (
            "if x and\n    y\n",
            "1:9 a value or expression is missing here",
        ),
        ("def f\n    pass\n", "1:6 expected `(`"),
        ("class = 5\n", "1:1 `class` is a keyword"),
        (
            "if x:\n    a\nelse if y:\n    b\n",
            "3:1 `else if` is not Python; write `elif`",
        ),
        (
            "if x:\n    a\nelsif y:\n    b\n",
            "3:1 `elsif` is not Python",
        ),
        (
            "switch x:\n    case 1: pass\n",
            "1:1 `switch` is not Python; write `match`",
        ),
        (
            "function f() {\n}\n",
            "1:1 `function` is not Python; write `def`",
        ),
        ("x = 1 // why not\n", "1:7 Python's comments begin with `#`"),
        ("x = y++\n", "1:6 `++` is not Python"),
        (
            "if not x && y:\n    a\n",
            "1:10 `&&` is not Python; write `and`",
        ),
        ("if !x:\n    a\n", "1:4 `!` is not Python; write `not`"),
        ("if a <> b:\n    a\n", "1:6 `<>` is not Python; write `!=`"),
        ("x = 0777\n", "1:5 no number begins with `0`: write `0o777`"),
        ("x = 10L\n", "1:7 the number ends before `L`"),
        ("print 'a', b\n", "1:1 `print` is a function in Python 3"),
        ("if x: print a\n", "1:7 `print` is a function in Python 3"),
        ("raise E, 'a'\n", "1:1 `raise A, b` is Python 2"),
        (
            "try:\n    a\nexcept A, b:\n    c\n",
            "3:8 `except A, b` is not Python 3.11",
        ),
        (
            "x = \u{201c}a\u{201d}\n",
            "1:5 `\u{201c}` is for printed text: write `\"`",
        ),
        ("x = a ? b : c\n", "1:7 `?` means nothing in Python"),
        ("x = 'C:\\Users\\x'\n", "1:8 this `\\` begins an escape"),
        ("x = 'it's'\n", "1:8 this ' ends the string"),
        (
            "s = '''a\nb\nc = '''d'''\n",
            "1:5 the string that ''' opens here ends only",
        ),
        ("x = f'{a'\n", "1:7 this `{` of an f-string"),
        ("x = f'{a:{b}'\n", "1:7 this `{` of an f-string"),
        ("a = (1, 2\nb = [3\n", "1:5 `(` was never closed"),
        ("if x:\n\ta\n        b\n", "3:1 tabs and spaces"),
        (
            "if x:\n    # b\nc\n",
            "1:1 expected an indented block after `if` statement: indent",
        ),
        ("Here is the script:\n", "1:1 this reads as a sentence"),
        ("pip install x\n", "1:1 `pip …` is a command of the shell"),
        (
            "def f():\n<<<<<<< HEAD\n    a\n",
            "2:1 this mark was left by a merge",
        ),
        ("def f():\n\u{a0}\u{a0}a\n", "2:1 the character U+00A0"),
        ("x = 1\n```\n", "2:1 a fence of Markdown"),
        (
            "x = f(a, \"--b\" \"&&\" c)\n",
            "1:21 expected `,` but found `c`",
        ),
        ("my_var = 3 4\n", "1:12 two things stand side by side"),
        (
            "outlet = a b # c && d\n",
            "1:12 two things stand side by side",
        ),
        ("x = 5;;\n", "1:7 no statement begins with `;`"),
    ] {
        let report = checked(text);
        let finding = report.findings.first().expect(text);
        let told = format!("{}:{} {}", finding.line, finding.column, finding.message);
        assert!(told.starts_with(begins), "{text:?}: {told}");
    }
}
