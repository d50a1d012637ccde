//! Settings inside strings, words and here-documents: `password = …` in a configuration file that a
//! script writes, `"password": "…"` in JSON it sends, `--password=…` it passes on.
//!
//! Prose stands there too, so a value must have a letter and a digit.

use std::ops::Range;
use std::sync::LazyLock;

use regex::Regex;

use super::Found;
use super::name::credential;
use super::value::is_surely_secret;
use crate::check::rules::secrets::SECRET_ASSIGNMENT;
use crate::check::tree::Script;
use crate::language::Grammar;

struct Patterns {
    setting: Regex,
    option: Regex,
}

fn patterns() -> Option<&'static Patterns> {
    static PATTERNS: LazyLock<Option<Patterns>> = LazyLock::new(|| {
        Some(Patterns {
            setting: Regex::new(
                r#"(?i)([a-z0-9_.-]{0,40}(?:pass|passw(?:or)?d|passphrase|pwd|secret|token|key))\\?["']?[ \t]{0,8}(?:=>|[:=])[ \t]{0,8}\\?["']?([^\s"'\\,;&<>|(){}$`]{6,256})"#,
            )
            .ok()?,
            option: Regex::new(
                r#"--([a-z-]{0,40}(?:password|passwd|token|secret|key))[ \t]+["']?([^\s"'\\$`<>|;&(){}-][^\s"'\\$`<>|;&(){}]{5,256})"#,
            )
            .ok()?,
        })
    });
    PATTERNS.as_ref()
}

/// Settings in one piece of text that is data to its language.
pub(super) fn find(script: &Script<'_>, piece: Range<usize>, found: &mut Vec<Found>) {
    if let Some(patterns) = patterns() {
        search(&patterns.setting, script, piece, found);
    }
}

/// `--password secret` in a bash script, wherever it stands.
pub(super) fn in_text(script: &Script<'_>, found: &mut Vec<Found>) {
    if let Some(patterns) = patterns().filter(|_| script.grammar == Grammar::Bash) {
        search(&patterns.option, script, 0..script.text.len(), found);
    }
}

fn search(pattern: &Regex, script: &Script<'_>, piece: Range<usize>, found: &mut Vec<Found>) {
    let text = script.text.get(piece.clone()).unwrap_or("");
    for captures in pattern.captures_iter(text) {
        let (Some(name), Some(value)) = (captures.get(1), captures.get(2)) else {
            continue;
        };
        let name = name.as_str().trim_start_matches(['-', '.']);
        let goes_on = text
            .get(value.end()..)
            .is_some_and(|rest| rest.starts_with(['$', '(', '{', '`']));
        if !goes_on && credential(name).is_some() && is_surely_secret(value.as_str()) {
            found.push(Found {
                rule: &SECRET_ASSIGNMENT,
                span: piece.start + value.start()..piece.start + value.end(),
                what: format!("the value of `{name}`"),
            });
        }
    }
}
