//! `lazaret audit verify` and `audit head`.

use super::args::{AuditCommand, AuditVerify, Format};
use super::{exit, output, setup};
use crate::audit::{self, Report};
use crate::render;
use crate::sandbox::Sandbox;

pub(super) fn audit(command: &AuditCommand) -> u8 {
    let (policy, anchor) = match command {
        AuditCommand::Head(options) => (&options.policy, None),
        AuditCommand::Verify(options) => (&options.policy, options.anchor),
    };
    let report = setup::policy(policy)
        .map_err(|error| error.to_string())
        .and_then(|policy| Sandbox::new(policy).log())
        .and_then(|log| audit::verify(&log, anchor).map_err(|error| error.to_string()));
    let report = match report {
        Ok(report) => report,
        Err(message) => {
            output::message(&message);
            return exit::INVALID;
        }
    };
    match command {
        AuditCommand::Verify(options) => tell(options, &report),
        AuditCommand::Head(_) if report.is_whole() => output::result(&format!("{}\n", report.head)),
        AuditCommand::Head(_) => output::message(&render::verify_text(&report)),
    }
    if report.is_whole() {
        exit::OK
    } else {
        exit::REJECTED_BY_CHECK
    }
}

fn tell(options: &AuditVerify, report: &Report) {
    output::result(&match options.format {
        Format::Text => render::verify_text(report) + "\n",
        Format::Json => render::verify_document(report) + "\n",
    });
}
