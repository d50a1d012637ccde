//! Expansions whose outcome can be foretold: defaults, and commands that print what is written.

use super::Kind;
use super::quotes::{ansi, unescaped};
use super::word::{Text, Words, expanded_name, inside, unknown, variable};
use crate::check::tree::{Node, children};

/// How many commands of a list may print what the list does.
const MOST_ALTERNATIVES: usize = 8;

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
            Some('?') => match self.variables.value(name) {
                Text::Mixed(_) => variable(name, false),
                known => known,
            },
            Some('-' | '=') => self.with_default(node, name),
            Some('+') => match self.default_of(node) {
                Text::Constant(text) => Text::Constant(text),
                _ => variable(name, true),
            },
            _ => match index(rest) {
                Some(0) => self.variables.value(name),
                Some(at) => {
                    let elements = self.variables.elements(name).unwrap_or_default();
                    let element = elements.into_iter().nth(at);
                    element.unwrap_or_else(|| variable(name, true))
                }
                None => variable(name, !written.starts_with('#')),
            },
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

    /// `$(which tool)`, `$(command -v a || command -v b)` and `$(echo text)` say what they will print.
    pub(super) fn substituted(&self, node: Node<'_>) -> Text {
        let mut inner = children(node);
        let (Some(only), None) = (inner.next(), inner.next()) else {
            return unknown();
        };
        let mut printed = Vec::new();
        for command in alternatives(only) {
            let command = match Kind::of(command) {
                // What goes elsewhere is its errors, or there is nothing to print.
                Kind::Redirected => children(command).next().unwrap_or(command),
                _ => command,
            };
            match self.prints(command) {
                _ if matches!(self.script.of(command), "true" | ":" | "false" | "exit 1") => {}
                Text::Constant(text) => printed.push(text),
                _ => return unknown(),
            }
        }
        match printed.len() {
            0 => unknown(),
            1 => Text::Constant(printed.remove(0)),
            _ => Text::Choice(printed),
        }
    }

    /// What a command prints.
    fn prints(&self, command: Node<'_>) -> Text {
        if Kind::of(command) != Kind::Command {
            return unknown();
        }
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

/// The commands of `a || b || c`.
fn alternatives(node: Node<'_>) -> Vec<Node<'_>> {
    let (mut commands, mut next) = (Vec::new(), node);
    while Kind::of(next) == Kind::List && commands.len() < MOST_ALTERNATIVES {
        let mut parts = children(next);
        let (first, second) = (parts.next(), parts.next());
        commands.extend(second);
        let Some(first) = first else { break };
        next = first;
    }
    commands.push(next);
    commands.reverse();
    commands
}

/// The number in brackets that stands behind the name of an array.
fn index(rest: &str) -> Option<usize> {
    rest.strip_prefix('[')?.strip_suffix(']')?.parse().ok()
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
