//! What interpreters are given to run: stdin, text, files, and text for later.

use std::ops::Range;

use super::flow::{Printed, Taint};
use super::texts::behind_options;
use super::{Search, print_below};
use crate::check::dangerous::bash::Kind;
use crate::check::dangerous::bash::calls::shell_texts;
use crate::check::dangerous::bash::command::{Command, Program, Word};
use crate::check::dangerous::bash::judge::{self, Place};
use crate::check::dangerous::bash::names::Role;
use crate::check::dangerous::bash::nested::{Decoder, expands, verbatim};
use crate::check::dangerous::bash::runs::{Runs, is_descriptor, runs};
use crate::check::dangerous::bash::word::Text;
use crate::check::rules::bash::{BASH_RUN_OUTPUT, BASH_RUN_TEXT, BASH_SOURCE};
use crate::check::tree::{Node, children};

impl<'a> Search<'a, '_, '_, '_, '_> {
    pub(super) fn interprets(
        &mut self,
        role: Role,
        base: &str,
        command: &Command<'a>,
        program: &Program,
    ) {
        let arguments = command.arguments(program);
        let start = command
            .words
            .get(program.at)
            .map_or(0, |word| word.node.start_byte());
        let span = start..command.end;
        if role == Role::Awk
            && let Some(code) = behind_options(arguments, &["-F", "-v"]).first()
        {
            self.runs_shell_texts(code, &span);
        }
        match runs(role, base, arguments) {
            Runs::Stdin => self.runs_stdin(role, base, span),
            Runs::Code(at) => {
                if let Some(word) = arguments.get(at) {
                    self.runs_code(role, base, word, span);
                }
            }
            Runs::File(at) => {
                if let Some(word) = arguments.get(at) {
                    self.runs_file(role, word, span);
                }
            }
            // `… | xargs sh -c` gets its code from there.
            Runs::Nothing if program.appended && role == Role::Shell => {
                self.runs_stdin(role, base, span);
            }
            Runs::Nothing => {}
        }
        if role == Role::Source && arguments.first().is_some_and(is_descriptor) {
            self.add_command(&BASH_SOURCE, command, program);
        }
        self.make(Taint::Output);
    }

    pub(super) fn runs_stdin(&mut self, role: Role, base: &str, span: Range<usize>) {
        if let Some(fed) = self.fed {
            return self.runs_fed(role, base, fed, span);
        }
        let Some(flow) = self.flows.last_mut() else {
            return;
        };
        flow.shell |= role == Role::Shell;
        if let Some(rule) = flow.input.rule() {
            return self.add(rule, span);
        }
        for printed in std::mem::take(&mut flow.fed) {
            self.run_printed(role, base, printed, span.clone());
        }
    }

    pub(super) fn runs_fed(&mut self, role: Role, base: &str, fed: Node<'a>, span: Range<usize>) {
        match Kind::of(fed) {
            Kind::FileRedirect => {
                let sources: Vec<Node<'a>> = children(fed).collect();
                self.sink(&sources, fed.byte_range(), Taint::Output, &BASH_RUN_OUTPUT);
            }
            _ => {
                if let Some(printed) = self.printed(fed) {
                    self.run_printed(role, base, printed, span);
                }
            }
        }
    }

    pub(super) fn run_printed(
        &mut self,
        role: Role,
        base: &str,
        printed: Printed<'a>,
        span: Range<usize>,
    ) {
        match printed {
            Printed::Words(nodes) => match nodes.as_slice() {
                [only] => {
                    let text = self.words.text(*only);
                    let word = Word { node: *only, text };
                    self.runs_code(role, base, &word, span);
                }
                nodes if role == Role::Shell || role == Role::Source => self.nest(nodes, span),
                _ => {}
            },
            Printed::Text(..) if role == Role::Interpreter => {}
            Printed::Text(text, node) => self.nest_text(&text, node.start_byte(), span),
            Printed::Body(body, expands) if role == Role::Interpreter => {
                let plain = !expands || children(body).next().is_none();
                if base.starts_with("python") && plain && self.places.is_outermost() {
                    self.reader.python(body.byte_range());
                }
            }
            Printed::Body(body, expands) => {
                let mut decoder = Decoder::new(self.words, self.places);
                decoder.body(body, expands);
                let nested = decoder.nested(self.depth + 1, body.byte_range());
                self.reader.enqueue(nested);
            }
        }
    }

    pub(super) fn runs_code(
        &mut self,
        role: Role,
        base: &str,
        word: &Word<'a>,
        span: Range<usize>,
    ) {
        if let (Text::Choice(values), Role::Shell) = (&word.text, role) {
            for value in values {
                self.nest_text(value, word.span().start, span.clone());
            }
            return;
        }
        let prints = print_below(word.node);
        // What `xargs -I{}` and `find` put there.
        let is_unknown =
            word.text.is_unknown() || matches!(word.constant(), Some("{}" | "%" | "@"));
        if is_unknown {
            if prints.is_empty() {
                self.add(&BASH_RUN_TEXT, span);
            } else {
                self.sink(&prints, span, Taint::None, &BASH_RUN_OUTPUT);
            }
            return;
        }
        if matches!(role, Role::Shell | Role::Source) {
            return self.nest(&[word.node], span);
        }
        self.sink(&prints, span.clone(), Taint::Decoded, &BASH_RUN_OUTPUT);
        if !base.starts_with("python") {
            return self.runs_shell_texts(word, &span);
        }
        if self.places.is_outermost()
            && let Some(range) = verbatim(self.words, word.node)
        {
            self.reader.python(range);
        }
    }

    /// Substitutions in backquotes in a here-document, which the grammar takes for text.
    pub(super) fn backquoted(&mut self, body: Node<'a>) {
        let document = body.parent();
        let start = document.and_then(|document| {
            children(document).find(|part| Kind::of(*part) == Kind::HereStart)
        });
        if !start.is_some_and(|start| expands(self.script.of(start))) {
            return;
        }
        let text = self.script.of(body);
        for (index, (at, part)) in unescaped_parts(text).into_iter().enumerate() {
            if index % 2 == 1 {
                let start = body.start_byte() + at;
                let span = start..start + part.len();
                let mut decoder = Decoder::new(self.words, self.places);
                decoder.joined(span.clone());
                let nested = decoder.nested(self.depth + 1, span);
                self.reader.enqueue(nested);
            }
        }
    }

    /// `awk 'BEGIN { system("…") }'`
    fn runs_shell_texts(&mut self, code: &Word<'a>, span: &Range<usize>) {
        for text in shell_texts(code.constant().unwrap_or("")) {
            self.nest_text(text, code.span().start, span.clone());
        }
    }

    /// Text that stands nowhere as such, and what it is made at.
    pub(super) fn nest_text(&mut self, text: &str, at: usize, span: Range<usize>) {
        let mut decoder = Decoder::new(self.words, self.places);
        decoder.value(text, at);
        let nested = decoder.nested(self.depth + 1, span);
        self.reader.enqueue(nested);
    }

    pub(super) fn nest(&mut self, nodes: &[Node<'a>], span: Range<usize>) {
        let mut decoder = Decoder::new(self.words, self.places);
        for node in nodes {
            decoder.word(*node);
        }
        let nested = decoder.nested(self.depth + 1, span);
        self.reader.enqueue(nested);
    }

    pub(super) fn runs_file(&mut self, role: Role, word: &Word<'a>, span: Range<usize>) {
        let prints = print_below(word.node);
        let process = prints
            .iter()
            .any(|node| Kind::of(*node) == Kind::ProcessSubstitution);
        let least = match process {
            true if role == Role::Source => Taint::None,
            true => Taint::Output,
            false => Taint::Decoded,
        };
        self.sink(&prints, span.clone(), least, &BASH_RUN_OUTPUT);
        if let Some(rule) = self.rule_of_file(&word.text) {
            self.add(rule, span);
        } else if word.text.only_variable() == Some("0") {
            self.itself(word);
        } else if role == Role::Source
            && !process
            && matches!(word.text, Text::Mixed(_))
            && !is_descriptor(word)
            && !(self.depth == 0 && self.words.is_beside_script(word.node))
        {
            self.add(&BASH_SOURCE, span);
        }
    }

    /// `find … -exec program … ;`
    pub(super) fn executes(&mut self, find: &Command<'a>, program: &Program) {
        let arguments = find.arguments(program);
        let place = Place {
            folder: self.folder.as_deref(),
            fed_roots: false,
            appended: false,
        };
        let hit = judge::finds_roots(arguments, &place);
        let mut at = 0;
        while at < arguments.len() {
            let option = arguments.get(at).and_then(Word::constant);
            at += 1;
            if !matches!(option, Some("-exec" | "-execdir" | "-ok" | "-okdir")) {
                continue;
            }
            let rest = arguments.get(at..).unwrap_or(&[]);
            let words: Vec<Word<'a>> = rest
                .iter()
                .take_while(|word| !matches!(word.constant(), Some(";" | "+")))
                .cloned()
                .collect();
            at += words.len();
            let end = words.last().map_or(0, |word| word.node.end_byte());
            let inner = Command { words, end };
            if let Some(hit) = hit
                && let Some(rule) = judge::found(inner.last_base(self.functions), hit)
            {
                self.add_command(rule, find, program);
            }
            self.command(&inner);
        }
    }
}

/// What stands between backquotes that no backslash precedes, and where; every second part is code.
fn unescaped_parts(text: &str) -> Vec<(usize, &str)> {
    let mut parts = Vec::new();
    let (mut start, mut escaped) = (0, false);
    for (at, byte) in text.bytes().enumerate() {
        if byte == b'`' && !escaped {
            parts.push((start, text.get(start..at).unwrap_or("")));
            start = at + 1;
        }
        escaped = byte == b'\\' && !escaped;
    }
    parts
}
