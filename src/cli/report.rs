//! Where the outcome of a run goes: the result file, stdout, and what a person must know on stderr.

use std::fs::File;
use std::io::Write as _;

use super::args::{Format, Run};
use super::input::InputError;
use super::{check, exit, input, output};
use crate::outcome::{Outcome, Status};
use crate::policy::Level;
use crate::render;
use crate::sandbox::Request;

/// Where the result goes.
pub(super) struct Report<'a> {
    pub(super) options: &'a Run,
    file: Option<File>,
}

impl<'a> Report<'a> {
    /// A report to nobody but stdout and stderr, as yet.
    pub(super) fn new(options: &'a Run) -> Self {
        Self {
            options,
            file: None,
        }
    }

    /// Opens the file for the result, which may not be possible: better to know it now.
    pub(super) fn open(&mut self) -> Result<(), InputError> {
        if let Some(path) = &self.options.result {
            let file = File::create(path).map_err(|error| InputError {
                kind: "result-unwritable",
                message: format!(
                    "failed to open {} for the result: {error}",
                    input::shown(path)
                ),
            })?;
            self.file = Some(file);
        }
        Ok(())
    }

    /// The result goes where it was asked for, and what a person must know goes to stderr.
    pub(super) fn conclude(&mut self, request: Option<&Request>, outcome: &Outcome) -> u8 {
        let document = render::result_document(outcome) + "\n";
        if let Some(file) = &mut self.file
            && let Err(error) = file.write_all(document.as_bytes())
        {
            output::message(&format!("failed to write the result file: {error}"));
        }
        match self.options.format {
            Format::Json => output::result(&document),
            Format::Text => tell(self.options, request, outcome),
        }
        exit::code(outcome)
    }
}

fn tell(options: &Run, request: Option<&Request>, outcome: &Outcome) {
    if let Some(request) = request {
        let file = input::name(&options.script.file);
        output::message_as_is(&check::findings_text(&file, request, outcome));
    }
    for notice in &outcome.notices {
        output::message(&notice.message);
    }
    for breach in outcome.breaches.iter().filter(|breach| breach.accepted) {
        output::message(&format!(
            "accepted by the policy: {} does not hold: promised {}, seen {}",
            breach.name, breach.promised, breach.seen
        ));
    }
    let verdict = &outcome.verdict;
    if !exit::is_the_scripts(verdict.status) {
        output::message(&format!(
            "{}: {}",
            verdict.status.name(),
            explanation(outcome)
        ));
    }
    for evidence in &verdict.evidence {
        output::message(&format!("{}: {}", evidence.code, evidence.detail));
    }
    if let Some(cleanup) = outcome.cleanup.as_ref().filter(|cleanup| !cleanup.removed) {
        output::message(&format!("NOT CLEANED UP: {}", cleanup.detail));
    }
}

/// Findings that were shown with their carets need not be told again.
fn explanation(outcome: &Outcome) -> String {
    let problem = outcome.verdict.problem.as_ref();
    let blocked = outcome
        .findings
        .iter()
        .any(|finding| finding.level == Level::Block);
    match (outcome.verdict.status, problem) {
        (Status::Rejected, Some(problem)) if blocked => {
            format!(
                "the {} layer refuses the script; nothing of it ran",
                problem.kind
            )
        }
        (_, problem) => problem.map_or_else(String::new, |problem| problem.message.clone()),
    }
}
