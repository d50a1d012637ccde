//! Where the layers write down what they find.
//!
//! Keeps byte spans only; lines and columns are computed for the findings that are kept, so that a
//! script of one long line with a thousand findings costs no more than one with a few.

use std::ops::Range;
use std::sync::Arc;

use super::cover::{Cover, Covered};
use super::{Finding, Layer, Related, Rule};
use crate::policy::{Level, Policy};
use crate::text::{LineIndex, floor_char_boundary, single_line};

/// How many findings of one script are kept.
///
/// A script with more is refused all the same: what blocks is kept before what warns.
pub const MOST_FINDINGS: usize = 100;

/// How many further places of one finding are kept.
pub const MOST_RELATED: usize = 4;

struct Note {
    rule: &'static Rule,
    level: Level,
    span: Range<usize>,
    message: String,
    related: Vec<(Range<usize>, String)>,
}

pub(super) struct Notes<'policy> {
    policy: &'policy Policy,
    notes: Vec<Note>,
    cover: Cover,
}

impl<'policy> Notes<'policy> {
    pub(super) fn new(policy: &'policy Policy) -> Self {
        Self {
            policy,
            notes: Vec::new(),
            cover: Cover::default(),
        }
    }

    /// Writes a finding down, unless the policy turned the rule off or the same rule already spoke
    /// of that place.
    pub(super) fn add(&mut self, rule: &'static Rule, span: Range<usize>, message: String) {
        self.add_with(rule, span, message, Vec::new());
    }

    /// As [`Self::add`], with further places that explain the finding, each with what is there: the
    /// import of a name, the bracket that is still open.
    pub(super) fn add_with(
        &mut self,
        rule: &'static Rule,
        span: Range<usize>,
        message: String,
        related: Vec<(Range<usize>, String)>,
    ) {
        let level = rule.level_under(self.policy);
        let known = self
            .notes
            .last()
            .is_some_and(|last| last.rule.id == rule.id && last.span == span);
        if level != Level::Off && !known {
            self.notes.push(Note {
                rule,
                level,
                span,
                message,
                related,
            });
        }
    }

    /// Remembers the literals of a secret that a rule found, so that no finding shows them, also one
    /// that is not kept.
    pub(super) fn hide(&mut self, rule: &'static Rule, literals: Vec<Range<usize>>) {
        if rule.level_under(self.policy) != Level::Off {
            self.cover.add(literals);
        }
    }

    /// Hides all of a text that nobody could search for secrets, unless nobody was asked to.
    pub(super) fn hide_everything(&mut self) {
        if !self.policy.checks_off.contains(Layer::Secrets.name()) {
            self.cover.add_everything();
        }
    }

    /// Whether anything written down blocks.
    pub(super) fn block(&self) -> bool {
        self.notes.iter().any(|note| note.level == Level::Block)
    }

    /// The findings, by layer and then by place, with lines and columns.
    pub(super) fn findings(mut self, text: &str) -> Vec<Finding> {
        if self.notes.is_empty() {
            return Vec::new();
        }
        self.keep_most();
        self.notes
            .sort_by_key(|note| (note.rule.layer, note.span.start, note.span.end));
        let index = LineIndex::new(text);
        let covered = self.cover.of(text);
        self.notes
            .into_iter()
            .map(|note| note.place(text, &index, &covered))
            .collect()
    }

    fn keep_most(&mut self) {
        if self.notes.len() > MOST_FINDINGS {
            self.notes.sort_by_key(|note| {
                let warns = note.level != Level::Block;
                (warns, note.rule.layer, note.span.start)
            });
            self.notes.truncate(MOST_FINDINGS);
        }
    }
}

impl Note {
    fn place(self, text: &str, index: &LineIndex<'_>, covered: &Covered) -> Finding {
        let (rule, span) = (self.rule, within(text, &self.span));
        let safe = |message: &str| single_line(&covered.message(message));
        let message = safe(&self.message);
        let finding = Finding::at(index, span, rule.id, rule.layer, self.level, message);
        let related = self.related.iter().take(MOST_RELATED);
        let related =
            related.map(|(span, message)| Related::at(index, within(text, span), safe(message)));
        Finding {
            related: related.collect(),
            hidden: Arc::clone(&covered.places),
            ..finding
        }
    }
}

/// The span, in the text and on character boundaries whatever a layer said.
fn within(text: &str, span: &Range<usize>) -> Range<usize> {
    let start = floor_char_boundary(text, span.start);
    start..floor_char_boundary(text, span.end).max(start)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::check::rules::size::SIZE_NUL;

    fn found(text: &str, related: Vec<(Range<usize>, String)>) -> Finding {
        let policy = Policy::default();
        let mut notes = Notes::new(&policy);
        notes.add_with(&SIZE_NUL, 0..1, "here".to_owned(), related);
        notes.findings(text).remove(0)
    }

    #[test]
    fn further_places_have_lines_and_columns_of_their_own() {
        let finding = found("x\né = 1\n", vec![(5..6, "and\nthere".to_owned())]);
        let related = &finding.related[0];
        let place = (
            related.line,
            related.column,
            related.end_line,
            related.end_column,
        );
        assert_eq!(place, (2, 3, 2, 4));
        assert_eq!(related.message, "and\\nthere");
        let document = serde_json::to_value(&finding).expect("JSON");
        assert_eq!(document["related"][0]["line"], 2);
        assert!(document["related"][0].get("span").is_none());
    }

    #[test]
    fn further_places_are_few_and_lie_in_the_text() {
        let places = vec![(1..99, String::new()); MOST_RELATED + 1];
        let finding = found("é", places);
        assert_eq!(finding.related.len(), MOST_RELATED);
        assert_eq!(finding.related[0].span, 0..2);
    }
}
