//! Which bracket or quote of a Python text was never closed.
//!
//! Asked only where the parser already found an error: a parser says where it got stuck, people
//! want to know where the bracket opened. Knows comments, strings and brackets, nothing else.

use std::ops::Range;

use super::Problem;

/// Python's `MAXLEVEL`: so many brackets may be open at once.
pub(super) const MOST_BRACKETS: usize = 200;

/// The first problem with brackets or quotes.
pub(super) fn problem(text: &str) -> Option<Problem> {
    let mut scan = Scan {
        bytes: text.as_bytes(),
        at: 0,
        open: Vec::new(),
    };
    scan.run().or_else(|| scan.unclosed())
}

/// The bracket that is open where a closing one that does not match it stands.
pub(super) fn open_at(text: &str, at: usize) -> Option<Range<usize>> {
    let mut scan = Scan {
        bytes: text.as_bytes().get(..at)?,
        at: 0,
        open: Vec::new(),
    };
    let found = *text.as_bytes().get(at)?;
    if !matches!(found, b')' | b']' | b'}') || scan.run().is_some() {
        return None;
    }
    let (open, at) = scan.open.last().copied()?;
    (closes(open) != found).then_some(at..at + 1)
}

struct Scan<'text> {
    bytes: &'text [u8],
    at: usize,
    open: Vec<(u8, usize)>,
}

impl Scan<'_> {
    fn run(&mut self) -> Option<Problem> {
        while let Some(byte) = self.bytes.get(self.at).copied() {
            let problem = match byte {
                b'#' => self.comment(),
                b'"' | b'\'' => self.string(byte),
                b'(' | b'[' | b'{' => self.open(byte),
                b')' | b']' | b'}' => self.close(byte),
                _ => None,
            };
            if problem.is_some() {
                return problem;
            }
            self.at += 1;
        }
        None
    }

    fn open(&mut self, byte: u8) -> Option<Problem> {
        self.open.push((byte, self.at));
        (self.open.len() > MOST_BRACKETS).then(|| Problem {
            span: self.at..self.at + 1,
            message: format!("too many nested brackets: Python reads at most {MOST_BRACKETS}"),
        })
    }

    fn comment(&mut self) -> Option<Problem> {
        let rest = self.bytes.get(self.at..).unwrap_or(&[]);
        self.at += memchr::memchr(b'\n', rest).unwrap_or(rest.len());
        None
    }

    /// From the opening quote to the closing one, on which `at` then stands.
    fn string(&mut self, quote: u8) -> Option<Problem> {
        let start = self.at;
        let triple = self.looking_at(&[quote, quote, quote]);
        self.at += if triple { 3 } else { 1 };
        while let Some(byte) = self.bytes.get(self.at).copied() {
            match byte {
                b'\\' => self.at += 1,
                b'\n' if !triple => break,
                _ if byte != quote => {}
                _ if !triple => return None,
                _ if self.looking_at(&[quote, quote, quote]) => {
                    self.at += 2;
                    return None;
                }
                _ => {}
            }
            self.at += 1;
        }
        let mark = char::from(quote)
            .to_string()
            .repeat(if triple { 3 } else { 1 });
        Some(Problem {
            span: start..start + mark.len(),
            message: format!("the string that {mark} opens here was never closed"),
        })
    }

    fn looking_at(&self, what: &[u8]) -> bool {
        self.bytes
            .get(self.at..)
            .is_some_and(|rest| rest.starts_with(what))
    }

    fn close(&mut self, byte: u8) -> Option<Problem> {
        let span = self.at..self.at + 1;
        let found = char::from(byte);
        match self.open.pop() {
            Some((open, _)) if closes(open) == byte => None,
            Some((open, _)) => Some(Problem {
                span,
                message: format!(
                    "`{found}` does not match the `{}` that is open; expected `{}`",
                    char::from(open),
                    char::from(closes(open))
                ),
            }),
            None => Some(Problem {
                span,
                message: format!("`{found}` closes nothing: no bracket is open here"),
            }),
        }
    }

    fn unclosed(&self) -> Option<Problem> {
        let (open, at) = self.open.last().copied()?;
        Some(Problem {
            span: at..at + 1,
            message: format!("`{}` was never closed", char::from(open)),
        })
    }
}

const fn closes(open: u8) -> u8 {
    match open {
        b'(' => b')',
        b'[' => b']',
        _ => b'}',
    }
}

#[cfg(test)]
mod tests {
    use super::{open_at, problem};

    fn told(text: &str) -> Option<(usize, String)> {
        problem(text).map(|problem| (problem.span.start, problem.message))
    }

    #[test]
    fn the_opening_is_what_is_told() {
        let (at, message) = told("x = 1\ndef foo(").expect("a problem");
        assert_eq!((at, message.as_str()), (13, "`(` was never closed"));
        let (at, message) = told("x = 'abc\ny = (").expect("a problem");
        assert_eq!(at, 4);
        assert!(message.contains("never closed"), "{message}");
        assert!(told("a)").expect("a problem").1.contains("closes nothing"));
        assert!(told("(]").expect("a problem").1.contains("expected `)`"));
        assert_eq!(told("x = '''a\n'' b").expect("a problem").0, 4);
    }

    #[test]
    fn a_mismatch_knows_what_is_open() {
        assert_eq!(open_at("x = '(' + [a)", 12), Some(10..11));
        assert_eq!(open_at("(a)", 2), None);
        assert_eq!(open_at("a)", 1), None);
        assert_eq!(open_at("(a", 1), None);
        assert_eq!(open_at("(a", 9), None);
    }

    #[test]
    fn comments_strings_and_escapes_open_nothing() {
        for text in [
            "# (",
            "'('",
            "'''\n('\n'''",
            "'\\''",
            "r'\\'",
            "\"'\"",
            "'a\\\nb'",
            "''",
            "''''''",
        ] {
            assert_eq!(
                told(text).map(|(at, _)| at),
                if text == "r'\\'" { Some(1) } else { None },
                "{text}"
            );
        }
    }
}
