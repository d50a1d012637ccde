//! Tokens whose form tells what they are, wherever they stand, comments included.

use std::ops::Range;
use std::sync::LazyLock;

use regex::Regex;

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

/// Longer prefixes before their own beginnings.
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

struct Patterns {
    prefixes: Regex,
    private_key: Regex,
    url: Regex,
    aws_key: Regex,
    bearer: Regex,
}

/// `None` only if a pattern were wrong, which the rules' examples exclude.
fn patterns() -> Option<&'static Patterns> {
    static PATTERNS: LazyLock<Option<Patterns>> = LazyLock::new(|| {
        let prefixes: Vec<String> = FORMS
            .iter()
            .map(|form| regex::escape(form.prefix))
            .collect();
        Some(Patterns {
            prefixes: Regex::new(&prefixes.join("|")).ok()?,
            private_key: Regex::new("-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----").ok()?,
            url: Regex::new(r#"://[^\s/:@"'`$<>{}]{1,64}:([^\s/@"'`$<>{}]{1,128})@"#).ok()?,
            aws_key: Regex::new(
                r#"(?i)(?:aws|secret)[\w.-]{0,30}["']?\s{0,4}[\s:=]\s{0,4}["']?([a-z0-9/+]{40})(?:[^a-z0-9/+=]|$)"#,
            )
            .ok()?,
            bearer: Regex::new(r"(?i)\b(?:bearer|basic)\s+([a-z0-9._~+/=-]{16,512})").ok()?,
        })
    });
    PATTERNS.as_ref()
}

/// Every token of a known form.
pub(super) fn find(text: &str) -> Vec<Found> {
    let Some(patterns) = patterns() else {
        return Vec::new();
    };
    let mut found = Vec::new();
    found.extend(
        (patterns.prefixes.find_iter(text)).filter_map(|prefix| token(text, prefix.range())),
    );
    found.extend((patterns.private_key.find_iter(text)).map(|header| Found {
        rule: &SECRET_PRIVATE_KEY,
        span: header.range(),
        what: "a private key".to_owned(),
    }));
    groups(
        &patterns.url,
        text,
        &SECRET_URL,
        "a password in a URL",
        &mut found,
        |value| is_secret(value, Credential::Password),
    );
    groups(
        &patterns.aws_key,
        text,
        &SECRET_AWS_KEY,
        "an AWS secret access key",
        &mut found,
        |value| !value.bytes().all(|byte| byte.is_ascii_hexdigit()),
    );
    groups(
        &patterns.bearer,
        text,
        &SECRET_ASSIGNMENT,
        "an authorization",
        &mut found,
        is_surely_secret,
    );
    found
}

/// What the first group of a pattern holds, where it looks like a secret.
fn groups(
    pattern: &Regex,
    text: &str,
    rule: &'static Rule,
    what: &str,
    found: &mut Vec<Found>,
    is_secret: impl Fn(&str) -> bool,
) {
    let values = pattern
        .captures_iter(text)
        .filter_map(|captures| captures.get(1));
    found.extend(
        values
            .filter(|value| is_secret(value.as_str()))
            .map(|value| Found {
                rule,
                span: value.range(),
                what: what.to_owned(),
            }),
    );
}

fn token(text: &str, prefix: Range<usize>) -> Option<Found> {
    let before = text.get(..prefix.start)?.chars().next_back();
    if before.is_some_and(|before| before.is_alphanumeric() || before == '_' || before == '-') {
        return None;
    }
    let form = FORMS
        .iter()
        .find(|form| text.get(prefix.clone()) == Some(form.prefix))?;
    let rest = text.get(prefix.end..)?;
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
        span: prefix.start..prefix.end + length,
        what: form.what.to_owned(),
    })
}
