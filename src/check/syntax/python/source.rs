//! How Python turns a script's bytes into text, as far as it can refuse to: NUL, coding cookies.
//!
//! The script is UTF-8 here; other bytes were refused before. A cookie (PEP 263) that names another
//! codec makes Python read the same bytes differently, which matters for what is not ASCII: ASCII
//! and Latin-1 are decided here, the others by the interpreter.

use std::ops::Range;
use std::sync::LazyLock;

use regex::Regex;

use super::codecs::reads_ascii;
use crate::check::syntax::Problem;

const BOM: &str = "\u{feff}";

static COOKIE: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(r"^[ \t\x0c]*#.*?coding[:=][ \t]*([-_.a-zA-Z0-9]+)").ok());

/// What the interpreter's parser gets to read.
pub(super) enum Reading<'text> {
    /// The text as it stands.
    Same(&'text str),
    /// Each byte as a character of its own.
    Latin1(String),
    Refused(Problem),
    Undecided,
}

/// How Python reads a script.
pub(super) fn reading(text: &str) -> Reading<'_> {
    if let Some(at) = memchr::memchr(0, text.as_bytes()) {
        return refused(
            at..at + 1,
            "a NUL byte: Python reads no script that holds one".to_owned(),
        );
    }
    let Some(span) = cookie(text) else {
        return Reading::Same(text);
    };
    let name = text.get(span.clone()).unwrap_or("");
    let codec = normal(name);
    match codec.as_str() {
        // After the mark CPython's tokenizer takes the name with its hyphen alone.
        "utf_8" if !text.starts_with(BOM) || is_hyphenated(name) => Reading::Same(text),
        _ if text.starts_with(BOM) => {
            let message = format!(
                "the script begins with UTF-8's byte order mark, so it cannot be in `{name}`"
            );
            refused(span, message)
        }
        "latin_1" => latin_1(text),
        "ascii" | "us_ascii" | "646" => ascii(text),
        other => match reads_ascii(other) {
            None => refused(
                span,
                format!("there is no encoding `{name}`; remove the line, scripts are UTF-8"),
            ),
            Some(true) if text.is_ascii() => Reading::Same(text),
            Some(_) => Reading::Undecided,
        },
    }
}

const fn refused<'text>(span: Range<usize>, message: String) -> Reading<'text> {
    Reading::Refused(Problem { span, message })
}

fn latin_1(text: &str) -> Reading<'_> {
    if text.is_ascii() {
        Reading::Same(text)
    } else {
        Reading::Latin1(text.bytes().map(char::from).collect())
    }
}

fn ascii(text: &str) -> Reading<'_> {
    match text
        .char_indices()
        .find(|(_, character)| !character.is_ascii())
    {
        None => Reading::Same(text),
        Some((at, character)) => refused(
            at..at + character.len_utf8(),
            "the coding line says ASCII and this is not; remove that line, scripts are UTF-8"
                .to_owned(),
        ),
    }
}

/// Where the name of the codec stands: in a comment of the first line, or of the second where the
/// first is blank or a comment.
fn cookie(text: &str) -> Option<Range<usize>> {
    let mut at = if text.starts_with(BOM) { BOM.len() } else { 0 };
    for _ in 0..2 {
        let rest = text.get(at..)?;
        let length = rest.find(['\n', '\r']).unwrap_or(rest.len());
        let line = rest.get(..length)?;
        let code = line.trim_start_matches([' ', '\t', '\x0c']);
        if !code.is_empty() && !code.starts_with('#') {
            return None;
        }
        // The word is tested first: most scripts never need the expression.
        if line.contains("coding")
            && let Some(name) = COOKIE
                .as_ref()?
                .captures(line)
                .and_then(|found| found.get(1))
        {
            return Some(at + name.start()..at + name.end());
        }
        let end = rest.get(length..).unwrap_or("");
        at += length + if end.starts_with("\r\n") { 2 } else { 1 };
    }
    None
}

fn is_hyphenated(name: &str) -> bool {
    let start = name.get(..5).unwrap_or("").replace('_', "-");
    start.eq_ignore_ascii_case("utf-8")
}

/// A codec's name as Python's tokenizer and then its look-up write it.
fn normal(name: &str) -> String {
    let name: String = name
        .chars()
        .map(|character| match character {
            '_' | ' ' => '-',
            other => other.to_ascii_lowercase(),
        })
        .collect();
    let is = |known: &str| {
        name.strip_prefix(known)
            .is_some_and(|rest| rest.is_empty() || rest.starts_with('-'))
    };
    if is("utf-8") || matches!(name.as_str(), "utf8" | "u8" | "cp65001") {
        return "utf_8".to_owned();
    }
    if is("latin-1") || is("iso-8859-1") || is("iso-latin-1") {
        return "latin_1".to_owned();
    }
    let joined: String = name
        .chars()
        .map(|character| {
            if character.is_ascii_alphanumeric() || character == '.' {
                character
            } else {
                '_'
            }
        })
        .collect();
    match joined.as_str() {
        "latin1" | "l1" | "latin" | "iso8859_1" | "iso8859" | "8859" | "cp819" => {
            "latin_1".to_owned()
        }
        _ => joined,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(text: &str) -> &'static str {
        match reading(text) {
            Reading::Same(_) => "same",
            Reading::Latin1(_) => "latin",
            Reading::Refused(_) => "refused",
            Reading::Undecided => "undecided",
        }
    }

    #[test]
    fn cookies_are_read_as_python_reads_them() {
        for (text, expected) in [
            ("x = 1\n", "same"),
            ("# coding: utf-8\nx = 'é'", "same"),
            ("# -*- coding: UTF8 -*-\n'é'", "same"),
            (
                "#!/usr/bin/python\n# vim: set fileencoding=utf_8-unix :\n'é'",
                "same",
            ),
            ("\n# coding: nonsense\n", "refused"),
            ("x = 1\n# coding: nonsense\n", "same"),
            ("#\n#\n# coding: nonsense\n", "same"),
            ("# coding: latin-1\n'e'", "same"),
            ("# coding: iso-8859-1\n'é'", "latin"),
            ("# coding: ascii\n'e'", "same"),
            ("# coding: ascii\n'é'", "refused"),
            ("# coding: cp1252\n'e'", "same"),
            ("# coding: cp1252\n'é'", "undecided"),
            ("# coding: utf-16\n'e'", "undecided"),
            ("\u{feff}# coding: utf-8\n'é'", "same"),
            ("\u{feff}# coding: latin-1\n'e'", "refused"),
            ("\u{feff}# coding: utf8\n'e'", "refused"),
            ("\u{feff}# coding: UTF_8\n'e'", "same"),
            ("x = 1\0", "refused"),
            ("", "same"),
            ("\r# coding: nonsense", "refused"),
        ] {
            assert_eq!(told(text), expected, "{text:?}");
        }
    }
}
