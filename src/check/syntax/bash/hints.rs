//! What a slip looks like in the text around the place where bash would refuse: words that became
//! arguments, parentheses of other languages, quotes that closed too early.
//!
//! Asked only where the recogniser refused already; each looks at one line.

use std::ops::Range;

use super::frame::{ForStep, Frame, List, ListKind, Rules};
use super::recogniser::Recogniser;
use crate::check::syntax::{Problem, line_at};

/// A keyword that stands at the end of the line of its construct, and is an argument there.
pub(super) fn swallowed(text: &str, frame: &Frame) -> Option<Problem> {
    let (opened, keyword) = match frame {
        Frame::List(list) => match list.kind {
            ListKind::If => (list.keyword, "then"),
            ListKind::While => (list.opened, "do"),
            ListKind::Group => (list.opened, "}"),
            _ => return None,
        },
        Frame::For {
            opened,
            step: ForStep::Words | ForStep::Do,
        } => (*opened, "do"),
        _ => return None,
    };
    let line = text.get(opened..line_at(text, opened).end)?;
    let before = line.strip_suffix(keyword)?;
    let command = before.trim_end();
    let argument = command.len() < before.len() && !command.ends_with([';', '&', '|', '{', '(']);
    let start = opened + before.len();
    (argument && !command.contains(" #")).then(|| Problem {
        span: start..start + keyword.len(),
        message: format!(
            "`{keyword}` is only an argument of the command before it: write `; {keyword}`, or begin a line with it"
        ),
    })
}

/// `else if`, which begins an `if` of its own.
pub(super) fn else_if(text: &str, list: &List) -> Option<Problem> {
    let rest = text.get(list.keyword..)?.strip_prefix("else")?;
    let word = rest.trim_start_matches([' ', '\t']);
    let is_if = word.len() < rest.len() && word.starts_with("if ") && list.kind == ListKind::Else;
    let length = "else".len() + rest.len() - word.len() + "if".len();
    is_if.then(|| Problem {
        span: list.keyword..list.keyword + length,
        message:
            "`else if` begins an `if` of its own, and a `fi` is missing: write `elif`, or one more `fi`"
                .to_owned(),
    })
}

/// Why a word or mark is not expected where it stands, where its line tells.
pub(super) fn reason(text: &str, at: usize, found: &str) -> Option<&'static str> {
    let before = text.get(line_at(text, at).start..at)?;
    let command = before.trim_start();
    Some(match found {
        "(" if is_assignment(command) => {
            "in an assignment no blank may stand before or after the `=`"
        }
        "(" if command.ends_with(|last: char| last.is_alphanumeric() || last == '_') => {
            "functions are defined as `name() { …; }` and called without parentheses; between quotes it is text"
        }
        "{" => {
            "after a condition bash has `then` or `do` in its place, and functions name no parameters"
        }
        "}" if command.starts_with('{') && !command.starts_with("{ ") => {
            "a blank must stand behind the `{`"
        }
        "then"
            if ["elseif ", "elsif ", "elif"]
                .iter()
                .any(|word| command.starts_with(word)) =>
        {
            "it belongs to no `if` or `elif`; bash writes `elif`, and nothing else"
        }
        _ => return None,
    })
}

/// `name = `
fn is_assignment(command: &str) -> bool {
    let name = command.trim_end().strip_suffix('=').map(str::trim_end);
    let letter = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_';
    name.is_some_and(|name| !name.is_empty() && name.bytes().all(letter))
}

/// The word that ends right before a place, on its line.
pub(super) fn word_before(text: &str, at: usize) -> Range<usize> {
    let line = line_at(text, at);
    let before = text.get(line.start..at).unwrap_or("").trim_end();
    let start = before
        .rfind([' ', '\t', ';', '(', '|'])
        .map_or(0, |blank| blank + 1);
    line.start + start..line.start + before.len()
}

impl Recogniser<'_> {
    /// What a person would call unclosed when the script ends within something: a here-document that
    /// took the rest of the script, or a quote that was meant to close and opened.
    pub(super) fn hint_at_end(&self) -> Option<Problem> {
        let here = self.unended.map(|at| Problem {
            span: at..at + 2,
            message: "the here-document that begins here never ends: no later line holds its word alone, without \
                      blanks around"
                .to_owned(),
        });
        here.or_else(|| self.reopened())
    }

    fn reopened(&self) -> Option<Problem> {
        let mut frames = self.frames.iter().rev();
        let Some(Frame::Pair(quote)) = frames.next() else {
            return None;
        };
        let before = quote.opened.checked_sub(1).and_then(|at| self.byte(at))?;
        if !matches!(quote.open, b'"' | b'\'') || !before.is_ascii_alphanumeric() {
            return None;
        }
        let mut open = None;
        for frame in frames {
            match frame {
                Frame::Pair(pair) if pair.rules == Rules::Expansion => {
                    open = Some((pair.opened, '}'));
                }
                Frame::List(list) if list.kind == ListKind::Substitution => {
                    open = Some((list.opened, ')'));
                }
                Frame::Pair(pair) if pair.open == quote.open => {
                    return open.map(|(at, closer)| Problem {
                        span: at..at + 2,
                        message: format!(
                            "what opens here is not closed before the {}: `{closer}` is missing",
                            char::from(quote.open)
                        ),
                    });
                }
                _ => {}
            }
        }
        (quote.open == b'\'').then(|| Problem {
            span: quote.opened..quote.opened + 1,
            message: "`'` opens here and is never closed: an apostrophe is written `\\'`, or stands between `\"`; one \
                      that belongs between `'` is written `'\\''`"
                .to_owned(),
        })
    }
}
