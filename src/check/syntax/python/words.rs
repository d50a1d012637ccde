//! The strict parser's findings in the words of this house.

use std::ops::Range;

use ruff_python_ast::token::TokenKind;
use ruff_python_parser::{
    LexicalErrorType, ParseError, ParseErrorType, UnsupportedSyntaxError,
    UnsupportedSyntaxErrorKind,
};

use crate::check::syntax::{Problem, line_at, rest_of_line};

/// Words that continue a statement which must stand before them.
const CONTINUATIONS: [(&str, &str); 5] = [
    ("elif", "if"),
    ("else", "if"),
    ("except", "try"),
    ("finally", "try"),
    ("case", "match"),
];

/// Characters that programs set for others, and what Python reads.
const TYPESET: [(&str, &str); 11] = [
    ("\u{201c}\u{201d}\u{201e}\u{ab}\u{bb}", "`\"`"),
    ("\u{2018}\u{2019}\u{201a}\u{2032}\u{b4}", "`'`"),
    ("\u{2010}\u{2011}\u{2012}\u{2013}\u{2014}\u{2212}", "`-`"),
    ("\u{d7}", "`*`"),
    ("\u{f7}", "`/`"),
    ("\u{2260}", "`!=`"),
    ("\u{2264}", "`<=`"),
    ("\u{2265}", "`>=`"),
    ("\u{2026}", "`...`"),
    ("\u{2192}", "`->`"),
    (
        "\u{ff08}\u{ff09}\u{ff0c}\u{ff1a}\u{ff1b}\u{ff1d}",
        "the ASCII character",
    ),
];

/// What is wrong, for people, and where they would look.
pub(super) fn of(text: &str, error: &ParseError) -> Problem {
    let range = error.location.to_std_range();
    let shown = text.get(range.clone()).unwrap_or("");
    placed(text, &error.error, &range).unwrap_or_else(|| Problem {
        message: message(&error.error, shown),
        span: range,
    })
}

/// What the image's version does not know yet.
pub(super) fn of_version(error: &UnsupportedSyntaxError) -> String {
    match error.kind {
        UnsupportedSyntaxErrorKind::UnparenthesizedExceptionTypes => {
            "`except A, b` is not Python 3.11: write `except (A, B):` for several types, `except A as b:` for a name"
                .to_owned()
        }
        _ => plain(&error.to_string()),
    }
}

/// What a person would look for elsewhere than where the parser got stuck.
fn placed(text: &str, error: &ParseErrorType, range: &Range<usize>) -> Option<Problem> {
    match error {
        ParseErrorType::ExpectedToken {
            expected: TokenKind::Colon,
            found: TokenKind::Newline,
        } => lost_colon(text, range.start),
        ParseErrorType::UnexpectedIndentation
        | ParseErrorType::Lexical(LexicalErrorType::IndentationError) => mixed(text, range),
        ParseErrorType::Lexical(LexicalErrorType::UnicodeError) => escape(text, range.start),
        ParseErrorType::OtherError(told) if told.starts_with("Expected an indented block") => {
            Some(Problem {
                span: head(text, range.start)?,
                message: format!(
                    "{}: indent what belongs to it, or write `pass`",
                    plain(told)
                ),
            })
        }
        _ => None,
    }
}

/// A line whose first word wants a colon at the end.
fn lost_colon(text: &str, at: usize) -> Option<Problem> {
    let line = text.get(line_at(text, at).start..at)?;
    let end = |letter: char| !letter.is_alphanumeric();
    let word = line.trim_start().split(end).next()?;
    (!word.is_empty()).then(|| Problem {
        span: at..at,
        message: format!("expected `:` at the end of the line that begins with `{word}`"),
    })
}

/// The backslash before the place where an escape turns out not to be one.
fn escape(text: &str, at: usize) -> Option<Problem> {
    let line = line_at(text, at);
    let start = line.start + text.get(line.start..at)?.rfind('\\')?;
    Some(Problem {
        span: start..at,
        message: "this `\\` begins an escape that is not complete; in a path write `\\\\`, or r before the string"
            .to_owned(),
    })
}

/// A line whose indentation and that of the line before differ in their characters.
fn mixed(text: &str, range: &Range<usize>) -> Option<Problem> {
    let this = line_at(text, range.start);
    let before = head(text, this.start).map(|head| line_at(text, head.start))?;
    let (this, before) = (indentation(text, this), indentation(text, before));
    let has = |blank| this.contains(blank) || before.contains(blank);
    (has('\t') && has(' ')).then(|| Problem {
        span: range.clone(),
        message: "tabs and spaces indent this line and the one before it: indent with spaces alone"
            .to_owned(),
    })
}

fn indentation(text: &str, line: Range<usize>) -> &str {
    let line = text.get(line).unwrap_or("");
    line.get(..line.len() - line.trim_start().len())
        .unwrap_or("")
}

/// The last line with code before a place.
fn head(text: &str, at: usize) -> Option<Range<usize>> {
    let mut end = at;
    loop {
        let start = line_at(text, end).start;
        let line = text.get(start..end)?;
        let code = line.trim_start();
        if !code.is_empty() && !code.starts_with('#') {
            return Some(rest_of_line(text, start + line.len() - code.len()));
        }
        end = start.checked_sub(1)?;
    }
}

fn message(error: &ParseErrorType, shown: &str) -> String {
    let told = match error {
        ParseErrorType::ExpectedToken { found, expected } => {
            let found = match found {
                TokenKind::Name => format!("`{shown}`"),
                found => token(*found),
            };
            return format!("expected {} but found {found}", token(*expected));
        }
        ParseErrorType::SimpleStatementsOnSameLine => {
            "two things stand side by side here; an operator, a comma, a bracket or a quote is missing between them"
        }
        ParseErrorType::SimpleAndCompoundStatementOnSameLine => {
            "a statement that has a block of its own must begin on a line of its own"
        }
        ParseErrorType::UnexpectedIndentation => {
            "this line is indented further than the statement before it allows"
        }
        ParseErrorType::ExpectedExpression if shown.trim().is_empty() => {
            "a value or expression is missing here"
        }
        ParseErrorType::ExpectedExpression => {
            return format!("`{shown}` is not expected here; a value or expression is missing");
        }
        ParseErrorType::InvalidAssignmentTarget => {
            "nothing can be assigned to this; if a comparison was meant, write `==`"
        }
        ParseErrorType::InvalidAnnotatedAssignmentTarget => {
            "only a name can be annotated with `:`; is a word such as `if` or `while` missing before this?"
        }
        ParseErrorType::NonDefaultParamAfterDefaultParam => {
            "a parameter without a default cannot follow one that has a default"
        }
        ParseErrorType::OtherError(told) => return other(told, shown),
        ParseErrorType::Lexical(error) => return lexical(error, shown),
        other => return plain(&other.to_string()),
    };
    told.to_owned()
}

fn other(told: &str, shown: &str) -> String {
    match (told, shown.trim()) {
        ("Expected an identifier", "") => "a name is missing here".to_owned(),
        ("Expected an identifier", shown) => {
            format!("a name is expected here instead of `{shown}`")
        }
        ("Expected a statement", shown) => {
            match CONTINUATIONS.iter().find(|(after, _)| *after == shown) {
                Some((word, before)) => {
                    format!("`{word}` has no `{before}` before it at the same indentation")
                }
                None => format!("no statement begins with `{shown}`"),
            }
        }
        _ => plain(told),
    }
}

fn lexical(error: &LexicalErrorType, shown: &str) -> String {
    let told = match error {
        LexicalErrorType::IndentationError => "this indentation matches no outer block",
        LexicalErrorType::UnclosedStringError => "the string that begins here is never closed",
        LexicalErrorType::LineContinuationError => {
            "nothing may follow a `\\` that continues a line"
        }
        LexicalErrorType::Eof => "the script ends too early",
        LexicalErrorType::OtherError(told)
            if &**told == "Invalid decimal integer literal" && shown.starts_with('0') =>
        {
            let digits = shown.trim_start_matches(['0', '_']);
            return format!(
                "no number begins with `0`: write `0o{digits}` if it is octal, `{digits}` if not"
            );
        }
        LexicalErrorType::UnrecognizedToken { tok } => return unrecognised(*tok),
        other => return plain(&other.to_string()),
    };
    told.to_owned()
}

fn unrecognised(character: char) -> String {
    let typeset = TYPESET.iter().find(|(these, _)| these.contains(character));
    match typeset {
        Some((_, ascii)) => format!("`{character}` is for printed text: write {ascii}"),
        None if character.is_ascii_graphic() => {
            format!("`{character}` means nothing in Python outside strings and comments")
        }
        None => format!(
            "U+{:04X} cannot stand in Python outside strings and comments",
            u32::from(character)
        ),
    }
}

/// The parser's own sentence, without its capital.
pub(super) fn plain(sentence: &str) -> String {
    let mut characters = sentence.chars();
    let first = characters.next().into_iter().flat_map(char::to_lowercase);
    first.chain(characters).collect()
}

fn token(kind: TokenKind) -> String {
    match kind {
        TokenKind::Newline => "the end of the line".to_owned(),
        TokenKind::EndOfFile => "the end of the script".to_owned(),
        TokenKind::Indent => "an indented line".to_owned(),
        TokenKind::Dedent => "a line that is indented less".to_owned(),
        TokenKind::Name => "a name".to_owned(),
        TokenKind::Int | TokenKind::Float | TokenKind::Complex => "a number".to_owned(),
        TokenKind::String => "a string".to_owned(),
        other => other.to_string().replace('\'', "`"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tokens_and_sentences_read_well() {
        let error = ParseErrorType::ExpectedToken {
            expected: TokenKind::Rpar,
            found: TokenKind::Newline,
        };
        let told = message(&error, "");
        assert_eq!(told, "expected `)` but found the end of the line");
        assert_eq!(plain("Cannot do"), "cannot do");
        assert_eq!(plain(""), "");
    }
}
