//! Which bracket or quote of a Python text was never closed.
//!
//! Asked only where the parser already found an error: a parser says where it got stuck, people
//! want to know where the bracket opened. Knows comments, strings and brackets, nothing else.

use std::ops::Range;

use super::{Problem, line_at};

/// Python's `MAXLEVEL`: so many brackets may be open at once.
pub(super) const MOST_BRACKETS: usize = 200;

/// The first problem with brackets or quotes on the lines up to a place, or the bracket before it
/// that is never closed.
pub(super) fn problem(text: &str, place: usize) -> Option<Problem> {
    let line_end = line_at(text, place).end;
    let mut scan = Scan::of(text.as_bytes());
    match scan.run() {
        Some(problem) => (problem.span.start <= line_end).then_some(problem),
        None => scan.unclosed(place),
    }
}

/// The string that ends where a word follows at once: a quote in it was taken for its end.
pub(super) fn ended_string(text: &str, at: usize) -> Option<Problem> {
    let next = text.get(at..)?.chars().next()?;
    let mut scan = Scan::of(text.as_bytes().get(..at)?);
    let string = scan.run().is_none().then_some(scan.string).flatten()?;
    if string.end != at || !(next.is_alphabetic() || next == '_') {
        return None;
    }
    let shown = text.get(string.clone())?;
    let quote = shown.chars().next()?;
    if shown.contains('\n') {
        return Some(Problem {
            span: string.start..string.start + 3,
            message: format!(
                "the string that {quote}{quote}{quote} opens here ends only on a later line, right before a word: \
                 its closing quotes are missing, or one of the next lines has quotes too many"
            ),
        });
    }
    Some(Problem {
        span: at - 1..at,
        message: format!(
            "this {quote} ends the string; inside it is written \\{quote}, or the string stands between other quotes"
        ),
    })
}

/// The bracket that is open where a closing one that does not match it stands.
pub(super) fn open_at(text: &str, at: usize) -> Option<Range<usize>> {
    let mut scan = Scan::of(text.as_bytes().get(..at)?);
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
    /// The string that was read last.
    string: Option<Range<usize>>,
}

impl<'text> Scan<'text> {
    const fn of(bytes: &'text [u8]) -> Self {
        Self {
            bytes,
            at: 0,
            open: Vec::new(),
            string: None,
        }
    }

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
                _ if !triple => return self.ended(start, 1),
                _ if self.looking_at(&[quote, quote, quote]) => {
                    self.at += 2;
                    return self.ended(start, 3);
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

    /// A string is complete, with so many quotes at each end.
    fn ended(&mut self, start: usize, quotes: usize) -> Option<Problem> {
        let end = self.at + 1;
        self.string = Some(start..end);
        // Where a word follows at once, the quote that ends it was meant to stand inside.
        let cut_short = (self.bytes.get(end)).is_some_and(u8::is_ascii_alphanumeric);
        if cut_short || !self.is_formatted(start) {
            return None;
        }
        let inside = start + quotes..end.saturating_sub(quotes);
        let at = inside.start + open_brace(self.bytes.get(inside)?)?;
        Some(Problem {
            span: at..at + 1,
            message: "this `{` of an f-string is never closed; `{{` is a brace that is text"
                .to_owned(),
        })
    }

    /// Whether the letters before a quote make its string an f-string.
    fn is_formatted(&self, quote: usize) -> bool {
        let before = self.bytes.get(..quote).unwrap_or(&[]);
        let letters = before.iter().rev().take(3);
        let prefix: Vec<u8> = letters
            .take_while(|byte| byte.is_ascii_alphanumeric() || **byte == b'_')
            .map(u8::to_ascii_lowercase)
            .collect();
        matches!(prefix.as_slice(), b"f" | b"fr" | b"rf")
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

    /// Of the brackets that are never closed, the last that begins no further down than a place.
    fn unclosed(&self, last: usize) -> Option<Problem> {
        let before = |(_, at): &&(u8, usize)| *at <= last;
        let (open, at) = self.open.iter().rev().find(before).copied()?;
        Some(Problem {
            span: at..at + 1,
            message: format!("`{}` was never closed", char::from(open)),
        })
    }
}

/// Where the last brace opens that nothing in the text of an f-string closes.
fn open_brace(text: &[u8]) -> Option<usize> {
    let mut open: Vec<usize> = Vec::new();
    let (mut at, mut before) = (0, 0);
    while let Some(byte) = text.get(at).copied() {
        let doubled = text.get(at + 1) == Some(&byte);
        match byte {
            b'{' | b'}' if open.is_empty() && doubled => at += 1,
            b'{' => open.push(at),
            b'}' => {
                open.pop();
            }
            // Behind a colon it is the character to fill up with.
            b'"' | b'\'' if !open.is_empty() && before != b':' => {
                let rest = text.get(at + 1..).unwrap_or(&[]);
                at += memchr::memchr(byte, rest).map_or(0, |length| length + 1);
            }
            _ => {}
        }
        before = byte;
        at += 1;
    }
    open.pop()
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
    use super::{ended_string, open_at, problem};

    fn told(text: &str) -> Option<(usize, String)> {
        problem(text, text.len()).map(|problem| (problem.span.start, problem.message))
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
    fn what_lies_further_down_is_another_matter() {
        let text = "x = (1,\ny = [2\n";
        let at = |last| problem(text, last).map(|problem| problem.span.start);
        assert_eq!((at(3), at(8), at(15)), (None, Some(4), Some(12)));
        assert_eq!(
            problem("x y = 'a\n", 2).map(|problem| problem.span.start),
            Some(6)
        );
    }

    #[test]
    fn braces_of_f_strings_are_followed_and_no_others() {
        for (text, at) in [
            ("f\"{x\"", Some(2)),
            ("rf'{x:{y}'", Some(3)),
            ("F'''{a[1]\n'''", Some(4)),
            ("f'{{' f'{{{x}}}' '{' f'{x:{y}}'", None),
            ("f\"{d['}']}{'{'}{x:'^9}\"", None),
            ("buf'{'", None),
            ("f\"{d[\"a\"]}\"", None),
        ] {
            assert_eq!(told(text).map(|(at, _)| at), at, "{text}");
        }
    }

    #[test]
    fn a_quote_that_ends_its_string_too_early_is_told() {
        let told = |text, at| ended_string(text, at).map(|problem| problem.span);
        assert_eq!(told("x = 'it's'", 8), Some(7..8));
        assert_eq!(told("x = '''a\nb'''c", 13), Some(4..7));
        assert_eq!(told("x = 'it' s", 9), None);
        assert_eq!(told("x = 'it'+", 8), None);
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
