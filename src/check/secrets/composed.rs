//! Text put together from several literals that stand in the script: `'ghp_' + 'a1b2…'`.
//!
//! Keeps where each piece came from, so that what is found in the whole is told and covered where
//! it stands. Does not know any language: `python_values` and `bash_values` read the literals.

use std::borrow::Cow;
use std::ops::Range;

use super::settings::{self, Piece};
use super::{Found, patterns, private_key, tokens};

/// What no token, setting or pattern goes over.
const BREAK: &str = "\n\0\n";

/// Literals one behind the other.
#[derive(Default)]
pub(super) struct Composed<'text> {
    text: Cow<'text, str>,
    /// Where each begins in the text, and its place in the script.
    literals: Vec<(usize, Range<usize>)>,
}

impl<'text> Composed<'text> {
    /// One more literal; an empty one says nothing.
    pub(super) fn push(&mut self, script: &'text str, span: Range<usize>) {
        let Some(text) = script.get(span.clone()).filter(|text| !text.is_empty()) else {
            return;
        };
        self.literals.push((self.text.len(), span));
        if self.text.is_empty() {
            self.text = Cow::Borrowed(text);
        } else {
            self.text.to_mut().push_str(text);
        }
    }

    /// What comes next does not follow what came last.
    pub(super) fn cut(&mut self) {
        if !self.text.is_empty() && !self.text.ends_with(BREAK) {
            self.text.to_mut().push_str(BREAK);
        }
    }

    /// What comes next is known at run time only.
    pub(super) fn hole(&mut self) {
        if !self.text.is_empty() && !self.text.ends_with(BREAK) {
            self.text.to_mut().push('{');
            self.cut();
        }
    }

    pub(super) fn text(&self) -> &str {
        &self.text
    }

    pub(super) fn is_empty(&self) -> bool {
        self.text.is_empty()
    }

    /// The places in the script of a part of the text.
    fn places(&self, part: &Range<usize>) -> Vec<Range<usize>> {
        let first = self.literals.partition_point(|(at, _)| *at <= part.start);
        let literals = self.literals.get(first.saturating_sub(1)..).unwrap_or(&[]);
        literals
            .iter()
            .take_while(|(at, _)| *at < part.end)
            .map(|(at, span)| {
                let start = span.start + part.start.saturating_sub(*at);
                start..span.end.min(span.start + part.end.saturating_sub(*at))
            })
            .filter(|place| !place.is_empty())
            .collect()
    }

    /// What was found in a part of the text, at its place in the script.
    pub(super) fn placed(&self, found: Found) -> Option<Found> {
        let literals = self.places(&found.span);
        let start = literals.first()?.start;
        // A separator stands before the parts that it joins.
        let span = start..literals.iter().map(|literal| literal.end).max()?;
        let several = literals.len() > 1;
        Some(Found {
            span,
            literals: if several { literals } else { Vec::new() },
            ..found
        })
    }

    /// What tells by its form or by a name before it, be that in another literal.
    pub(super) fn find(&self, found: &mut Vec<Found>) {
        if self.literals.len() < 2 {
            return;
        }
        let mut inside = Vec::new();
        let lower = self.text.to_ascii_lowercase();
        tokens::find(&self.text, &mut inside);
        private_key::find(&self.text, &lower, &mut inside);
        patterns::find(&self.text, &lower, &mut inside);
        settings::in_text(&self.text, 0, Piece::Text, &mut inside);
        let placed = inside.into_iter().filter_map(|found| self.placed(found));
        found.extend(placed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_part_is_placed_in_the_literals_it_came_from() {
        let script = "'abc' + 'def' + x + 'ghi'";
        let mut composed = Composed::default();
        composed.push(script, 1..4);
        composed.push(script, 9..12);
        composed.push(script, 9..9);
        composed.cut();
        composed.cut();
        composed.push(script, 21..24);
        assert_eq!(composed.text(), "abcdef\n\0\nghi");
        assert_eq!(composed.places(&(0..6)), [1..4, 9..12]);
        assert_eq!(composed.places(&(1..4)), [2..4, 9..10]);
        assert_eq!(composed.places(&(3..6)), vec![9..12; 1]);
        assert_eq!(composed.places(&(9..12)), vec![21..24; 1]);
        assert!(composed.places(&(6..9)).is_empty());
    }
}
