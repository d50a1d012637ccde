//! Integers that Python refuses to read.

use ruff_python_ast::token::{TokenKind, Tokens};
use ruff_text_size::{Ranged, TextRange};

/// `sys.int_info.default_max_str_digits`: decimal digits of one literal.
const MOST_DIGITS: usize = 4_300;

/// The first decimal integer with too many digits; other bases have no limit.
pub(super) fn too_long(text: &str, tokens: &Tokens) -> Option<(TextRange, String)> {
    if text.len() <= MOST_DIGITS {
        return None;
    }
    let range = tokens
        .iter()
        .filter(|token| token.kind() == TokenKind::Int)
        .map(Ranged::range)
        .find(|range| digits(text.get(range.to_std_range()).unwrap_or("")) > MOST_DIGITS)?;
    let message = format!(
        "an integer of more than {MOST_DIGITS} digits; write it in hexadecimal, which has no limit"
    );
    Some((range, message))
}

fn digits(literal: &str) -> usize {
    let other_base = literal.starts_with("0x")
        || literal.starts_with("0X")
        || literal.starts_with("0o")
        || literal.starts_with("0O")
        || literal.starts_with("0b")
        || literal.starts_with("0B");
    if other_base {
        return 0;
    }
    literal.bytes().filter(u8::is_ascii_digit).count()
}
