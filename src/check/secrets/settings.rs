//! Settings inside strings, words, comments and here-documents: `password = …` in a configuration
//! file that a script writes, `"password": "…"` in JSON it sends, `?token=…` in a URL it asks.
//!
//! Prose stands there too, so a value must have a letter and a digit, unless quotes or a line of
//! its own show that it is no prose.

use std::ops::Range;
use std::sync::LazyLock;

use regex::bytes::{Captures, Regex};

use super::name::{Credential, credential, is_mentioned};
use super::patterns::regex;
use super::value::{Place, is_secret, secret_part};
use super::{Found, arguments, named};
use crate::check::tree::Script;

/// `name = value`, `"name": "value"`, `name => value`; the quotes around both are groups.
static SETTING: LazyLock<Option<Regex>> = LazyLock::new(|| {
    regex(
        r#"([a-z0-9_.-]*(?:pass|pwd|psk|secret|token|key|cred|auth)[a-z0-9_-]*)(\\?["']?)\]?[ \t]*(=>|:=|[:=])[ \t]*(?:\\?["']([^"'\\\n]+)\\?["']|([^\s"'\\,;&<>|(){}$`]+))"#,
    )
});
/// `--password value`.
static OPTION: LazyLock<Option<Regex>> = LazyLock::new(|| {
    regex(
        r#"--([a-z-]*(?:password|passwd|passphrase|pass|pwd|token|secret|key))[ \t]+\\?["']?([^\s"'\\$`<>|;&(){}-][^\s"'\\$`<>|;&(){}]+)"#,
    )
});
/// `<password>value</password>`.
static ELEMENT: LazyLock<Option<Regex>> =
    LazyLock::new(|| regex(r"<([a-z0-9_.:-]*(?:pass|pwd|secret|token|key)[a-z]*)>([^<>\s]+)</"));
/// A line of a `.netrc`.
static NETRC: LazyLock<Option<Regex>> =
    LazyLock::new(|| regex(r#"\blogin[ \t\n]+\S+[ \t\n]+(password)[ \t\n]+([^\s"'\\$%{}<>]+)"#));

/// What a piece of text is to its script.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Piece {
    /// A string or a word.
    Text,
    /// A here-document: a file, more often than not.
    Document,
    Comment,
}

/// Settings in one piece of text that is data to its language.
pub(super) fn find(script: &Script<'_>, span: Range<usize>, piece: Piece, found: &mut Vec<Found>) {
    let text = script.text.get(span.clone()).unwrap_or("");
    in_text(text, span.start, piece, found);
}

/// Settings in a text that begins there.
pub(super) fn in_text(text: &str, offset: usize, piece: Piece, found: &mut Vec<Found>) {
    // Without one of these there is no setting and no option: no pattern need be compiled.
    if text.len() < 8 || !text.contains(['=', ':', '-', '>', ' ']) {
        return;
    }
    if piece != Piece::Comment {
        arguments::in_text(text, offset, found);
    }
    if !is_mentioned(&text.to_ascii_lowercase()) {
        return;
    }
    if text.contains(['=', ':']) {
        settings(text, offset, piece, found);
        if let Some((skipped, put)) = replacement(text) {
            settings(put, offset + skipped, piece, found);
        }
    }
    for (pattern, mark) in [(&OPTION, "--"), (&ELEMENT, "</"), (&NETRC, "login")] {
        if text.contains(mark) {
            simple(pattern, text, offset, found);
        }
    }
}

/// `s/password=.*/password=secret/` of `sed`: what is put, and where it begins.
fn replacement(text: &str) -> Option<(usize, &str)> {
    let mark = text.strip_prefix('s')?.chars().next()?;
    if !matches!(mark, '/' | '|' | '#' | ',' | '@') {
        return None;
    }
    let mut parts = text.splitn(4, mark).skip(1);
    let (sought, put) = (parts.next()?, parts.next()?);
    Some((sought.len() + 3, put))
}

fn settings(text: &str, offset: usize, piece: Piece, found: &mut Vec<Found>) {
    let Some(pattern) = SETTING.as_ref() else {
        return;
    };
    for captures in pattern.captures_iter(text.as_bytes()) {
        let Some((name, span)) = setting(text, &captures, piece) else {
            continue;
        };
        found.push(named(name, offset + span.start..offset + span.end));
    }
}

/// The name and the place of the value, where it is a secret.
fn setting<'text>(
    text: &'text str,
    captures: &Captures<'_>,
    piece: Piece,
) -> Option<(&'text str, Range<usize>)> {
    let name = captures.get(1)?;
    let quoted = captures.get(4).is_some();
    let span = captures.get(4).or_else(|| captures.get(5))?.range();
    let line = !quoted && is_line(text, name.start(), captures.get(3)?.as_bytes() == b"=");
    let span = if line { to_line_end(text, span) } else { span };
    let word = text.get(name.range())?;
    let short = last_part(word.trim_start_matches(['-', '.']));
    let place = match () {
        () if piece == Piece::Comment => Place::Loose,
        () if quoted && !captures.get(2)?.is_empty() => Place::Entry,
        () if line && ends_line(text, span.end) && is_file_line(short, piece) => Place::Assigned,
        () => Place::Loose,
    };
    let value = text.get(span.clone())?;
    let goes_on = text
        .get(span.end..)
        .is_some_and(|rest| rest.starts_with(['$', '(', '{', '`', '[']));
    let fits = value.len() <= 256 && !goes_on && !value.eq_ignore_ascii_case(short);
    // Among the options of `mount` and the fields of a form it is no outcome of a test.
    let field = name
        .start()
        .checked_sub(1)
        .and_then(|at| text.as_bytes().get(at))
        .is_some_and(|before| b",&?;".contains(before));
    let kind = match credential(short)? {
        Credential::Doubtful if field && short.eq_ignore_ascii_case("pass") => Credential::Password,
        kind => kind,
    };
    (fits && is_secret(value, kind, place)).then(|| (short, secret_part(value, span)))
}

/// `spring.datasource.password`: the last part.
fn last_part(name: &str) -> &str {
    name.rsplit('.').next().unwrap_or(name)
}

/// A setting of a file that is nothing but settings: `DB_PASSWORD=…`.
fn is_file_line(name: &str, piece: Piece) -> bool {
    let upper = !name.bytes().any(|byte| byte.is_ascii_lowercase());
    let sure = credential(name) != Some(Credential::Doubtful);
    sure && (upper || piece == Piece::Document)
}

/// Whether a setting with an equals sign begins its line.
fn is_line(text: &str, start: usize, equals: bool) -> bool {
    // No further back than the longest of the words, so that a line of settings costs no more
    // than its length.
    let near = start.saturating_sub(32);
    let near = (near..=start)
        .find(|at| text.is_char_boundary(*at))
        .unwrap_or(start);
    let before = text.get(near..start).unwrap_or("");
    let line = match before.rsplit_once('\n') {
        Some((_, line)) => line.trim_start(),
        None if near == 0 => before.trim_start(),
        None => return false,
    };
    let opens = matches!(line, "" | "export " | "ENV " | "set " | "Environment=");
    opens && equals
}

fn to_line_end(text: &str, span: Range<usize>) -> Range<usize> {
    let rest = text.get(span.start..).unwrap_or("");
    let length = rest
        .find(|letter: char| {
            letter.is_whitespace() || matches!(letter, '"' | '\'' | '\\' | '$' | '`' | '(')
        })
        .unwrap_or(rest.len());
    span.start..span.start + length
}

fn ends_line(text: &str, end: usize) -> bool {
    let rest = text
        .get(end..)
        .unwrap_or("")
        .trim_start_matches([' ', '\t', '\r']);
    rest.is_empty() || rest.starts_with(['\n', '#'])
}

/// Patterns of a name and a value.
fn simple(pattern: &LazyLock<Option<Regex>>, text: &str, offset: usize, found: &mut Vec<Found>) {
    let Some(pattern) = pattern.as_ref() else {
        return;
    };
    for captures in pattern.captures_iter(text.as_bytes()) {
        let (Some(name), Some(value)) = (captures.get(1), captures.get(2)) else {
            continue;
        };
        let (Some(name), Some(secret)) = (text.get(name.range()), text.get(value.range())) else {
            continue;
        };
        let is_found = credential(name).is_some_and(|kind| is_secret(secret, kind, Place::Loose));
        if is_found && !secret.eq_ignore_ascii_case(name) {
            found.push(named(name, offset + value.start()..offset + value.end()));
        }
    }
}
