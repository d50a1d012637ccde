//! Blocks of private keys.
//!
//! A header with something of the key behind it is one, and so is a header that is kept as a
//! value. A header that a program looks for (`if header in text`, `grep header`) is none.

use std::ops::Range;

use memchr::memmem;

use super::Found;
use crate::check::rules::secrets::SECRET_PRIVATE_KEY;

const BEGIN: &str = "-----BEGIN ";
const END: &str = "-----END ";
/// How far a key's end is looked for.
const LONGEST: usize = 8_192;
/// How many headers are looked at; every other one is in the same place for a reader.
const MOST_HEADERS: usize = 64;

pub(super) fn find(text: &str, lower: &str, found: &mut Vec<Found>) {
    if !lower.contains("private key") {
        return;
    }
    let places = memmem::find_iter(text.as_bytes(), BEGIN).take(MOST_HEADERS);
    found.extend(
        places
            .filter_map(|start| block(text, start))
            .map(|span| Found {
                rule: &SECRET_PRIVATE_KEY,
                span,
                literals: Vec::new(),
                what: "a private key".to_owned(),
            }),
    );
}

/// The place of a key block that begins there.
fn block(text: &str, start: usize) -> Option<Range<usize>> {
    let name_start = start + BEGIN.len();
    let rest = text.get(name_start..)?;
    let name: &str = rest.get(..rest.bytes().take(60).position(|byte| byte == b'-')?)?;
    if !(name.ends_with("PRIVATE KEY") || name.ends_with("PRIVATE KEY BLOCK")) {
        return None;
    }
    let header_end = name_start + name.len() + "-----".len();
    let after = text.get(header_end..)?;
    if !text.get(..header_end)?.ends_with("-----") {
        return None;
    }
    let is_key = has_body(after) || (ends_there(after) && is_value(text.get(..start)?));
    is_key.then(|| start..end_of(text, header_end, after))
}

/// Base64 within the next line, or a header of one.
fn has_body(after: &str) -> bool {
    let after = after.trim_start_matches(|mark: char| {
        mark.is_whitespace() || matches!(mark, '\\' | '"' | '\'' | '+' | ',' | '#')
    });
    // The `n` of a written-out line end.
    let after = after
        .trim_start_matches("r\\n")
        .trim_start_matches(|mark: char| {
            mark == 'n' || mark == '\\' || mark == '"' || mark == '\'' || mark.is_whitespace()
        });
    let run = after
        .bytes()
        .take(64)
        .take_while(|byte| byte.is_ascii_alphanumeric() || b"+/=".contains(byte))
        .count();
    let header = ["Proc-Type", "Version:", "Comment:", "DEK-Info", "Subject:"]
        .iter()
        .any(|known| after.starts_with(known));
    let made = after
        .bytes()
        .take(run)
        .any(|byte| byte.is_ascii_uppercase());
    header || (run >= 4 && made)
}

/// Whether the text's constant ends behind the header, or its line does.
fn ends_there(after: &str) -> bool {
    after.is_empty() || after.starts_with(['"', '\'', '\n', '\r', '\\', '.', ' '])
}

/// Whether the header is given to a name or written into a text, not looked for.
fn is_value(before: &str) -> bool {
    let unquoted = before.trim_end_matches(['"', '\'', 'b', 'r', 'f', 'u', 'B', 'R', '$', '(']);
    let line = unquoted.trim_end_matches([' ', '\t']);
    let compared = ["==", "!=", "=~"].iter().any(|mark| line.ends_with(mark));
    // Of a text over several lines, not a list of texts on lines of their own.
    let in_text = unquoted.len() == before.len() && line.ends_with('\n');
    let opens_text = before.ends_with("\"\"\"") || before.ends_with("'''");
    let echoed = ["echo", "printf", "<<<"]
        .iter()
        .any(|word| line.ends_with(word));
    !compared && !is_mark(line) && (line.ends_with(['=', ':']) || in_text || opens_text || echoed)
}

/// `KEY_START = header`: the name of what is looked for, not of a key.
fn is_mark(line: &str) -> bool {
    let name = line.trim_end_matches(['=', ':', ' ', '"', '\'']);
    let last = name
        .rsplit(|letter: char| !letter.is_ascii_alphabetic())
        .next()
        .unwrap_or("");
    [
        "start",
        "begin",
        "header",
        "head",
        "marker",
        "mark",
        "prefix",
        "magic",
        "delimiter",
        "label",
        "tag",
        "pattern",
        "regex",
        "preamble",
        "re",
    ]
    .iter()
    .any(|word| last.eq_ignore_ascii_case(word))
}

fn end_of(text: &str, header_end: usize, after: &str) -> usize {
    let window = after.as_bytes().get(..LONGEST).unwrap_or(after.as_bytes());
    let Some(footer) = memmem::find(window, END.as_bytes()) else {
        return header_end + body(window);
    };
    let begins_again = memmem::find(window, BEGIN.as_bytes()).is_some_and(|again| again < footer);
    if begins_again {
        return header_end;
    }
    let line = text.get(header_end + footer + END.len()..).unwrap_or("");
    let name = line
        .bytes()
        .take(60)
        .take_while(|byte| *byte != b'-')
        .count();
    (header_end + footer + END.len() + name + "-----".len()).min(text.len())
}

/// How much of what follows a header is the lines of a key that has no footer.
fn body(window: &[u8]) -> usize {
    let (mut at, mut end) = (0, 0);
    let between = |byte: &u8| byte.is_ascii_whitespace() || b"\\\"',".contains(byte);
    for line in window.split(between) {
        let is_base64 = |byte: &u8| byte.is_ascii_alphanumeric() || b"+/=".contains(byte);
        let (long, short) = (line.len() >= 16, line.len() > 1);
        if !line.iter().all(is_base64) || (short && !long && end == 0) {
            break;
        }
        if short {
            end = at + line.len();
        }
        // The last line of a key is the only one that may be short.
        if short && !long {
            break;
        }
        at += line.len() + 1;
    }
    end
}

#[cfg(test)]
mod tests {
    use super::*;

    fn span(text: &str) -> Option<Range<usize>> {
        let text = text.replace("=====", "-----");
        let mut found = Vec::new();
        find(&text, &text.to_lowercase(), &mut found);
        found.pop().map(|found| found.span)
    }

    #[test]
    fn a_block_is_found_to_its_end() {
        let key = "=====BEGIN PRIVATE KEY=====\nMIIEvQIBADANBg\n=====END PRIVATE KEY=====";
        assert_eq!(span(&format!("k = '''{key}'''")), Some(7..7 + key.len()));
        assert_eq!(
            span(&format!("k = '''{}'''", key.replace('\n', "\\n"))).map(|span| span.start),
            Some(7)
        );
    }

    #[test]
    fn a_block_without_an_end_has_its_lines() {
        let line = "MIIEvQIBADANBg".repeat(4);
        for between in ["\n", "\\n"] {
            let key = format!("=====BEGIN PRIVATE KEY====={between}{line}{between}{line}");
            for last in ["", "AbCd=="] {
                let key = [&key, between, last].concat();
                let end = key.trim_end_matches(between).len();
                assert_eq!(span(&format!("k = '''{key}'''; f(x)")), Some(7..7 + end));
            }
        }
        let prose = "k = '=====BEGIN PRIVATE KEY===== Is not what I expected here'";
        assert_eq!(span(prose).map(|span| span.len()), Some(27));
    }

    #[test]
    fn a_header_that_is_looked_for_is_no_key() {
        for text in [
            "if '=====BEGIN PRIVATE KEY=====' in text:",
            "x.startswith(b'=====BEGIN RSA PRIVATE KEY=====')",
            "if line == '=====BEGIN RSA PRIVATE KEY=====':",
            "grep -q '=====BEGIN OPENSSH PRIVATE KEY=====' f",
            "k = '=====BEGIN PUBLIC KEY====='",
        ] {
            assert_eq!(span(text), None, "{text}");
        }
        for text in [
            "k = '=====BEGIN PRIVATE KEY====='",
            "k = \"\"\"\n=====BEGIN RSA PRIVATE KEY=====",
        ] {
            assert!(span(text).is_some(), "{text}");
        }
    }
}
