//! Which values are credentials and which only hold their place, and how a found one is shown.
//!
//! Placeholders pass, `changeme` among them: refusing the word that says "put a secret here"
//! teaches nobody anything. References (paths, URLs, names of variables) pass as well.

use super::name::Credential;

/// Whole values that hold a place or name a thing; compared in lower case without `_`, `-` and blanks.
const PLACEHOLDERS: [&str; 34] = [
    "changeme",
    "changeit",
    "changethis",
    "todo",
    "tbd",
    "none",
    "null",
    "nil",
    "undefined",
    "placeholder",
    "example",
    "sample",
    "dummy",
    "redacted",
    "hidden",
    "masked",
    "removed",
    "string",
    "str",
    "text",
    "required",
    "optional",
    "true",
    "false",
    "default",
    "unset",
    "empty",
    "missing",
    "invalid",
    "prompt",
    "password",
    "pass",
    "pwd",
    "passwd",
];
/// Beginnings of values that hold a place.
const PLACEHOLDER_BEGINNINGS: [&str; 9] = [
    "your", "insert", "enter", "replace", "example", "xxx", "***", "...", "put_",
];
/// Beginnings of values that only say where the secret is.
const REFERENCES: [&str; 15] = [
    "http://",
    "https://",
    "file:",
    "arn:",
    "vault:",
    "ssm:",
    "op://",
    "env:",
    "env.",
    "secret:",
    "secrets.",
    "./",
    "../",
    "~/",
    "os.environ",
];

/// Whether a constant is a credential of that kind.
pub(super) fn is_secret(value: &str, credential: Credential) -> bool {
    let value = value.trim();
    let long_enough = value.chars().count() >= 4;
    long_enough && !is_placeholder(value) && !is_reference(value) && fits(value, credential)
}

/// Stricter, for places where a constant may as well be prose: a letter and a digit, no blank.
pub(super) fn is_surely_secret(value: &str) -> bool {
    value.chars().count() >= 6
        && value.contains(|letter: char| letter.is_ascii_digit())
        && value.contains(|letter: char| letter.is_alphabetic())
        && is_secret(value, Credential::Token)
}

/// The beginning (at most three characters, at most a quarter) and the length.
pub(super) fn masked(secret: &str) -> String {
    let length = secret.chars().count();
    let shown: String = secret.chars().take((length / 4).min(3)).collect();
    format!("`{shown}…`, {length} characters")
}

fn fits(value: &str, credential: Credential) -> bool {
    let blank = value.contains(char::is_whitespace);
    match credential {
        Credential::Password => !blank || !is_prose(value),
        Credential::Token => {
            let plain_word = value.chars().all(char::is_alphabetic) && value.chars().count() < 8;
            !blank
                && !plain_word
                && !is_upper_name(value)
                && !names_a_token(value)
                && value.chars().count() >= 6
        }
    }
}

/// Sentences and prompts, such as a field's description.
fn is_prose(value: &str) -> bool {
    let lower = value.to_lowercase();
    let asks = [
        "password",
        "passphrase",
        "secret",
        "your",
        "enter",
        "must",
        "please",
        "the ",
    ];
    value.ends_with(['.', ':', '?', '!']) && value.split_whitespace().count() > 2
        || asks.iter().any(|word| lower.contains(word))
}

fn is_placeholder(value: &str) -> bool {
    let lower = value.to_lowercase();
    let joined: String = (lower.chars())
        .filter(|letter| !matches!(letter, '_' | '-' | ' '))
        .collect();
    let first = lower.chars().next();
    PLACEHOLDERS.contains(&joined.as_str())
        || PLACEHOLDER_BEGINNINGS
            .iter()
            .any(|beginning| lower.starts_with(beginning))
        || lower.chars().all(|letter| Some(letter) == first)
        || ["${", "$(", "{{", "%(", "<%"]
            .iter()
            .any(|template| value.contains(template))
        || [('<', '>'), ('{', '}'), ('[', ']'), ('%', '%')]
            .iter()
            .any(|(open, close)| value.starts_with(*open) && value.ends_with(*close))
        || is_variable(value)
        || (is_upper_name(value) && super::name::credential(value).is_some())
}

fn is_variable(value: &str) -> bool {
    value.strip_prefix('$').is_some_and(|name| {
        !name.is_empty()
            && name
                .chars()
                .all(|letter| letter.is_alphabetic() || letter == '_')
    })
}

fn is_reference(value: &str) -> bool {
    let path = value.starts_with('/') && value.chars().filter(|letter| *letter == '/').count() > 1;
    // An AWS secret key may begin with a slash; it has 40 characters.
    (path && value.len() != 40)
        || REFERENCES
            .iter()
            .any(|beginning| value.starts_with(beginning))
}

/// `next_token`, `access_key`: a field's name where tokens are talked about.
fn names_a_token(value: &str) -> bool {
    value.contains('_')
        && value
            .chars()
            .all(|letter| letter.is_ascii_lowercase() || letter == '_')
        && super::name::credential(value) == Some(Credential::Token)
}

/// `SERVICE_TOKEN`, `NUMBER`: the name of a variable or of a kind.
fn is_upper_name(value: &str) -> bool {
    value
        .chars()
        .all(|letter| letter.is_ascii_uppercase() || letter == '_')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn never_more_than_a_quarter_is_shown() {
        assert_eq!(masked("abc"), "`…`, 3 characters");
        assert_eq!(masked("abcdefgh"), "`ab…`, 8 characters");
        assert_eq!(masked(&"é".repeat(40)), "`ééé…`, 40 characters");
    }

    #[test]
    fn places_and_references_are_no_secrets() {
        for value in [
            "",
            "   ",
            "abc",
            "xxxxxxxx",
            "********",
            "change_me",
            "YOUR_KEY",
            "${A}",
            "$PASSWORD",
            "{password}",
            "<key>",
            "/run/a/b",
            "https://vault/x",
            "MY_SECRET_TOKEN",
            "Enter your password:",
        ] {
            assert!(!is_secret(value, Credential::Password), "{value}");
        }
    }
}
