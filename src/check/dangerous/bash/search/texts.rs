//! Commands that keep text to be run, send it to another shell, or split it into words.

use super::flow::Taint;
use super::{Search, print_below};
use crate::check::dangerous::bash::command::{Command, Program, Word, is_assignment};
use crate::check::dangerous::bash::names::{Role, role as role_of};
use crate::check::rules::bash::BASH_RUN_OUTPUT;
use crate::check::tree::Node;

impl<'a> Search<'a, '_, '_, '_, '_> {
    /// Commands that keep or send text to be run.
    pub(super) fn texts(&mut self, role: Role, base: &str, arguments: &[Word<'a>]) {
        let nodes: Vec<Node<'a>> = match role {
            Role::Trap => arguments
                .iter()
                .find(|word| word.constant() != Some("--"))
                .filter(|word| !word.text.beginning().starts_with('-'))
                .map(|word| word.node)
                .into_iter()
                .collect(),
            Role::Alias => return self.aliases(arguments),
            Role::RunsOption if base == "env" => return self.env_words(arguments),
            Role::RunsOption => own_options(base, arguments)
                .windows(2)
                .filter(|pair| {
                    pair.first().and_then(Word::constant).is_some_and(|option| {
                        option == "--command" || option.starts_with('-') && option.ends_with('c')
                    })
                })
                .filter_map(|pair| pair.last().map(|word| word.node))
                .collect(),
            Role::RunsText if base == "parallel" => {
                let command = behind_options(arguments, &["-j", "-n", "-I"]).first();
                // Of several words, it is seen as the program that it wraps.
                let command = command.filter(|word| word.text.beginning().contains(' '));
                command.map(|word| word.node).into_iter().collect()
            }
            Role::RunsText => behind_options(arguments, &["-n", "-d", "--interval"])
                .iter()
                .map(|word| word.node)
                .collect(),
            Role::Network if base == "ssh" => {
                let command = behind_options(arguments, &SSH_OPTIONS).iter().skip(1);
                command.map(|word| word.node).collect()
            }
            _ => Vec::new(),
        };
        let Some((first, last)) = nodes.first().zip(nodes.last()) else {
            return;
        };
        let span = first.start_byte()..last.end_byte();
        match nodes.as_slice() {
            [only] => {
                let word = Word {
                    node: *only,
                    text: self.words.text(*only),
                };
                if base == "ssh" && word.text.is_unknown() {
                    // Code for another machine, which only that one would run.
                    let prints = print_below(*only);
                    return self.sink(&prints, span, Taint::Decoded, &BASH_RUN_OUTPUT);
                }
                self.runs_code(Role::Shell, "sh", &word, span);
            }
            nodes => self.nest(nodes, span),
        }
    }

    /// `alias name='code'`
    fn aliases(&mut self, arguments: &[Word<'a>]) {
        for word in arguments {
            if let Some((_, code)) = word.constant().and_then(|text| text.split_once('=')) {
                self.nest_text(code, word.span().start, word.span());
            }
        }
    }

    /// `env -S 'program argument'`
    fn env_words(&mut self, arguments: &[Word<'a>]) {
        let mut next = false;
        for word in arguments {
            let Some(text) = word.constant() else { return };
            let mut options = ["--split-string=", "-S"].iter();
            let attached = options.find_map(|option| text.strip_prefix(option));
            match attached.or(next.then_some(text)) {
                Some("") => next = true,
                Some(code) => return self.nest_text(code, word.span().start, word.span()),
                None if text == "--split-string" => next = true,
                None if text.starts_with('-') || is_assignment(text) => {}
                None => return,
            }
        }
    }

    /// `ssh host <<E` and `ssh host bash -s`, whose stdin a shell reads.
    pub(super) fn runs_remotely(&mut self, command: &Command<'a>, program: &Program) {
        let words = behind_options(command.arguments(program), &SSH_OPTIONS);
        let mut remote = words.iter().skip(1).map(|word| word.text.base());
        let is_shell = match remote.next() {
            None => self.fed.is_some() && !words.is_empty(),
            Some(program) => {
                let reads = remote.all(|word| word.is_some_and(|word| word.starts_with('-')));
                reads && program.is_some_and(|program| role_of(program) == Some(Role::Shell))
            }
        };
        if is_shell {
            let start = words.first().map_or(command.end, |word| word.span().start);
            self.runs_stdin(Role::Shell, "sh", start..command.end);
        }
    }
}

/// Options of `ssh` that take the next word.
const SSH_OPTIONS: [&str; 16] = [
    "-p", "-i", "-l", "-o", "-F", "-J", "-L", "-R", "-D", "-b", "-c", "-E", "-m", "-S", "-W", "-w",
];

/// The arguments that are a program's own and not those of one that it runs.
fn own_options<'w, 'tree>(base: &str, arguments: &'w [Word<'tree>]) -> &'w [Word<'tree>] {
    let own = match base {
        // The file, `-c`, the text.
        "flock" => arguments.len() - behind_options(arguments, &["-w", "-E"]).len() + 3,
        _ => arguments.len(),
    };
    arguments.get(..own).unwrap_or(arguments)
}

/// The arguments behind the options of a program.
pub(super) fn behind_options<'w, 'tree>(
    arguments: &'w [Word<'tree>],
    with_value: &[&str],
) -> &'w [Word<'tree>] {
    let mut at = 0;
    while let Some(option) = arguments
        .get(at)
        .and_then(Word::constant)
        .filter(|word| word.starts_with('-'))
    {
        at += if with_value.contains(&option) { 2 } else { 1 };
    }
    arguments.get(at..).unwrap_or(&[])
}
