//! What hostile scripts must not achieve: time without end, or a plain call that is overlooked.

use crate::check::check;
use crate::language::Language;
use crate::policy::{Level, Policy};

fn lines_of(script: &str, rule: &str) -> Vec<usize> {
    let mut policy = Policy::default();
    policy.limits.script_characters = usize::MAX;
    let python = Language::by_name("python").expect("python");
    let report = check(script, python, &policy);
    let found = report.findings.iter();
    found
        .filter(|finding| finding.rule == rule)
        .map(|finding| finding.line)
        .collect()
}

/// Text that leads the resolver in circles, or makes what it follows grow.
const CIRCLES: [&str; 16] = [
    "f = f\n",
    "a = b; b = a; a()\n",
    "x = x if x else x\nx()\n",
    "x = x or x and x\nx()\n",
    "class A(A):\n x = A.x\n A.x()\n",
    "def f():\n return f()()\n",
    "d = {'a': d}\nd['a']()\n",
    "x = x + x\ngetattr(o, x)()\n",
    "x = 'ab'\nx = x.replace('a', x)\ngetattr(o, x)()\n",
    "x = ''.join([x, x])\ngetattr(o, x)()\n",
    "x = [[c for c in x] for c in x]\nx()\n",
    "x += x\ngetattr(x, x)\n",
    "globals()['a'] = globals()['b']\n",
    "lambda: (lambda: 0)()()\n",
    "a, b = b, a\na(b())\n",
    "run(shell=x, **run(shell=run(**x)))\n",
];

#[test]
fn no_circle_hides_a_plain_call_or_takes_long() {
    for circle in CIRCLES {
        let circles = circle.repeat(12_000 / circle.len());
        let script = format!("{circles}eval(z)\n");
        let start = std::time::Instant::now();
        let last = script.lines().count();
        assert_eq!(lines_of(&script, "python-eval"), [last], "{circle:?}");
        assert!(start.elapsed().as_secs() < 10, "{circle:?}");
    }
}

#[test]
fn a_call_in_the_deepest_scope_is_found() {
    for (opens, text, closes) in [
        ("lambda: ", "eval(x)", ""),
        ("[", "eval(x)", " for y in z]"),
    ] {
        let script = [&opens.repeat(300), text, &closes.repeat(300)].concat();
        assert_eq!(lines_of(&script, "python-eval"), [1], "{opens:?}");
    }
}

#[test]
fn a_long_chain_of_functions_ends_in_silence_and_not_in_depth() {
    let link = |link: usize| format!("def f{}(): return f{link}()\n", link + 1);
    let chain = (0..3_000).map(link).collect::<Vec<_>>().concat();
    let script = format!("def f0(): return eval\n{chain}f3000()(x)\nf20()(x)\n");
    // The far end is beyond the fuel, the near one is not.
    assert_eq!(lines_of(&script, "python-eval"), [1, 3_003]);
}

#[test]
fn a_finding_says_what_is_meant_by_what_is_written() {
    let python = Language::by_name("python").expect("python");
    let script = "import os as o\nrun = o.system\nrun('id')\n";
    let report = check(script, python, &Policy::default());
    let messages: Vec<_> = report
        .findings
        .iter()
        .map(|finding| {
            (
                finding.line,
                finding.message.split(':').next().unwrap_or(""),
            )
        })
        .collect();
    assert_eq!(
        messages,
        [(2, "`o.system` (`os.system`)"), (3, "`run` (`os.system`)")]
    );
    assert!(
        report
            .findings
            .iter()
            .all(|finding| finding.level == Level::Block)
    );
}
