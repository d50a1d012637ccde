//! What `echo -e` and `printf` print, where all of their words are known.

use super::quotes::ansi;

/// How much text is made of a format that repeats for every few arguments.
const MOST_LENGTH: usize = 10_000;

/// Text with its backslashes read.
pub(super) fn unescaped(text: &str) -> String {
    ansi(text)
}

/// The format, over and over while there are arguments.
pub(super) fn formatted(format: &str, arguments: &[&str]) -> String {
    let mut text = String::new();
    let mut rest = arguments;
    loop {
        let before = rest.len();
        once(format, &mut rest, &mut text);
        if rest.is_empty() || rest.len() == before || text.len() > MOST_LENGTH {
            return text;
        }
    }
}

fn once(format: &str, arguments: &mut &[&str], text: &mut String) {
    let mut pieces = format.split('%');
    text.push_str(&unescaped(pieces.next().unwrap_or("")));
    let mut literal = false;
    for piece in pieces {
        // The piece between the two marks of `%%` is empty.
        if piece.is_empty() && !literal {
            text.push('%');
            literal = true;
            continue;
        }
        if std::mem::take(&mut literal) {
            text.push_str(&unescaped(piece));
            continue;
        }
        let piece = piece.trim_start_matches(|mark: char| "-+ #0123456789.*".contains(mark));
        let mut letters = piece.chars();
        let conversion = letters.next();
        let argument = arguments.split_first();
        if let Some((first, others)) = argument {
            *arguments = others;
            match conversion {
                Some('b') => text.push_str(&unescaped(first)),
                _ => text.push_str(first),
            }
        }
        text.push_str(&unescaped(letters.as_str()));
    }
}

#[cfg(test)]
mod tests {
    use super::formatted;

    #[test]
    fn formats_are_read_as_printf_does() {
        for (format, arguments, expected) in [
            ("rm -rf /\\n", &[][..], "rm -rf /\n"),
            ("%s -rf %s\\n", &["rm", "/"], "rm -rf /\n"),
            ("%s\\n", &["a", "b"], "a\nb\n"),
            ("ev%s", &["al"], "eval"),
            ("100%% %5.2s", &["x"], "100% x"),
            ("%b", &["a\\x62"], "ab"),
            ("a", &["b", "c"], "a"),
            ("%s", &[], ""),
        ] {
            assert_eq!(formatted(format, arguments), expected, "{format:?}");
        }
    }

    #[test]
    fn a_format_that_repeats_ends() {
        let arguments = vec!["x"; 10_000];
        let long = "y".repeat(1_000) + "%s";
        assert!(formatted(&long, &arguments).len() < 12_000);
    }
}
