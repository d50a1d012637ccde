//! Whether bash would refuse a script.
//!
//! The tree of tree-sitter's grammar serves the other layers; it refuses valid scripts and accepts
//! broken ones, so here a recogniser of bash's own rules decides: what it refuses is rejected, what
//! it accepts is right whatever the tree says. Undecided is what exceeds its budget; `bash -n` in
//! the container has the last word before the first statement in any case.

mod condition;
mod frame;
mod grammar;
mod heads;
mod here;
mod hints;
#[cfg(test)]
mod messages;
mod problem;
mod recogniser;
mod simple;
#[cfg(test)]
mod tests;
mod words;

use crate::check::notes::Notes;
use crate::check::rules::syntax::{BASH_BOM, BASH_CRLF, BASH_SYNTAX};
use crate::check::syntax::{Problem, Verdict, pasted};
use crate::language::Grammar;
pub(in crate::check) use recogniser::Outline;
pub(super) use recogniser::read;

pub(super) fn verdict(text: &str) -> Verdict {
    read(text).verdict
}

pub(super) fn tell(text: &str, problem: Problem, notes: &mut Notes<'_>) {
    let pasted = pasted::problem(text, problem.span.start, Grammar::Bash);
    let problem = pasted.unwrap_or(problem);
    let message = format!("{}{}", problem.message, carriage_return(text));
    notes.add(&BASH_SYNTAX, problem.span, message);
}

/// What the CR at the ends of lines, which hides the keywords there from bash, has to do with it.
fn carriage_return(text: &str) -> &'static str {
    if memchr::memmem::find(text.as_bytes(), b"\r\n").is_none() {
        return "";
    }
    match verdict(&text.replace("\r\n", "\n")) {
        Verdict::Valid => {
            "; this is because lines end in CR LF and the CR belongs to the last word: save with LF"
        }
        _ => "; the CR at the ends of lines may be why",
    }
}

pub(super) fn line_ends(text: &str, notes: &mut Notes<'_>) {
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
