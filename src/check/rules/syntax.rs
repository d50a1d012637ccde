//! Rules of the syntax layer.

use crate::check::{Layer, Rule};
use crate::policy::Level;

pub(in crate::check) static RULES: [&Rule; 5] = [
    &PYTHON_SYNTAX,
    &BASH_SYNTAX,
    &BASH_CRLF,
    &BASH_BOM,
    &SYNTAX_UNREAD,
];

pub(in crate::check) static PYTHON_SYNTAX: Rule = Rule {
    id: "python-syntax",
    layer: Layer::Syntax,
    level: Level::Block,
    language: Some("python"),
    what: "text that is not Python",
    why: "Python would refuse the whole script; told here, nothing has to be started to learn it",
    catches: &[
        "def foo(",
        "x = [1, 2\ny = 3\n",
        "if x = 3:\n    pass\n",
        "for i in range(3)\n    print(i)\n",
        "x = 'abc\n",
        "print 'hi'\n",
        "if a && b:\n    pass\n",
        "def f():\npass\n",
        "exec 'x = 1'\n",
        "s = '''never closed\n",
    ],
    passes: &[
        "",
        "# nothing\n",
        "\u{feff}x = 1\r\nif x:\r\n    pass\r\n",
        "match x:\n    case [1, *rest] if rest:\n        pass\n",
        "print(f'{a!r:>{width}} {f\"{b}\"}')",
        "def f(a, /, b, *, c): ...\n",
        "print -1\nprint\nprint >> f\n",
        "class A: pass\n",
        "if x:\n    # why\n    pass\n",
    ],
    instead: "correct the script where the finding points; `python3 -m py_compile FILE` says the same",
};

pub(in crate::check) static BASH_SYNTAX: Rule = Rule {
    id: "bash-syntax",
    layer: Layer::Syntax,
    level: Level::Block,
    language: Some("bash"),
    what: "text that bash would refuse to parse",
    why: "bash runs what stands before its first syntax error and stops in the middle; told here, nothing has to be started to learn it",
    catches: &[
        "if [ true",
        "echo \"abc\n",
        "for i in 1 2; do echo $i;\n",
        "foo() {\n  echo hi\n",
        "if true; echo 1; fi\n",
        "echo a\nfi\n",
        "while true; do\ndone\n",
        "if true; then\n  # nothing\nfi\n",
        "f() { }\n",
        "case $1 in a) echo; b) echo;; esac\n",
        "echo a;;\n",
        "echo $(echo a\n",
        "a=(1 2\n",
        "echo hi)\n",
        "if true; then\r\n  echo a\r\nfi\r\n",
        "[[ -f x ] && echo y\n",
        "for ((i = 0; i < 3)); do echo; done\n",
        "echo ${x\n",
        "a && || b\n",
        "cat <\n",
        "function { echo; }\n",
        "echo $(if true)\n",
    ],
    passes: &[
        "",
        "# nothing\n",
        "if [ -f x ]; then echo y; fi\n",
        "case $1 in a|b) echo;; *) ;; esac\n",
        "cmd >f <<<x\n",
        "cat <<EOF; echo next\n' ( {\nEOF\n",
        "cat <<EOF | while read -r x; do echo \"$x\"; done\na\nEOF\n",
        "for x do echo \"$x\"; done\n",
        "echo $((10#$n))\n",
        "if [[ a ]] then b; fi\n",
        "case x in @(a|b)*) ;; !(c)) ;; esac\n",
        "exec 3<>/dev/tcp/h/1\n",
        "((echo a); echo b)\n",
        "x=$(case y in a) echo;; esac)\n",
    ],
    instead: "correct the script where the finding points; `bash -O extglob -n FILE` says the same",
};

pub(in crate::check) static BASH_CRLF: Rule = Rule {
    id: "bash-crlf",
    layer: Layer::Syntax,
    level: Level::Warn,
    language: Some("bash"),
    what: "lines that end in CR LF",
    why: "bash takes the CR as part of the last word of each line: commands are not found, and `then` is no longer `then`",
    catches: &["echo a\r\necho b\r\n"],
    passes: &["echo a\n", "printf 'a\\r\\n'\n", "x='a\rb'\n"],
    instead: "save the script with LF line ends (`dos2unix`, or `tr -d '\\r'`)",
};

pub(in crate::check) static BASH_BOM: Rule = Rule {
    id: "bash-bom",
    layer: Layer::Syntax,
    level: Level::Warn,
    language: Some("bash"),
    what: "a byte order mark at the beginning",
    why: "bash takes it as part of the first word, so the first line fails",
    catches: &["\u{feff}echo a\n"],
    passes: &["echo a\n"],
    instead: "save the script as UTF-8 without a byte order mark",
};

pub(in crate::check) static SYNTAX_UNREAD: Rule = Rule {
    id: "syntax-unread",
    layer: Layer::Syntax,
    level: Level::Warn,
    language: None,
    what: "text on which the parser would spend more than its budget",
    why: "some texts, mostly broken or made for it, take the parser a hundred times as long as a script does; it stops, so the other layers see nothing of them",
    catches: &["#!/bin/bash\n{parentheses10000}"],
    passes: &[
        "#!/bin/bash\necho a\n",
        "#!/bin/bash\nif [ true\n",
        "x = (\n",
    ],
    instead: "write it as plain commands, one a line",
};
