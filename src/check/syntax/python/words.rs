//! The strict parser's findings in the words of this house.

use ruff_python_ast::token::TokenKind;
use ruff_python_parser::{LexicalErrorType, ParseErrorType};

/// What is wrong, for people, with what stands in that place.
pub(super) fn of(error: &ParseErrorType, shown: &str) -> String {
    let told = match error {
        ParseErrorType::ExpectedToken { found, expected } => {
            return format!("expected {} but found {}", token(*expected), token(*found));
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
        ParseErrorType::Lexical(LexicalErrorType::IndentationError) => {
            "this indentation matches no outer block"
        }
        ParseErrorType::Lexical(LexicalErrorType::UnclosedStringError) => {
            "the string that begins here is never closed"
        }
        ParseErrorType::Lexical(LexicalErrorType::LineContinuationError) => {
            "nothing may follow a `\\` that continues a line"
        }
        ParseErrorType::Lexical(LexicalErrorType::Eof) => "the script ends too early",
        ParseErrorType::NonDefaultParamAfterDefaultParam => {
            "a parameter without a default cannot follow one that has a default"
        }
        other => return plain(&other.to_string()),
    };
    told.to_owned()
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
        assert_eq!(of(&error, ""), "expected `)` but found the end of the line");
        assert_eq!(plain("Cannot do"), "cannot do");
        assert_eq!(plain(""), "");
    }
}
