//! What must hold for the checks of any bytes: no panic, places that lie in the text, findings that
//! keep the promises of their types. The fuzz targets and the property tests of the checks share it.

use std::ops::Range;

use lazaret::check::{Finding, MOST_FINDINGS, MOST_RELATED, Report, check_bytes, rule};
use lazaret::language::Language;
use lazaret::policy::Policy;

/// Checks the bytes, asserts of the report what must hold of any, and returns it.
pub fn for_bytes(bytes: &[u8], language: &'static Language) -> Report {
    let report = check_bytes(bytes, language, &Policy::default());
    let text = String::from_utf8_lossy(bytes);
    assert!(report.findings.len() <= MOST_FINDINGS);
    let order = |finding: &Finding| (finding.layer, finding.span.start);
    assert!(report.findings.is_sorted_by_key(order), "{report:?}");
    for finding in &report.findings {
        finding_holds(finding, &text, language);
    }
    report
}

fn finding_holds(finding: &Finding, text: &str, language: &Language) {
    let told = [
        finding.line,
        finding.column,
        finding.end_line,
        finding.end_column,
    ];
    lies_in(text, &finding.span, told);
    message_holds(&finding.message);
    let rule = rule(finding.rule).expect("a rule of the list");
    assert!(rule.reads(language.name), "{finding:?}");
    assert!(finding.related.len() <= MOST_RELATED);
    for related in &finding.related {
        let told = [
            related.line,
            related.column,
            related.end_line,
            related.end_column,
        ];
        lies_in(text, &related.span, told);
        message_holds(&related.message);
    }
}

fn message_holds(message: &str) {
    assert!(
        !message.is_empty() && !message.contains('\n'),
        "{message:?}"
    );
}

/// The span lies in the text, on character boundaries, and the four numbers (line, column, end line,
/// end column) are its own, by the plainest possible reading.
fn lies_in(text: &str, span: &Range<usize>, told: [usize; 4]) {
    let inside = text.get(span.clone()).is_some();
    assert!(inside, "{span:?} is no span of {text:?}");
    let (line, column) = position(text, span.start);
    let (end_line, end_column) = position(text, span.end);
    assert_eq!(
        told,
        [line, column, end_line, end_column],
        "{span:?} of {text:?}"
    );
}

/// The 1-based line and the 1-based column in characters of a byte offset.
fn position(text: &str, offset: usize) -> (usize, usize) {
    let before = text.get(..offset).expect("a character boundary");
    let line = before.matches('\n').count() + 1;
    let last = before.rsplit('\n').next().unwrap_or_default();
    (line, last.chars().count() + 1)
}
