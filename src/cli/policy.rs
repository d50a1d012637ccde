//! `lazaret policy show`, `check` and `default`.

use std::path::Path;

use super::args::{Format, PolicyCheck, PolicyCommand, PolicyShow};
use super::{exit, output, setup};
use crate::check;
use crate::policy::layers::{Owner, Problem, Source, layer, weaknesses};
use crate::render;

pub(super) fn policy(command: &PolicyCommand) -> u8 {
    match command {
        PolicyCommand::Show(options) => show(options),
        PolicyCommand::Check(options) => check(options),
        PolicyCommand::Default => {
            output::result(&render::default_policy());
            exit::OK
        }
    }
}

fn show(options: &PolicyShow) -> u8 {
    let layered = setup::layered(&options.policy).map_err(|error| error.to_string());
    output::told(layered.map(|layered| match options.format {
        Format::Text => render::policy_text(&layered),
        Format::Json => render::policy_document(&layered, &weaknesses(&layered.policy)) + "\n",
    }))
}

/// The file alone, as if it were the administrator's: where it will be used is not known here.
fn check(options: &PolicyCheck) -> u8 {
    let text = match std::fs::read_to_string(&options.file) {
        Ok(text) => text,
        Err(error) => {
            let file = super::input::name(&options.file);
            output::message(&format!("failed to read {file}: {error}"));
            return exit::INVALID;
        }
    };
    let rules: Vec<&str> = check::rules().map(|rule| rule.id).collect();
    let source = Source {
        owner: Owner::Administrator,
        path: options.file.clone(),
        text,
    };
    let (problems, warnings) = match layer(&[source], Some(&rules)) {
        Ok(layered) => (Vec::new(), weaknesses(&layered.policy)),
        Err(problems) => (problems, Vec::new()),
    };
    tell(&options.file, options.format, &problems, &warnings);
    if problems.is_empty() {
        exit::OK
    } else {
        exit::REJECTED_BY_CHECK
    }
}

fn tell(file: &Path, format: Format, problems: &[Problem], warnings: &[String]) {
    let name = super::input::name(file);
    if format == Format::Json {
        return output::result(&(render::policy_check_document(&name, problems, warnings) + "\n"));
    }
    output::result(&render::policy_problems(problems));
    for warning in warnings {
        output::result(&format!("{name}: warning: {warning}\n"));
    }
    if problems.is_empty() {
        output::result(&format!("{name}: a valid policy\n"));
    }
}
