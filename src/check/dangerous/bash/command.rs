//! One command: which program it really runs, and whether that runs its stdin or its arguments.

use std::ops::Range;

use super::Kind;
use super::names::{Role, WRAPPERS, Wrapper, role};
use super::word::{Text, text};
use crate::check::tree::{Node, Script, children};

/// A command with the programs that only run it (`sudo`, `env`, …) taken off.
pub(super) struct Command<'tree> {
    pub(super) name: Text,
    pub(super) name_span: Range<usize>,
    arguments: Vec<(Node<'tree>, Text)>,
}

/// What a program is asked to run.
enum Runs {
    Stdin,
    /// The argument of that number.
    Argument(usize),
    /// A file or nothing of interest.
    Else,
}

impl<'tree> Command<'tree> {
    pub(super) fn of(script: &Script<'_>, node: Node<'tree>) -> Option<Self> {
        let mut words: Vec<(Node<'tree>, Text)> = children(node)
            .filter(|child| !is_aside(Kind::of(*child)))
            .filter_map(|child| match Kind::of(child) {
                Kind::CommandName => child.child(0),
                _ => Some(child),
            })
            .map(|word| (word, text(script, word)))
            .collect();
        let arguments = words.split_off((wrapped(&words) + 1).min(words.len()));
        let (word, name) = words.pop()?;
        Some(Self {
            name,
            name_span: word.byte_range(),
            arguments,
        })
    }

    pub(super) fn role(&self) -> Option<Role> {
        constant(&self.name).and_then(role)
    }

    /// Whether what comes in on stdin is run.
    pub(super) fn runs_stdin(&self) -> bool {
        matches!(self.runs(), Runs::Stdin)
    }

    /// The argument that is run, either as text or as a file.
    pub(super) fn run_arguments(&self) -> impl Iterator<Item = Node<'tree>> {
        let at = match self.runs() {
            Runs::Argument(at) => Some(at),
            Runs::Stdin | Runs::Else => None,
        };
        at.and_then(|at| self.arguments.get(at))
            .map(|(node, _)| *node)
            .into_iter()
    }

    fn runs(&self) -> Runs {
        match self.role() {
            Some(Role::Shell) => {
                self.interpreter_runs("c", &["-o", "-O", "+o", "+O", "--rcfile", "--init-file"])
            }
            Some(Role::Interpreter) => self.interpreter_runs("cmenpErF", &["-W", "-X", "-I"]),
            Some(Role::Source) => self.operand(0),
            Some(Role::Eval | Role::Download) | None => Runs::Else,
        }
    }

    /// `code` are the letters of options that say that the code is in an argument.
    fn interpreter_runs(&self, code: &str, with_value: &[&str]) -> Runs {
        let mut at = 0;
        while let Some((_, word)) = self.arguments.get(at) {
            let Some(option) = constant(word).filter(|word| word.starts_with(['-', '+'])) else {
                return self.operand(at);
            };
            match option {
                "-" | "-s" => return Runs::Stdin,
                "--" => return self.operand(at + 1),
                _ if with_value.contains(&option) => at += 1,
                _ if option.starts_with("--") => {}
                _ if option.contains(|letter| code.contains(letter)) => {
                    return Runs::Argument(at + 1);
                }
                _ if option.contains('s') => return Runs::Stdin,
                _ => {}
            }
            at += 1;
        }
        Runs::Stdin
    }

    fn operand(&self, at: usize) -> Runs {
        match self.arguments.get(at) {
            Some((_, Text::Constant(file)))
                if matches!(
                    file.as_str(),
                    "/dev/stdin" | "/dev/fd/0" | "/proc/self/fd/0"
                ) =>
            {
                Runs::Stdin
            }
            Some(_) => Runs::Argument(at),
            None => Runs::Stdin,
        }
    }
}

/// The number of the word that names the program that is really run.
fn wrapped(words: &[(Node<'_>, Text)]) -> usize {
    let mut at = 0;
    while let Some(wrapper) = words.get(at).and_then(|(_, word)| wrapper(word)) {
        let next = behind_options(words, at + 1, wrapper);
        if next >= words.len() {
            return at;
        }
        at = next;
    }
    at
}

fn behind_options(words: &[(Node<'_>, Text)], mut at: usize, wrapper: &Wrapper) -> usize {
    while let Some(word) = words.get(at).and_then(|(_, word)| constant(word)) {
        match word {
            "--" => return at + 1 + wrapper.operands,
            _ if wrapper.with_value.contains(&word) => at += 2,
            _ if word.starts_with('-') || is_assignment(word) => at += 1,
            _ => break,
        }
    }
    at + wrapper.operands
}

fn wrapper(word: &Text) -> Option<&'static Wrapper> {
    let name = constant(word)?;
    let base = name.rsplit('/').next().unwrap_or(name);
    WRAPPERS.iter().find(|wrapper| wrapper.name == base)
}

fn is_assignment(word: &str) -> bool {
    word.split_once('=').is_some_and(|(name, _)| {
        !name.is_empty()
            && name
                .chars()
                .all(|letter| letter.is_alphanumeric() || letter == '_')
    })
}

const fn is_aside(kind: Kind) -> bool {
    matches!(
        kind,
        Kind::Assignment | Kind::FileRedirect | Kind::HereString | Kind::HereDocument
    )
}

fn constant(word: &Text) -> Option<&str> {
    match word {
        Text::Constant(text) => Some(text),
        Text::Variable | Text::Computed => None,
    }
}
