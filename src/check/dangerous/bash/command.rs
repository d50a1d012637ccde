//! One command: which programs it really runs, one through the other.

use std::ops::Range;

use super::Kind;
use super::functions::Functions;
use super::names::{Wrapper, wrapper_named};
use super::word::{Text, Words};
use crate::check::tree::{Node, children};

/// How far the end of a wrapper's options is looked for.
const MOST_OPTIONS: usize = 16;

/// How many programs of one command are judged; the last always is.
const MOST_PROGRAMS: usize = 32;

/// How long the group of a pattern may be that is read.
const MOST_PATTERN: usize = 100;

/// A word of a command, expanded as far as it is known.
#[derive(Clone)]
pub(super) struct Word<'tree> {
    pub(super) node: Node<'tree>,
    pub(super) text: Text,
}

impl Word<'_> {
    pub(super) fn constant(&self) -> Option<&str> {
        self.text.constant()
    }

    pub(super) fn span(&self) -> Range<usize> {
        self.node.byte_range()
    }
}

/// The words of a command, redirects and assignments left out.
pub(super) struct Command<'tree> {
    pub(super) words: Vec<Word<'tree>>,
    pub(super) end: usize,
}

/// A program that a command runs.
pub(super) struct Program {
    /// The number of the word that names it.
    pub(super) at: usize,
    /// The name is looked up among functions first.
    pub(super) direct: bool,
    /// Arguments come from stdin too.
    pub(super) appended: bool,
    /// It runs the next program, and nothing else.
    pub(super) wraps: bool,
}

impl<'tree> Command<'tree> {
    pub(super) fn of(words: Words<'_, '_>, node: Node<'tree>) -> Self {
        let behind = node
            .parent()
            .filter(|parent| Kind::of(*parent) == Kind::Redirected)
            .into_iter()
            .flat_map(behind_redirects);
        Self::from(words, children(node).chain(behind), node.end_byte())
    }

    pub(super) fn from(
        words: Words<'_, '_>,
        nodes: impl Iterator<Item = Node<'tree>>,
        end: usize,
    ) -> Self {
        let mut list = Vec::new();
        for node in nodes.filter(|node| !is_aside(Kind::of(*node))) {
            let node = match Kind::of(node) {
                Kind::CommandName => node.child(0).unwrap_or(node),
                _ => node,
            };
            list.extend(
                words
                    .split(node)
                    .into_iter()
                    .map(|text| Word { node, text }),
            );
        }
        Self { words: list, end }.with_pattern(words.script.text)
    }

    /// `/usr/!(local)`, whose parenthesis the grammar takes for a command of its own.
    fn with_pattern(mut self, text: &str) -> Self {
        if let Some(last) = self.words.last_mut()
            && let Text::Constant(path) = &mut last.text
            && path.ends_with(['!', '@', '+', '*', '?'])
            && let Some(rest) = text.get(last.node.end_byte()..)
            && rest.starts_with('(')
            && let Some(end) = rest
                .bytes()
                .take(MOST_PATTERN)
                .position(|byte| byte == b')')
        {
            path.push_str(rest.get(..=end).unwrap_or(""));
        }
        self
    }

    pub(super) fn arguments(&self, program: &Program) -> &[Word<'tree>] {
        self.words.get(program.at + 1..).unwrap_or(&[])
    }

    /// The programs, each but the last running the next.
    pub(super) fn programs(&self, functions: &Functions) -> Vec<Program> {
        let mut programs = Vec::new();
        let (mut at, mut direct, mut appended) = (0, true, false);
        while let Some(word) = self.words.get(at) {
            let base = word.text.base().unwrap_or("");
            let next = self.next(at, base, direct, functions);
            programs.push(Program {
                at,
                direct,
                appended,
                wraps: next.is_some(),
            });
            let Some(next) = next else { break };
            if programs.len() == MOST_PROGRAMS {
                programs.pop();
            }
            direct = direct && matches!(base, "time") || functions.is_runner(base);
            appended |= matches!(base, "xargs" | "parallel");
            at = next;
        }
        programs
    }

    /// The name of the program that does the work, behind those that wrap it.
    pub(super) fn last_base(&self, functions: &Functions) -> &str {
        let last = self.programs(functions).last().map(|program| program.at);
        let word = last.and_then(|at| self.words.get(at));
        word.and_then(|word| word.text.base()).unwrap_or("")
    }

    fn next(&self, at: usize, base: &str, direct: bool, functions: &Functions) -> Option<usize> {
        let next = match functions.runner(base).filter(|_| direct) {
            Some(operands) => at + 1 + operands,
            None => self.behind_options(at + 1, base, wrapper_named(base)?)?,
        };
        (next < self.words.len()).then_some(next)
    }

    /// Where `--` stands, behind options and unknown words alone.
    fn options_end(&self, at: usize) -> Option<usize> {
        let words = self.words.get(at..).unwrap_or(&[]);
        let end = words
            .iter()
            .take(MOST_OPTIONS)
            .position(|word| !word.text.is_unknown() && !word.text.beginning().starts_with('-'))
            .unwrap_or(words.len());
        let end = words
            .iter()
            .take(end)
            .position(|word| word.constant() == Some("--"))?;
        Some(at + end)
    }

    fn behind_options(&self, mut at: usize, base: &str, wrapper: &Wrapper) -> Option<usize> {
        if let Some(end) = self.options_end(at) {
            at = end;
        }
        while let Some(word) = self.words.get(at) {
            match word.text.beginning() {
                "--" => return Some(at + 1 + wrapper.operands),
                "-v" | "-V" if base == "command" => return None,
                option if wrapper.with_value.contains(&option) => at += 2,
                option if option.starts_with('-') || is_assignment(option) => at += 1,
                _ => break,
            }
        }
        Some(at + wrapper.operands)
    }
}

/// Arguments behind a redirect (`rm 2> f -rf x`), which the grammar takes for a part of it.
fn behind_redirects(statement: Node<'_>) -> impl Iterator<Item = Node<'_>> {
    let is_word = |part: &Node<'_>| {
        matches!(
            Kind::of(*part),
            Kind::Word
                | Kind::Number
                | Kind::String
                | Kind::RawString
                | Kind::Concatenation
                | Kind::SimpleExpansion
                | Kind::Expansion
        )
    };
    children(statement).flat_map(move |redirect| {
        let own = match Kind::of(redirect) {
            Kind::FileRedirect => 1,
            Kind::HereDocument => 0,
            _ => usize::MAX,
        };
        children(redirect).filter(is_word).skip(own)
    })
}

pub(super) fn is_assignment(word: &str) -> bool {
    word.split_once('=').is_some_and(|(name, _)| {
        !name.is_empty()
            && name
                .chars()
                .all(|letter| letter.is_alphanumeric() || letter == '_')
    })
}

pub(super) const fn is_aside(kind: Kind) -> bool {
    matches!(
        kind,
        Kind::Assignment
            | Kind::FileRedirect
            | Kind::HereString
            | Kind::HereDocument
            | Kind::Subshell
            | Kind::Error
    )
}
