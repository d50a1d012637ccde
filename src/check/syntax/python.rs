//! Whether a text is Python, and what is wrong with it, in words.
//!
//! The strict parser decides (`strict`), on what Python would read (`source`); the tolerant one
//! has the tree from which the more telling messages come: where a bracket was opened, which colon
//! is lost, what another language's word is in Python. `compile()` in the container has the last
//! word on what neither of them can tell.

mod codecs;
mod context;
mod fence;
mod leftovers;
mod numbers;
mod scopes;
mod semantic;
mod source;
mod strict;
mod tabs;
mod words;

use std::ops::Range;

use ruff_text_size::TextRange;

use self::source::Reading;
use super::{Problem, Refusal, Verdict, brackets, first_error, rest_of_line};
use crate::check::notes::Notes;
use crate::check::rules::syntax::PYTHON_SYNTAX;
use crate::check::tree::{Node, Script, Step, Walk, children, kinds};
use crate::language::Grammar;

kinds!(Grammar::Python, Kind {
    Print = "print_statement",
    Exec = "exec_statement",
    Chevron = "chevron",
    Block = "block",
    String = "string",
    Lambda = "lambda",
    Call = "call",
    Arguments = "argument_list",
});

/// Words that begin a line which must end in a colon.
const HEADS: [&str; 12] = [
    "async", "class", "def", "elif", "else", "except", "finally", "for", "if", "try", "while",
    "with",
];

/// Words that continue a statement which must stand before them.
const CONTINUATIONS: [(&str, &str); 5] = [
    ("elif", "if"),
    ("else", "if"),
    ("except", "try"),
    ("finally", "try"),
    ("case", "match"),
];

/// What people write who think of another language, and what Python writes.
const FOREIGN: [(&str, &str); 8] = [
    ("else if", "`elif`"),
    ("&&", "`and`"),
    ("||", "`or`"),
    ("++", "`+= 1`"),
    ("--", "`-= 1`"),
    ("const ", "the name alone"),
    ("let ", "the name alone"),
    ("var ", "the name alone"),
];

/// Whether Python would refuse a text.
pub(super) fn verdict(text: &str) -> Verdict {
    match source::reading(text) {
        Reading::Refused(problem) => Verdict::Refused(Refusal::Plain(problem)),
        Reading::Undecided => Verdict::Undecided,
        Reading::Same(source) => match strict::verdict(source) {
            strict::Verdict::Accepted => Verdict::Valid,
            strict::Verdict::Undecided => Verdict::Undecided,
            strict::Verdict::Refused {
                range,
                message,
                grammar,
            } => Verdict::Refused(Refusal::Python(Refused {
                range: range.to_std_range(),
                message,
                grammar,
            })),
        },
        Reading::Latin1(source) => match strict::verdict(&source) {
            strict::Verdict::Accepted => Verdict::Valid,
            strict::Verdict::Undecided => Verdict::Undecided,
            strict::Verdict::Refused { range, message, .. } => {
                Verdict::Refused(Refusal::Plain(as_latin_1(&source, range, &message)))
            }
        },
    }
}

pub(super) fn tell(text: &str, refusal: Refusal, tree: Option<&Script<'_>>, notes: &mut Notes<'_>) {
    let problem = match refusal {
        Refusal::Plain(problem) => problem,
        Refusal::Python(refused) => explain(text, tree, refused),
    };
    let open = brackets::open_at(text, problem.span.start);
    let related = open.map(|open| (open, "this is open".to_owned()));
    let related = related.into_iter().collect();
    notes.add_with(&PYTHON_SYNTAX, problem.span, problem.message, related);
}

/// A character of such a text is a byte of the script.
fn as_latin_1(text: &str, range: TextRange, message: &str) -> Problem {
    let bytes = |end: usize| text.get(..end).unwrap_or("").chars().count();
    let range = range.to_std_range();
    Problem {
        span: bytes(range.start)..bytes(range.end),
        message: format!("{message}; the coding line says that the script is Latin-1"),
    }
}

/// What the strict parser refuses.
pub(in crate::check) struct Refused {
    range: Range<usize>,
    message: String,
    /// Whether the tokens or the grammar are at fault rather than the meaning.
    grammar: bool,
}

/// The most telling of what can be said about a refusal; only what lies no further down than it.
fn explain(text: &str, tree: Option<&Script<'_>>, refused: Refused) -> Problem {
    let at = refused.range.start.min(text.len());
    let line_end = rest_of_line(text, at).end.max(refused.range.end);
    let near = |problem: &Problem| problem.span.start <= line_end;
    let told = (refused.grammar)
        .then(|| {
            (brackets::problem(text).filter(near))
                .or_else(|| from_tree(tree?).filter(near))
                .or_else(|| refused_by_python(tree?, tree?.root()).filter(near))
        })
        .flatten();
    told.unwrap_or_else(|| Problem {
        span: shown(text, refused.range),
        message: refused.message,
    })
}

/// A place that can be underlined: within one line, and on the line that ends where the place is
/// beyond it.
fn shown(text: &str, range: Range<usize>) -> Range<usize> {
    let line = rest_of_line(text, range.start);
    let end = range.end.min(line.end);
    range.start..end.max(range.start)
}

/// What the tolerant parser's first error says to who knows what people write.
fn from_tree(script: &Script<'_>) -> Option<Problem> {
    if !script.has_error() {
        return None;
    }
    let node = first_error(script.root()).filter(|node| !node.is_missing())?;
    lost_colon(script.text, node)
        .or_else(|| continuation(script.text, node))
        .or_else(|| foreign(script.text, node))
        .or_else(|| comparison(script.text, node))
}

/// The first line at or after the error's beginning that needs a colon at its end and has none.
fn lost_colon(text: &str, node: Node<'_>) -> Option<Problem> {
    let mut at = line_start(text, node.start_byte());
    for line in text.get(at..)?.split_inclusive('\n') {
        if at >= node.end_byte() {
            break;
        }
        let code = line.trim();
        let word = first_word(code);
        if HEADS.contains(&word) && lacks_colon(code) {
            let end = at + line.trim_end().len();
            let message = format!("expected `:` at the end of the line that begins with `{word}`");
            return Some(Problem {
                span: end..end,
                message,
            });
        }
        at += line.len();
    }
    None
}

/// Whether a line has no colon outside brackets and strings, though all its brackets are closed.
fn lacks_colon(line: &str) -> bool {
    let (mut depth, mut quote) = (0_i32, None);
    for character in line.chars() {
        match (quote, character) {
            (Some(open), _) => quote = Some(open).filter(|open| *open != character),
            (None, '"' | '\'') => quote = Some(character),
            (None, '(' | '[' | '{') => depth += 1,
            (None, ')' | ']' | '}') => depth -= 1,
            (None, '#') => break,
            (None, ':' | '\\') if depth == 0 => return false,
            (None, _) => {}
        }
    }
    depth == 0 && quote.is_none()
}

/// An `else` and the like that the parser could place nowhere, with no statement to continue.
fn continuation(text: &str, node: Node<'_>) -> Option<Problem> {
    let mut walk = Walk::of(node);
    while let Some(step) = walk.next() {
        let Step::Enter(token, _) = step else {
            continue;
        };
        if !token.is_error() {
            walk.prune();
        }
        let word = text.get(token.byte_range()).unwrap_or("");
        if HEADS.contains(&word) && !is_continuation(word) {
            return None;
        }
        if let Some((_, before)) = CONTINUATIONS.iter().find(|(after, _)| *after == word) {
            return Some(Problem {
                span: token.byte_range(),
                message: format!("`{word}` has no `{before}` before it at the same indentation"),
            });
        }
    }
    None
}

fn is_continuation(word: &str) -> bool {
    CONTINUATIONS.iter().any(|(after, _)| *after == word)
}

fn foreign(text: &str, node: Node<'_>) -> Option<Problem> {
    let start = line_start(text, node.start_byte());
    let line = text.get(rest_of_line(text, start))?;
    let (word, python, at) = FOREIGN
        .iter()
        .find_map(|(word, python)| Some((word, python, line.find(word)?)))?;
    let at = start + at;
    Some(Problem {
        span: at..at + word.trim_end().len(),
        message: format!("`{}` is not Python; write {python}", word.trim_end()),
    })
}

fn comparison(text: &str, node: Node<'_>) -> Option<Problem> {
    let start = line_start(text, node.start_byte());
    let line = text.get(rest_of_line(text, start))?;
    let condition = matches!(first_word(line.trim_start()), "if" | "elif" | "while");
    let at = start + line.find(" = ")? + 1;
    condition.then(|| Problem {
        span: at..at + 1,
        message: "`=` assigns and cannot stand in a condition; `==` compares".to_owned(),
    })
}

/// What the tolerant grammar accepts and every Python 3 refuses.
fn refused_by_python(script: &Script<'_>, root: Node<'_>) -> Option<Problem> {
    let mut walk = Walk::of(root);
    while let Some(step) = walk.next() {
        let Step::Enter(node, _) = step else { continue };
        let problem = match Kind::of(node) {
            Kind::Print => python_2(script, node, "print"),
            Kind::Exec => python_2(script, node, "exec"),
            Kind::Block => empty(script, node),
            Kind::String | Kind::Lambda | Kind::Call | Kind::Arguments => {
                walk.prune();
                None
            }
            _ => None,
        };
        if problem.is_some() {
            return problem;
        }
    }
    None
}

/// `print x`; but `print -1` and `print >> f` are expressions to Python 3.
fn python_2(script: &Script<'_>, node: Node<'_>, word: &str) -> Option<Problem> {
    let first = children(node).next()?;
    let begins = script.of(first).chars().next()?;
    let two_atoms = begins.is_alphanumeric() || matches!(begins, '_' | '"' | '\'');
    (Kind::of(first) != Kind::Chevron && two_atoms).then(|| Problem {
        span: rest_of_line(script.text, node.start_byte()),
        message: format!("`{word}` is a function in Python 3: write `{word}(…)`"),
    })
}

fn empty(script: &Script<'_>, block: Node<'_>) -> Option<Problem> {
    if children(block).next().is_some() {
        return None;
    }
    let head = block.parent()?;
    let span = rest_of_line(script.text, head.start_byte());
    let word = first_word(script.of(head));
    Some(Problem {
        span,
        message: format!("expected an indented block after `{word}`; `pass` does nothing"),
    })
}

fn line_start(text: &str, at: usize) -> usize {
    let before = text.get(..at).unwrap_or("");
    before.rfind('\n').map_or(0, |newline| newline + 1)
}

fn first_word(code: &str) -> &str {
    code.split(|character: char| !character.is_alphanumeric() && character != '_')
        .next()
        .unwrap_or("")
}

#[cfg(test)]
mod tests;
