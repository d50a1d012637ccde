//! What people write who think of another language, or of Python 2.
//!
//! Asked only where the strict parser refused, about the line where it did, strings and comments
//! blanked: what is named here never stands in a Python 3 line, or is what stands at the refusal.

use std::ops::Range;

use crate::check::syntax::{Problem, line_at};

/// Marks that no line of Python 3 holds outside of strings, and what Python writes.
const MARKS: [(&str, &str); 6] = [
    ("===", "`==`"),
    ("!==", "`!=`"),
    ("&&", "`and`"),
    ("||", "`or`"),
    ("<>", "`!=`"),
    ("=>", "`->` for a function's result, `:` elsewhere"),
];

/// Words at a line's beginning, before another word.
const WORDS: [(&str, &str); 13] = [
    ("else if", "`elif`"),
    ("elseif", "`elif`"),
    ("elsif", "`elif`"),
    ("switch", "`match`, and `case` for each pattern"),
    ("function", "`def`"),
    ("func", "`def`"),
    ("fn", "`def`"),
    ("const", "the name alone"),
    ("let", "the name alone"),
    ("var", "the name alone"),
    ("foreach", "`for … in …:`"),
    ("new", "the class's name alone"),
    ("throw", "`raise`"),
];

const COMMANDS: [&str; 10] = [
    "apt", "apt-get", "cd", "conda", "echo", "npm", "pip", "pip3", "python3", "sudo",
];

/// What is told of a refusal at a range of the text.
pub(super) fn problem(text: &str, refused: &Range<usize>) -> Option<Problem> {
    let line = line_at(text, refused.start);
    let shown = text.get(line.clone())?;
    let code = blanked(shown);
    let at = refused.start - line.start;
    let indent = code.len() - code.trim_start().len();
    let found = python_2(&code, indent, at)
        .or_else(|| word(&code, indent))
        .or_else(|| comment(&code, indent, at))
        .or_else(|| mark(&code))
        .or_else(|| increment(&code, at))
        .or_else(|| negation(&code, at))
        .or_else(|| assignment(&code, indent, at))
        .or_else(|| suffix(&code, at))
        .or_else(|| prose(shown, indent));
    found.map(|(span, message)| Problem {
        span: line.start + span.start..line.start + span.end,
        message,
    })
}

type Found = Option<(Range<usize>, String)>;

/// A line in which strings and comments are blanks; the bytes stay in their places.
fn blanked(line: &str) -> String {
    let mut code = String::with_capacity(line.len());
    let (mut quote, mut escaped) = (None, false);
    for character in line.chars() {
        let blank = match (quote, character) {
            (None, '#') => break,
            (None, '"' | '\'') => {
                quote = Some(character);
                true
            }
            (None, _) => false,
            (Some(open), _) => {
                if !escaped && character == open {
                    quote = None;
                }
                escaped = !escaped && character == '\\';
                true
            }
        };
        if blank {
            code.extend(std::iter::repeat_n(' ', character.len_utf8()));
        } else {
            code.push(character);
        }
    }
    code.extend(std::iter::repeat_n(' ', line.len() - code.len()));
    code
}

/// `print x`, `exec x` and `raise A, b`; but `print -1` and `print >> f` are expressions to Python 3.
fn python_2(code: &str, indent: usize, at: usize) -> Found {
    let before = code.get(indent..at)?;
    let statement = before.rsplit([';', ':']).next()?.trim();
    let start = at - before.trim_start().len();
    match statement {
        "print" | "exec" => {
            let start = code.get(..at)?.rfind(statement)?;
            Some((
                start..code.trim_end().len().max(at),
                format!("`{statement}` is a function in Python 3: write `{statement}(…)`"),
            ))
        }
        "raise" => {
            let comma = at + code.get(at..)?.find(',')?;
            Some((
                start..comma + 1,
                "`raise A, b` is Python 2: write `raise A(b)`".to_owned(),
            ))
        }
        _ => None,
    }
}

fn word(code: &str, indent: usize) -> Found {
    let line = code.get(indent..)?;
    let first = line.split_whitespace().next()?;
    if COMMANDS.contains(&first) {
        let message = format!("`{first} …` is a command of the shell, not Python");
        return Some((indent..code.trim_end().len(), message));
    }
    let followed = |word: &str| {
        let rest = line.strip_prefix(word)?;
        let next = rest.trim_start().chars().next()?;
        (rest.starts_with([' ', '(']) && (next.is_alphanumeric() || "_({[$".contains(next)))
            .then_some(())
    };
    let (word, python) = WORDS.iter().find(|(word, _)| followed(word).is_some())?;
    Some((
        indent..indent + word.len(),
        format!("`{word}` is not Python; write {python}"),
    ))
}

/// `//` and `/*`, at a line's beginning or before words that are none of Python's.
fn comment(code: &str, indent: usize, at: usize) -> Found {
    let line = code.get(indent..)?;
    let before = code.get(..at)?;
    let start = if line.starts_with("//") || line.starts_with("/*") || line.starts_with("*/") {
        indent
    } else {
        before.find("//").filter(|_| !before.ends_with("//"))?
    };
    Some((
        start..start + 2,
        "Python's comments begin with `#`".to_owned(),
    ))
}

fn mark(code: &str) -> Found {
    let (mark, python) = MARKS.iter().find(|(mark, _)| code.contains(*mark))?;
    let at = code.find(*mark)?;
    Some((
        at..at + mark.len(),
        format!("`{mark}` is not Python; write {python}"),
    ))
}

/// `++` and `--` with no operand behind them.
fn increment(code: &str, at: usize) -> Found {
    let before = code.get(..at)?.trim_end();
    let (mark, python) = [("++", "`+= 1`"), ("--", "`-= 1`")]
        .into_iter()
        .find(|(mark, _)| before.ends_with(mark))?;
    Some((
        before.len() - 2..before.len(),
        format!("`{mark}` is not Python; write {python}"),
    ))
}

fn negation(code: &str, at: usize) -> Found {
    let rest = code.get(at..)?.strip_prefix('!')?;
    (!rest.starts_with('=')).then(|| {
        let message = "`!` is not Python; write `not`, or `!=` for unequal";
        (at..at + 1, message.to_owned())
    })
}

/// `=` in a condition, or behind a keyword.
fn assignment(code: &str, indent: usize, at: usize) -> Found {
    let keywords = [
        "class", "def", "for", "from", "global", "import", "in", "is", "lambda", "not", "pass",
        "return", "with",
    ];
    code.get(at..)?.strip_prefix('=')?;
    let before = code.get(indent..at)?.trim();
    let message = match before.split_whitespace().next()? {
        "if" | "elif" | "while" => {
            "`=` assigns and cannot stand in a condition; `==` compares".to_owned()
        }
        _ if keywords.contains(&before) => {
            let end = indent + before.len();
            let message = format!("`{before}` is a keyword and cannot be a name");
            return Some((indent..end, message));
        }
        _ => return None,
    };
    Some((at..at + 1, message))
}

/// `10L`, `1st`: a number with a name at its end.
fn suffix(code: &str, at: usize) -> Found {
    let (before, rest) = (code.get(..at)?, code.get(at..)?);
    let length = rest
        .bytes()
        .take_while(|byte| byte.is_ascii_alphanumeric() || *byte == b'_')
        .count();
    let is_number = before.ends_with(|last: char| last.is_ascii_digit());
    (is_number && length > 0).then(|| {
        let name = rest.get(..length).unwrap_or("");
        let message = format!(
            "the number ends before `{name}`: numbers have no suffix, and no name begins with a digit"
        );
        (at..at + length, message)
    })
}

/// Words of an answer around the script: no line of Python is three words in a row.
fn prose(line: &str, indent: usize) -> Found {
    let text = line.get(indent..)?.trim_end();
    let plain = |character: char| character.is_alphabetic() || " ,.:'’!?-".contains(character);
    let words = text.split_whitespace().count();
    let sentence = text.starts_with(char::is_uppercase) && text.chars().all(plain) && words >= 3;
    sentence.then(|| {
        let message = "this reads as a sentence, not as Python: remove it, or begin it with `#`";
        (indent..indent + text.len(), message.to_owned())
    })
}
