//! Cutting UTF-8 at a limit without splitting a character.

/// The largest character boundary of `text` that is not beyond `at`.
#[must_use]
pub fn floor_char_boundary(text: &str, at: usize) -> usize {
    let mut at = at.min(text.len());
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    at
}

/// The longest beginning of `bytes`, at most `limit` long, that does not end inside a UTF-8 character.
///
/// Bytes that are not UTF-8 at all are cut at the limit as they are.
#[must_use]
pub fn head(bytes: &[u8], limit: usize) -> &[u8] {
    let Some(kept) = bytes.get(..limit) else {
        return bytes;
    };
    let cut_inside = bytes.get(limit).is_some_and(|next| is_continuation(*next));
    if !cut_inside {
        return kept;
    }
    // A character is at most four bytes: its first byte is among the last three kept.
    let start = kept
        .iter()
        .rev()
        .take(3)
        .position(|byte| !is_continuation(*byte));
    match start {
        Some(back) if starts_character(kept, back) => kept.get(..limit - back - 1).unwrap_or(kept),
        _ => kept,
    }
}

/// The longest end of `bytes`, at most `limit` long, that does not begin inside a UTF-8 character.
#[must_use]
pub fn tail(bytes: &[u8], limit: usize) -> &[u8] {
    let start = bytes.len().saturating_sub(limit);
    if start == 0 {
        return bytes;
    }
    let kept = bytes.get(start..).unwrap_or(bytes);
    let skip = kept
        .iter()
        .take(3)
        .take_while(|byte| is_continuation(**byte))
        .count();
    kept.get(skip..).unwrap_or(kept)
}

fn is_continuation(byte: u8) -> bool {
    byte & 0b1100_0000 == 0b1000_0000
}

fn starts_character(kept: &[u8], back: usize) -> bool {
    kept.get(kept.len() - back - 1)
        .is_some_and(|byte| *byte >= 0b1100_0000)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn no_character_is_split_at_either_end() {
        let text = "aé日🦀".as_bytes();
        assert_eq!(head(text, 2), b"a");
        assert_eq!(head(text, 3), "aé".as_bytes());
        assert_eq!(head(text, 9), "aé日".as_bytes());
        assert_eq!(tail(text, 3), b"");
        assert_eq!(tail(text, 4), "🦀".as_bytes());
        assert_eq!(tail(text, 100), text);
    }

    #[test]
    fn bytes_that_are_not_text_are_cut_where_asked() {
        assert_eq!(head(&[0x80; 10], 5).len(), 5);
        assert_eq!(head(&[0xff; 10], 5).len(), 5);
    }

    proptest! {
        #[test]
        fn cuts_of_text_are_text(text in "\\PC{0,60}", limit in 0usize..80) {
            prop_assert!(std::str::from_utf8(head(text.as_bytes(), limit)).is_ok());
            prop_assert!(std::str::from_utf8(tail(text.as_bytes(), limit)).is_ok());
            prop_assert!(head(text.as_bytes(), limit).len() + 3 >= limit.min(text.len()));
        }

        #[test]
        fn any_bytes_survive(bytes in proptest::collection::vec(any::<u8>(), 0..60), limit in 0usize..80) {
            prop_assert!(head(&bytes, limit).len() <= limit);
            prop_assert!(tail(&bytes, limit).len() <= limit);
        }
    }
}
