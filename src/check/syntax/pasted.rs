//! What comes along when a script is copied: fences, prompts, diffs, marks of a merge, a web page,
//! blanks that only look like blanks.
//!
//! Asked only where a script was refused already, about the line where the reader got stuck: such
//! lines have a better reason than the grammar's.

use super::{Problem, line_at, rest_of_line};
use crate::language::Grammar;

/// How a line begins, and what that says.
const MARKS: [(&str, &str); 6] = [
    ("<<<<<<<", MERGE),
    ("=======", MERGE),
    (">>>>>>>", MERGE),
    ("```", FENCE),
    ("~~~", FENCE),
    (
        "@@ -",
        "this is a diff, not a script: apply it first, or take its lines without their first character",
    ),
];

const MERGE: &str = "this mark was left by a merge: keep one of the two sides, and remove the lines that begin with \
     `<<<<<<<`, `=======` and `>>>>>>>`";
const FENCE: &str = "a fence of Markdown is no part of the script: remove it";
const PAGE: &str = "this is a web page or XML, not a script";
const DIFF: &str = "these lines are a diff, not a script: apply it first, or take its lines without their first character";

/// What only Python's interactive shell, a notebook or a terminal understands.
const PROMPTS: [(&str, &str); 5] = [
    (
        ">>>",
        "`>>>` is the prompt of Python's shell: remove the prompts, and what it printed",
    ),
    (
        "...",
        "`...` is the prompt of Python's shell: remove the prompts, and what it printed",
    ),
    (
        "%",
        "a line with `%` is a notebook's, not Python: remove it",
    ),
    (
        "!",
        "a line with `!` is a notebook's, not Python: remove it",
    ),
    (
        "$ ",
        "`$` is a terminal's prompt: this is a command, not Python",
    ),
];

/// What was pasted where a reader got stuck.
pub(super) fn problem(text: &str, at: usize, grammar: Grammar) -> Option<Problem> {
    let line = line_at(text, at);
    let code = text.get(line.clone())?;
    let told = |message: &str| Problem {
        span: rest_of_line(text, line.start),
        message: message.to_owned(),
    };
    let begins = |marks: &[(&str, &str)]| {
        let found = marks.iter().find(|(mark, _)| code.starts_with(*mark));
        found.map(|(_, message)| told(message))
    };
    begins(&MARKS)
        .or_else(|| is_page(text).then(|| told(PAGE)))
        .or_else(|| is_diff(text).then(|| told(DIFF)))
        .or_else(|| match grammar {
            Grammar::Python => begins(&PROMPTS).or_else(|| blank(text, at..at + 1, "Python")),
            Grammar::Bash => blank(text, line.start..at, "bash"),
        })
}

fn is_page(text: &str) -> bool {
    let start = text.trim_start().get(..9).unwrap_or("");
    ["<!doctype", "<html", "<?xml"]
        .iter()
        .any(|mark| (start.get(..mark.len())).is_some_and(|start| start.eq_ignore_ascii_case(mark)))
}

/// Whether every line begins as those of a diff do, and one at least is added or taken away.
fn is_diff(text: &str) -> bool {
    let fits = |line: &str| {
        line.is_empty()
            || line.starts_with(['+', '-', ' ', '@', '\\'])
            || line.starts_with("diff ")
            || line.starts_with("index ")
    };
    text.lines().all(fits) && text.lines().any(|line| line.starts_with(['+', '-']))
}

/// The last character of a stretch that looks like a blank, or like nothing, and is neither.
fn blank(text: &str, within: std::ops::Range<usize>, reader: &str) -> Option<Problem> {
    let end = crate::text::floor_char_boundary(text, within.end.max(within.start + 4));
    let shown = text.get(within.start..end)?;
    let (at, found) = (shown.char_indices())
        .rev()
        .find(|(at, found)| within.start + at < within.end && is_strange(*found))?;
    let start = within.start + at;
    Some(Problem {
        span: start..start + found.len_utf8(),
        message: format!(
            "the character U+{:04X} here looks like a blank or like nothing, and is none to {reader}: \
             write an ordinary space, or remove it",
            u32::from(found)
        ),
    })
}

const fn is_strange(character: char) -> bool {
    matches!(
        character,
        '\u{a0}' | '\u{1680}' | '\u{2000}'..='\u{200f}' | '\u{2028}'..='\u{202f}' | '\u{205f}'
            | '\u{2060}'..='\u{2064}' | '\u{3000}' | '\u{feff}' | '\u{ad}'
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(text: &str, at: usize, grammar: Grammar) -> Option<(usize, String)> {
        problem(text, at, grammar).map(|problem| (problem.span.start, problem.message))
    }

    #[test]
    fn what_was_copied_along_is_named() {
        for (text, at, words) in [
            ("x = 1\n<<<<<<< HEAD\n", 6, "merge"),
            ("```python\n", 0, "Markdown"),
            (">>> x = 1\n", 0, "prompt"),
            ("%matplotlib inline\n", 0, "notebook"),
            ("<!DOCTYPE html>\n<p>\n", 1, "web page"),
            (" x\n+import os\n-y\n", 5, "diff"),
            ("x =\u{a0}1\n", 3, "U+00A0"),
        ] {
            let (_, message) = told(text, at, Grammar::Python).expect(text);
            assert!(message.contains(words), "{text:?}: {message}");
        }
        let (at, _) = told("if\u{a0}x; then\n", 7, Grammar::Bash).expect("a blank");
        assert_eq!(at, 2);
    }

    #[test]
    fn ordinary_lines_are_not_pasted() {
        for text in [
            "x = (a\n+ b\n- c d)\n",
            "x = 'a\u{a0}b' c\n",
            "\u{e9}",
            "",
            "+\u{1f980}x y\nz",
        ] {
            for at in [0, text.len().saturating_sub(2)] {
                assert_eq!(told(text, at, Grammar::Python), None, "{text:?}");
            }
        }
    }
}
