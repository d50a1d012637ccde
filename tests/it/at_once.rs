//! Fifty runs at once (51): each has a container of its own, none of them mixes with another, and the
//! engine is not asked more often for it.

#![expect(
    clippy::indexing_slicing,
    reason = "a document without the field fails the test"
)]

use std::collections::BTreeSet;
use std::thread::JoinHandle;

use crate::fake_engine::Fake;
use crate::harness::{Engine, Lazaret, Ran, docker, podman};
use crate::running::exists;

const RUNS: usize = 50;

fn all<'a>(runs: impl Iterator<Item = JoinHandle<Ran>> + 'a) -> Vec<Ran> {
    let runs: Vec<JoinHandle<Ran>> = runs.collect();
    runs.into_iter()
        .map(|run| run.join().expect("a run"))
        .collect()
}

fn fifty(engine: &'static Engine) {
    let one = |number: usize| {
        std::thread::spawn(move || {
            let script = format!("import sys\nprint('run {number}')\nsys.exit({number})");
            // Fifty starts at once take a small machine longer than its patience with one.
            let lazaret = Lazaret::python(engine, &script).policy("\n[limits]\nstartup = 200\n");
            lazaret.args(&["--format", "json"]).patient().output()
        })
    };
    let mut names = BTreeSet::new();
    for (number, ran) in all((0..RUNS).map(one)).iter().enumerate() {
        let document = ran.document();
        assert_eq!(document["stdout"], format!("run {number}\n"), "{ran}");
        assert_eq!(
            document["exit_code"].as_u64(),
            u64::try_from(number).ok(),
            "{ran}"
        );
        assert_eq!(document["cleanup"]["removed"], true, "{ran}");
        names.insert(document["container"].as_str().expect("a name").to_owned());
    }
    assert_eq!(names.len(), RUNS);
    for name in &names {
        assert!(!exists(engine, name), "{name}");
    }
}

#[test]
fn fifty_at_once_do_not_mix_on_docker() {
    let Some(engine) = docker() else { return };
    fifty(engine);
}

#[test]
fn fifty_at_once_do_not_mix_on_podman() {
    let Some(engine) = podman() else { return };
    fifty(engine);
}

/// However many there are at once: one `run` each, and a handful of questions.
#[test]
fn what_the_engine_is_asked_is_bounded() {
    let Some(fake) = Fake::attesting(&[]) else {
        return;
    };
    let fake = std::sync::Arc::new(fake);
    let one = |_| {
        let fake = std::sync::Arc::clone(&fake);
        std::thread::spawn(move || fake.python("print(1)").output())
    };
    for ran in all((0..RUNS).map(one)) {
        assert_eq!((ran.code, ran.stdout.as_str()), (0, "ready\n"), "{ran}");
    }
    assert_eq!(fake.asked("run"), RUNS);
    assert!(fake.log().len() <= 5 * RUNS, "{:#?}", fake.log());
}
