//! Which names are those of credentials, and how far a name alone can be trusted.
//!
//! A name is cut into words (snake, kebab and camel case alike); its last word tells what it
//! holds, the words before tell whose it is. `password_file` holds a file, `token_count` a count.

use super::name_words::{
    ACTIONS, DOUBTFUL_KEYS, KEYS, MACHINE, NEUTRAL, OWNERS, PASSWORDS, SHORT, TOKEN_OWNERS, UNSURE,
};

/// How strictly a value is looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Credential {
    /// Made up by people: may be short and may be a word.
    Password,
    /// Made by machines: no blanks, not a plain word.
    Key,
    /// The name has other meanings as well: the value must look like a credential by itself.
    Doubtful,
}

/// Whether a text in lower case holds any word that could be part of such a name.
pub(super) fn is_mentioned(lower: &str) -> bool {
    [
        "pass", "pwd", "pw", "psw", "secret", "token", "key", "cred", "auth", "kennwort", "psk",
    ]
    .iter()
    .any(|word| lower.contains(word))
}

/// What a value under this name would be.
pub(super) fn credential(name: &str) -> Option<Credential> {
    // No credential's name is longer, and hostile ones are.
    if name.len() > 80 || !is_likely(name) {
        return None;
    }
    let mut words = words(name);
    while words
        .last()
        .is_some_and(|last| NEUTRAL.contains(&last.as_str()))
    {
        words.pop();
    }
    let last = words.pop()?;
    let kind = kind(&last, words.last().map(String::as_str))?;
    // What is left of a credential when nobody can use it any more.
    if words
        .iter()
        .any(|word| matches!(word.as_str(), "hashed" | "hash" | "encrypted" | "digest"))
    {
        return None;
    }
    let acts = words.iter().any(|word| ACTIONS.contains(&word.as_str()));
    Some(if acts { Credential::Doubtful } else { kind })
}

/// The singular of a name in the plural, and what one of its values would be: `api_keys`.
pub(super) fn one_of_several(name: &str) -> Option<(&str, Credential)> {
    let name = name.strip_suffix(['s', 'S'])?;
    Some((name, credential(name)?))
}

/// A first look that allocates nothing, because it is taken at every name of a script.
fn is_likely(name: &str) -> bool {
    let bytes = name.as_bytes();
    let begins = |at: usize, word: &str| {
        let found = bytes.get(at..at + word.len());
        found.is_some_and(|found| found.eq_ignore_ascii_case(word.as_bytes()))
    };
    // The letters that the words below begin with.
    let first = |byte: u8| {
        matches!(
            byte.to_ascii_lowercase(),
            b'p' | b's' | b't' | b'k' | b'c' | b'a'
        )
    };
    let words = [
        "pass", "pw", "secret", "token", "key", "cred", "auth", "kennwort", "psk", "psw",
    ];
    (0..bytes.len())
        .filter(|at| bytes.get(*at).is_some_and(|byte| first(*byte)))
        .any(|at| words.iter().any(|word| begins(at, word)))
}

/// What a last word says, with the word before it.
fn kind(last: &str, before: Option<&str>) -> Option<Credential> {
    let owned_by = |owners: &[&str]| before.is_some_and(|before| owners.contains(&before));
    if PASSWORDS.iter().any(|ending| last.ends_with(ending)) || SHORT.contains(&last) {
        return Some(Credential::Password);
    }
    if MACHINE.iter().any(|ending| last.ends_with(ending)) {
        return Some(Credential::Key);
    }
    match last {
        "auth" if owned_by(&["rediscli"]) => Some(Credential::Password),
        "pass" if owned_by(&OWNERS) => Some(Credential::Password),
        "token" if owned_by(&TOKEN_OWNERS) => Some(Credential::Key),
        "key" if owned_by(&KEYS) => Some(Credential::Key),
        "key" if owned_by(&DOUBTFUL_KEYS) => Some(Credential::Doubtful),
        _ if UNSURE.contains(&last) => Some(Credential::Doubtful),
        _ => joined(last),
    }
}

/// `dbpass`, `githubtoken`: two words written as one.
fn joined(word: &str) -> Option<Credential> {
    let owner = |ending, owners: &[&str]| {
        word.strip_suffix(ending)
            .is_some_and(|owner| owners.contains(&owner))
    };
    if owner("pass", &OWNERS) {
        Some(Credential::Password)
    } else if owner("token", &TOKEN_OWNERS) || owner("key", &KEYS) {
        Some(Credential::Key)
    } else {
        None
    }
}

/// The words of a name in snake, kebab or camel case, in lower case, numbers left out.
pub(super) fn words(name: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    let mut before = '_';
    let mut characters = name.chars().peekable();
    while let Some(character) = characters.next() {
        let next_is_lower = characters.peek().is_some_and(|next| next.is_lowercase());
        let hump = character.is_uppercase()
            && (before.is_lowercase() || (before.is_uppercase() && next_is_lower));
        if hump || !character.is_alphabetic() {
            words.push(String::new());
        }
        if let Some(word) = words.last_mut().filter(|_| character.is_alphabetic()) {
            word.extend(character.to_lowercase());
        }
        before = character;
    }
    words.retain(|word| !word.is_empty());
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_word_tells() {
        for name in [
            "password",
            "DB_PASSWORD",
            "dbPassword",
            "PGPASSWORD",
            "password2",
            "DB_PASS",
            "dbpass",
            "client-secret",
            "my_passwd_prod",
            "PWD_ADMIN",
            "MYSQL_ROOT_PASSWORD",
            "REDISCLI_AUTH_PW",
            "userPass",
            "__password",
        ] {
            assert_eq!(credential(name), Some(Credential::Password), "{name}");
        }
        for name in [
            "api_key",
            "APIKey",
            "apikey",
            "AWS_SECRET_ACCESS_KEY",
            "authToken",
            "TOKEN_PROD_AUTH_TOKEN",
            "x-api-key",
            "GITHUB_TOKEN",
            "githubToken",
            "refresh_token",
            "SECRET_KEY",
            "encryptionKey",
            "Authorization",
            "_authToken",
            "Ocp-Apim-Subscription-Api-Key",
        ] {
            assert_eq!(credential(name), Some(Credential::Key), "{name}");
        }
        for name in [
            "token",
            "TOKEN",
            "PASS",
            "pad_token",
            "session_key",
            "reset_password",
            "creds",
        ] {
            assert_eq!(credential(name), Some(Credential::Doubtful), "{name}");
        }
        for name in [
            "token_count",
            "api_key_env",
            "password_file",
            "key",
            "sort_key",
            "bypass",
            "compass",
            "secret_name",
            "tokens",
            "",
            "_",
            "public_key",
            "primary_key",
            "token_type",
            "keyboard",
            "author",
            "max_tokens",
            "hashed_password",
            "password_hash",
            "api_key_id",
            "foreign_key",
            "monkey",
            "token_url",
        ] {
            assert_eq!(credential(name), None, "{name}");
        }
    }
}
