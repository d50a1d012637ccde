//! Commands among tokens that the parser could not place.

use super::Search;
use crate::check::dangerous::bash::Kind;
use crate::check::tree::Node;

impl<'a> Search<'a, '_, '_, '_, '_> {
    /// Words that the parser could not place: where a command begins among them, it is read as one.
    pub(super) fn find_loose(&mut self, error: Node<'a>) {
        let mut run: Vec<Node<'a>> = Vec::new();
        for child in error.all_children() {
            let is_word = matches!(
                Kind::of(child),
                Kind::Word
                    | Kind::CommandName
                    | Kind::String
                    | Kind::RawString
                    | Kind::AnsiString
                    | Kind::SimpleExpansion
                    | Kind::Expansion
                    | Kind::Concatenation
                    | Kind::Number
                    | Kind::Substitution
            );
            let begins =
                is_word && run.is_empty() && begins_command(self.script.text, child.start_byte());
            if is_word && (begins || !run.is_empty()) {
                run.push(child);
            } else {
                self.keep_loose(std::mem::take(&mut run));
            }
        }
        self.keep_loose(run);
    }

    pub(super) fn keep_loose(&mut self, run: Vec<Node<'a>>) {
        if let Some(first) = run.first()
            && matches!(Kind::of(*first), Kind::Word | Kind::CommandName)
        {
            self.loose.insert(first.id(), run);
        }
    }

    /// Whether the grammar takes something else for a command: a part of a sum (`$(($1 / 2))`), or
    /// what stands behind text that it cannot read.
    pub(super) fn is_misread(&self, word: Node<'_>, at: usize) -> bool {
        let (text, start) = (self.script.text, word.start_byte());
        let sum = text.get(start.saturating_sub(3)..start) == Some("$((");
        sum || self.script.has_error() && at == 0 && !begins_command(text, start)
    }
}

/// Whether what stands before an offset on its line lets a command begin there.
fn begins_command(text: &str, at: usize) -> bool {
    let before = text
        .get(at.saturating_sub(64)..at)
        .or_else(|| text.get(..at))
        .unwrap_or("");
    let line = before.rsplit('\n').next().unwrap_or("").trim_end();
    let keyword = line.rsplit([' ', '\t', ';']).next().unwrap_or("");
    line.is_empty()
        || line.ends_with([';', '|', '&', '(', ')', '{', '`', '!'])
        || matches!(
            keyword,
            "then" | "do" | "else" | "if" | "elif" | "while" | "until"
        )
}
