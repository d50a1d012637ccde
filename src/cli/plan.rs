//! `lazaret plan`, and `lazaret run --dry-run`.

use super::args::{EngineOptions, Format, PlanOptions};
use super::report::Report;
use super::{exit, output, setup};
use crate::check::check_bytes;
use crate::language::Language;
use crate::outcome::{Status, Verdict};
use crate::policy::{Ask, Policy};
use crate::render;
use crate::sandbox::{PlanError, Request, unstarted};

pub(super) async fn plan(options: &PlanOptions) -> u8 {
    let Some(language) = Language::by_name(&options.language) else {
        let names = Language::names();
        output::message(&format!(
            "unknown language `{}`; there are: {names}",
            options.language
        ));
        return exit::INVALID;
    };
    let policy = match setup::policy(&options.policy) {
        Ok(policy) => policy,
        Err(error) => {
            output::message(&error.to_string());
            return exit::INVALID;
        }
    };
    match text(
        policy,
        &options.engine,
        language,
        &options.limits.ask(),
        options.format,
    )
    .await
    {
        Ok(text) => {
            output::result(&text);
            exit::OK
        }
        Err(error) => {
            output::message(&error.to_string());
            match error {
                PlanError::NotPermitted(_) => exit::INVALID,
                PlanError::Engine(_) => exit::UNAVAILABLE,
            }
        }
    }
}

/// A script that the checks reject has no command line; what stands in the way of one is a result.
pub(super) async fn dry_run(report: &mut Report<'_>, policy: Policy, request: &Request) -> u8 {
    let options = report.options;
    let checked = check_bytes(&request.script, request.language, &policy);
    if let Some(finding) = checked.verdict() {
        let verdict = Verdict::not_run(Status::Rejected, finding.layer.name(), finding.told());
        let mut outcome = unstarted(verdict);
        outcome.findings = checked.findings;
        return report.conclude(Some(request), &outcome);
    }
    match text(
        policy,
        &options.engine,
        request.language,
        &request.ask,
        options.format,
    )
    .await
    {
        Ok(text) => {
            output::result(&text);
            exit::OK
        }
        Err(error) => report.conclude(Some(request), &unstarted(error.verdict())),
    }
}

async fn text(
    policy: Policy,
    engine: &EngineOptions,
    language: &'static Language,
    ask: &Ask,
    format: Format,
) -> Result<String, PlanError> {
    let sandbox = setup::sandbox(policy, engine);
    let (plan, engine) = sandbox.plan(language, ask).await?;
    let host = sandbox.host(&engine).await;
    Ok(match format {
        Format::Text => render::plan_text(&plan, &host),
        Format::Json => {
            render::plan_document(&plan, language.name, engine.dialect.name(), &host) + "\n"
        }
    })
}
