//! Whether a host is fit: a screen for people, `lazaret.doctor/1`.

use serde::Serialize;

use crate::sandbox::{Check, Diagnosis, Health};

#[derive(Serialize)]
struct Document<'a> {
    schema: &'static str,
    fit: bool,
    checks: &'a [Check],
}

/// `lazaret.doctor/1` on one line without its end.
#[must_use]
pub fn doctor_document(diagnosis: &Diagnosis) -> String {
    super::table::json(&Document {
        schema: "lazaret.doctor/1",
        fit: diagnosis.is_fit(),
        checks: &diagnosis.checks,
    })
}

/// A line for each check, under it what mends it, and each promise beside its evidence.
#[must_use]
pub fn doctor_text(diagnosis: &Diagnosis) -> String {
    let widths = diagnosis.checks.iter().map(|check| check.id.len());
    let width = widths.max().unwrap_or_default().max(20);
    let text = |check| check_text(check, width);
    let mut shown: String = diagnosis.checks.iter().map(text).collect();
    shown += if diagnosis.is_fit() {
        "\nThis host is fit to run scripts.\n"
    } else {
        "\nThis host is NOT fit to run scripts: see what fails above.\n"
    };
    shown
}

fn check_text(check: &Check, width: usize) -> String {
    let health = match check.health {
        Health::Ok => "ok  ",
        Health::Warn => "warn",
        Health::Fail => "FAIL",
    };
    let mut shown = format!("{health}  {:<width$} {}\n", check.id, check.seen);
    if let Some(mend) = &check.mend {
        shown += &format!("{:1$}mend: {mend}\n", "", width + 7);
    }
    if let Some(command) = &check.command {
        let line = shlex::try_join(command.iter().map(String::as_str)).unwrap_or_default();
        shown += &format!("{:1$}run:  {line}\n", "", width + 7);
    }
    for proof in &check.proofs {
        let mark = if proof.holds { "    " } else { "FAIL" };
        shown += &format!(
            "{mark}    {:<18} promised {:<40} seen {}\n",
            proof.name, proof.promised, proof.seen
        );
    }
    shown
}
