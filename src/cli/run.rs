//! `lazaret run`.

use super::args::{Format, Run};
use super::live::Live;
use super::{check, exit, input, output, plan, setup, signals};
use crate::outcome::{Outcome, Status, Verdict};
use crate::policy::{Level, Policy};
use crate::render;
use crate::sandbox::{Request, Watch};

pub(super) async fn run(options: &Run) -> u8 {
    let (policy, request) = match understand(options) {
        Ok(understood) => understood,
        Err(verdict) => {
            let (id, now) = (
                uuid::Uuid::now_v7().to_string(),
                jiff::Timestamp::now().to_string(),
            );
            return conclude(options, None, &Outcome::new(id, now, verdict));
        }
    };
    if options.dry_run {
        return plan::dry_run(options, policy, &request).await;
    }
    let sandbox = setup::sandbox(policy, &options.engine);
    let mut watch = Watch::default();
    signals::cancel_on_signals(&watch.cancel);
    let live = match options.format {
        Format::Json => None,
        Format::Text => {
            let (live, watcher) = Live::start(watch.cancel.clone());
            watch.watcher = Some(watcher);
            Some(live)
        }
    };
    let outcome = sandbox.run(&request, &watch).await;
    watch.watcher = None;
    if let Some(live) = live {
        live.finish().await;
    }
    conclude(options, Some(&request), &outcome)
}

fn understand(options: &Run) -> Result<(Policy, Request), Verdict> {
    let invalid = |kind, message| Verdict::not_run(Status::Invalid, kind, message);
    let policy = setup::policy(&options.script.policy)
        .map_err(|error| invalid("bad-policy", error.to_string()))?;
    let request = setup::request(&options.script, &policy)
        .map_err(|error| invalid(error.kind, error.message))?;
    Ok((policy, request))
}

/// The result goes where it was asked for, and what a person must know goes to stderr.
pub(super) fn conclude(options: &Run, request: Option<&Request>, outcome: &Outcome) -> u8 {
    let document = render::result_document(outcome) + "\n";
    let mut code = exit::code(outcome);
    if let Some(file) = &options.result
        && let Err(error) = std::fs::write(file, &document)
    {
        output::message(&format!(
            "failed to write the result to {}: {error}",
            input::name(file)
        ));
        code = if code == exit::OK {
            exit::INVALID
        } else {
            code
        };
    }
    match options.format {
        Format::Json => output::result(&document),
        Format::Text => tell(options, request, outcome),
    }
    code
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
