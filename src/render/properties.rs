//! Whatever a script and its file are called and hold, every format can be written.

use proptest::prelude::*;

use super::{Sarif, SarifFile, check_document, check_text, github_commands};
use crate::check::check;
use crate::language::LANGUAGES;
use crate::policy::Policy;

/// Lines that something is found in, between text that is awkward to show.
fn scripts() -> impl Strategy<Value = String> {
    let line = prop_oneof![
        Just("eval(x)".to_owned()),
        Just("eval $x".to_owned()),
        Just("password = 'sesame-123'".to_owned()),
        Just("x = (".to_owned()),
        "\\PC{0,20}",
        "[\\x00-\\x1f\u{200b}\u{202e}\u{feff}\u{1f980}\t ]{0,12}",
    ];
    let ends = prop::sample::select(vec!["\n", "\r\n", "\r", "; ", ""]);
    prop::collection::vec((line, ends), 0..12)
        .prop_map(|lines| lines.into_iter().map(|(line, end)| line + end).collect())
}

proptest! {
    #[test]
    fn every_format_can_be_written(script in scripts(), name in "\\PC{0,10}[\n\r:,%]{0,3}") {
        for language in &LANGUAGES {
            let policy = Policy::default();
            let report = check(&script, language, &policy);
            for coloured in [false, true] {
                prop_assert!(check_text(&name, &script, &report, coloured).ends_with('\n'));
            }
            let commands = github_commands(&name, &report);
            prop_assert_eq!(commands.lines().count(), report.findings.len());
            let mut sarif = Sarif::new(&policy);
            sarif.add(SarifFile::checked(name.as_bytes(), &script, &report));
            for document in [check_document(&name, &report), sarif.document()] {
                let read: Result<serde_json::Value, _> = serde_json::from_str(&document);
                prop_assert!(read.is_ok() && !document.contains('\n'));
            }
        }
    }
}
