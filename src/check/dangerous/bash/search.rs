//! The walk over one script.

use std::collections::HashMap;
use std::ops::Range;

use super::Kind;
use super::Reader;
use super::command::{Command, Program, Word};
use super::functions::{Functions, in_background};
use super::judge::{self, Place};
use super::names::{Role, role};
use super::nested::{Decoder, Nested, Places, expands, verbatim};
use super::paths;
use super::runs::{Runs, runs};
use super::variables::Variables;
use super::word::{Text, Words};
use crate::check::Rule;
use crate::check::rules::bash::{
    BASH_COMMAND_VARIABLE, BASH_EVAL, BASH_FORK_BOMB, BASH_REMOTE_SHELL, BASH_RUN_DECODED,
    BASH_RUN_DOWNLOAD, BASH_RUN_OUTPUT, BASH_RUN_TEXT, BASH_RUN_VARIABLE, BASH_SOURCE,
};
use crate::check::tree::{Node, Script, Step, Walk, children};

/// Where text comes from, the worse the greater.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
enum Taint {
    /// Nothing, files, and text that is written in the script.
    #[default]
    None,
    /// What some command computes.
    Output,
    Decoded,
    Downloaded,
}

impl Taint {
    const fn rule(self) -> Option<&'static Rule> {
        match self {
            Self::None => None,
            Self::Output => Some(&BASH_RUN_OUTPUT),
            Self::Decoded => Some(&BASH_RUN_DECODED),
            Self::Downloaded => Some(&BASH_RUN_DOWNLOAD),
        }
    }
}

/// How many printed texts are kept for an interpreter behind them.
const MOST_TEXTS: usize = 32;

/// What the bytes on a pipeline's way are known to be.
#[derive(Clone, Default)]
struct Flow<'tree> {
    /// What the current stage reads.
    input: Taint,
    /// What the stages so far have made.
    made: Taint,
    /// Text written in the script that the stages so far print.
    texts: Vec<Printed<'tree>>,
    /// The same of the stages before this one.
    fed: Vec<Printed<'tree>>,
    /// The stages so far list what lies in a root.
    roots: bool,
    fed_roots: bool,
    /// A shell that reads what it runs is one of the stages so far.
    shell: bool,
    fed_by_shell: bool,
}

#[derive(Clone)]
enum Printed<'tree> {
    Words(Vec<Node<'tree>>),
    Body(Node<'tree>, bool),
}

/// A place whose output some interpreter runs.
#[derive(Clone)]
struct Sink {
    span: Range<usize>,
    /// Less than this is no matter.
    least: Taint,
    /// What to say of mere output.
    output: &'static Rule,
}

/// A node on the way up: what entering it opened.
struct Open {
    kind: Kind,
    flow: bool,
    substitution: bool,
    sink: bool,
}

pub(super) struct Search<'a, 'text, 'r, 'notes, 'policy> {
    script: &'a Script<'text>,
    words: Words<'a, 'text>,
    functions: &'a Functions,
    places: &'a Places,
    depth: u8,
    reader: &'a mut Reader<'r, 'notes, 'policy>,
    open: Vec<Open>,
    flows: Vec<Flow<'a>>,
    substitutions: usize,
    sinks: HashMap<u32, Sink>,
    running: Vec<(Sink, Taint)>,
    /// Commands among tokens that the parser could not place, by their first node.
    loose: HashMap<u32, Vec<Node<'a>>>,
    /// What lies on stdin of the command just entered, other than the pipeline.
    fed: Option<Node<'a>>,
    /// The same of commands still to come.
    feeding: HashMap<u32, Node<'a>>,
    folder: Option<String>,
    selves: usize,
    /// The command at hand is one that `find` runs.
    executing: bool,
}

impl<'a, 'text, 'r, 'notes, 'policy> Search<'a, 'text, 'r, 'notes, 'policy> {
    pub(super) fn new(
        script: &'a Script<'text>,
        variables: &'a Variables,
        functions: &'a Functions,
        places: &'a Places,
        depth: u8,
        reader: &'a mut Reader<'r, 'notes, 'policy>,
    ) -> Self {
        Self {
            script,
            words: Words { script, variables },
            functions,
            places,
            depth,
            reader,
            open: Vec::new(),
            flows: vec![Flow::default()],
            substitutions: 0,
            sinks: HashMap::new(),
            running: Vec::new(),
            loose: HashMap::new(),
            fed: None,
            feeding: HashMap::new(),
            folder: None,
            selves: 0,
            executing: false,
        }
    }

    pub(super) fn run(mut self) {
        for step in Walk::of(self.script.root()) {
            match step {
                Step::Enter(node, _) => self.enter(node),
                Step::Leave => self.leave(),
            }
        }
    }

    fn enter(&mut self, node: Node<'a>) {
        let kind = Kind::of(node);
        let parent = self.open.last().map(|open| open.kind);
        let sink = self.sinks.remove(&node.id());
        let mut open = Open {
            kind,
            flow: false,
            substitution: false,
            sink: sink.is_some(),
        };
        self.running.extend(sink.map(|sink| (sink, Taint::None)));
        if !self.loose.is_empty()
            && let Some(nodes) = self.loose.remove(&node.id())
        {
            let end = nodes.last().map_or(node.end_byte(), |last| last.end_byte());
            self.command(&Command::from(self.words, nodes.into_iter(), end));
        }
        match kind {
            Kind::Pipeline | Kind::Error => {
                self.open_flow(parent == Some(Kind::HereDocument));
                open.flow = true;
                if kind == Kind::Error {
                    self.find_loose(node);
                }
            }
            Kind::Substitution | Kind::ProcessSubstitution => {
                self.flows.push(Flow::default());
                self.substitutions += 1;
                (open.flow, open.substitution) = (true, true);
            }
            // Elsewhere it separates the patterns of a `case`.
            Kind::Pipe | Kind::PipeBoth
                if matches!(
                    parent,
                    Some(Kind::Pipeline | Kind::Error | Kind::HereDocument)
                ) =>
            {
                self.next_stage();
            }
            Kind::Command => {
                let own = children(node).find(|child| Kind::of(*child) == Kind::HereString);
                self.fed = own.or_else(|| self.feeding.remove(&node.id()));
                self.variable_in_substitution(node);
                let command = Command::of(self.words, node);
                self.command(&command);
                self.fed = None;
            }
            Kind::Redirected => {
                self.feed_last(node);
                self.open_flow(false);
                open.flow = true;
            }
            Kind::FileRedirect => self.redirect(node),
            Kind::Body => self.endless(node),
            _ => {}
        }
        self.open.push(open);
    }

    fn leave(&mut self) {
        let Some(open) = self.open.pop() else { return };
        if open.flow {
            let inner = self.flows.pop().unwrap_or_default();
            self.flowed(&open, inner);
        }
        self.substitutions -= usize::from(open.substitution);
        if open.sink
            && let Some((sink, taint)) = self.running.pop()
            && taint >= sink.least
        {
            let rule = match taint {
                Taint::Output | Taint::None => Some(sink.output),
                taint => taint.rule(),
            };
            if let Some(rule) = rule {
                self.add(rule, sink.span);
            }
        }
    }

    fn flowed(&mut self, open: &Open, inner: Flow<'a>) {
        if open.substitution {
            let taint = inner.made.max(inner.input);
            for (_, seen) in &mut self.running {
                *seen = (*seen).max(taint);
            }
            if let Some(flow) = self.flows.last_mut()
                && taint > Taint::Output
            {
                flow.made = flow.made.max(taint);
            }
        } else if let Some(flow) = self.flows.last_mut() {
            flow.made = flow.made.max(inner.made);
            flow.texts.extend(inner.texts);
            flow.texts.truncate(MOST_TEXTS);
            flow.roots |= inner.roots;
            flow.shell |= inner.shell;
        }
    }

    /// A pipeline's first stage reads what the pipeline reads; one behind a here-document's
    /// operator (`cat <<E | sh`) reads what its command writes.
    fn open_flow(&mut self, behind: bool) {
        let flow = self
            .flows
            .last_mut()
            .map_or_else(Flow::default, |outer| Flow {
                input: outer.input,
                fed_roots: outer.fed_roots,
                fed: outer.fed.clone(),
                made: if behind { outer.made } else { Taint::None },
                texts: if behind {
                    std::mem::take(&mut outer.texts)
                } else {
                    Vec::new()
                },
                roots: false,
                shell: false,
                fed_by_shell: false,
            });
        self.flows.push(flow);
    }

    fn next_stage(&mut self) {
        if let Some(flow) = self.flows.last_mut() {
            flow.input = flow.input.max(flow.made);
            flow.fed_roots |= flow.roots;
            flow.fed_by_shell |= flow.shell;
            flow.fed.append(&mut flow.texts);
        }
    }

    fn make(&mut self, taint: Taint) {
        if let Some(flow) = self.flows.last_mut() {
            flow.made = flow.made.max(taint);
        }
    }

    fn command(&mut self, command: &Command<'a>) {
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
    fn variable_in_substitution(&mut self, node: Node<'a>) {
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

    /// Whether the grammar takes something else for a command: a part of a sum (`$(($1 / 2))`), or
    /// what stands behind text that it cannot read.
    fn is_misread(&self, word: Node<'_>, at: usize) -> bool {
        let (text, start) = (self.script.text, word.start_byte());
        let sum = text.get(start.saturating_sub(3)..start) == Some("$((");
        sum || self.script.has_error() && at == 0 && !begins_command(text, start)
    }

    /// A command whose name is not all written.
    fn computed(&mut self, word: &Word<'a>, command: &Command<'a>, program: &Program) {
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
        let emptied = word.text.emptied();
        if role(&emptied) == Some(Role::Eval) {
            return self.add(&BASH_EVAL, word.span());
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

    fn sink(
        &mut self,
        nodes: &[Node<'a>],
        span: Range<usize>,
        least: Taint,
        output: &'static Rule,
    ) {
        for node in nodes {
            let sink = Sink {
                span: span.clone(),
                least,
                output,
            };
            self.sinks.insert(node.id(), sink);
        }
    }

    fn named(&mut self, name: &str, command: &Command<'a>, program: &Program) {
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

    fn judged(&mut self, role: Role, base: &str, command: &Command<'a>, program: &Program) {
        let fed_roots = program.appended && self.flows.last().is_some_and(|flow| flow.fed_roots);
        let folder = self.folder.take();
        let place = Place {
            folder: folder.as_deref(),
            fed_roots,
        };
        let arguments = command.arguments(program);
        let rule = judge::judge(role, base, arguments, &place);
        let lists = match role {
            Role::Find => judge::finds_roots(arguments, &place).is_some(),
            Role::Prints | Role::Lists => arguments
                .iter()
                .any(|word| paths::hit(&word.text, None).is_some()),
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

    fn add_command(&mut self, rule: &'static Rule, command: &Command<'a>, program: &Program) {
        let start = command
            .words
            .get(program.at)
            .map_or(0, |word| word.node.start_byte());
        self.add(rule, start..command.end);
    }

    fn acts(&mut self, role: Role, base: &str, command: &Command<'a>, program: &Program) {
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
            Role::Trap | Role::RunsText | Role::RunsOption | Role::Network => {
                self.texts(role, base, arguments);
                self.make(Taint::Output);
            }
            // Once: a `find` that runs a `find` that runs a `find` is no ordinary script.
            Role::Find if !self.executing => {
                self.executing = true;
                self.executes(arguments);
                self.executing = false;
            }
            Role::Prints => self.prints(arguments),
            Role::Passes => self.passes(arguments),
            Role::Verifies => self.reader.downloads.clear(),
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

    fn prints(&mut self, arguments: &[Word<'a>]) {
        let known = arguments.iter().all(|word| word.constant().is_some());
        if !known {
            return self.make(Taint::Output);
        }
        let skipped = arguments
            .iter()
            .skip_while(|word| {
                word.constant().is_some_and(|text| {
                    text.starts_with('-') && text.len() < 4 || text.starts_with('%')
                })
            })
            .map(|word| word.node)
            .collect();
        if let Some(flow) = self.flows.last_mut()
            && flow.texts.len() < MOST_TEXTS
        {
            flow.texts.push(Printed::Words(skipped));
        }
    }

    /// `cat <<E`: what it is fed goes on.
    fn passes(&mut self, arguments: &[Word<'a>]) {
        if arguments.iter().any(|word| word.constant() != Some("-")) {
            return;
        }
        let Some(fed) = self.fed else { return };
        let printed = self.printed(fed);
        if let Some(flow) = self.flows.last_mut() {
            flow.texts.extend(printed);
        }
    }

    fn printed(&self, fed: Node<'a>) -> Option<Printed<'a>> {
        if Kind::of(fed) == Kind::HereString {
            return children(fed).next().map(|word| Printed::Words(vec![word]));
        }
        let start = children(fed).find(|part| Kind::of(*part) == Kind::HereStart)?;
        let body = children(fed).find(|part| Kind::of(*part) == Kind::HereBody)?;
        Some(Printed::Body(body, expands(self.script.of(start))))
    }

    /// What a pipeline is redirected to read, its last command does.
    fn feed_last(&mut self, redirected: Node<'a>) {
        let Some(fed) = self.feeds(redirected) else {
            return;
        };
        let mut body = children(redirected).next();
        while let Some(node) = body {
            match Kind::of(node) {
                Kind::Command => {
                    self.feeding.insert(node.id(), fed);
                    return;
                }
                Kind::Pipeline | Kind::List => body = children(node).last(),
                _ => return,
            }
        }
    }

    /// The redirect that a redirected command reads from.
    fn feeds(&self, node: Node<'a>) -> Option<Node<'a>> {
        children(node)
            .filter(|child| match Kind::of(*child) {
                Kind::HereString | Kind::HereDocument => true,
                Kind::FileRedirect => {
                    let written = self.script.of(*child);
                    written.starts_with('<') || written.starts_with("0<")
                }
                _ => false,
            })
            .last()
    }

    fn interprets(&mut self, role: Role, base: &str, command: &Command<'a>, program: &Program) {
        let arguments = command.arguments(program);
        let start = command
            .words
            .get(program.at)
            .map_or(0, |word| word.node.start_byte());
        let span = start..command.end;
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
            Runs::Nothing => {}
        }
        self.make(Taint::Output);
    }

    fn runs_stdin(&mut self, role: Role, base: &str, span: Range<usize>) {
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

    fn runs_fed(&mut self, role: Role, base: &str, fed: Node<'a>, span: Range<usize>) {
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

    fn run_printed(&mut self, role: Role, base: &str, printed: Printed<'a>, span: Range<usize>) {
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

    fn runs_code(&mut self, role: Role, base: &str, word: &Word<'a>, span: Range<usize>) {
        if let (Text::Choice(values), Role::Shell) = (&word.text, role) {
            for value in values {
                let mut decoder = Decoder::new(self.words, self.places);
                decoder.value(value, word.span().start);
                let nested = decoder.nested(self.depth + 1, span.clone());
                self.reader.enqueue(nested);
            }
            return;
        }
        let prints = print_below(word.node);
        // What `xargs -I{}` and `find` put there.
        let is_unknown = word.text.is_unknown() || word.constant() == Some("{}");
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
        self.sink(&prints, span, Taint::Decoded, &BASH_RUN_OUTPUT);
        if base.starts_with("python")
            && self.places.is_outermost()
            && let Some(range) = verbatim(self.words, word.node)
        {
            self.reader.python(range);
        }
    }

    fn nest(&mut self, nodes: &[Node<'a>], span: Range<usize>) {
        let mut decoder = Decoder::new(self.words, self.places);
        for node in nodes {
            decoder.word(*node);
        }
        let nested: Nested = decoder.nested(self.depth + 1, span);
        self.reader.enqueue(nested);
    }

    fn runs_file(&mut self, role: Role, word: &Word<'a>, span: Range<usize>) {
        let prints = print_below(word.node);
        let process = prints
            .iter()
            .any(|node| Kind::of(*node) == Kind::ProcessSubstitution);
        let least = if process {
            Taint::Output
        } else {
            Taint::Decoded
        };
        self.sink(&prints, span.clone(), least, &BASH_RUN_OUTPUT);
        if self.is_download(&word.text) {
            self.add(&BASH_RUN_DOWNLOAD, span);
        } else if word.text.only_variable() == Some("0") {
            self.itself(word);
        } else if role == Role::Source && !process && word.constant().is_none() {
            self.add(&BASH_SOURCE, span);
        }
    }

    /// A file that was downloaded and is now a command.
    fn ran_file(&mut self, word: &Word<'a>, command: &Command<'a>) -> bool {
        let written = word.text.written();
        let ran = written.contains(['/', '$']) && self.is_download(&word.text);
        if ran {
            self.add(&BASH_RUN_DOWNLOAD, word.node.start_byte()..command.end);
        }
        ran
    }

    fn is_download(&self, text: &Text) -> bool {
        !self.reader.downloads.is_empty()
            && self.reader.downloads.contains(plain_path(&text.written()))
    }

    fn downloads(&mut self, base: &str, arguments: &[Word<'a>]) {
        self.make(Taint::Downloaded);
        let mut named = Vec::new();
        for pair in arguments.windows(2) {
            let [option, value] = pair else { continue };
            if let Some(
                "-o" | "-O" | "--output" | "--output-document" | "-qO" | "-sSLo" | "-fsSLo" | "-Lo"
                | "-sLo" | "-so" | "-fLo",
            ) = option.constant()
            {
                named.push(value.text.written());
            }
        }
        let remote = base == "wget" && named.is_empty()
            || arguments.iter().any(|word| {
                matches!(
                    word.constant(),
                    Some(
                        "-O" | "--remote-name"
                            | "-LO"
                            | "-sO"
                            | "-OL"
                            | "-sSLO"
                            | "-fsSLO"
                            | "-sLO"
                    )
                )
            });
        if remote {
            let urls = arguments
                .iter()
                .filter_map(Word::constant)
                .filter(|url| url.contains('/'));
            named.extend(
                urls.filter_map(|url| url.rsplit('/').next())
                    .map(str::to_owned),
            );
        }
        self.saved_to(named.into_iter());
    }

    fn saved_to(&mut self, files: impl Iterator<Item = String>) {
        let flow = self
            .flows
            .last()
            .map_or(Taint::None, |flow| flow.made.max(flow.input));
        if flow == Taint::Downloaded {
            let files = files.filter(|file| !file.is_empty() && !file.starts_with('-'));
            let files = files.map(|file| plain_path(&file).to_owned());
            self.reader.downloads.extend(files);
        }
    }

    /// Commands that keep or send text to be run.
    fn texts(&mut self, role: Role, base: &str, arguments: &[Word<'a>]) {
        let nodes: Vec<Node<'a>> = match role {
            Role::Trap => arguments
                .iter()
                .find(|word| word.constant() != Some("--"))
                .filter(|word| !word.text.beginning().starts_with('-'))
                .map(|word| word.node)
                .into_iter()
                .collect(),
            Role::RunsOption => arguments
                .windows(2)
                .filter(|pair| {
                    pair.first().and_then(Word::constant).is_some_and(|option| {
                        option == "--command" || option.starts_with('-') && option.ends_with('c')
                    })
                })
                .filter_map(|pair| pair.last().map(|word| word.node))
                .collect(),
            Role::RunsText => behind_options(arguments, &["-n", "-d", "--interval"])
                .iter()
                .map(|word| word.node)
                .collect(),
            Role::Network if base == "ssh" => behind_options(
                arguments,
                &[
                    "-p", "-i", "-l", "-o", "-F", "-J", "-L", "-R", "-D", "-b", "-c", "-E", "-m",
                    "-S", "-W", "-w",
                ],
            )
            .iter()
            .skip(1)
            .map(|word| word.node)
            .collect(),
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

    /// `find … -exec program … ;`
    fn executes(&mut self, arguments: &[Word<'a>]) {
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
            self.command(&Command { words, end });
        }
    }

    fn redirect(&mut self, node: Node<'a>) {
        let written = self.script.of(node);
        let target = children(node)
            .find(|part| !matches!(Kind::of(*part), Kind::Error | Kind::FileDescriptor));
        let Some(target) = target else {
            return;
        };
        let text = self.words.text(target);
        if paths::is_socket(text.beginning()) {
            return self.add(&BASH_REMOTE_SHELL, node.byte_range());
        }
        if written.contains('>') && !written.contains(">(") {
            self.saved_to(std::iter::once(text.written()));
            let word = Word { node: target, text };
            if let Some(rule) = judge::written_to(std::iter::once(&word), false) {
                self.add(rule, node.byte_range());
            }
        }
    }

    /// The script starts itself: twice, or in a loop, is once too often.
    fn itself(&mut self, word: &Word<'a>) {
        let parent = word.node.parent().and_then(Node::parent);
        let outer = parent.and_then(Node::parent);
        let background = parent.zip(outer).is_some_and(|(command, outer)| {
            in_background(self.script, outer, command) || Kind::of(outer) == Kind::Pipeline
        });
        self.selves += usize::from(background);
        if self.selves > 1 {
            self.add(&BASH_FORK_BOMB, word.span());
        }
    }

    /// `while :; do … & done`, with nothing in it that waits.
    fn endless(&mut self, body: Node<'a>) {
        let Some(statement) = body.parent() else {
            return;
        };
        let head = self
            .script
            .text
            .get(statement.start_byte()..body.start_byte())
            .unwrap_or("");
        let head: String = head.split_whitespace().collect::<Vec<_>>().concat();
        let for_ever = matches!(
            head.trim_end_matches(';'),
            "while:"
                | "whiletrue"
                | "untilfalse"
                | "for((;;))"
                | "while[1]"
                | "while((1))"
                | "while[true]"
                | "while[[1]]"
        );
        if !for_ever {
            return;
        }
        let starts = body.all_children().find(|child| {
            Kind::of(*child) == Kind::Command && in_background(self.script, body, *child)
        });
        let text = self.script.of(body);
        let waits = [
            "wait", "sleep", "read", "break", "exit", "return", "accept", "-l",
        ]
        .iter()
        .any(|word| text.contains(word));
        if let Some(command) = starts.filter(|_| !waits) {
            self.add(&BASH_FORK_BOMB, command.byte_range());
        }
    }

    /// Words that the parser could not place: where a command begins among them, it is read as one.
    fn find_loose(&mut self, error: Node<'a>) {
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

    fn keep_loose(&mut self, run: Vec<Node<'a>>) {
        if let Some(first) = run.first()
            && matches!(Kind::of(*first), Kind::Word | Kind::CommandName)
        {
            self.loose.insert(first.id(), run);
        }
    }

    fn add(&mut self, rule: &'static Rule, span: Range<usize>) {
        let span = self.places.outer(span);
        self.reader.add(rule, span);
    }
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

fn plain_path(path: &str) -> &str {
    path.strip_prefix("./").unwrap_or(path)
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

/// The substitutions in a word.
fn print_below(node: Node<'_>) -> Vec<Node<'_>> {
    let is_one = |node: &Node<'_>| {
        matches!(
            Kind::of(*node),
            Kind::Substitution | Kind::ProcessSubstitution
        )
    };
    if is_one(&node) {
        return vec![node];
    }
    children(node)
        .flat_map(|part| std::iter::once(part).chain(children(part)))
        .filter(is_one)
        .collect()
}
