//! What came of a hostile script.

use serde_json::Value;

use super::attack::{Attack, Held};
use super::latest;
use crate::outcome::{Executed, Outcome, Status};

/// What came of it, for people.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Fate {
    /// It got nothing.
    Held(String),
    /// It got something, or nobody can tell that it did not.
    Succeeded(String),
    /// It did not run.
    NotTried(String),
}

/// Whether it got anything, in the order in which it would matter: a container that is still there
/// says more than what it printed.
pub(super) fn judge(attack: &Attack, outcome: &Outcome) -> Fate {
    let verdict = &outcome.verdict;
    let status = verdict.status.name();
    if verdict.executed == Executed::No {
        return Fate::NotTried(format!("not tried: {status}: {}", problem(outcome)));
    }
    let cleanup = outcome.cleanup.as_ref();
    if let Some(cleanup) = cleanup.filter(|cleanup| !cleanup.removed) {
        return Fate::Succeeded(format!("it outlived its run: {}", cleanup.detail));
    }
    if !attack.statuses.contains(&verdict.status) {
        let wanted: Vec<&str> = attack.statuses.iter().map(|status| status.name()).collect();
        let wanted = wanted.join(" or ");
        let problem = problem(outcome);
        return Fate::Succeeded(format!("it ended as {status}, not {wanted} ({problem})"));
    }
    let held = in_time(outcome).and_then(|()| shows(attack, outcome));
    match held {
        Ok(()) => Fate::Held(ended(outcome)),
        Err(seen) => Fate::Succeeded(seen),
    }
}

fn problem(outcome: &Outcome) -> String {
    let problem = outcome.verdict.problem.as_ref();
    problem.map_or_else(
        || "no problem was told".to_owned(),
        |problem| problem.message.clone(),
    )
}

fn in_time(outcome: &Outcome) -> Result<(), String> {
    let limits = outcome.limits.as_ref().map(|limits| &limits.effective);
    let (Some(limits), Some(ran)) = (limits, outcome.timings.run) else {
        return Err("how long it ran is not known".to_owned());
    };
    if ran <= latest(limits) {
        return Ok(());
    }
    let (ran, limit) = (ran.as_secs_f64(), limits.timeout.as_secs_f64());
    Err(format!(
        "it ran for {ran:.1} s, with a deadline of {limit} s"
    ))
}

fn ended(outcome: &Outcome) -> String {
    let seconds = outcome.timings.run.unwrap_or_default().as_secs_f64();
    match outcome.verdict.status {
        Status::TimedOut => format!("ended by the deadline, after {seconds:.1} s"),
        Status::OutOfMemory => {
            format!("ended by the kernel at the memory limit, after {seconds:.1} s")
        }
        Status::Lost => "ended with its container, without a report".to_owned(),
        _ => "in vain".to_owned(),
    }
}

fn shows(attack: &Attack, outcome: &Outcome) -> Result<(), String> {
    let (stdout, stderr) = (outcome.stdout.text(), outcome.stderr.text());
    match &attack.held {
        Held::Status => Ok(()),
        Held::Says(words) => {
            let said = |word: &&&str| stdout.contains(**word) || stderr.contains(**word);
            let missing = words.iter().find(|word| !said(word));
            missing.map_or(Ok(()), |word| Err(format!("it met no `{word}`")))
        }
        Held::NeverSays(word) => {
            let done: Vec<&str> = stdout.lines().filter(|line| line.contains(word)).collect();
            if done.is_empty() {
                Ok(())
            } else {
                Err(done.join(", "))
            }
        }
        Held::Prints(text) if stdout == *text => Ok(()),
        Held::Prints(_) => Err(format!("it printed {}", beginning(&stdout))),
        Held::Exits(code) if outcome.verdict.exit_code == Some(*code) => Ok(()),
        Held::Exits(code) => Err(format!("it did not end with the code {code}")),
        Held::InVain => in_vain(&stdout),
        Held::Counted(bytes) => counted(*bytes, outcome),
        Held::OomNoted => {
            let evidence = outcome.verdict.evidence.iter();
            let noted = evidence.into_iter().any(|seen| seen.code == "oom-kill");
            noted
                .then_some(())
                .ok_or_else(|| "no process met the memory limit".to_owned())
        }
        Held::Reports(got) => reported(&stdout, *got),
    }
}

/// Long enough for a person to see what it is.
fn beginning(text: &str) -> String {
    let (kept, bound) = (text.chars().take(120), 120);
    let more = if text.chars().nth(bound).is_some() {
        "…"
    } else {
        ""
    };
    format!("{:?}{more}", kept.collect::<String>())
}

fn in_vain(stdout: &str) -> Result<(), String> {
    let mut lines: Vec<&str> = stdout.lines().collect();
    let last = lines.pop().and_then(|line| line.strip_prefix("tried "));
    let tries: Option<u32> = last.and_then(|count| count.parse().ok());
    match (tries, lines.as_slice()) {
        (Some(1..), []) => Ok(()),
        (Some(_), done) if !done.is_empty() => Err(done.join(", ")),
        _ => Err(format!("it did not come to its end: {}", beginning(stdout))),
    }
}

fn counted(bytes: u64, outcome: &Outcome) -> Result<(), String> {
    let (total, kept) = (outcome.stdout.total, outcome.stdout.bytes().len());
    // A slow machine may not be done with them in time.
    let is_cut = outcome.verdict.status == Status::TimedOut && total < bytes;
    if total != bytes && !is_cut {
        return Err(format!("{total} of its {bytes} bytes came"));
    }
    let bound = super::OUTPUT.as_usize();
    if kept > bound {
        return Err(format!("{kept} bytes were kept, more than {bound}"));
    }
    Ok(())
}

fn reported(stdout: &str, got: fn(&Value) -> Vec<String>) -> Result<(), String> {
    let report: Value = serde_json::from_str(stdout)
        .map_err(|_| format!("it did not come to its end: {}", beginning(stdout)))?;
    let got = got(&report);
    if got.is_empty() {
        Ok(())
    } else {
        Err(got.join(", "))
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::super::table::ATTACKS;
    use super::*;
    use crate::outcome::{Captured, Cleanup, LimitsTold, Verdict};
    use crate::policy::{Ask, Policy};

    /// The script ran, and its container is gone.
    fn ran(status: Status, stdout: &str) -> Outcome {
        let mut verdict = Verdict::not_run(status, "test", "a test".to_owned());
        verdict.executed = Executed::Yes;
        verdict.exit_code = Some(0);
        let mut outcome = Outcome::new(String::new(), String::new(), verdict);
        let (effective, _) = Policy::default().settle(&Ask::default()).expect("limits");
        outcome.limits = Some(LimitsTold {
            requested: Ask::default(),
            effective,
            attested: None,
        });
        outcome.timings.run = Some(Duration::from_secs(1));
        let detail = "gone".to_owned();
        outcome.cleanup = Some(Cleanup {
            removed: true,
            detail,
        });
        outcome.stdout = Captured {
            head: stdout.into(),
            tail: Vec::new(),
            total: stdout.len() as u64,
        };
        outcome
    }

    fn succeeded(attack: &Attack, outcome: &Outcome) -> bool {
        matches!(judge(attack, outcome), Fate::Succeeded(_))
    }

    #[test]
    fn whatever_a_script_tries_it_succeeds_if_it_outlives_its_run_or_its_deadline() {
        for attack in ATTACKS {
            for status in attack.statuses {
                let mut outlives = ran(*status, "");
                let detail = "still there".to_owned();
                outlives.cleanup = Some(Cleanup {
                    removed: false,
                    detail,
                });
                assert!(succeeded(attack, &outlives), "{}", attack.id());
                let mut late = ran(*status, "");
                late.timings.run = Some(Duration::from_secs(600));
                assert!(succeeded(attack, &late), "{}", attack.id());
            }
        }
    }

    #[test]
    fn a_script_that_ends_otherwise_than_it_must_has_succeeded() {
        for attack in ATTACKS {
            let others = Status::ALL.into_iter();
            for status in others.filter(|status| !attack.statuses.contains(status)) {
                assert!(
                    succeeded(attack, &ran(status, "")),
                    "{}: {status:?}",
                    attack.id()
                );
            }
        }
    }

    /// A script that says it got something, or says nothing, has not failed because it exited 0.
    #[test]
    fn a_good_end_alone_is_no_failure_of_an_attack() {
        let ends = |attack: &&Attack| attack.statuses.contains(&Status::Succeeded);
        for attack in ATTACKS
            .iter()
            .filter(ends)
            .filter(|attack| attack.name != "leaves")
        {
            let boast = "done: mount\nwent through: tcp\nopened: /etc/passwd\ntried 30\n";
            let outcome = ran(Status::Succeeded, boast);
            assert!(succeeded(attack, &outcome), "{}", attack.id());
        }
    }

    #[test]
    fn a_script_that_was_not_delivered_was_not_tried() {
        for attack in ATTACKS {
            let verdict = Verdict::not_run(Status::Refused, "test", "a breach".to_owned());
            let outcome = Outcome::new(String::new(), String::new(), verdict);
            let fate = judge(attack, &outcome);
            assert!(
                matches!(fate, Fate::NotTried(_)),
                "{}: {fate:?}",
                attack.id()
            );
        }
    }

    #[test]
    fn what_a_report_tells_is_named() {
        let named = |name: &str, report: &str| {
            let attack = ATTACKS
                .iter()
                .find(|attack| attack.name == name && attack.language == "python");
            judge(attack.expect("an attack"), &ran(Status::Succeeded, report))
        };
        let system_calls = |answer: &str| {
            named(
                "system-calls",
                &format!(r#"{{"refused": {{"memfd_create": {answer}, "bpf": "EPERM"}}}}"#),
            )
        };
        assert_eq!(system_calls("\"ENOSYS\""), Fate::Held("in vain".to_owned()));
        assert_eq!(
            system_calls("0"),
            Fate::Succeeded("memfd_create (0)".to_owned())
        );
        assert_eq!(
            system_calls("\"EINVAL\""),
            Fate::Succeeded("memfd_create (\"EINVAL\")".to_owned())
        );
        let network = r#"{"out": {"TCP": {"answer": "went through: None", "seconds": 0.1}}, "interfaces": ["lo", "eth0"]}"#;
        let Fate::Succeeded(seen) = named("network", network) else {
            panic!("it went through");
        };
        assert!(seen.contains("TCP") && seen.contains("eth0"), "{seen}");
        for name in [
            "privileges",
            "reads-kernel",
            "looks-at-host",
            "leavings",
            "writes-to-kernel",
        ] {
            let fate = named(name, "{}");
            assert!(
                matches!(fate, Fate::Succeeded(_)),
                "{name}: an empty report proves nothing"
            );
        }
    }

    #[test]
    fn every_attack_has_an_id_of_its_own() {
        let mut ids: Vec<String> = ATTACKS.iter().map(Attack::id).collect();
        ids.sort();
        ids.dedup();
        assert_eq!(ids.len(), ATTACKS.len());
    }
}
