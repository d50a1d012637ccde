//! What a word of bash says after quote removal.

use super::Kind;
use crate::check::tree::{Node, Script, children};

/// A word's text, as far as it can be known without running anything.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Text {
    /// This text, always.
    Constant(String),
    /// The value of one or several variables and nothing else.
    Variable,
    /// Something else that only a run can tell.
    Computed,
}

/// Reads one word.
pub(super) fn text(script: &Script<'_>, node: Node<'_>) -> Text {
    match Kind::of(node) {
        Kind::Concatenation => joined(children(node).map(|part| piece(script, part))),
        _ => piece(script, node),
    }
}

fn piece(script: &Script<'_>, node: Node<'_>) -> Text {
    let written = script.of(node);
    match Kind::of(node) {
        Kind::Word | Kind::Number => Text::Constant(without_backslashes(written)),
        Kind::RawString => Text::Constant(written.trim_matches('\'').to_owned()),
        Kind::AnsiString => Text::Constant(ansi(written)),
        Kind::String => quoted(script, node),
        Kind::TranslatedString => children(node)
            .next()
            .map_or(Text::Computed, |string| quoted(script, string)),
        Kind::SimpleExpansion | Kind::Expansion => Text::Variable,
        _ => Text::Computed,
    }
}

fn quoted(script: &Script<'_>, string: Node<'_>) -> Text {
    joined(children(string).map(|part| match Kind::of(part) {
        Kind::StringContent => Text::Constant(without_backslashes(script.of(part))),
        Kind::SimpleExpansion | Kind::Expansion => Text::Variable,
        _ => Text::Computed,
    }))
}

fn joined(mut parts: impl Iterator<Item = Text>) -> Text {
    let Some(first) = parts.next() else {
        return Text::Constant(String::new());
    };
    parts.fold(first, |before, part| match (before, part) {
        (Text::Constant(before), Text::Constant(part)) => Text::Constant(before + &part),
        (Text::Variable, Text::Variable) => Text::Variable,
        _ => Text::Computed,
    })
}

fn without_backslashes(written: &str) -> String {
    if !written.contains('\\') {
        return written.to_owned();
    }
    let mut plain = String::with_capacity(written.len());
    let mut characters = written.chars();
    while let Some(character) = characters.next() {
        match character {
            '\\' => plain.extend(characters.next().filter(|next| *next != '\n')),
            other => plain.push(other),
        }
    }
    plain
}

/// `$'…'`: hexadecimal, octal and Unicode escapes; the named ones make no names of commands.
fn ansi(written: &str) -> String {
    let inner = written
        .strip_prefix("$'")
        .and_then(|rest| rest.strip_suffix('\''));
    let mut plain = String::new();
    let mut rest = inner.unwrap_or(written);
    while let Some((before, after)) = rest.split_once('\\') {
        plain.push_str(before);
        let (character, remaining) = escape(after);
        plain.push(character);
        rest = remaining;
    }
    plain + rest
}

fn escape(after: &str) -> (char, &str) {
    let (skip, most, radix) = match after.as_bytes().first() {
        Some(b'x') => (1, 2, 16),
        Some(b'u') => (1, 4, 16),
        Some(b'U') => (1, 8, 16),
        Some(b'0'..=b'7') => (0, 3, 8),
        _ => (0, 0, 10),
    };
    let digits = after.get(skip..).unwrap_or("");
    let length = digits
        .chars()
        .take(most)
        .take_while(|digit| digit.is_digit(radix))
        .count();
    let code = digits
        .get(..length)
        .and_then(|digits| u32::from_str_radix(digits, radix).ok());
    match code.and_then(char::from_u32) {
        Some(character) => (character, digits.get(length..).unwrap_or("")),
        None => ('\\', after),
    }
}
