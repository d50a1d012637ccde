//! What must hold of the strict parser's fence, its explanations and Python's later rules.

use proptest::prelude::*;

use super::strict::{Verdict, verdict};
use crate::check::{Report, check};
use crate::language::Language;
use crate::policy::Policy;

pub(super) fn checked(text: &str) -> Report {
    let mut policy = Policy::default();
    policy.limits.script_characters = 1_000_000;
    policy.checks_off = ["secrets", "dangerous"].map(str::to_owned).into();
    check(text, Language::by_name("python").expect("python"), &policy)
}

fn is_accepted(text: &str) -> bool {
    let report = checked(text);
    report.accepted() && !report.undecided
}

/// What begins, what is repeated before the middle, the middle, what is repeated after it.
const NESTS: [(&str, &str, &str, &str); 48] = [
    ("", "(", "1", ")"),
    ("", "(", "", ""),
    ("", "[", "1", "]"),
    ("", "[", "", ""),
    ("", "{", "1", "}"),
    ("", "{1:", "1", "}"),
    ("", "{**", "a", "}"),
    ("", "f(", "1", ")"),
    ("", "f(a=", "1", ")"),
    ("", "a[", "1", "]"),
    ("", "a[1:", "1", "]"),
    ("", "-", "1", ""),
    ("", "not ", "a", ""),
    ("", "~-+", "1", ""),
    ("", "await ", "a", ""),
    ("", "lambda: ", "1", ""),
    ("", "lambda a=", "1", ": 1"),
    ("", "lambda a, b=", "1", ""),
    ("", "lambda *a, b: ", "1", ""),
    ("", "1 if a else ", "1", ""),
    ("", "", "1", " if a else 1"),
    ("", "1 ** ", "1", ""),
    ("", "", "1", " + 1"),
    ("", "1+(", "1", ")+1+1"),
    ("", "", "a", ".a"),
    ("", "", "a", "()"),
    ("", "", "a", "[0]"),
    ("", "", "a", ".b(1, 2)[3]"),
    ("", "", "a", " < a"),
    ("", "", "a", " and a or b"),
    ("", "a = ", "1", ""),
    ("", "(a := ", "1", ")"),
    ("x = ", "yield ", "1", ""),
    ("", "yield a, ", "1", ""),
    ("", "*", "a", ""),
    ("x = ", "[a for a in ", "b", "]"),
    ("x = ", "(", "b", " for a in b)"),
    ("", "f'{", "1", "}'"),
    ("", "f\"{f'{", "1", "}'}\""),
    ("f'", "{a:", "b", "}"),
    ("", "async ", "x = 1", ""),
    ("", "if a: ", "b", ""),
    ("", "@", "a", "\n"),
    ("match a:\n case ", "(", "b", ")"),
    ("match a:\n case ", "[", "b", "]"),
    ("match a:\n case ", "{0: ", "b", "}"),
    ("match a:\n case ", "C(a=", "b", ")"),
    ("match a:\n case ", "", "b", " | b"),
];

fn nest(number: usize, depth: usize) -> String {
    let (start, before, middle, after) = NESTS[number];
    let end = if start.starts_with("match") {
        ": pass\n"
    } else {
        "\n"
    };
    [
        start,
        &before.repeat(depth),
        middle,
        &after.repeat(depth),
        end,
    ]
    .concat()
}

/// Blocks within blocks, one space further in each time.
fn blocks(head: &str, depth: usize) -> String {
    let line = |depth: usize| format!("{}{head}\n", " ".repeat(depth));
    (0..depth).map(line).collect::<String>() + &" ".repeat(depth) + "pass\n"
}

/// An overflow of the stack would end the whole process.
fn on_a_stack_of<T: Send + 'static>(kib: usize, work: impl FnOnce() -> T + Send + 'static) -> T {
    let thread = std::thread::Builder::new().stack_size(kib * 1024);
    thread
        .spawn(work)
        .expect("a thread")
        .join()
        .expect("no panic")
}

#[test]
fn no_nest_overflows_a_small_stack() {
    for kib in [512, 2048] {
        on_a_stack_of(kib, || {
            for number in 0..NESTS.len() {
                for depth in [3, 30, 150, 190, 240, 330, 480, 900] {
                    let _ = verdict(&nest(number, depth));
                }
            }
            for head in [
                "if a:",
                "def f():",
                "class A:",
                "for a in b:",
                "with a:",
                "try:",
                "if (a",
                "else:",
            ] {
                for depth in [20, 98, 105, 300] {
                    let _ = verdict(&blocks(head, depth));
                }
            }
        });
    }
}

#[test]
fn long_hostile_nests_end_without_a_look() {
    on_a_stack_of(512, || {
        for (number, (_, before, _, after)) in NESTS.iter().enumerate() {
            let text = nest(number, 200_000 / (before.len() + after.len()));
            let told = verdict(&text);
            assert_ne!(told, Verdict::Accepted, "{before:?} {after:?}");
        }
    });
}

#[test]
fn scripts_are_not_left_to_the_interpreter_for_their_length() {
    for line in [
        "x = a.b(c, d)[1] + 2\n",
        "if a:\n    b = [1, -2, {3: 4}]\n",
        "print('a' + b)\n",
    ] {
        assert!(is_accepted(&line.repeat(2_000)), "{line}");
    }
    let table = format!(
        "x = [{}]\n",
        "(1, -2, f(3), lambda a, b: c), ".repeat(1_000)
    );
    assert!(is_accepted(&table));
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, ..ProptestConfig::default() })]

    #[test]
    fn nests_in_nests_never_overflow(parts in prop::collection::vec((0..NESTS.len(), 0_usize..160), 1..7)) {
        on_a_stack_of(512, move || {
            let mut text = String::from("1");
            for (number, depth) in &parts {
                let (start, before, _, after) = NESTS[*number];
                text = [start, &before.repeat(*depth), &text, &after.repeat(*depth)].concat();
            }
            let _ = verdict(&text);
        });
    }

    #[test]
    fn spans_lie_in_the_text(text in "[\\x00-\\x7fé\u{feff}\u{1f980}]{0,60}") {
        let report = checked(&text);
        let lines = text.split(['\n', '\r']).count();
        for finding in report.findings {
            prop_assert!(finding.line >= 1 && finding.line <= lines, "{:?}", finding);
        }
    }
}

#[test]
fn what_tree_sitter_misses_is_refused() {
    for text in [
        "x = 1 +\n",
        "def f(a=1, b): pass\n",
        "f(a=1, 2)\n",
        "if x:\n        a\n    b\n",
        "if x:\n    a\n\tb\n",
        "if x:\n        a\n\tb\n",
        "if x:\n    if y:\n\ta\n",
        "try:\n    pass\nexcept A, B:\n    pass\n",
        "del f()\n",
        "f() = 1\n",
        "None = 1\n",
        "def f[T](a): pass\n",
        "type X = int\n",
        "f'{a['b']}' f'{'x'}'\n",
        "f'{a + \"\\n\"}'\n",
        "f'{a:{b:{c}}}'\n",
        "f'{a!r }'\n",
        "f'{a!r :>9}'\n",
        "class A:\n\t    def f():\n        a\n",
        "x = 01\n",
        "x = '\\x1'\n",
        "x = b'é'\n",
        "(",
        "x = 1\0\n",
        "# coding: no-such-codec\n",
        "x = `y`\n",
        "a <> b\n",
    ] {
        assert!(!checked(text).accepted(), "{text:?}");
    }
}

#[test]
fn what_tree_sitter_refuses_though_it_is_valid_is_accepted() {
    for text in [
        "\u{feff}x = 1\n",
        "x = 1\r\ny = 2\r\n",
        "x = 1\ry = 2\r",
        "\x0cx = 1\n",
        "print(*a, **b)\n",
        "f'{a !r:{b!s:>9}} {(a)!r} {a!r:  } {a = !s}'\n",
        "if a:\n \tif b:\n\t    c\nd\n",
        "async def f():\n    return [x async for x in y]\n",
        "match = case = 1\nmatch[case]\n",
        "# coding: latin-1\nx = 'é'\n",
    ] {
        assert!(is_accepted(text), "{text:?} {:?}", checked(text));
    }
}

#[test]
fn a_generator_between_the_braces_of_an_f_string_is_for_the_interpreter() {
    for text in [
        "f'{a for a in b}'\n",
        "x = f'''{\n a async for a in b}'''\n",
    ] {
        let report = checked(text);
        assert!(report.accepted() && report.undecided, "{text:?}");
    }
    assert!(!checked("f'{a b}'\n").accepted());
}

#[test]
fn what_the_compiler_refuses_later_is_refused() {
    for (text, words) in [
        ("return 1\n", "`return` statement outside"),
        ("class A:\n    return 1\n", "`return` statement outside"),
        ("yield 1\n", "outside of a function"),
        ("await x\n", "outside of"),
        ("def f():\n    await x\n", "asynchronous"),
        ("break\n", "outside loop"),
        (
            "for a in b:\n    def f():\n        continue\n",
            "outside loop",
        ),
        ("while a:\n    pass\nelse:\n    break\n", "outside loop"),
        ("def f(a, a): pass\n", "parameter"),
        ("nonlocal x\n", "module level"),
        ("def f():\n    x = 1\n    global x\n", "prior to global"),
        ("def f(x):\n    global x\n", "parameter and a global"),
        ("__debug__ = 1\n", "__debug__"),
        ("def f():\n    from a import *\n", "module level"),
        (
            "import a\nfrom __future__ import annotations\n",
            "top of the file",
        ),
        ("from __future__ import braces\n", "not defined"),
        ("*a, *b = c\n", "starred"),
        ("f(a=1, a=2)\n", "keyword argument"),
        (
            "try:\n    pass\nexcept:\n    pass\nexcept A:\n    pass\n",
            "last",
        ),
        (
            "for a in b:\n    try:\n        pass\n    except* A:\n        break\n",
            "except*",
        ),
        (
            "def f():\n    try:\n        pass\n    except* A:\n        return\n",
            "except*",
        ),
        ("[x := 1 for x in y]\n", "rebind"),
        (
            "def f():\n    [(yield 1) for x in y]\n",
            "outside of a function",
        ),
        (
            "match a:\n    case b: pass\n    case 1: pass\n",
            "unreachable",
        ),
        (
            "async def f():\n    yield 1\n    return 2\n",
            "async generator",
        ),
    ] {
        let report = checked(text);
        let message = report
            .findings
            .first()
            .map_or("", |finding| &finding.message);
        assert!(message.contains(words), "{text:?}: {message}");
    }
    let loops = |depth| blocks("while a:", depth);
    assert!(is_accepted(&loops(20)) && !checked(&loops(21)).accepted());
    let digits = |count| format!("x = {}\n", "1".repeat(count));
    assert!(is_accepted(&digits(4_300)) && !checked(&digits(4_301)).accepted());
    assert!(is_accepted(&format!("x = 0x{}\n", "1".repeat(5_000))));
}

#[test]
fn what_only_looks_like_it_is_accepted() {
    for text in [
        "def f():\n    for a in b:\n        break\n    else:\n        return 1\n",
        "while a:\n    try:\n        pass\n    except A:\n        continue\n",
        "for a in b:\n    for c in d:\n        pass\n    else:\n        break\n",
        "def f():\n    try:\n        pass\n    except* A:\n        for a in b:\n            break\n",
        "async def f():\n    return [x async for x in y if await x]\n",
        "def f():\n    return (await x for x in y)\n",
        "f = lambda: (yield 1)\n",
        "def f():\n    global x\n    x = 1\n    def g():\n        x\n",
        "x = 1\ndef f():\n    global x\n",
        "from __future__ import annotations\nimport a\nx: int = 1\n",
        "'''doc'''\nfrom __future__ import annotations, division\n",
        "class A:\n    x = [y for y in z]\n    def f(self, a=[b for b in x]): yield a\n",
        "def f():\n    x = 1\n    def g():\n        nonlocal x\n        x = 2\n",
        "(a, *b), *c = d\n",
        "if x:\n\ta\n\tif y:\n\t    b\nelse:\n    c\n",
        "if x:\n    a = (b,\n\tc)\n\t# why\n    d = f(\n\te)\n",
        "x = f'{*a,}'\nif a.__debug__: *a, b\n",
        "match a:\n    case {'x': x, **rest} | [x, *rest]: pass\n    case _: pass\n",
    ] {
        assert!(is_accepted(text), "{text:?} {:?}", checked(text).findings);
    }
}
