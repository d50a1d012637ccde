//! Which names are those of credentials.

/// How strictly a value is looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Credential {
    /// Made up by people: may be short and may be words.
    Password,
    /// Made by machines: no blanks, not a plain word.
    Token,
}

/// Last words of names, alone or as the end of a longer word (`PGPASSWORD`).
const PASSWORDS: [&str; 6] = [
    "password",
    "passwd",
    "passphrase",
    "passcode",
    "passwort",
    "secret",
];
const TOKENS: [&str; 4] = ["token", "apikey", "secretkey", "accesskey"];
/// Last words that must stand alone.
const SHORT: [&str; 5] = ["pwd", "pass", "pw", "credential", "credentials"];
/// What makes a `key` one that opens something.
const KEYS: [&str; 15] = [
    "api",
    "access",
    "secret",
    "private",
    "auth",
    "signing",
    "encryption",
    "master",
    "service",
    "account",
    "ssh",
    "deploy",
    "app",
    "session",
    "subscription",
];
/// Words behind the telling one that change nothing.
const NEUTRAL: [&str; 17] = [
    "prod",
    "production",
    "dev",
    "development",
    "staging",
    "test",
    "live",
    "value",
    "str",
    "string",
    "default",
    "old",
    "new",
    "base",
    "plain",
    "raw",
    "admin",
];

/// Whether a text in lower case holds any word that could be part of such a name.
pub(super) fn is_mentioned(lower: &str) -> bool {
    ["pass", "pwd", "pw", "secret", "token", "key", "credential"]
        .iter()
        .any(|word| lower.contains(word))
}

/// What a value under this name would be.
pub(super) fn credential(name: &str) -> Option<Credential> {
    if name.len() > 100 {
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
    let ends = |endings: &[&str]| endings.iter().any(|ending| last.ends_with(ending));
    if ends(&PASSWORDS) || SHORT.contains(&last.as_str()) {
        Some(Credential::Password)
    } else if ends(&TOKENS)
        || (last == "key"
            && words
                .last()
                .is_some_and(|word| KEYS.contains(&word.as_str())))
    {
        Some(Credential::Token)
    } else {
        None
    }
}

/// The words of a name in snake, kebab or camel case, in lower case, numbers left out.
fn words(name: &str) -> Vec<String> {
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
            "PASS",
            "client-secret",
            "my_passwd_prod",
        ] {
            assert_eq!(credential(name), Some(Credential::Password), "{name}");
        }
        for name in [
            "api_key",
            "APIKey",
            "apikey",
            "AWS_SECRET_ACCESS_KEY",
            "authToken",
            "TOKEN_PROD",
            "x-api-key",
        ] {
            assert_eq!(credential(name), Some(Credential::Token), "{name}");
        }
        for name in [
            "token_count",
            "api_key_env",
            "password_file",
            "key",
            "sort_key",
            "bypass",
            "secret_name",
            "tokens",
            "",
            "_",
            "compass",
        ] {
            assert_eq!(credential(name), None, "{name}");
        }
    }
}
