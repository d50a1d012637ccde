//! What identifies a finding when the lines of its file move.
//!
//! SHA-256, cut to 128 bits, over the rule's id, the text of the finding's first line, and how many
//! findings with the same rule and text came before it in the file. The text is taken with its
//! blanks collapsed, so that new indentation changes nothing, and with every found secret covered
//! by one asterisk: a hash of a weak password would give it away to anybody who can guess. The
//! file's name is no part of it.

use std::collections::HashMap;

use super::check::masked;
use crate::check::Finding;
use crate::text::{Hash, LineIndex};

/// The fingerprint of each finding, in their order.
pub(super) fn fingerprints(script: &str, findings: &[Finding]) -> Vec<String> {
    let covered = masked(script, findings);
    let index = LineIndex::new(&covered);
    let mut seen: HashMap<(&str, String), usize> = HashMap::new();
    let mut one = |finding: &Finding| {
        let line = steady(index.line(finding.line));
        let before = seen.entry((finding.rule, line.clone())).or_default();
        let fingerprint = hashed(finding.rule, &line, *before);
        *before += 1;
        fingerprint
    };
    findings.iter().map(&mut one).collect()
}

fn hashed(rule: &str, line: &str, before: usize) -> String {
    let hash = Hash::of(format!("{rule}\0{line}\0{before}").as_bytes()).to_string();
    hash.chars().take(32).collect()
}

/// The line with runs of blanks as one blank, and runs of asterisks as one.
fn steady(line: &str) -> String {
    let words: Vec<&str> = line.split_whitespace().collect();
    let mut line = words.join(" ");
    let mut last = ' ';
    line.retain(|character| {
        let again = character == '*' && last == '*';
        last = character;
        !again
    });
    line
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::check::check;
    use crate::language::Language;
    use crate::policy::Policy;

    fn of(script: &str) -> Vec<String> {
        let python = Language::by_name("python").expect("python");
        let report = check(script, python, &Policy::default());
        assert!(!report.findings.is_empty(), "{script:?}");
        fingerprints(script, &report.findings)
    }

    #[test]
    fn lines_may_move_and_be_indented() {
        let moved = "# new\n\nif x:\n    eval(a,  b)\n";
        assert_eq!(of("eval(a, b)\n"), of(moved));
    }

    #[test]
    fn another_text_or_rule_or_occurrence_is_another_finding() {
        let mut all = of("eval(a)\neval(b)\neval(a)\nexec(a)\n");
        assert_eq!(all.len(), 4);
        all.sort();
        all.dedup();
        assert_eq!(all.len(), 4);
    }

    /// Neither the secret nor its length can be guessed from it.
    #[test]
    fn a_secret_is_no_part_of_it() {
        assert_eq!(
            of("password = 'sesame-123'\n"),
            of("password = 'hunter-4567'\n")
        );
    }
}
