//! Commands: what their names are, and what the programs of those names do.

use super::flow::Taint;
use super::{Search, print_below};
use crate::check::Rule;
use crate::check::dangerous::bash::Kind;
use crate::check::dangerous::bash::command::{Command, Program, Word};
use crate::check::dangerous::bash::judge::{self, Place};
use crate::check::dangerous::bash::names::{Role, role};
use crate::check::dangerous::bash::paths;
use crate::check::dangerous::bash::word::Text;
use crate::check::rules::bash::{
    BASH_COMMAND_VARIABLE, BASH_EVAL, BASH_FORK_BOMB, BASH_REMOTE_SHELL, BASH_RUN_VARIABLE,
};
use crate::check::tree::{Node, children};

impl<'a> Search<'a, '_, '_, '_, '_> {
    pub(super) fn command(&mut self, command: &Command<'a>) {
        let programs = command.programs(self.functions);
        for program in &programs {
            let Some(word) = command.words.get(program.at) else {
                continue;
            };
            match &word.text {
                Text::Constant(name) => self.named(name, command, program),
                Text::Choice(names) => {
                    for name in names {
                        let name = name.split_whitespace().next().unwrap_or("");
                        self.named(name, command, program);
                    }
                }
                Text::Mixed(_) => self.computed(word, command, program),
            }
        }
    }

    /// `$($name)`, whatever the variable is known to hold: a requirement of its own.
    pub(super) fn variable_in_substitution(&mut self, node: Node<'a>) {
        if self.substitutions == 0 {
            return;
        }
        let name = children(node).find(|child| Kind::of(*child) == Kind::CommandName);
        let Some(word) = name.and_then(|name| name.child(0)) else {
            return;
        };
        let outer = node.parent();
        let outer = match outer.map(Kind::of) {
            Some(Kind::Pipeline | Kind::Redirected) => outer.and_then(Node::parent),
            _ => outer,
        };
        let first = outer.is_some_and(|outer| Kind::of(outer) == Kind::Substitution);
        if first && self.words.is_scalar(word) && !self.is_misread(word, 0) {
            self.add(&BASH_RUN_VARIABLE, word.byte_range());
        }
    }

    /// A command whose name is not all written.
    pub(super) fn computed(&mut self, word: &Word<'a>, command: &Command<'a>, program: &Program) {
        if let Some(base) = word.text.base() {
            let name = format!("/{base}");
            self.ran_file(word, command);
            return self.named(&name, command, program);
        }
        self.make(Taint::Output);
        if self.ran_file(word, command) {
            return;
        }
        match word.text.only_variable() {
            Some("0" | "BASH_SOURCE") => return self.itself(word),
            Some("FUNCNAME") => return,
            Some("@" | "*") if self.depth > 0 || self.functions.in_body(word.node.start_byte()) => {
                return;
            }
            _ => {}
        }
        // `su$@do` and `python$version` are what is left without the variable.
        let emptied = word.text.emptied();
        if !word.text.beginning().is_empty() && role(&emptied).is_some() {
            return self.named(&emptied, command, program);
        }
        let misread = self.is_misread(word.node, program.at);
        if misread || self.functions.have_prefix(word.text.beginning()) {
            return;
        }
        let prints = print_below(word.node);
        let rule = if self.substitutions > 0 && prints.is_empty() && word.text.is_unknown() {
            &BASH_RUN_VARIABLE
        } else {
            &BASH_COMMAND_VARIABLE
        };
        if prints.is_empty() {
            return self.add(rule, word.span());
        }
        self.sink(&prints, word.span(), Taint::None, rule);
    }

    pub(super) fn named(&mut self, name: &str, command: &Command<'a>, program: &Program) {
        let Some(word) = command.words.get(program.at) else {
            return;
        };
        if program.direct && self.functions.hides(name, word.node.start_byte()) {
            if self.functions.is_bomb(name) {
                self.add(&BASH_FORK_BOMB, word.span());
            }
            return self.make(Taint::Output);
        }
        if self.functions.is_bomb(name) {
            self.add(&BASH_FORK_BOMB, word.span());
        }
        self.ran_file(word, command);
        if self.is_pattern(word) {
            self.add(&BASH_COMMAND_VARIABLE, word.span());
        }
        let Some(role) = role(name) else {
            if !program.wraps {
                self.make(Taint::Output);
            }
            return;
        };
        let base = name.rsplit('/').next().unwrap_or(name);
        self.judged(role, base, command, program);
        self.acts(role, base, command, program);
    }

    /// `/bin/r?`: a path of which only the files of the machine say what it names.
    fn is_pattern(&self, word: &Word<'a>) -> bool {
        let written = self.script.of(word.node);
        Kind::of(word.node) == Kind::Word
            && written.contains('/')
            && written.contains(['?', '*'])
            && !written.contains('\\')
            && !self.script.has_error()
    }

    pub(super) fn judged(
        &mut self,
        role: Role,
        base: &str,
        command: &Command<'a>,
        program: &Program,
    ) {
        let listed = self.flows.last().is_some_and(|flow| flow.fed_roots);
        let fed_roots = program.appended && (listed || self.is_fed_root())
            || listed && self.names_listed(base, command.arguments(program));
        let folder = self.folder.take();
        let place = Place {
            folder: folder.as_deref(),
            fed_roots,
            appended: program.appended,
        };
        let arguments = command.arguments(program);
        let rule = judge::judge(role, base, arguments, &place);
        let lists = match role {
            Role::Find => judge::finds_roots(arguments, &place).is_some(),
            Role::Prints | Role::Lists => arguments.iter().any(is_root),
            _ => false,
        };
        self.folder = folder;
        if let Some(flow) = self.flows.last_mut() {
            flow.roots |= lists;
        }
        if let Some(rule) = rule {
            self.add_command(rule, command, program);
        }
    }

    /// `find / | while read file; do rm "$file"; done`: what `read` fills is noted, and whether
    /// the command is given such a variable is told.
    fn names_listed(&mut self, base: &str, arguments: &[Word<'a>]) -> bool {
        if base == "read" {
            let name = arguments.last().and_then(Word::constant);
            self.listed.extend(name.map(str::to_owned));
            return false;
        }
        arguments.iter().any(|word| {
            let variable = word.text.only_variable();
            variable.is_some_and(|name| self.listed.contains(name))
        })
    }

    /// `xargs rm -rf <<< /`
    fn is_fed_root(&self) -> bool {
        let fed = self.fed.filter(|fed| Kind::of(*fed) == Kind::HereString);
        let word = fed.and_then(|fed| children(fed).next());
        word.is_some_and(|word| paths::hit(&self.words.text(word), None).is_some())
    }

    pub(super) fn add_command(
        &mut self,
        rule: &'static Rule,
        command: &Command<'a>,
        program: &Program,
    ) {
        let start = command
            .words
            .get(program.at)
            .map_or(0, |word| word.node.start_byte());
        self.add(rule, start..command.end);
    }

    pub(super) fn acts(
        &mut self,
        role: Role,
        base: &str,
        command: &Command<'a>,
        program: &Program,
    ) {
        let arguments = command.arguments(program);
        match role {
            Role::Eval => {
                if let Some(word) = command.words.get(program.at) {
                    self.add(&BASH_EVAL, word.span());
                }
            }
            Role::Download => self.downloads(base, arguments),
            Role::Netcat => {
                if self.flows.last().is_some_and(|flow| flow.fed_by_shell) {
                    self.add_command(&BASH_REMOTE_SHELL, command, program);
                }
                self.make(Taint::Downloaded);
            }
            Role::Decoder if judge::decodes(base, arguments) => self.make(Taint::Decoded),
            Role::Shell | Role::Interpreter | Role::Source | Role::Awk => {
                self.interprets(role, base, command, program);
            }
            Role::Trap | Role::Alias | Role::RunsText | Role::RunsOption | Role::Network => {
                self.texts(role, base, arguments);
                if base == "ssh" {
                    self.runs_remotely(command, program);
                }
                if !program.wraps {
                    self.make(Taint::Output);
                }
            }
            // Once: a `find` that runs a `find` that runs a `find` is no ordinary script.
            Role::Find if !self.executing => {
                self.executing = true;
                self.executes(command, program);
                self.executing = false;
            }
            Role::Prints => self.prints(base, arguments),
            Role::Passes => self.passes(arguments),
            Role::Verifies => self.reader.saved.clear(),
            Role::ChangesFolder => {
                self.folder = arguments
                    .first()
                    .and_then(Word::constant)
                    .map(str::to_owned);
            }
            Role::Overwrite => self.saved_to(arguments.iter().map(|word| word.text.written())),
            Role::Silent | Role::Remove | Role::Permissions | Role::Copy => {}
            _ if program.wraps => {}
            _ => self.make(Taint::Output),
        }
    }
}

/// Whether a word names a root, the end of a line behind it left out.
fn is_root(word: &Word<'_>) -> bool {
    let line = word.constant().and_then(|text| text.strip_suffix("\\n"));
    let line = line.map(|line| Text::Constant(line.to_owned()));
    paths::hit(line.as_ref().unwrap_or(&word.text), None).is_some()
}
