//! What the checks found: `lazaret.check/1`, and source lines with carets for people.

use annotate_snippets::{AnnotationKind, Level as Severity, Renderer, Snippet};
use serde::Serialize;

use crate::check::{Finding, Layer, Report};
use crate::policy::Level;
use crate::text;

#[derive(Serialize)]
struct Document<'a> {
    schema: &'static str,
    file: &'a str,
    language: Option<&'static str>,
    accepted: bool,
    undecided: bool,
    findings: &'a [Finding],
    error: Option<&'a str>,
}

/// The document of one file, on one line without its end.
#[must_use]
pub fn check_document(file: &str, report: &Report) -> String {
    super::table::json(&Document {
        schema: "lazaret.check/1",
        file,
        language: Some(report.language.name),
        accepted: report.accepted(),
        undecided: report.undecided,
        findings: &report.findings,
        error: None,
    })
}

/// The document of a file that could not be checked, and why.
#[must_use]
pub fn unreadable_document(file: &str, error: &str) -> String {
    super::table::json(&Document {
        schema: "lazaret.check/1",
        file,
        language: None,
        accepted: false,
        undecided: false,
        findings: &[],
        error: Some(error),
    })
}

/// Every finding with its source line and a caret under the exact span, then the verdict.
#[must_use]
pub fn check_text(file: &str, script: &str, report: &Report, coloured: bool) -> String {
    let mut shown = findings_text(file, script, &report.findings, coloured);
    let file = text::single_line(file);
    shown += &match report.verdict() {
        Some(finding) => format!("{file}: rejected by the {} layer\n", finding.layer.name()),
        None if report.undecided => {
            format!("{file}: accepted; only the interpreter can tell whether its syntax is right\n")
        }
        None => format!("{file}: accepted\n"),
    };
    shown
}

/// Every finding with its source line and a caret under the exact span.
#[must_use]
pub fn findings_text(file: &str, script: &str, findings: &[Finding], coloured: bool) -> String {
    let file = text::single_line(file);
    let source = text::safe_in_place(&masked(script, findings));
    findings
        .iter()
        .map(|finding| diagnostic(&file, &source, finding, coloured))
        .collect()
}

/// The script with every secret that was found covered, and every copy of one, byte for byte, so
/// that offsets stay right.
pub(super) fn masked(script: &str, findings: &[Finding]) -> String {
    let mut covered = script.as_bytes().to_vec();
    let secrets = findings
        .iter()
        .filter(|finding| finding.layer == Layer::Secrets)
        .map(|finding| secret_place(script, finding));
    let hidden = findings.first().map(|finding| finding.hidden.iter());
    for place in secrets.chain(hidden.into_iter().flatten().cloned()) {
        let start = text::floor_char_boundary(script, place.start);
        let end = text::floor_char_boundary(script, place.end).max(start);
        for byte in covered.get_mut(start..end).into_iter().flatten() {
            if !matches!(byte, b'\n' | b'"' | b'\'') {
                *byte = b'*';
            }
        }
    }
    // Only whole characters were covered.
    String::from_utf8(covered).unwrap_or_default()
}

/// Of a private key the whole line: its header may be all that was found.
fn secret_place(script: &str, finding: &Finding) -> std::ops::Range<usize> {
    let end = text::floor_char_boundary(script, finding.span.end);
    let rest = script.get(end..).filter(|_| finding.rule == PRIVATE_KEY);
    let further = rest.map_or(0, |rest| rest.find('\n').unwrap_or(rest.len()));
    finding.span.start..end + further
}

const PRIVATE_KEY: &str = "secret-private-key";

fn diagnostic(file: &str, source: &str, finding: &Finding, coloured: bool) -> String {
    let severity = match finding.level {
        Level::Block => Severity::ERROR,
        Level::Warn | Level::Off => Severity::WARNING,
    };
    let related = finding.related.iter().map(|related| {
        let span = within(source, &related.span);
        AnnotationKind::Context.span(span).label(&related.message)
    });
    let primary = AnnotationKind::Primary.span(within(source, &finding.span));
    let snippet = Snippet::source(source)
        .path(file)
        .annotations(std::iter::once(primary).chain(related));
    let message = text::single_line(&finding.message);
    let report = &[severity
        .primary_title(message.as_str())
        .id(finding.rule)
        .element(snippet)];
    let renderer = if coloured {
        Renderer::styled()
    } else {
        Renderer::plain()
    };
    renderer.render(report) + "\n\n"
}

/// The span, kept within one line's worth of carets: a span over many lines is shown by its
/// beginning.
fn within(source: &str, span: &std::ops::Range<usize>) -> std::ops::Range<usize> {
    let start = text::floor_char_boundary(source, span.start);
    let end = text::floor_char_boundary(source, span.end).max(start);
    let line_end = source
        .get(start..end)
        .and_then(|spanned| spanned.find('\n'))
        .map_or(end, |at| start + at);
    start..line_end
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::language::Language;
    use crate::text::LineIndex;

    fn report(script: &str, span: std::ops::Range<usize>) -> Report {
        let index = LineIndex::new(script);
        let message = "`eval` runs text as code".to_owned();
        let finding = Finding::at(
            &index,
            span,
            "python-eval",
            Layer::Dangerous,
            Level::Block,
            message,
        );
        Report {
            language: Language::by_name("python").expect("a row"),
            undecided: false,
            findings: vec![finding],
        }
    }

    #[test]
    fn a_caret_stands_under_the_exact_span() {
        let script = "x = 1\né = eval('y')\n";
        insta::assert_snapshot!(check_text("a.py", script, &report(script, 11..15), false));
    }

    #[test]
    fn further_places_are_shown_with_what_is_there() {
        let script = "import os as o\n\n\n\n\n\no.system('id')\n";
        let mut report = report(script, 20..28);
        let index = LineIndex::new(script);
        report.findings[0].related = vec![crate::check::Related::at(
            &index,
            13..14,
            "`o` is `os` from here on".to_owned(),
        )];
        insta::assert_snapshot!(check_text("a.py", script, &report, false));
    }

    #[test]
    fn a_found_secret_is_never_shown() {
        let language = Language::by_name("python").expect("a row");
        let policy = crate::policy::Policy::default();
        let secrets = [
            ("api_key = 'se\u{e9}cret123'; eval(x)\n", "cret123"),
            (
                concat!("k = '-----BEGIN RSA PRIVATE ", "KEY-----\\nMIIBsecret'\n"),
                "MIIBsecret",
            ),
        ];
        for (script, secret) in secrets {
            let report = crate::check::check(script, language, &policy);
            let shown = check_text("a.py", script, &report, false);
            assert!(shown.contains("rejected by the secrets layer"), "{shown}");
            assert!(!shown.contains(secret), "{shown}");
        }
    }

    #[test]
    fn a_copy_of_a_secret_is_never_shown() {
        let language = Language::by_name("python").expect("a row");
        let policy = crate::policy::Policy::default();
        let secret = ["hunter", "42", "gatherer"].concat();
        for script in [
            format!("eval('{secret}')\npassword = '{secret}'\n"),
            format!("api_key = 'hunter' + '42gatherer'\neval('{secret}')\n"),
            format!("password = '{secret}'\ngetattr(os, 'sys' + 'tem')('echo {secret}')\n"),
        ] {
            let report = crate::check::check(&script, language, &policy);
            assert!(report.findings.len() > 1, "{script}");
            let shown = [
                check_text("a.py", &script, &report, false),
                check_document("a.py", &report),
                crate::render::github_commands("a.py", &report),
            ]
            .concat();
            assert!(!shown.contains(&secret), "{shown}");
            assert!(!shown.contains("42gatherer"), "{shown}");
        }
    }

    /// Where no layer could look for secrets, nothing of the script is quoted.
    #[test]
    fn what_was_not_read_is_not_shown() {
        let language = Language::by_name("python").expect("a row");
        let policy = crate::policy::Policy::default();
        let secret = ["hunter", "42"].concat();
        let long = format!("x = '{}'; password = '{secret}'\n", "a".repeat(9_990));
        let latin = [format!("password = '{secret}' # ").as_bytes(), b"\xe9\n"].concat();
        for script in [long.as_bytes(), &latin] {
            let report = crate::check::check_bytes(script, language, &policy);
            let script = String::from_utf8_lossy(script);
            let shown = check_text("a.py", &script, &report, false);
            assert!(shown.contains("rejected by the size layer"), "{shown}");
            assert!(!shown.contains(&secret), "{shown}");
        }
    }

    #[test]
    fn hostile_source_and_names_are_safe_to_show() {
        let script = "eval('\x1b[31m\u{9b}\u{202e}')\u{200b}\n";
        let shown = check_text("a\x1b]0;x\x07.py", script, &report(script, 0..4), false);
        let harmless = |character: char| character == '\n' || !character.is_control();
        assert!(shown.chars().all(harmless), "{shown:?}");
        assert!(!shown.contains(['\u{202e}', '\u{200b}']), "{shown:?}");
    }

    #[test]
    fn a_span_at_the_end_or_over_lines_is_shown() {
        for (script, span) in [("x", 1..1), ("", 0..0), ("a\nb\nc", 0..5), ("é", 1..2)] {
            assert!(check_text("a", script, &report(script, span), false).contains("rejected"));
        }
    }
}
