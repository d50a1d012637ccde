//! Making text from a script, a container or an engine safe for a person's terminal.

use std::fmt::Write as _;

/// The text with everything a terminal would act on made visible: control characters but tab and
/// newline become `\x1b`-style escapes, and so do the Unicode characters that reorder or hide text
/// (bidirectional controls, zero-width characters, line and paragraph separators, tags).
///
/// Source for the reordering set: Unicode Standard Annex 9 and "Trojan Source" (CVE-2021-42574).
#[must_use]
pub fn safe_for_terminal(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for character in text.chars() {
        push_safe(&mut safe, character, character == '\n' || character == '\t');
    }
    safe
}

/// As [`safe_for_terminal`], on one line: newlines and tabs are made visible too.
#[must_use]
pub fn single_line(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for character in text.chars() {
        push_safe(&mut safe, character, false);
    }
    safe
}

/// The text with every character that hides, reorders or commands replaced by one of the same length
/// in UTF-8, so that byte offsets stay right. For showing source lines with carets.
#[must_use]
pub fn safe_in_place(text: &str) -> String {
    let replace = |character: char| match character {
        '\n' | '\t' => character,
        _ if !(character.is_control() || reorders_or_hides(character)) => character,
        _ => match character.len_utf8() {
            1 => '?',
            2 => '\u{00bf}',
            3 => '\u{fffd}',
            _ => '\u{1fbc4}',
        },
    };
    text.chars().map(replace).collect()
}

fn push_safe(safe: &mut String, character: char, as_is: bool) {
    if as_is || !(character.is_control() || reorders_or_hides(character)) {
        safe.push(character);
        return;
    }
    // Writing to a String cannot fail.
    let _ = match character {
        '\n' => safe.write_str("\\n"),
        '\t' => safe.write_str("\\t"),
        '\r' => safe.write_str("\\r"),
        other if u32::from(other) <= 0xff => write!(safe, "\\x{:02x}", u32::from(other)),
        other => write!(safe, "\\u{{{:x}}}", u32::from(other)),
    };
}

fn reorders_or_hides(character: char) -> bool {
    matches!(u32::from(character),
        0x00ad | 0x061c | 0x180e | 0x200b..=0x200f | 0x2028..=0x202e | 0x2060..=0x2069
        | 0xfeff | 0xfff9..=0xfffb | 0xe0000..=0xe007f)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escape_sequences_become_visible() {
        assert_eq!(
            safe_for_terminal("a\x1b[31mb\u{202e}c\r\n\td\u{9b}"),
            "a\\x1b[31mb\\u{202e}c\\r\n\td\\x9b"
        );
    }

    #[test]
    fn replaced_in_place_nothing_moves() {
        for hostile in ["\x1b[2J", "a\u{9b}b", "\u{202e}x", "\u{e0041}", "\r"] {
            let safe = safe_in_place(hostile);
            assert_eq!(safe.len(), hostile.len(), "{hostile:?}");
            assert_eq!(safe_for_terminal(&safe), safe);
        }
    }

    #[test]
    fn ordinary_text_of_any_script_is_unchanged() {
        let text = "Grüße, 日本語, مرحبا, 🦀\n";
        assert_eq!(safe_for_terminal(text), text);
        assert_eq!(single_line("a\nb"), "a\\nb");
    }
}
