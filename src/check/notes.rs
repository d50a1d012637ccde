//! Where the layers write down what they find.
//!
//! Keeps byte spans only; lines and columns are computed for the findings that are kept, so that a
//! script of one long line with a thousand findings costs no more than one with a few.

use std::ops::Range;

use super::{Finding, Rule};
use crate::policy::{Level, Policy};
use crate::text::{LineIndex, floor_char_boundary, single_line};

/// How many findings of one script are kept.
///
/// A script with more is refused all the same: what blocks is kept before what warns.
pub const MOST_FINDINGS: usize = 100;

struct Note {
    rule: &'static Rule,
    level: Level,
    span: Range<usize>,
    message: String,
}

pub(super) struct Notes<'policy> {
    policy: &'policy Policy,
    notes: Vec<Note>,
}

impl<'policy> Notes<'policy> {
    pub(super) const fn new(policy: &'policy Policy) -> Self {
        Self {
            policy,
            notes: Vec::new(),
        }
    }

    /// Writes a finding down, unless the policy turned the rule off or the same rule already spoke
    /// of that place.
    pub(super) fn add(&mut self, rule: &'static Rule, span: Range<usize>, message: String) {
        let level = self.level(rule);
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
            });
        }
    }

    fn level(&self, rule: &Rule) -> Level {
        if self.policy.checks_off.contains(rule.layer.name()) {
            Level::Off
        } else {
            self.policy.level(rule.id, rule.level)
        }
    }

    /// Whether anything written down blocks.
    pub(super) fn block(&self) -> bool {
        self.notes.iter().any(|note| note.level == Level::Block)
    }

    /// The findings, by layer and then by place, with lines and columns.
    pub(super) fn findings(mut self, text: &str) -> Vec<Finding> {
        self.keep_most();
        self.notes
            .sort_by_key(|note| (note.rule.layer, note.span.start, note.span.end));
        let index = LineIndex::new(text);
        self.notes
            .into_iter()
            .map(|note| note.place(text, &index))
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
    fn place(self, text: &str, index: &LineIndex<'_>) -> Finding {
        let start = floor_char_boundary(text, self.span.start);
        let end = floor_char_boundary(text, self.span.end).max(start);
        let rule = self.rule;
        let message = single_line(&self.message);
        Finding::at(index, start..end, rule.id, rule.layer, self.level, message)
    }
}
