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
    let seen = check
        .seen
        .trim_end()
        .replace('\n', &format!("\n{:1$}", "", width + 7));
    let mut shown = format!("{health}  {:<width$} {seen}\n", check.id);
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_mends_stands_below_what_was_seen() {
        let check = Check {
            id: "leftovers".to_owned(),
            health: Health::Warn,
            seen: "two lines\nof words\n".to_owned(),
            mend: Some("a setting".to_owned()),
            command: Some(vec!["lazaret".to_owned(), "reap it".to_owned()]),
            proofs: Vec::new(),
        };
        let shown = check_text(&check, 10);
        let lines: Vec<&str> = shown.lines().collect();
        let below = |text: &str| format!("{:17}{text}", "");
        let expected = [
            "warn  leftovers  two lines".to_owned(),
            below("of words"),
            below("mend: a setting"),
            below("run:  lazaret 'reap it'"),
        ];
        assert_eq!(lines, expected);
    }
}
