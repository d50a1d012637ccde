//! What is probably wrong with a text that the bash grammar cannot read.
//!
//! Never rejects: see the layer's documentation.

use super::{Problem, first_error, rest_of_line};
use crate::check::notes::Notes;
use crate::check::rules::syntax::{BASH_BOM, BASH_CRLF, BASH_SYNTAX};
use crate::check::tree::{Node, Script};

/// Words and marks that open something, and what it needs to be whole.
const OPENERS: [(&str, &str); 15] = [
    ("if", "`then … fi`"),
    ("elif", "`then`"),
    ("then", "`fi`"),
    ("for", "`do … done`"),
    ("while", "`do … done`"),
    ("until", "`do … done`"),
    ("select", "`do … done`"),
    ("do", "`done`"),
    ("case", "`in … esac`"),
    ("{", "`}`"),
    ("(", "`)`"),
    ("((", "`))`"),
    ("$(", "`)`"),
    ("${", "`}`"),
    ("[[", "`]]`"),
];

const DECIDES: &str = "bash itself decides in the container, before the first statement";

/// Whether only bash can tell.
pub(super) fn check(script: &Script<'_>, notes: &mut Notes<'_>) -> bool {
    line_ends(script.text, notes);
    let root = script.root();
    if !script.has_error() {
        return false;
    }
    let problem = first_error(root).map_or_else(unknown, |node| problem(script, node));
    let message = format!("{}; {DECIDES}", problem.message);
    notes.add(&BASH_SYNTAX, problem.span, message);
    true
}

fn line_ends(text: &str, notes: &mut Notes<'_>) {
    if text.starts_with('\u{feff}') {
        let message = "a byte order mark becomes part of bash's first word; save without it";
        notes.add(&BASH_BOM, 0..'\u{feff}'.len_utf8(), message.to_owned());
    }
    if let Some(at) = memchr::memmem::find(text.as_bytes(), b"\r\n") {
        let message =
            "lines end in CR LF; bash takes the CR as part of the last word, so save with LF";
        notes.add(&BASH_CRLF, at..at + 1, message.to_owned());
    }
}

fn unknown() -> Problem {
    Problem {
        span: 0..0,
        message: "the host's grammar cannot read this script".to_owned(),
    }
}

fn problem(script: &Script<'_>, node: Node<'_>) -> Problem {
    if node.is_missing() {
        return missing(script, node);
    }
    let span = rest_of_line(script.text, node.start_byte());
    let shown = script.of(node);
    if let Some(quote @ ('"' | '\'' | '`')) = shown.chars().next() {
        return Problem {
            span: span.start..span.start + 1,
            message: format!("the {quote} that opens here is probably never closed"),
        };
    }
    let opener = node.child(0).and_then(|first| opener(script.of(first)));
    let message = opener.map_or_else(
        || "the host's grammar cannot read this".to_owned(),
        |(word, needs)| format!("`{word}` is probably not complete: it needs {needs}"),
    );
    Problem { span, message }
}

/// A MISSING node stands where the parser gave up; people want the beginning of what is not closed.
fn missing(script: &Script<'_>, node: Node<'_>) -> Problem {
    let word = node.kind();
    let statement = node.parent().map(|parent| {
        let whole = parent.kind() == "do_group";
        parent.parent().filter(|_| whole).unwrap_or(parent)
    });
    let start = statement.map_or(node.start_byte(), super::super::tree::Node::start_byte);
    Problem {
        span: rest_of_line(script.text, start),
        message: format!("`{word}` is probably missing: what begins here is not closed"),
    }
}

fn opener(word: &str) -> Option<&'static (&'static str, &'static str)> {
    OPENERS.iter().find(|(opener, _)| *opener == word)
}
