//! What interpreters are given to run: stdin, text, files, and text for later.

use std::ops::Range;

use super::flow::{Printed, Taint};
use super::{Search, print_below};
use crate::check::dangerous::bash::Kind;
use crate::check::dangerous::bash::calls::shell_texts;
use crate::check::dangerous::bash::command::{Command, Program, Word, is_assignment};
use crate::check::dangerous::bash::judge::{self, Place};
use crate::check::dangerous::bash::names::{Role, role as role_of};
use crate::check::dangerous::bash::nested::{Decoder, expands, verbatim};
use crate::check::dangerous::bash::runs::{Runs, is_descriptor, runs};
use crate::check::dangerous::bash::word::Text;
use crate::check::rules::bash::{BASH_RUN_DOWNLOAD, BASH_RUN_OUTPUT, BASH_RUN_TEXT, BASH_SOURCE};
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
    fn nest_text(&mut self, text: &str, at: usize, span: Range<usize>) {
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
        if self.is_download(&word.text) {
            self.add(&BASH_RUN_DOWNLOAD, span);
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
            let option = ["--split-string=", "-S"].iter();
            let attached = option.filter_map(|option| text.strip_prefix(option)).next();
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

fn behind_options<'w, 'tree>(
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
