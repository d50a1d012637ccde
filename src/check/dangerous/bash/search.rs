//! The walk over one script.

mod bombs;
mod commands;
mod files;
mod flow;
mod interpret;
mod loose;
mod texts;

use std::collections::{HashMap, HashSet};
use std::ops::Range;

use super::Kind;
use super::Reader;
use super::command::Command;
use super::functions::Functions;
use super::misread::{Misread, unbraced};
use super::nested::{Decoder, Places};
use super::variables::Variables;
use super::word::Words;
use crate::check::Rule;
use crate::check::tree::{Node, Script, Step, Walk, children};
pub(super) use flow::Taint;
use flow::{Flow, MOST_TEXTS, Sink};

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
    /// Variables that `read` fills from a list of what lies in a root.
    listed: HashSet<String>,
    /// How often the script starts itself beside what it does, and how often without arguments.
    selves: usize,
    bare_selves: usize,
    /// The command at hand is one that `find` runs.
    executing: bool,
    misread: Misread,
}

impl<'a, 'text, 'r, 'notes, 'policy> Search<'a, 'text, 'r, 'notes, 'policy> {
    pub(super) fn new(
        script: &'a Script<'text>,
        variables: &'a Variables,
        functions: &'a Functions,
        misread: Misread,
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
            listed: HashSet::new(),
            selves: 0,
            bare_selves: 0,
            executing: false,
            misread,
        }
    }

    pub(super) fn run(mut self) {
        for range in self.misread.commands.clone() {
            let mut decoder = Decoder::new(self.words, self.places);
            match unbraced(self.script.text.get(range.clone()).unwrap_or("")) {
                Some(words) => decoder.value(&words, range.start),
                None => decoder.joined(range.clone()),
            }
            let nested = decoder.nested(self.depth + 1, range);
            self.reader.enqueue(nested);
        }
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
            && !self.is_text(node)
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
                // `>(…)` reads what the command writes.
                let reads = self.script.of(node).starts_with(">(");
                let outer = self.flows.last().filter(|_| reads);
                let input = outer.map_or(Taint::None, |outer| outer.made.max(outer.input));
                self.flows.push(Flow {
                    input,
                    ..Flow::default()
                });
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
            Kind::Command | Kind::FileRedirect if self.is_text(node) => {}
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
            Kind::HereBody => self.backquoted(node),
            _ => {}
        }
        self.open.push(open);
    }

    /// Whether what the tree takes for code is the text of a here-document.
    fn is_text(&self, node: Node<'_>) -> bool {
        (self.misread).is_text(node.start_byte(), self.substitutions > 0)
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
            flow.fed.truncate(MOST_TEXTS);
        }
    }

    fn make(&mut self, taint: Taint) {
        if let Some(flow) = self.flows.last_mut() {
            flow.made = flow.made.max(taint);
        }
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

    fn add(&mut self, rule: &'static Rule, span: Range<usize>) {
        let span = self.places.outer(span);
        self.reader.add(rule, span);
    }
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
