//! What must hold for the checks of any bytes: no panic, and every place lies in the text.

use lazaret::check::{MOST_FINDINGS, check_bytes};
use lazaret::language::Language;
use lazaret::policy::Policy;

#[path = "place.rs"]
mod place;

pub fn for_bytes(bytes: &[u8], language: &str) {
    let language = Language::by_name(language).expect("a language of the table");
    let report = check_bytes(bytes, language, &Policy::default());
    let text = String::from_utf8_lossy(bytes);
    assert!(report.findings.len() <= MOST_FINDINGS);
    for finding in &report.findings {
        let told = [
            finding.line,
            finding.column,
            finding.end_line,
            finding.end_column,
        ];
        place::assert_lies_in(&text, &finding.span, told);
        for related in &finding.related {
            let told = [
                related.line,
                related.column,
                related.end_line,
                related.end_column,
            ];
            place::assert_lies_in(&text, &related.span, told);
        }
        assert!(!finding.message.contains('\n'), "{finding:?}");
    }
}
