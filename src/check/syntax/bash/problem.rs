//! What the recogniser has to say of a script that bash would refuse: what is wrong, and where a
//! person would look.

use std::ops::Range;

use super::frame::{CaseStep, ConditionStep, ForStep, Frame, FunctionStep, List, ListKind, Pair};
use super::hints;
use super::recogniser::{Recogniser, Token};
use crate::check::syntax::{Problem, rest_of_line};

/// What is told in place of a word.
const PHRASES: [&str; 2] = ["the end of the line", "the script's end"];

impl List {
    /// Where what is not complete begins: each `elif` needs a `then` of its own.
    const fn head(&self) -> usize {
        match self.kind {
            ListKind::If => self.keyword,
            _ => self.opened,
        }
    }

    /// The keyword or mark that began the construct, and what would end it.
    fn names(&self, text: &str) -> (String, &'static str) {
        let word = first_word(text, self.head());
        let closer = match self.kind {
            ListKind::Script => "",
            ListKind::Substitution | ListKind::Subshell => ")",
            ListKind::Group | ListKind::ForGroup => "}",
            ListKind::If => "then",
            ListKind::Then | ListKind::Else => "fi",
            ListKind::While => "do",
            ListKind::Do => "done",
            ListKind::CaseBody => "esac",
        };
        (word, closer)
    }
}

/// The keyword or the marks at a place.
fn first_word(text: &str, at: usize) -> String {
    let rest = text.get(at..).unwrap_or("");
    let letters = rest.bytes().take_while(u8::is_ascii_alphabetic).count();
    let marks = ["$((", "$(", "<(", ">(", "((", "[["];
    let mark = marks.iter().find(|mark| rest.starts_with(*mark));
    match (letters, mark) {
        (0, Some(mark)) => (*mark).to_owned(),
        (0, None) => rest.chars().take(1).collect(),
        (length, _) => rest.get(..length).unwrap_or("").to_owned(),
    }
}

/// What never ended, by what is still open; the script is over, or `before` does not belong to it.
pub(super) fn unclosed(text: &str, frame: &Frame, before: Option<&str>) -> Option<Problem> {
    let hint = match frame {
        Frame::List(list) => hints::else_if(text, list).or_else(|| hints::swallowed(text, frame)),
        _ => hints::swallowed(text, frame),
    };
    if hint.is_some() {
        return hint;
    }
    let (at, needs) = match frame {
        Frame::List(list) if list.kind == ListKind::Script => return None,
        Frame::List(list) => (list.head(), list.names(text).1),
        Frame::For { opened, step } => (*opened, for_needs(*step)),
        Frame::Case { opened, step } => (*opened, case_needs(*step)),
        Frame::Function { opened, step } => return Some(function(text, *opened, *step, before)),
        Frame::Condition { opened, nested, .. } => (*opened, if *nested { ")" } else { "]]" }),
        Frame::Array { opened } => (*opened, ")"),
        Frame::Arithmetic { opened, .. } => (*opened, "))"),
        Frame::Pair(pair) => return Some(open_pair(text, pair)),
        Frame::Simple(_) | Frame::Redirect(_) | Frame::Word(_) => return None,
    };
    let word = first_word(text, at);
    let end = before_what(before);
    Some(Problem {
        span: at..at + word.len(),
        message: format!(
            "the `{word}` that begins here is not complete: `{needs}` is missing{end}"
        ),
    })
}

fn before_what(before: Option<&str>) -> String {
    match before {
        Some(before) if PHRASES.contains(&before) => format!(" before {before}"),
        Some(before) => format!(" before `{before}`"),
        None => String::new(),
    }
}

/// A function without its name, its parenthesis or its body.
fn function(text: &str, opened: usize, step: FunctionStep, before: Option<&str>) -> Problem {
    let line = rest_of_line(text, opened);
    let needs = match step {
        FunctionStep::Name => "its name",
        FunctionStep::Open | FunctionStep::Close => "`)`",
        FunctionStep::Named | FunctionStep::Body => "its body, `{ …; }`,",
    };
    Problem {
        span: line,
        message: format!(
            "the function that begins here is not complete: {needs} is missing{}",
            before_what(before)
        ),
    }
}

const fn for_needs(step: ForStep) -> &'static str {
    match step {
        ForStep::Name => "NAME in WORDS; do",
        _ => "do",
    }
}

const fn case_needs(step: CaseStep) -> &'static str {
    match step {
        CaseStep::Word | CaseStep::In => "in",
        CaseStep::AfterPattern => ")",
        CaseStep::Clause | CaseStep::Pattern => "esac",
    }
}

/// A quote or bracket that was never closed.
fn open_pair(text: &str, pair: &Pair) -> Problem {
    if pair.open == b'`' {
        return Problem {
            span: pair.opened..pair.opened + 1,
            message: "the backquote that opens here is never closed".to_owned(),
        };
    }
    let mark = match first_word(text, pair.opened) {
        word if text
            .get(pair.opened..)
            .is_some_and(|rest| rest.starts_with("${")) =>
        {
            format!("{word}{{")
        }
        word => word,
    };
    let closer = match char::from(pair.close) {
        closer if pair.depth > 1 => closer.to_string().repeat(pair.depth.min(3)),
        closer => closer.to_string(),
    };
    Problem {
        span: pair.opened..pair.opened + mark.len(),
        message: format!("`{mark}` opens here and is never closed: `{closer}` is missing"),
    }
}

/// A quote that a person would call the one that is not closed.
pub(super) fn open_quote(at: usize, quote: u8) -> Problem {
    let quote = char::from(quote);
    Problem {
        span: at..at + 1,
        message: format!(
            "the {quote} that opens here ends only on a later line, in the middle of a word: \
             its closing {quote} is missing, or one of the next lines has one too many"
        ),
    }
}

/// A keyword whose commands are missing.
pub(super) fn empty(text: &str, list: &List, found: &str) -> Problem {
    let word = first_word(text, list.keyword);
    let (word, end) = match list.kind {
        ListKind::CaseBody | ListKind::Script => (word, list.keyword + 1),
        _ => (word.clone(), list.keyword + word.len()),
    };
    Problem {
        span: list.keyword..end,
        message: format!(
            "`{word}` has no command before `{found}`; `:` is the command that does nothing"
        ),
    }
}

/// An operator with nothing to its right.
pub(super) fn dangling(span: Range<usize>, operator: &str, found: &str) -> Problem {
    let found = if found.is_empty() {
        "the script's end".to_owned()
    } else {
        format!("`{found}`")
    };
    Problem {
        span,
        message: format!("`{operator}` needs a command after it; {found} comes instead"),
    }
}

/// A redirection without a target.
pub(super) fn target(span: Range<usize>, operator: &str, found: &str) -> Problem {
    let needs = match operator {
        "<<" | "<<-" => "the word that ends its here-document",
        "<<<" => "a word",
        "<&" | ">&" => "a descriptor",
        _ => "a file",
    };
    let found = match found {
        "" => "the script's end".to_owned(),
        "\n" => "the end of the line".to_owned(),
        found => format!("`{found}`"),
    };
    Problem {
        span,
        message: format!("`{operator}` needs {needs} after it; {found} comes instead"),
    }
}

/// What does not fit into `[[ … ]]`.
pub(super) fn condition(
    frame: Option<&Frame>,
    step: ConditionStep,
    span: Range<usize>,
    found: &str,
) -> Problem {
    let nested = matches!(frame, Some(Frame::Condition { nested: true, .. }));
    let needs = match step {
        ConditionStep::Term => "a word, `!` or `(`",
        ConditionStep::Operand | ConditionStep::Right | ConditionStep::Expression => "a word",
        ConditionStep::Left if nested => "an operator such as `==`, or `)`",
        ConditionStep::Left => "an operator such as `==`, or `]]`",
        ConditionStep::After if nested => "`&&`, `||` or `)`",
        ConditionStep::After => "`&&`, `||` or `]]`",
    };
    match frame {
        Some(Frame::Condition {
            opened,
            nested: false,
            ..
        }) if found == "the end of the line" => Problem {
            span: *opened..*opened + 2,
            message: format!(
                "the `[[` that begins here is not complete: {needs} must follow on its line"
            ),
        },
        _ => Problem {
            span,
            message: format!("`{found}` cannot stand here in `[[ … ]]`; expected {needs}"),
        },
    }
}

/// What is not expected where it stands.
pub(super) fn stray(text: &str, span: Range<usize>, found: &str) -> Problem {
    let hint = hints::reason(text, span.start, found);
    let reason = hint.unwrap_or(match found {
        "then" => "it belongs to no `if` or `elif`",
        "else" | "elif" | "fi" => "it belongs to no `if`",
        "do" | "done" => "it belongs to no `for`, `while` or `until`",
        "esac" => "it belongs to no `case`",
        "in" => "`in` is a keyword and no command",
        "}" => "no `{` is open here; between quotes it is text",
        "]]" => "no `[[` is open here",
        ")" => "no `(` is open here; between quotes it is text",
        "(" => "a parenthesis cannot stand here; between quotes it is text",
        ";;" | ";&" | ";;&" => "it ends a clause of `case`, and none is open here",
        ";" | "&" | "&&" | "||" | "|" | "|&" => "no command stands before it",
        _ => "",
    });
    let message = match reason {
        "" => format!("`{found}` is not expected here"),
        reason => format!("`{found}` is not expected here: {reason}"),
    };
    Problem { span, message }
}

/// Anything else, in the recogniser's words.
pub(super) fn other(text: &str, at: usize, message: &str) -> Problem {
    Problem {
        span: rest_of_line(text, at),
        message: message.to_owned(),
    }
}

impl Recogniser<'_> {
    /// A keyword or mark that ends nothing that is open; what is open says what it waits for.
    pub(super) fn ends_nothing(&self, token: &Token<'_>, shown: &str) -> Problem {
        let stray = stray(self.text, token.start..token.end, shown);
        let Some(Frame::List(open)) = self.top() else {
            return stray;
        };
        let more = match (open.kind, shown) {
            (ListKind::Script, _) | (_, ";" | "&" | "&&" | "||" | "|") => {
                return stray;
            }
            (ListKind::CaseBody, ")") => {
                return Problem {
                    message: "`)` is not expected here: if it ends a pattern of the `case`, `;;` is missing before \
                              that; between quotes it is text"
                        .to_owned(),
                    ..stray
                };
            }
            (ListKind::Else, "elif" | "else") => {
                format!("`{shown}` cannot follow the `else` of the same `if`")
            }
            _ => stray.message,
        };
        let (word, closer) = open.names(self.text);
        let line = line_number(self.text, open.head());
        Problem {
            message: format!("{more}; the `{word}` of line {line} waits for `{closer}`"),
            ..stray
        }
    }

    /// A token for which a construct's head has no use, where it says more than what is missing.
    pub(super) fn head_misread(&self, token: &Token<'_>) -> Option<Problem> {
        match self.top()? {
            Frame::For { .. } if token.is_operator("(") => Some(Problem {
                span: token.start..token.end,
                message: "`(` is not expected here: words follow `in` without parentheses, and counting is \
                          `for ((i = 0; i < 3; i++)); do`"
                    .to_owned(),
            }),
            Frame::Case {
                opened,
                step: CaseStep::AfterPattern,
            } => {
                let word = hints::word_before(self.text, token.start);
                let shown = self.text.get(word.clone())?;
                let line = line_number(self.text, *opened);
                let message = if matches!(shown, "}" | "fi" | "done") {
                    format!("`{shown}` is not expected here: the `case` of line {line} waits for `esac`")
                } else {
                    format!("the pattern `{shown}` of the `case` of line {line} needs `)` after it")
                };
                Some(Problem {
                    span: word,
                    message,
                })
            }
            _ => None,
        }
    }

    /// What is open and does not end before the script does.
    pub(super) fn never_ended(&self) -> Problem {
        let quoted =
            matches!(self.top(), Some(Frame::Pair(pair)) if matches!(pair.open, b'"' | b'\''));
        if let Some((at, quote)) = self.suspicious.filter(|_| quoted) {
            return open_quote(at, quote);
        }
        if let Some(problem) = self.hint_at_end() {
            return problem;
        }
        let mut frames = self.frames.iter().rev();
        frames
            .find_map(|frame| unclosed(self.text, frame, None))
            .unwrap_or_else(|| other(self.text, 0, "the script ends in the middle of a command"))
    }
}

fn line_number(text: &str, at: usize) -> usize {
    text.get(..at).unwrap_or("").matches('\n').count() + 1
}
