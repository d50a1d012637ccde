//! Values that only hold a place, or say where the secret is.
//!
//! They pass, `changeme` among them: refusing the word that says "put a secret here" teaches
//! nobody anything.

use super::name::{credential, words};
use super::value_words::{FILES, GENERIC, HASHES, HOLDERS, LABELS, PLACEHOLDERS, REFERENCES};

/// Marks of templates: what stands in the script is not the value.
const TEMPLATES: [&str; 12] = [
    "${", "$(", "{{", "%(", "<%", "%s", "%d", "{}", "{0", "...", "…", "@@",
];
/// Marks of regular expressions.
const PATTERNS: [&str; 12] = [
    "[a-z", "[A-Z", "[0-9", "[^", "(?", ".*", ".+", "\\d", "\\w", "\\s", "\\b", "\\S",
];

pub(super) fn is_placeholder(value: &str) -> bool {
    let lower = value.to_lowercase();
    let has = |marks: &[&str]| marks.iter().any(|mark| value.contains(mark));
    has(&TEMPLATES)
        || has(&PATTERNS)
        || is_one_letter(&lower)
        || is_enclosed(value)
        || is_colour(value)
        || is_call(value)
        || is_variable(value)
        || ["example", "***", "xxxx", "•••"]
            .iter()
            .any(|mark| lower.contains(mark))
        || lower.contains("changeme")
        || lower.contains("change-me")
        || holds_place(value, &lower)
}

/// Whether the words of a value say that it is none.
fn holds_place(value: &str, lower: &str) -> bool {
    let joined: String = (lower.chars())
        .filter(|letter| !matches!(letter, '_' | '-' | ' '))
        .collect();
    // Whole words only: a random value is no sequence of them.
    let words = if value.len() <= 80 {
        words(value)
    } else {
        Vec::new()
    };
    let digits = lower.bytes().filter(u8::is_ascii_digit).count();
    let known = |list: &[&str], word: &String| list.contains(&word.as_str());
    let generic = words.len() > 1 && words.iter().all(|word| known(&GENERIC, word));
    let numbered = digits == 0 || (digits <= 4 && lower.contains(['_', '-', ' ']));
    PLACEHOLDERS.contains(&joined.as_str())
        || ["notareal", "notreal", "notasecret", "donotuse"]
            .iter()
            .any(|saying| joined.contains(saying))
        || matches!(
            joined.as_str(),
            "password" | "test" | "testing" | "passphrase" | "token"
        )
        || (lower.starts_with("your") && digits == 0)
        || ((words.len() > 1 || digits == 0) && words.iter().any(|word| known(&HOLDERS, word)))
        || (generic && numbered)
        || (LABELS.contains(&joined.as_str()) && digits == 0 && value != lower)
        || (is_upper_name(value) && credential(value).is_some())
}

/// `xxxx-xxxx`, `********`, `00000000`
fn is_one_letter(lower: &str) -> bool {
    let mut letters = lower
        .chars()
        .filter(|letter| !matches!(letter, '-' | '_' | ' ' | '.'));
    let first = letters.next();
    letters.all(|letter| Some(letter) == first)
}

/// `VARCHAR(255)`, `getenv('X')`
fn is_call(value: &str) -> bool {
    value
        .strip_suffix(')')
        .and_then(|call| call.split_once('('))
        .is_some_and(|(name, _)| {
            !name.is_empty()
                && name
                    .bytes()
                    .all(|byte| byte.is_ascii_alphabetic() || matches!(byte, b'_' | b'.'))
        })
}

/// `#f8f8f2`
fn is_colour(value: &str) -> bool {
    value.strip_prefix('#').is_some_and(|digits| {
        matches!(digits.len(), 3 | 4 | 6 | 8) && digits.bytes().all(|byte| byte.is_ascii_hexdigit())
    })
}

fn is_enclosed(value: &str) -> bool {
    [
        ('<', '>'),
        ('{', '}'),
        ('[', ']'),
        ('%', '%'),
        ('(', ')'),
        ('#', '#'),
    ]
    .iter()
    .any(|(open, close)| value.starts_with(*open) && value.ends_with(*close))
}

fn is_variable(value: &str) -> bool {
    value.strip_prefix('$').is_some_and(|name| {
        !name.is_empty()
            && name
                .chars()
                .all(|letter| letter.is_alphanumeric() || letter == '_')
            && !name.starts_with(|letter: char| letter.is_ascii_digit())
            && (is_upper_name(name)
                || credential(name).is_some()
                || name
                    .bytes()
                    .all(|byte| byte.is_ascii_lowercase() || byte == b'_'))
    })
}

pub(super) fn is_reference(value: &str) -> bool {
    value.contains("://")
        || is_path(value)
        || is_dotted(value)
        || FILES.iter().any(|ending| value.ends_with(ending))
        || HASHES.iter().any(|prefix| value.starts_with(prefix))
        || REFERENCES
            .iter()
            .any(|beginning| value.starts_with(beginning))
}

/// Slashes between words. A base64 text has slashes too, and capitals or digits around them.
fn is_path(value: &str) -> bool {
    let parts = value.split('/');
    let several = value.contains('/') && !value.ends_with('=');
    let absolute = value.starts_with('/') && value.len() != 40;
    let drive = value.get(1..3) == Some(":\\");
    drive
        || several
            && (absolute && value.matches('/').count() > 1
                || parts.into_iter().all(|part| {
                    part.bytes()
                        .all(|byte| byte.is_ascii_lowercase() || b"-_.".contains(&byte))
                }))
}

/// `settings.PASSWORD`: a name in a program.
fn is_dotted(value: &str) -> bool {
    value.contains('.')
        && value.split('.').all(|part| {
            part.starts_with(|letter: char| letter.is_ascii_alphabetic())
                && part
                    .bytes()
                    .all(|byte| byte.is_ascii_alphabetic() || byte == b'_')
        })
}

/// Whether a value calls itself secret, which settings and names of fields do not.
pub(super) fn holds_secret_word(value: &str) -> bool {
    let lower = value.to_ascii_lowercase();
    ["secret", "passw", "s3cr", "private", "topsecret"]
        .iter()
        .any(|word| lower.contains(word))
}

/// `SERVICE_TOKEN`, `NUMBER`: the name of a variable or of a kind.
fn is_upper_name(value: &str) -> bool {
    value
        .chars()
        .all(|letter| letter.is_ascii_uppercase() || letter.is_ascii_digit() || letter == '_')
        && value.starts_with(|letter: char| letter.is_ascii_uppercase())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whole_words_hold_places() {
        for value in [
            "YOUR_API_KEY",
            "your-api-key",
            "yourkey",
            "insert-key-here",
            "test_key_123",
            "Password",
            "p-p-p",
        ] {
            assert!(is_placeholder(value), "{value}");
        }
        for value in [
            "secret123",
            "hunter2",
            "test1234",
            "yours4ever",
            "mysecretpassword",
            "changed4good",
        ] {
            assert!(!is_placeholder(value), "{value}");
        }
    }

    #[test]
    fn base64_is_no_path() {
        assert!(is_path("prod/db/password") && is_path("/run/secrets/x") && is_path("C:\\keys\\a"));
        assert!(!is_path("aB3/xY7+Qq9/zz") && !is_path("ab/CD=="));
    }
}
