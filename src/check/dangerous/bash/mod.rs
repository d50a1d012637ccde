//! Dangerous commands in bash.
//!
//! One walk. It follows where downloaded bytes may flow (through pipelines, groups and
//! substitutions) to an interpreter that runs them, and reads each command's name as bash would
//! after quote removal. ERROR nodes are read too, because the grammar refuses some valid scripts.
//! Does not read scripts inside strings (`bash -c '…'`), and does not follow variables.

mod command;
mod names;
mod word;

use std::collections::HashSet;
use std::ops::Range;

use super::shown;
use crate::check::Rule;
use crate::check::notes::Notes;
use crate::check::rules::bash::{BASH_EVAL, BASH_RUN_DOWNLOAD, BASH_RUN_VARIABLE};
use crate::check::tree::{Node, Script, Step, Walk, children, kinds};
use crate::language::Grammar;
use command::Command;
use names::Role;
use word::{Text, text};

kinds!(Grammar::Bash, Kind {
    Command = "command",
    CommandName = "command_name",
    Redirected = "redirected_statement",
    FileRedirect = "file_redirect",
    HereString = "herestring_redirect",
    HereDocument = "heredoc_redirect",
    Assignment = "variable_assignment",
    Pipeline = "pipeline",
    Substitution = "command_substitution",
    ProcessSubstitution = "process_substitution",
    Concatenation = "concatenation",
    Word = "word",
    Number = "number",
    String = "string",
    StringContent = "string_content",
    RawString = "raw_string",
    AnsiString = "ansi_c_string",
    TranslatedString = "translated_string",
    SimpleExpansion = "simple_expansion",
    Expansion = "expansion",
} Pipe = "|", PipeBoth = "|&");

/// What the bytes on a pipeline's way are known to be.
#[derive(Clone, Copy, Default)]
struct Flow {
    /// What the current stage reads was downloaded.
    input: bool,
    /// A stage before the next `|` downloads.
    downloads: bool,
}

/// A node on the way up: what entering it opened.
struct Open {
    kind: Kind,
    flow: bool,
    substitution: bool,
    sink: bool,
}

struct Search<'script, 'text, 'notes, 'policy> {
    script: &'script Script<'text>,
    notes: &'notes mut Notes<'policy>,
    open: Vec<Open>,
    flows: Vec<Flow>,
    substitutions: usize,
    /// Nodes whose output some interpreter runs, with the place of that interpreter.
    sinks: HashSet<u32>,
    running: Vec<Range<usize>>,
}

pub(super) fn check(script: &Script<'_>, notes: &mut Notes<'_>) {
    let mut search = Search {
        script,
        notes,
        open: Vec::new(),
        flows: vec![Flow::default()],
        substitutions: 0,
        sinks: HashSet::new(),
        running: Vec::new(),
    };
    for step in Walk::of(script.root()) {
        match step {
            Step::Enter(node, _) => search.enter(node),
            Step::Leave => search.leave(),
        }
    }
}

impl Search<'_, '_, '_, '_> {
    fn enter(&mut self, node: Node<'_>) {
        let kind = Kind::of(node);
        let parent = self.open.last().map(|open| open.kind);
        let mut open = Open {
            kind,
            flow: false,
            substitution: false,
            sink: !self.sinks.is_empty() && self.sinks.contains(&node.id()),
        };
        if open.sink {
            self.running.push(node.byte_range());
        }
        match kind {
            Kind::Pipeline | Kind::Error => {
                self.open_flow(parent == Some(Kind::HereDocument));
                open.flow = true;
            }
            Kind::Substitution | Kind::ProcessSubstitution => {
                self.flows.push(Flow::default());
                self.substitutions += 1;
                (open.flow, open.substitution) = (true, true);
            }
            Kind::Pipe | Kind::PipeBoth => self.next_stage(),
            Kind::Command => self.command(node),
            Kind::Redirected => self.redirected(node),
            Kind::Word if parent == Some(Kind::Error) => self.loose_word(node),
            _ => {}
        }
        self.open.push(open);
    }

    fn leave(&mut self) {
        let Some(open) = self.open.pop() else { return };
        if open.sink {
            self.running.pop();
        }
        self.substitutions -= usize::from(open.substitution);
        if open.flow {
            let inner = self.flows.pop().unwrap_or_default();
            if let Some(flow) = self.flows.last_mut() {
                flow.downloads |= inner.downloads;
            }
        }
    }

    /// A pipeline's first stage reads what the pipeline reads; one behind a here-document's
    /// operator (`cat <<E | sh`) reads what its command writes.
    fn open_flow(&mut self, behind: bool) {
        let outer = self.flows.last().copied().unwrap_or_default();
        self.flows.push(Flow {
            input: outer.input || (behind && outer.downloads),
            downloads: false,
        });
    }

    fn next_stage(&mut self) {
        if let Some(flow) = self.flows.last_mut() {
            flow.input |= flow.downloads;
        }
    }

    fn command(&mut self, node: Node<'_>) {
        let Some(command) = Command::of(self.script, node) else {
            return;
        };
        match &command.name {
            Text::Constant(_) => self.named_command(&command, node),
            Text::Variable if self.substitutions > 0 => {
                self.add(&BASH_RUN_VARIABLE, command.name_span.clone());
            }
            Text::Variable | Text::Computed => {}
        }
    }

    fn named_command(&mut self, command: &Command<'_>, node: Node<'_>) {
        match command.role() {
            Some(Role::Eval) => self.add(&BASH_EVAL, command.name_span.clone()),
            Some(Role::Download) => self.download(),
            Some(Role::Shell | Role::Interpreter | Role::Source) => {
                let flow = self.flows.last().copied().unwrap_or_default();
                if flow.input && command.runs_stdin() {
                    self.add(&BASH_RUN_DOWNLOAD, command.name_span.start..node.end_byte());
                }
                self.sinks
                    .extend(command.run_arguments().map(super::super::tree::Node::id));
                self.redirects(command, node);
            }
            None => {}
        }
    }

    fn download(&mut self) {
        if let Some(flow) = self.flows.last_mut() {
            flow.downloads = true;
        }
        if let Some(span) = self.running.last().cloned() {
            self.add(&BASH_RUN_DOWNLOAD, span);
        }
    }

    /// `sh < <(curl …)`: the redirect is a sibling of the command.
    fn redirected(&mut self, node: Node<'_>) {
        let body = children(node)
            .next()
            .filter(|body| Kind::of(*body) == Kind::Command);
        if let Some(command) = body.and_then(|body| Command::of(self.script, body)) {
            self.redirects(&command, node);
        }
    }

    fn redirects(&mut self, command: &Command<'_>, node: Node<'_>) {
        if !command.runs_stdin() {
            return;
        }
        let redirects = children(node)
            .filter(|child| matches!(Kind::of(*child), Kind::FileRedirect | Kind::HereString));
        for source in redirects.flat_map(children) {
            if !self.script.of(source).starts_with(">(") {
                self.sinks.insert(source.id());
            }
        }
    }

    /// A word that the parser could not place: `eval` where a command begins.
    fn loose_word(&mut self, node: Node<'_>) {
        let is_eval = text(self.script, node) == Text::Constant("eval".to_owned());
        if is_eval && begins_command(self.script.text, node.start_byte()) {
            self.add(&BASH_EVAL, node.byte_range());
        }
    }

    fn add(&mut self, rule: &'static Rule, span: Range<usize>) {
        let written = self.script.text.get(span.clone()).unwrap_or("");
        let message = format!("`{}`: {}", shown(written), rule.why);
        self.notes.add(rule, span, message);
    }
}

/// Whether what stands before an offset on its line lets a command begin there.
fn begins_command(text: &str, at: usize) -> bool {
    let before = text.get(..at).unwrap_or("");
    let line = before.rsplit('\n').next().unwrap_or("").trim_end();
    let keyword = line.rsplit([' ', '\t', ';']).next().unwrap_or("");
    line.is_empty()
        || line.ends_with([';', '|', '&', '(', ')', '{', '`', '!'])
        || matches!(
            keyword,
            "then" | "do" | "else" | "if" | "elif" | "while" | "until"
        )
}
