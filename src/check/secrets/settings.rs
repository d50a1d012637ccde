//! Settings inside strings, words and here-documents: `password = …` in a configuration file that a
//! script writes, `"password": "…"` in JSON it sends, `--password=…` it passes on.
//!
//! Prose stands there too, so a value must have a letter and a digit.

use std::ops::Range;
use std::sync::LazyLock;

use regex::bytes::Regex;

use super::Found;
use super::name::credential;
use super::tokens::regex;
use super::value::is_surely_secret;
use crate::check::rules::secrets::SECRET_ASSIGNMENT;
use crate::check::tree::Script;
use crate::language::Grammar;

/// `name = value`, `"name": "value"`, `name => value`.
static SETTING: LazyLock<Option<Regex>> = LazyLock::new(|| {
    regex(
        r#"(?i)([a-z0-9_.-]*(?:pass|passw(?:or)?d|passphrase|pwd|secret|token|key))\\?["']?[ \t]*(?:=>|[:=])[ \t]*\\?["']?([^\s"'\\,;&<>|(){}$`]+)"#,
    )
});
/// `--password value`.
static OPTION: LazyLock<Option<Regex>> = LazyLock::new(|| {
    regex(
        r#"--([a-z-]*(?:password|passwd|token|secret|key))[ \t]+["']?([^\s"'\\$`<>|;&(){}-][^\s"'\\$`<>|;&(){}]+)"#,
    )
});

/// Settings in one piece of text that is data to its language.
pub(super) fn find(script: &Script<'_>, piece: Range<usize>, found: &mut Vec<Found>) {
    search(&SETTING, script, piece, found);
}

/// `--password secret` in a bash script, wherever it stands.
pub(super) fn in_text(script: &Script<'_>, found: &mut Vec<Found>) {
    if script.grammar == Grammar::Bash {
        search(&OPTION, script, 0..script.text.len(), found);
    }
}

fn search(
    pattern: &LazyLock<Option<Regex>>,
    script: &Script<'_>,
    piece: Range<usize>,
    found: &mut Vec<Found>,
) {
    let text = script.text.get(piece.clone()).unwrap_or("");
    // Without one of these there is no setting and no option: the pattern need not be compiled.
    if !text.contains(['=', ':', '-']) {
        return;
    }
    let Some(pattern) = pattern.as_ref() else {
        return;
    };
    for captures in pattern.captures_iter(text.as_bytes()) {
        let (Some(name), Some(value)) = (captures.get(1), captures.get(2)) else {
            continue;
        };
        let (Some(name), Some(secret)) = (text.get(name.range()), text.get(value.range())) else {
            continue;
        };
        let name = name.trim_start_matches(['-', '.']);
        let goes_on = text
            .get(value.end()..)
            .is_some_and(|rest| rest.starts_with(['$', '(', '{', '`']));
        let fits = (6..=256).contains(&secret.len());
        if fits && !goes_on && credential(name).is_some() && is_surely_secret(secret) {
            found.push(Found {
                rule: &SECRET_ASSIGNMENT,
                span: piece.start + value.start()..piece.start + value.end(),
                what: format!("the value of `{name}`"),
            });
        }
    }
}
