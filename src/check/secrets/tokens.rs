//! Tokens whose form tells what they are, wherever they stand, comments included.

use std::sync::LazyLock;

use memchr::memmem;
use regex::bytes::{Regex, RegexBuilder};

use super::Found;
use super::name::Credential;
use super::value::{is_secret, is_surely_secret};
use crate::check::Rule;
use crate::check::rules::secrets::{
    SECRET_ASSIGNMENT, SECRET_AWS_KEY, SECRET_AWS_KEY_ID, SECRET_PRIVATE_KEY, SECRET_TOKEN,
    SECRET_URL,
};

/// A token's form: a prefix, and how many letters of which kind follow.
struct Form {
    prefix: &'static str,
    /// Marks that may stand among the letters and digits that follow.
    marks: &'static str,
    least: usize,
    most: usize,
    what: &'static str,
    rule: &'static Rule,
}

const fn form(
    prefix: &'static str,
    marks: &'static str,
    least: usize,
    most: usize,
    what: &'static str,
) -> Form {
    Form {
        prefix,
        marks,
        least,
        most,
        what,
        rule: &SECRET_TOKEN,
    }
}

const fn aws(prefix: &'static str) -> Form {
    Form {
        rule: &SECRET_AWS_KEY_ID,
        ..form(prefix, "", 16, 16, "an AWS access key id")
    }
}

static FORMS: [Form; 32] = [
    aws("AKIA"),
    aws("ASIA"),
    aws("ABIA"),
    aws("ACCA"),
    form("github_pat_", "_", 22, 255, "a GitHub token"),
    form("ghp_", "", 36, 255, "a GitHub token"),
    form("gho_", "", 36, 255, "a GitHub token"),
    form("ghu_", "", 36, 255, "a GitHub token"),
    form("ghs_", "", 36, 255, "a GitHub token"),
    form("ghr_", "", 36, 255, "a GitHub token"),
    form("glpat-", "_-", 20, 64, "a GitLab token"),
    form("xoxb-", "-", 20, 255, "a Slack token"),
    form("xoxp-", "-", 20, 255, "a Slack token"),
    form("xoxa-", "-", 20, 255, "a Slack token"),
    form("xoxr-", "-", 20, 255, "a Slack token"),
    form("xoxs-", "-", 20, 255, "a Slack token"),
    form("sk_live_", "", 16, 255, "a Stripe key"),
    form("sk_test_", "", 16, 255, "a Stripe key"),
    form("rk_live_", "", 16, 255, "a Stripe key"),
    form("sk-ant-", "_-", 24, 255, "an Anthropic key"),
    form("sk-proj-", "_-", 24, 255, "an OpenAI key"),
    form("sk-svcacct-", "_-", 24, 255, "an OpenAI key"),
    form("sk-", "", 32, 64, "an OpenAI key"),
    form("AIza", "_-", 35, 35, "a Google API key"),
    form("ya29.", "_-", 30, 512, "a Google access token"),
    form("npm_", "", 36, 36, "an npm token"),
    form("pypi-", "_-", 50, 512, "a PyPI token"),
    form("hf_", "", 30, 40, "a Hugging Face token"),
    form("SG.", "_-.", 60, 80, "a SendGrid key"),
    form("dop_v1_", "", 64, 64, "a DigitalOcean token"),
    form("shpat_", "", 32, 32, "a Shopify token"),
    form("eyJ", "_-.", 40, 4096, "a JSON web token"),
];

/// A pattern whose first group is the secret. Compiled when a script first holds one of the words,
/// which costs more than reading most scripts; ASCII alone, because Unicode classes cost ten times
/// that.
struct Pattern {
    /// In lower case; without one of them nothing can match.
    words: &'static [&'static str],
    regex: LazyLock<Option<Regex>>,
    rule: &'static Rule,
    what: &'static str,
    is_secret: fn(&str) -> bool,
}

static PATTERNS: [Pattern; 4] = [
    Pattern {
        words: &["private key"],
        regex: LazyLock::new(|| regex("(-----BEGIN [A-Z0-9 ]*PRIVATE KEY(?: BLOCK)?-----)")),
        rule: &SECRET_PRIVATE_KEY,
        what: "a private key",
        is_secret: |header| header.len() < 100,
    },
    Pattern {
        words: &["://"],
        regex: LazyLock::new(|| regex(r#"://[^\s/:@"'`$<>{}]+:([^\s/@"'`$<>{}]+)@"#)),
        rule: &SECRET_URL,
        what: "a password in a URL",
        is_secret: |value| value.len() <= 128 && is_secret(value, Credential::Password),
    },
    Pattern {
        words: &["aws", "secret"],
        regex: LazyLock::new(|| {
            regex(
                r#"(?i)(?:aws|secret)[\w.-]*["']?\s*[\s:=]\s*["']?([a-z0-9/+]{40})(?:[^a-z0-9/+=]|$)"#,
            )
        }),
        rule: &SECRET_AWS_KEY,
        what: "an AWS secret access key",
        is_secret: |value| !value.bytes().all(|byte| byte.is_ascii_hexdigit()),
    },
    Pattern {
        words: &["bearer", "basic"],
        regex: LazyLock::new(|| regex(r"(?i)\b(?:bearer|basic)\s+([a-z0-9._~+/=-]+)")),
        rule: &SECRET_ASSIGNMENT,
        what: "an authorization",
        is_secret: |value| (16..=512).contains(&value.len()) && is_surely_secret(value),
    },
];

/// An ASCII pattern; `None` only if it were wrong, which the rules' examples exclude.
pub(super) fn regex(pattern: &str) -> Option<Regex> {
    RegexBuilder::new(pattern).unicode(false).build().ok()
}

/// Every token of a known form. `lower` is the text in lower-case ASCII.
pub(super) fn find(text: &str, lower: &str) -> Vec<Found> {
    let mut found = Vec::new();
    for form in &FORMS {
        let places = memmem::find_iter(text.as_bytes(), form.prefix);
        found.extend(places.filter_map(|at| token(text, form, at)));
    }
    let likely = PATTERNS
        .iter()
        .filter(|pattern| pattern.words.iter().any(|word| lower.contains(word)));
    for pattern in likely {
        groups(pattern, text, &mut found);
    }
    found
}

/// What the first group of a pattern holds, where it looks like a secret.
fn groups(pattern: &Pattern, text: &str, found: &mut Vec<Found>) {
    let Some(regex) = pattern.regex.as_ref() else {
        return;
    };
    let values = regex
        .captures_iter(text.as_bytes())
        .filter_map(|captures| captures.get(1));
    let secrets = values.filter(|value| text.get(value.range()).is_some_and(pattern.is_secret));
    found.extend(secrets.map(|value| Found {
        rule: pattern.rule,
        span: value.range(),
        what: pattern.what.to_owned(),
    }));
}

fn token(text: &str, form: &Form, start: usize) -> Option<Found> {
    let before = text.get(..start)?.chars().next_back();
    if before.is_some_and(|before| before.is_alphanumeric() || before == '_' || before == '-') {
        return None;
    }
    let end = start + form.prefix.len();
    let rest = text.get(end..)?;
    let length = rest
        .bytes()
        .take_while(|byte| byte.is_ascii_alphanumeric() || form.marks.as_bytes().contains(byte))
        .take(form.most + 1)
        .count();
    let body = rest.get(..length)?;
    let fits = (form.least..=form.most).contains(&length);
    // A JSON web token is three parts, the second of which is JSON again.
    let whole = form.prefix != "eyJ" || body.contains(".eyJ");
    (fits && whole).then(|| Found {
        rule: form.rule,
        span: start..end + length,
        what: form.what.to_owned(),
    })
}
