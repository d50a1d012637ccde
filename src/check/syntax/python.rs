//! What is wrong with a text that is not Python, in words.
//!
//! The grammar accepts some things that Python refuses (`compile()` in the container has the last
//! word); those that are common in scripts, Python 2's statements and empty bodies, are told here.

use super::{Problem, brackets, first_error, rest_of_line};
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

pub(super) fn check(script: &Script<'_>, notes: &mut Notes<'_>) {
    let root = script.root();
    let problem = if script.has_error() {
        brackets::problem(script.text).or_else(|| from_tree(script, root))
    } else {
        refused_by_python(script, root)
    };
    if let Some(Problem { span, message }) = problem {
        let open = brackets::open_at(script.text, span.start);
        let related = open.map(|open| (open, "this is open".to_owned()));
        notes.add_with(&PYTHON_SYNTAX, span, message, related.into_iter().collect());
    }
}

fn from_tree(script: &Script<'_>, root: Node<'_>) -> Option<Problem> {
    let node = first_error(root)?;
    if node.is_missing() {
        return Some(missing(script, node));
    }
    Some(
        lost_colon(script.text, node)
            .or_else(|| continuation(script.text, node))
            .or_else(|| foreign(script.text, node))
            .or_else(|| comparison(script.text, node))
            .unwrap_or_else(|| unexpected(script, node)),
    )
}

fn missing(script: &Script<'_>, node: Node<'_>) -> Problem {
    let kind = node.kind();
    let message = if kind.starts_with('_') {
        "the indentation is wrong here".to_owned()
    } else {
        format!("expected `{kind}` here")
    };
    Problem {
        span: rest_of_line(script.text, node.start_byte()),
        message,
    }
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

fn unexpected(script: &Script<'_>, node: Node<'_>) -> Problem {
    let span = rest_of_line(script.text, node.start_byte());
    let shown = script.of(node);
    let message = match shown.lines().next().map(str::trim) {
        Some(line) if !line.is_empty() && shown.trim().len() == line.len() => {
            let end = crate::text::floor_char_boundary(line, super::SHOWN);
            format!("`{}` is not expected here", line.get(..end).unwrap_or(""))
        }
        _ => "this is not valid Python".to_owned(),
    };
    Problem { span, message }
}

/// What the grammar accepts and every Python 3 refuses.
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
