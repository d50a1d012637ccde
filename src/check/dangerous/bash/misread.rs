//! What the tree has wrong: commands that it does not have, and text that it takes for commands.
//!
//! The grammar gets odd but valid syntax wrong (`coproc x { …; }`, `time ! a`, commands behind a
//! here-document's operator, two here-documents on a line, words over two lines). The recogniser that
//! decides whether bash would read the script knows where its commands begin and where its
//! here-documents lie; here its outline is laid beside the tree. Only scripts with a sign of such
//! syntax are read so, because of the time it takes.

use std::collections::HashSet;
use std::ops::Range;

use super::Kind;
use crate::check::syntax::Outline;
use crate::check::tree::{Script, Step, Walk};

#[derive(Default)]
pub(super) struct Misread {
    /// Commands that the tree does not have, or not whole.
    pub(super) commands: Vec<Range<usize>>,
    /// Texts of here-documents, in order, and whether nothing in them is expanded.
    here_documents: Vec<(Range<usize>, bool)>,
}

impl Misread {
    pub(super) fn of(script: &Script<'_>, outline: &Outline) -> Self {
        if !script.has_error() && !has_signs(script.text) {
            return Self::default();
        }
        let mut here_documents = outline.here_documents.clone();
        here_documents.sort_by_key(|(text, _)| text.start);
        let known = beginnings(script);
        let whole = script.text.trim();
        let mut commands = outline.commands.clone();
        commands.retain(|range| {
            let text = script.text.get(range.clone()).unwrap_or("").trim();
            let missing = !known.contains(&range.start) || is_broken(text);
            // What is all of a script was just read, or would be read over and over.
            missing && (text != whole || text.contains("\\\n") || unbraced(text).is_some())
        });
        commands.sort_by_key(|range| (range.start, range.end));
        commands.dedup();
        Self {
            commands,
            here_documents,
        }
    }

    /// Whether a place is mere text of a here-document.
    pub(super) fn is_text(&self, at: usize, in_substitution: bool) -> bool {
        let behind = (self.here_documents).partition_point(|(text, _)| text.start <= at);
        behind
            .checked_sub(1)
            .and_then(|last| self.here_documents.get(last))
            .is_some_and(|(text, quoted)| text.contains(&at) && (*quoted || !in_substitution))
    }
}

/// `{rm,-rf,/}` as the words of a command, which the grammar takes for a group.
pub(super) fn unbraced(command: &str) -> Option<String> {
    let (words, rest) = command.trim().strip_prefix('{')?.split_once('}')?;
    let simple =
        words.contains(',') && !words.contains(['{', ' ', '\t', '\n', ';', '\'', '"', '\\']);
    let ends = rest.is_empty() || rest.starts_with([' ', '\t']);
    (simple && ends).then(|| words.replace(',', " ") + rest)
}

fn has_signs(text: &str) -> bool {
    let has = |sign: &str| memchr::memmem::find(text.as_bytes(), sign.as_bytes()).is_some();
    has("<<") || has("\\\n") || has("coproc") || has("time ")
}

/// Where the tree has something that a simple command may be.
fn beginnings(script: &Script<'_>) -> HashSet<usize> {
    let mut known = HashSet::new();
    for step in Walk::of(script.root()) {
        let Step::Enter(node, _) = step else { continue };
        if matches!(
            Kind::of(node),
            Kind::Command
                | Kind::Redirected
                | Kind::FileRedirect
                | Kind::Assignment
                | Kind::Declaration
                | Kind::Unset
                | Kind::Test
        ) {
            known.insert(node.start_byte());
        }
    }
    known
}

/// Whether a line ends in the middle of a word.
fn is_broken(text: &str) -> bool {
    let ends = |character: char| character.is_whitespace();
    text.match_indices("\\\n").any(|(at, mark)| {
        let before = text.get(..at).unwrap_or("");
        let after = text.get(at + mark.len()..).unwrap_or("");
        !before.ends_with(ends) && !after.starts_with(ends) && !after.is_empty()
    })
}
