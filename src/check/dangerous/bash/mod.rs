//! Dangerous commands in bash.
//!
//! Each script is read twice: once for what variables and functions are, once, in the order of the
//! text, for what its commands run. That second walk follows where downloaded, decoded and computed
//! text may flow (through pipelines, groups and substitutions) to an interpreter that runs it.
//! Strings and here-documents that are scripts themselves (`bash -c '…'`, `trap`, `ssh`) wait in a
//! queue and are read the same way, within one budget for all of them. ERROR nodes are read too,
//! because the grammar refuses some valid scripts. Does not follow values through functions, files
//! and computations, and does not know in which order a script runs.

mod calls;
mod command;
mod expansions;
mod functions;
mod judge;
mod misread;
mod names;
mod nested;
mod paths;
mod printed;
mod quotes;
mod runs;
mod search;
mod variables;
mod word;

use std::collections::{HashMap, HashSet, VecDeque};
use std::ops::Range;

use super::shown;
use crate::check::Rule;
use crate::check::notes::Notes;
use crate::check::parser::Fuel;
use crate::check::rules::bash::BASH_RUN_TEXT;
use crate::check::syntax::{self, Outline};
use crate::check::tree::{Script, kinds};
use crate::language::Grammar;
use functions::Functions;
use misread::Misread;
use nested::{Nested, Places};
use search::{Search, Taint};
use variables::Variables;

kinds!(Grammar::Bash, Kind {
    Command = "command",
    CommandName = "command_name",
    Redirected = "redirected_statement",
    FileRedirect = "file_redirect",
    FileDescriptor = "file_descriptor",
    HereString = "herestring_redirect",
    HereDocument = "heredoc_redirect",
    HereStart = "heredoc_start",
    HereBody = "heredoc_body",
    Assignment = "variable_assignment",
    Subscript = "subscript",
    Array = "array",
    Pipeline = "pipeline",
    List = "list",
    If = "if_statement",
    Case = "case_statement",
    While = "while_statement",
    CFor = "c_style_for_statement",
    For = "for_statement",
    Body = "do_group",
    Function = "function_definition",
    Subshell = "subshell",
    Unset = "unset_command",
    Declaration = "declaration_command",
    Test = "test_command",
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

/// How deep scripts in scripts are read.
const MOST_DEPTH: u8 = 8;
/// How much text of scripts in scripts is read, in bytes.
const MOST_NESTED: usize = 40_000;
/// How many scripts in scripts are read; each costs a parser's start. A long script has a few hundred
/// commands that the grammar has wrong, and each of them is read as one.
const MOST_SCRIPTS: usize = 1_000;

/// What is known across a script and those in it.
struct Reader<'text, 'notes, 'policy> {
    outermost: &'text str,
    notes: &'notes mut Notes<'policy>,
    variables: Variables,
    queue: VecDeque<Nested>,
    /// What reading scripts in scripts may cost the parser.
    fuel: Fuel,
    budget: usize,
    scripts: usize,
    /// What was said, so that a place that is read twice is told of once.
    said: HashSet<(&'static str, usize, usize)>,
    /// Files that something downloaded or decoded was written to, and nobody verified.
    saved: HashMap<String, Taint>,
}

pub(super) fn check(script: &Script<'_>, outline: &Outline, fuel: Fuel, notes: &mut Notes<'_>) {
    let mut reader = Reader {
        outermost: script.text,
        notes,
        variables: Variables::default(),
        queue: VecDeque::new(),
        fuel,
        budget: MOST_NESTED,
        scripts: MOST_SCRIPTS,
        said: HashSet::new(),
        saved: HashMap::new(),
    };
    reader.read(script, outline, &Places::default(), 0);
    while let Some(nested) = reader.queue.pop_front() {
        let reading = syntax::read(&nested.text, Grammar::Bash);
        match Script::parse(&nested.text, Grammar::Bash, &reading, &reader.fuel) {
            Some(script) => {
                reader.read(&script, &reading.outline, &nested.places, nested.depth);
            }
            None => reader.too_intricate(nested.whole),
        }
    }
}

impl Reader<'_, '_, '_> {
    fn read(&mut self, script: &Script<'_>, outline: &Outline, places: &Places, depth: u8) {
        let mut variables = std::mem::take(&mut self.variables);
        variables.gather(script);
        let functions = Functions::of(script);
        let misread = Misread::of(script, outline);
        Search::new(script, &variables, &functions, misread, places, depth, self).run();
        self.variables = variables;
    }

    /// Puts a script on the queue, or says that there are too many to read.
    fn enqueue(&mut self, nested: Nested) {
        if nested.text.trim().is_empty() {
            return;
        }
        if nested.depth > MOST_DEPTH || !self.spend(nested.text.len()) {
            let message = "scripts in this script are nested too deeply, or too long, to be read";
            return self.say(&BASH_RUN_TEXT, nested.whole, message.to_owned());
        }
        self.queue.push_back(nested);
    }

    /// Reads Python that stands as it is in the outermost script.
    fn python(&mut self, range: Range<usize>) {
        if !self.spend(range.len()) {
            let message = "scripts in this script are too long to be read";
            return self.say(&BASH_RUN_TEXT, range, message.to_owned());
        }
        let text = self.outermost;
        let reading = syntax::read(text.get(range.clone()).unwrap_or(""), Grammar::Python);
        let whole = range.clone();
        match Script::parse_part(text, range, Grammar::Python, &reading, &self.fuel) {
            Some(script) => super::python::check(&script, &self.fuel, self.notes),
            None => self.too_intricate(whole),
        }
    }

    fn too_intricate(&mut self, whole: Range<usize>) {
        let message = "a script in this script is too intricate to be read";
        self.say(&BASH_RUN_TEXT, whole, message.to_owned());
    }

    fn spend(&mut self, cost: usize) -> bool {
        if cost > self.budget || self.scripts == 0 {
            return false;
        }
        self.budget -= cost;
        self.scripts -= 1;
        true
    }

    /// Tells of a place in the outermost script, unless that was done.
    fn add(&mut self, rule: &'static Rule, span: Range<usize>) {
        let written = self.outermost.get(span.clone()).unwrap_or("");
        let message = format!("`{}`: {}", shown(written), rule.why);
        self.say(rule, span, message);
    }

    fn say(&mut self, rule: &'static Rule, span: Range<usize>, message: String) {
        if self.said.insert((rule.id, span.start, span.end)) {
            self.notes.add(rule, span, message);
        }
    }
}

#[cfg(test)]
mod tests;
