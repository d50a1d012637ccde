//! Credentials that a few words around them give away: in URLs, headers, connection strings.
//!
//! A pattern is compiled when a script first holds one of its words, which costs more than reading
//! most scripts; ASCII alone, because Unicode classes cost ten times that.

use std::ops::Range;
use std::sync::LazyLock;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use regex::bytes::{Captures, Regex, RegexBuilder};

use super::Found;
use super::name::Credential;
use super::value::{Place, is_secret};
use crate::check::Rule;
use crate::check::rules::secrets::{
    SECRET_ASSIGNMENT, SECRET_AUTHORIZATION, SECRET_AWS_KEY, SECRET_AZURE_KEY, SECRET_TOKEN,
    SECRET_URL, SECRET_WEBHOOK,
};

/// A pattern; the first of its groups that took part is the secret.
struct Pattern {
    /// In lower case; without one of them nothing can match.
    words: &'static [&'static str],
    regex: LazyLock<Option<Regex>>,
    rule: &'static Rule,
    what: &'static str,
    is_secret: fn(&str) -> bool,
}

static PATTERNS: [Pattern; 16] = [
    Pattern {
        words: &["://"],
        regex: LazyLock::new(|| regex(r"://([a-z0-9_-]+)(?::x-oauth-basic|:)?@")),
        rule: &SECRET_URL,
        what: "a token in a URL",
        is_secret: |value| {
            value.len() >= 20 && is_secret(value, Credential::Doubtful, Place::Loose)
        },
    },
    Pattern {
        words: &["identified", " password '", "\tpassword '", " password \\'"],
        regex: LazyLock::new(|| {
            regex(
                r"(?:identified\s+by|(?:with|(?:role|user)\s+\S+)\s+(?:encrypted\s+)?password)\s+\\?'([^'\\\s]+)",
            )
        }),
        rule: &SECRET_ASSIGNMENT,
        what: "a password in SQL",
        is_secret: |value| is_secret(value, Credential::Password, Place::Assigned),
    },
    Pattern {
        words: &["://"],
        regex: LazyLock::new(|| regex(r#"://[^\s/:@"'`<>]*:([^\s/@"'`<>]+)@"#)),
        rule: &SECRET_URL,
        what: "a password in a URL",
        is_secret: is_url_password,
    },
    Pattern {
        words: &["aws", "secret"],
        regex: LazyLock::new(|| {
            regex(
                r#"(?:aws|secret)[\w.-]*["']?\]?\s*(?:[\s:=,]|=>)\s*b?["']?([a-z0-9/+]{40})(?:[^a-z0-9/+=]|$)"#,
            )
        }),
        rule: &SECRET_AWS_KEY,
        what: "an AWS secret access key",
        is_secret: is_aws_secret,
    },
    Pattern {
        words: &["bearer"],
        regex: LazyLock::new(|| regex(r"\bbearer[ \t]+([a-z0-9._~+/=-]+)")),
        rule: &SECRET_AUTHORIZATION,
        what: "a bearer token",
        is_secret: |value| (8..=4096).contains(&value.len()) && is_header_token(value),
    },
    Pattern {
        words: &["basic"],
        regex: LazyLock::new(|| regex(r"\bbasic[ \t]+([a-z0-9+/]+={0,2})")),
        rule: &SECRET_AUTHORIZATION,
        what: "a user's name and password for HTTP",
        is_secret: is_basic,
    },
    Pattern {
        words: &["authorization"],
        regex: LazyLock::new(|| {
            regex(
                r#"authorization(?:[ \t]*:[ \t]*|\\?["']?\]?\s*[:=,]\s*\\?[bf]?["'])(?:(?:token|bot|api-?key|key|basic|geniekey|ssws|splunk)[ =]+)?(?:token=\\?")?([a-z0-9._~+/=-]+)"#,
            )
        }),
        rule: &SECRET_AUTHORIZATION,
        what: "an authorization",
        is_secret: is_authorization,
    },
    Pattern {
        words: &["hooks.slack.com", "/api/webhooks/", "webhook.office.com"],
        regex: LazyLock::new(|| {
            regex(
                r"hooks\.slack\.com/(?:services|workflows|triggers)/([a-z0-9_/]+)|/api/webhooks/[0-9]{10,24}/([a-z0-9_-]+)|webhook\.office\.com/webhookb2/([a-z0-9@/-]+)",
            )
        }),
        rule: &SECRET_WEBHOOK,
        what: "the secret part of a webhook's URL",
        is_secret: is_made,
    },
    Pattern {
        words: &["accountkey", "accesskey=", "accesskey ="],
        regex: LazyLock::new(|| {
            regex(r"(?:account|sharedaccess|access)key\s*=\s*([a-z0-9+/]+={0,2})")
        }),
        rule: &SECRET_AZURE_KEY,
        what: "the key of a connection string",
        is_secret: is_made,
    },
    Pattern {
        words: &["sig="],
        regex: LazyLock::new(|| regex(r"[?&;]sig=([a-z0-9%/+]+={0,2})")),
        rule: &SECRET_AZURE_KEY,
        what: "the signature of a shared access URL",
        is_secret: is_made,
    },
    Pattern {
        words: &["q~"],
        regex: LazyLock::new(|| {
            regex(
                r"(?:^|[^a-z0-9_~.-])([a-z0-9_~.]{3}[0-9]q~[a-z0-9_~.-]{31,34})(?:[^a-z0-9_~.-]|$)",
            )
        }),
        rule: &SECRET_AZURE_KEY,
        what: "an Azure client's secret",
        is_secret: is_made,
    },
    Pattern {
        words: &[":aa"],
        regex: LazyLock::new(|| {
            regex(r"(?:^|[^a-z0-9]|bot)([0-9]{8,10}:aa[a-z0-9_-]{33})(?:[^a-z0-9_-]|$)")
        }),
        rule: &SECRET_TOKEN,
        what: "a Telegram bot's token",
        is_secret: is_made,
    },
    Pattern {
        words: &["cookie"],
        regex: LazyLock::new(|| {
            regex(
                r#"cookies?["']?\s*[:=,]\s*[{"'b\s]*(?:[^"'\n]{0,80};\s*)?[a-z_.-]*(?:sess|sid|auth|token|jwt)[a-z_.-]*["']?\s*[=:]\s*["']?([a-z0-9%._+/-]+)"#,
            )
        }),
        rule: &SECRET_AUTHORIZATION,
        what: "the cookie of a session",
        is_secret: |value| {
            value.len() >= 20 && is_secret(value, Credential::Doubtful, Place::Loose)
        },
    },
    Pattern {
        words: &["send"],
        regex: LazyLock::new(|| {
            regex(
                r#"(?:assword|assphrase)[^a-z0-9]{0,24}(?:[a-z_]+\.)?(?:exp_)?send(?:line)?[\s(]+(?:--\s+)?b?\\?["']([^"'\\$\s]+)(?:\\+[rn])*\\?["']"#,
            )
        }),
        rule: &SECRET_ASSIGNMENT,
        what: "an answer to the question for a password",
        is_secret: is_password,
    },
    Pattern {
        words: &[".pgpass"],
        regex: LazyLock::new(|| {
            regex(
                r#"(?:^|[\s"'])[a-z0-9._*-]+:(?:[0-9]+|\*):[a-z0-9_*-]+:[a-z0-9_-]+:([^\s"'$:\\]+)"#,
            )
        }),
        rule: &SECRET_ASSIGNMENT,
        what: "a password of `.pgpass`",
        is_secret: is_password,
    },
    Pattern {
        words: &["discord", "bot", "token", "client.run"],
        regex: LazyLock::new(|| {
            regex(
                r"(?:^|[^a-z0-9_.-])([mno][a-z0-9_-]{23,27}\.[a-z0-9_-]{6}\.[a-z0-9_-]{27,40})(?:[^a-z0-9_.-]|$)",
            )
        }),
        rule: &SECRET_TOKEN,
        what: "a Discord bot's token",
        is_secret: is_made,
    },
];

/// An ASCII pattern that takes capitals for small letters; `None` only if it were wrong, which the
/// rules' examples exclude.
pub(super) fn regex(pattern: &str) -> Option<Regex> {
    RegexBuilder::new(pattern)
        .unicode(false)
        .case_insensitive(true)
        .build()
        .ok()
}

/// Every match of a pattern that looks like a secret. `lower` is the text in lower-case ASCII.
pub(super) fn find(text: &str, lower: &str, found: &mut Vec<Found>) {
    let likely = PATTERNS
        .iter()
        .filter(|pattern| pattern.words.iter().any(|word| lower.contains(word)));
    for pattern in likely {
        let Some(regex) = pattern.regex.as_ref() else {
            continue;
        };
        let values = regex
            .captures_iter(text.as_bytes())
            .filter_map(|captures| secret(&captures));
        let secrets = values.filter(|span| {
            !goes_on(text, span.end) && text.get(span.clone()).is_some_and(pattern.is_secret)
        });
        found.extend(secrets.map(|span| Found {
            rule: pattern.rule,
            span,
            literals: Vec::new(),
            what: pattern.what.to_owned(),
        }));
    }
}

/// Whether a value is only the constant beginning of one, or a call.
fn goes_on(text: &str, end: usize) -> bool {
    text.get(end..)
        .is_some_and(|rest| rest.starts_with(['(', '[', '{', '$', '`', '<']))
}

fn secret(captures: &Captures<'_>) -> Option<Range<usize>> {
    captures
        .iter()
        .skip(1)
        .flatten()
        .next()
        .map(|group| group.range())
}

/// `scott:tiger` is the documentation's.
fn is_url_password(value: &str) -> bool {
    let known = [
        "tiger", "port", "user", "token", "key", "pw", "apikey", "api_key",
    ];
    let short = value.len() < 4 && value.bytes().any(|byte| byte.is_ascii_digit());
    !known.contains(&value)
        && !value.contains(['{', '}', '$', '%'].as_slice()) | is_escaped(value)
        && (short && !value.bytes().all(|byte| byte.is_ascii_digit())
            || is_secret(value, Credential::Password, Place::Assigned))
}

/// Percent signs of a URL and no others: `p%40ss`.
fn is_escaped(value: &str) -> bool {
    let mut parts = value.split('%').skip(1).peekable();
    parts.peek().is_some()
        && !value.contains(['{', '}', '$'])
        && parts.all(|part| part.bytes().take(2).filter(u8::is_ascii_hexdigit).count() == 2)
}

/// Forty letters in both cases; a commit is hexadecimal, a path has words.
fn is_aws_secret(value: &str) -> bool {
    let has = |test: fn(&u8) -> bool| value.as_bytes().iter().any(test);
    has(u8::is_ascii_uppercase)
        && has(u8::is_ascii_lowercase)
        && !value.bytes().all(|byte| byte.is_ascii_hexdigit())
        && is_made(value)
}

fn is_header_token(value: &str) -> bool {
    is_secret(value, Credential::Key, Place::Loose)
        || is_secret(value, Credential::Doubtful, Place::Loose)
}

/// A token, also one that decodes to nothing: what a header calls an authorization is one. Only of
/// a login is the password known, and may be an example.
fn is_authorization(value: &str) -> bool {
    match login(value) {
        Some(password) => is_password(&password),
        None => is_header_token(value),
    }
}

/// Decodes to a name, a colon and a password.
fn is_basic(value: &str) -> bool {
    login(value).is_some_and(|password| is_password(&password))
}

fn is_password(value: &str) -> bool {
    is_secret(value, Credential::Password, Place::Assigned)
}

/// The password of a name, a colon and a password in base64.
fn login(value: &str) -> Option<String> {
    let text = String::from_utf8(STANDARD.decode(value).ok()?).ok()?;
    let printable = text.chars().all(|letter| !letter.is_control());
    let (_, password) = text.split_once(':').filter(|_| printable)?;
    Some(password.to_owned())
}

/// Several letters, no filler.
fn is_made(value: &str) -> bool {
    let mut seen = 0_u128;
    for byte in value.bytes() {
        seen |= 1 << (byte & 127);
    }
    let lower = value.to_ascii_lowercase();
    (20..=512).contains(&value.len())
        && seen.count_ones() >= 8
        && !lower.contains("xxxx")
        && !lower.contains("0000000000")
}
