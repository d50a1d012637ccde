//! Expansions whose outcome can be foretold: defaults, and commands that print what is written.

use super::Kind;
use super::quotes::{ansi, unescaped};
use super::word::{Text, Words, expanded_name, inside, unknown, variable};
use crate::check::tree::{Node, children};

impl Words<'_, '_> {
    /// `${name}`, `${name:-default}` and the others.
    pub(super) fn expansion(&self, node: Node<'_>) -> Text {
        let Some(name) = expanded_name(self.script, node) else {
            return unknown();
        };
        let written = inside(self.script.of(node), "${", "}");
        let rest = written.strip_prefix(name).unwrap_or("!");
        let operator = rest.strip_prefix(':').unwrap_or(rest);
        match operator.chars().next() {
            None => self.variables.value(name),
            Some('?') => variable(name, false),
            Some('-' | '=') => self.with_default(node, name),
            Some('+') => match self.default_of(node) {
                Text::Constant(text) => Text::Constant(text),
                _ => variable(name, true),
            },
            _ if rest.starts_with("[0]") => self.variables.value(name),
            _ => variable(name, !written.starts_with('#')),
        }
    }

    fn with_default(&self, node: Node<'_>, name: &str) -> Text {
        let default = self.default_of(node);
        let has_default = default != Text::Constant(String::new());
        if !self.variables.is_assigned(name) {
            return default;
        }
        match self.variables.value(name) {
            Text::Mixed(_) => variable(name, !has_default),
            known => known,
        }
    }

    /// What stands behind the operator of an expansion.
    pub(super) fn default_of(&self, node: Node<'_>) -> Text {
        let default = children(node).nth(1).map(|word| match Kind::of(word) {
            Kind::SimpleExpansion => self
                .variables
                .value(self.script.of(word).trim_start_matches('$')),
            // No deeper: a default in a default in a default is nobody's ordinary script.
            Kind::Expansion | Kind::String | Kind::Concatenation | Kind::Substitution => {
                shallow(self.script.of(word))
            }
            _ => self.piece_of_default(word),
        });
        default.unwrap_or_else(|| Text::Constant(String::new()))
    }

    fn piece_of_default(&self, word: Node<'_>) -> Text {
        let written = self.script.of(word);
        match Kind::of(word) {
            Kind::RawString => Text::Constant(inside(written, "'", "'").to_owned()),
            _ => Text::Constant(unescaped(written)),
        }
    }

    /// `$(which tool)`, `$(command -v tool)` and `$(echo text)` say what they will print.
    pub(super) fn substituted(&self, node: Node<'_>) -> Text {
        let mut inner = children(node);
        let command = inner
            .next()
            .filter(|command| Kind::of(*command) == Kind::Command);
        let (Some(command), None) = (command, inner.next()) else {
            return unknown();
        };
        let words: Vec<&str> = children(command).map(|word| self.script.of(word)).collect();
        let plain = |word: &str| Text::Constant(shallow_plain(word));
        match words.as_slice() {
            ["which" | "echo", word]
            | ["command", "-v", word]
            | ["type", "-p" | "-P", word]
            | ["echo", "-n" | "-e" | "-ne", word]
                if is_plain(word) =>
            {
                plain(word)
            }
            ["printf", word] if is_plain(word) => {
                Text::Constant(ansi(&format!("$'{}'", shallow_plain(word))))
            }
            _ => unknown(),
        }
    }
}

/// Text in quotes or none, without anything that bash expands.
fn is_plain(word: &str) -> bool {
    !word.contains(['$', '`', '<', '>'])
}

fn shallow_plain(word: &str) -> String {
    let inner = inside(inside(word, "'", "'"), "\"", "\"");
    if inner.len() == word.len() {
        unescaped(word)
    } else {
        inner.to_owned()
    }
}

fn shallow(written: &str) -> Text {
    if is_plain(written) {
        Text::Constant(shallow_plain(written))
    } else {
        unknown()
    }
}
