//! Which values are credentials, and how a found one is shown.
//!
//! The stronger the name, the less the value must prove. Under `password` a word will do; under
//! `api_key` it takes what no word looks like; under `token` alone it takes digits mixed with
//! letters. What only holds a place or names another thing is in `placeholder`.

use std::ops::Range;

use super::name::{Credential, credential};
use super::placeholder::{is_placeholder, is_reference};
use super::value_words::{ABOUT, ALGORITHMS, LABELS, PROSE};

/// Where a value stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
    /// Given to a name: an assignment, an argument, a default.
    Assigned,
    /// In a table of names and texts, where labels for people stand too.
    Entry,
    /// In a text that may as well be prose, or beside an operator.
    Loose,
    /// Among others under a name in the plural: `tokens` are words more often than not.
    Listed,
}

/// Whether a constant is a credential of that kind.
pub(super) fn is_secret(value: &str, credential: Credential, place: Place) -> bool {
    let value = value.trim();
    let value = if credential == Credential::Key {
        without_scheme(value)
    } else {
        value
    };
    let fits = (4..=4096).contains(&value.len()) && value.chars().nth(3).is_some();
    fits && !is_placeholder(value)
        && !is_reference(value)
        && match (credential, place) {
            (Credential::Password, Place::Loose | Place::Listed) => is_mixed(value, 6),
            (Credential::Key, Place::Loose | Place::Listed) => is_mixed(value, 8) && is_key(value),
            (Credential::Password, Place::Entry) => !is_label(value) && is_password(value),
            (Credential::Password, Place::Assigned) => is_password(value),
            (Credential::Key, _) => is_key(value),
            (Credential::Doubtful, Place::Listed) => value.len() >= 20 && looks_made(value),
            (Credential::Doubtful, _) => looks_made(value),
        }
}

/// The beginning (at most three characters, at most a quarter) and the length.
pub(super) fn masked(secret: &str) -> String {
    let length = secret.chars().count();
    let shown: String = secret.chars().take((length / 4).min(3)).collect();
    format!("`{shown}…`, {length} characters")
}

/// The place of the part of a value that is secret.
pub(super) fn secret_part(value: &str, span: Range<usize>) -> Range<usize> {
    let part = without_scheme(value);
    span.end - part.len()..span.end
}

/// `Bearer abc`: the part that is secret.
fn without_scheme(value: &str) -> &str {
    match value.split_once(' ') {
        Some((scheme, rest))
            if ["bearer", "basic", "token", "apikey", "bot", "negotiate"]
                .iter()
                .any(|known| scheme.eq_ignore_ascii_case(known)) =>
        {
            rest.trim_start()
        }
        _ => value,
    }
}

fn is_password(value: &str) -> bool {
    if value.contains(char::is_whitespace) {
        return is_passphrase(value);
    }
    let foreign = (!value.is_ascii() && !value.contains(|letter: char| letter.is_ascii_digit()))
        || value.contains("\\u");
    !foreign && !names_another(value)
}

/// Words of which nothing but the owner makes sense: no sentence, no label.
fn is_passphrase(value: &str) -> bool {
    let words: Vec<&str> = value.split_whitespace().take(12).collect();
    let sentence = value.ends_with(['.', ':', '?', '!', ',', ';', ')'])
        || words.iter().any(|word| {
            let word = word.trim_matches(|mark: char| !mark.is_alphanumeric());
            PROSE.iter().any(|known| word.eq_ignore_ascii_case(known))
        });
    let plain = words
        .iter()
        .all(|word| word.bytes().all(|byte| byte.is_ascii_lowercase()));
    let mixed = words.len() <= 3 && words.iter().any(|word| is_mixed(word, 5));
    let numbered = words.len() >= 3
        && words
            .iter()
            .any(|word| word.bytes().all(|byte| byte.is_ascii_digit()))
        && words.iter().all(|word| {
            word.bytes()
                .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit())
        });
    !sentence && words.len() < 12 && ((plain && words.len() >= 3) || mixed || numbered)
}

/// A word for people to read, such as a field's label.
fn is_label(value: &str) -> bool {
    let mut letters = value.chars();
    let capital = letters.next().is_some_and(char::is_uppercase) && letters.all(char::is_lowercase);
    capital || LABELS.iter().any(|label| value.eq_ignore_ascii_case(label))
}

/// What a machine could have made: no blanks, no word, no name.
fn is_key(value: &str) -> bool {
    let tail = value.trim_start_matches(|letter: char| letter.is_alphanumeric());
    let strange = value.contains(|letter: char| {
        letter.is_whitespace()
            || matches!(letter, '(' | ')' | '[' | ']' | '<' | '>' | '"' | '\'' | '`')
    });
    let digits = value.contains(|letter: char| letter.is_ascii_digit());
    // Bytes of a generator, written out.
    let escaped = digits && value.contains("\\x");
    if (strange && !escaped)
        || (!digits && !value.is_ascii())
        || value.len() < 6
        || names_another(value)
        || is_algorithm(value)
    {
        return false;
    }
    // One word in lower case that is too long to be a setting; several words are a description.
    let long_word = tail.is_empty()
        && value.len() >= 10
        && value.bytes().all(|byte| byte.is_ascii_lowercase())
        && super::placeholder::holds_secret_word(value);
    let mostly_marks = value.bytes().filter(u8::is_ascii_alphanumeric).count() * 2 < value.len();
    !mostly_marks && (digits || long_word || is_random(value) || is_described(value))
}

/// `super-secret`: words, but words that call themselves secret.
fn is_described(value: &str) -> bool {
    value.len() >= 8
        && super::name::words(value).len() > 1
        && super::placeholder::holds_secret_word(value)
}

/// Looks like a credential whatever its name: digits among letters, and more of them than a
/// number behind a word.
fn looks_made(value: &str) -> bool {
    let digits = value.bytes().filter(u8::is_ascii_digit).count();
    let letters = value.bytes().filter(u8::is_ascii_alphabetic).count();
    let mixed = digits > 0
        && letters > 0
        && (digits >= 3 || switches(value) >= 3 || value.len() >= 20 && digits >= 2);
    is_key(value) && !is_uuid(value) && (mixed && !is_identifier(value) || is_random(value))
}

/// How often letters and digits follow each other.
fn switches(value: &str) -> usize {
    let bytes = value.as_bytes();
    bytes
        .windows(2)
        .filter(|pair| match pair {
            [one, other] => {
                (one.is_ascii_digit() && other.is_ascii_alphabetic())
                    || (one.is_ascii_alphabetic() && other.is_ascii_digit())
            }
            _ => false,
        })
        .count()
}

/// Long runs of letters with too few vowels and too many capitals to be words.
fn is_random(value: &str) -> bool {
    let letters = value.bytes().filter(u8::is_ascii_alphabetic).count();
    let vowels = value
        .bytes()
        .filter(|byte| b"aeiouyAEIOUY".contains(byte))
        .count();
    let both = value.bytes().any(|byte| byte.is_ascii_uppercase())
        && value.bytes().any(|byte| byte.is_ascii_lowercase());
    value.len() >= 16 && both && letters >= 12 && vowels * 10 < letters * 3
}

/// `page_2_of_10`: words with a number among them, as names have.
fn is_identifier(value: &str) -> bool {
    value.contains(['_', '-', '.', ':'])
        && value
            .split(['_', '-', '.', ':'])
            .all(|part| part.len() < 16 && switches(part) == 0)
        && value
            .split(['_', '-', '.', ':'])
            .any(|part| part.len() >= 3 && part.bytes().all(|byte| byte.is_ascii_alphabetic()))
        && !value.contains("--")
        && value.bytes().filter(u8::is_ascii_digit).count() < 6
}

/// 8, 4, 4, 4 and 12 hexadecimal digits.
fn is_uuid(value: &str) -> bool {
    let lengths = value.split('-').map(str::len);
    lengths.eq([8, 4, 4, 4, 12])
        && value
            .bytes()
            .all(|byte| byte == b'-' || byte.is_ascii_hexdigit())
}

/// A letter and a digit at least, no blank.
fn is_mixed(value: &str, least: usize) -> bool {
    value.len() >= least
        && value.contains(|letter: char| letter.is_ascii_digit())
        && value.contains(|letter: char| letter.is_ascii_alphabetic())
        && !value.contains(char::is_whitespace)
        && !is_algorithm(value)
}

fn is_algorithm(value: &str) -> bool {
    let beginning: String = value
        .chars()
        .take(8)
        .collect::<String>()
        .to_ascii_lowercase();
    value.len() <= 16
        && switches(value) <= 3
        && ALGORITHMS
            .iter()
            .any(|algorithm| beginning.starts_with(algorithm))
}

/// `next_token`, `SERVICE_TOKEN`, `dbPassword`: a field, a variable, a kind.
fn names_another(value: &str) -> bool {
    let letters = |test: fn(&u8) -> bool| {
        value
            .bytes()
            .all(|byte| test(&byte) || b"_-".contains(&byte))
    };
    let upper = letters(u8::is_ascii_uppercase);
    let lower = letters(u8::is_ascii_lowercase);
    let several = value.contains(['_', '-']);
    let camel = value.bytes().all(|byte| byte.is_ascii_alphabetic())
        && value.starts_with(|letter: char| letter.is_ascii_lowercase())
        && value.contains(|letter: char| letter.is_ascii_uppercase());
    let named = credential(value).is_some();
    (upper && (several || named))
        || (lower && several && (is_field(value) || is_about(value)))
        || (camel && named && is_field(value))
}

/// A name of a credential that does not call itself something special.
fn is_field(value: &str) -> bool {
    let words = super::name::words(value);
    credential(value).is_some()
        && !words
            .iter()
            .any(|word| ["super", "very", "top", "is", "so", "not"].contains(&word.as_str()))
}

/// `pw_hash`: the name of something that a credential has.
fn is_about(value: &str) -> bool {
    value
        .rsplit_once(['_', '-'])
        .is_some_and(|(named, about)| ABOUT.contains(&about) && is_field(named))
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
            "your-password-here",
            "Passwörter",
            "user_password",
            "pw_hash",
            "token_id",
            "dbPassword",
            "example",
            "fake-password-1",
            "%s",
            "{}",
            "[A-Za-z0-9]+",
            "settings.PASSWORD",
            "id_rsa.pem",
            "$6$salt$hash",
            "{{ password }}",
            "Invalid user name or password",
            "test",
        ] {
            assert!(
                !is_secret(value, Credential::Password, Place::Assigned),
                "{value}"
            );
        }
    }

    #[test]
    fn passwords_may_be_words_and_keys_may_not() {
        for value in [
            "hunter",
            "secret",
            "admin",
            "letmein",
            "123456",
            "correct horse battery staple",
        ] {
            assert!(
                is_secret(value, Credential::Password, Place::Assigned),
                "{value}"
            );
            assert!(
                !is_secret(value, Credential::Doubtful, Place::Assigned),
                "{value}"
            );
        }
        for value in [
            "customer",
            "next_token",
            "primary",
            "Authorization",
            "not found",
            "sha256",
            "api-key",
        ] {
            assert!(
                !is_secret(value, Credential::Key, Place::Assigned),
                "{value}"
            );
        }
        for value in [
            "secret123",
            "supersecretkey",
            "super-secret",
            "a1b2c3d4",
            "Bearer a1b2c3d4e5f6",
        ] {
            assert!(
                is_secret(value, Credential::Key, Place::Assigned),
                "{value}"
            );
        }
    }

    #[test]
    fn labels_stand_in_tables() {
        assert!(!is_secret("Passwort", Credential::Password, Place::Entry));
        assert!(is_secret("hunter", Credential::Password, Place::Entry));
    }
}
