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
    let mut shown: String = diagnosis.checks.iter().map(check_text).collect();
    shown += if diagnosis.is_fit() {
        "\nThis host is fit to run scripts.\n"
    } else {
        "\nThis host is NOT fit to run scripts: see what fails above.\n"
    };
    shown
}

fn check_text(check: &Check) -> String {
    let health = match check.health {
        Health::Ok => "ok  ",
        Health::Warn => "warn",
        Health::Fail => "FAIL",
    };
    let mut shown = format!("{health}  {:<20} {}\n", check.id, check.seen);
    if let Some(mend) = &check.mend {
        shown += &format!("{:28}mend: {mend}\n", "");
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
