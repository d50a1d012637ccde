//! `lazaret run`.

use super::args::{Format, Run};
use super::live::Live;
use super::report::Report;
use super::{plan, setup, signals};
use crate::outcome::{Status, Verdict};
use crate::policy::Policy;
use crate::sandbox::{Request, Watch, unstarted};

pub(super) async fn run(options: &Run) -> u8 {
    let mut report = Report::new(options);
    let (policy, request) = match understand(&mut report) {
        Ok(understood) => understood,
        Err(verdict) => return report.conclude(None, &unstarted(verdict)),
    };
    if options.dry_run {
        return plan::dry_run(&mut report, policy, &request).await;
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
    report.conclude(Some(&request), &outcome)
}

/// Everything that can be wrong with a request is known before anything runs.
fn understand(report: &mut Report<'_>) -> Result<(Policy, Request), Verdict> {
    let invalid = |kind, message| Verdict::not_run(Status::Invalid, kind, message);
    let options = report.options;
    report
        .open()
        .map_err(|error| invalid(error.kind, error.message))?;
    let policy = setup::policy(&options.script.policy)
        .map_err(|error| invalid("bad-policy", error.to_string()))?;
    let request = setup::request(&options.script, &policy)
        .map_err(|error| invalid(error.kind, error.message))?;
    Ok((policy, request))
}
