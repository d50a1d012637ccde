//! Quote removal: what bash makes of backslashes in plain, quoted and `$'…'` text.

/// Plain text: a backslash keeps the next character, and a line's end after one is nothing.
pub(super) fn unescaped(written: &str) -> String {
    without_backslashes(written, |_| true)
}

/// Text in double quotes, where a backslash is one but before a few characters.
pub(super) fn unescaped_in_quotes(written: &str) -> String {
    without_backslashes(written, is_escaped_in_quotes)
}

pub(super) const fn is_escaped_in_quotes(next: char) -> bool {
    matches!(next, '$' | '`' | '"' | '\\' | '\n')
}

fn without_backslashes(written: &str, escapes: impl Fn(char) -> bool) -> String {
    if !written.contains('\\') {
        return written.to_owned();
    }
    let mut plain = String::with_capacity(written.len());
    let mut characters = written.chars().peekable();
    while let Some(character) = characters.next() {
        match characters.peek().copied() {
            Some(next) if character == '\\' && escapes(next) => {
                characters.next();
                plain.extend(Some(next).filter(|next| *next != '\n'));
            }
            _ => plain.push(character),
        }
    }
    plain
}

/// `$'…'`: hexadecimal, octal and Unicode escapes, and the named ones that matter in code.
pub(super) fn ansi(written: &str) -> String {
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
        _ => return named(after),
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

fn named(after: &str) -> (char, &str) {
    let mut characters = after.chars();
    let plain = match characters.next() {
        Some('n' | 'r') => '\n',
        Some('t') => '\t',
        Some(mark @ ('\'' | '"' | '\\' | '?')) => mark,
        _ => return ('\\', after),
    };
    (plain, characters.as_str())
}
