//! `lazaret plan`, and `lazaret run --dry-run`.

use super::args::{EngineOptions, Format, PlanOptions, Run};
use super::{exit, output, run, setup};
use crate::check::check_bytes;
use crate::language::Language;
use crate::outcome::{Outcome, Status, Verdict};
use crate::policy::{Ask, Policy};
use crate::render;
use crate::sandbox::{PlanError, Request};

pub(super) async fn plan(options: &PlanOptions) -> u8 {
    let Some(language) = Language::by_name(&options.language) else {
        output::message(&format!(
            "unknown language `{}`; there are: {}",
            options.language,
            Language::names()
        ));
        return exit::INVALID;
    };
    match setup::policy(&options.policy) {
        Ok(policy) => {
            print(
                policy,
                &options.engine,
                language,
                &options.limits.ask(),
                options.format,
            )
            .await
        }
        Err(error) => {
            output::message(&error.to_string());
            exit::INVALID
        }
    }
}

/// A script that the checks reject has no command line.
pub(super) async fn dry_run(options: &Run, policy: Policy, request: &Request) -> u8 {
    let report = check_bytes(&request.script, request.language, &policy);
    if let Some(finding) = report.verdict() {
        let verdict = Verdict::not_run(Status::Rejected, finding.layer.name(), finding.told());
        let (id, now) = (
            uuid::Uuid::now_v7().to_string(),
            jiff::Timestamp::now().to_string(),
        );
        let mut outcome = Outcome::new(id, now, verdict);
        outcome.findings = report.findings;
        return run::conclude(options, Some(request), &outcome);
    }
    print(
        policy,
        &options.engine,
        request.language,
        &request.ask,
        options.format,
    )
    .await
}

async fn print(
    policy: Policy,
    engine: &EngineOptions,
    language: &'static Language,
    ask: &Ask,
    format: Format,
) -> u8 {
    let sandbox = setup::sandbox(policy, engine);
    match sandbox.plan(language, ask).await {
        Ok((plan, engine)) => {
            let host = sandbox.host(&engine).await;
            output::result(&match format {
                Format::Text => render::plan_text(&plan, &host),
                Format::Json => {
                    render::plan_document(&plan, language.name, engine.dialect.name(), &host) + "\n"
                }
            });
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
