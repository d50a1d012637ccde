//! `lazaret reap`: what nobody waits for goes, and nothing else (48, 50).
#![expect(
    clippy::indexing_slicing,
    reason = "a document without the field fails the test"
)]

use std::sync::{Mutex, MutexGuard, PoisonError};

use serde_json::Value;

use crate::harness::{Engine, Lazaret, docker, podman};
use crate::running::{Running, exists};

/// What one test makes another would remove.
static ONE_AT_A_TIME: Mutex<()> = Mutex::new(());

fn alone() -> MutexGuard<'static, ()> {
    ONE_AT_A_TIME.lock().unwrap_or_else(PoisonError::into_inner)
}

/// A container that was created and never started, removed when the test ends.
struct Created {
    engine: &'static Engine,
    name: String,
}

impl Created {
    fn new(engine: &'static Engine, name: &str, labels: &[String]) -> Self {
        let image = image(engine);
        let mut arguments = vec!["create", "--name", name, "--network", "none"];
        for label in labels {
            arguments.extend(["--label", label]);
        }
        arguments.extend([image.as_str(), "true"]);
        engine.ask(&arguments);
        let name = name.to_owned();
        Self { engine, name }
    }

    /// One whose owner is gone, brought into that state.
    fn left(engine: &'static Engine, state: &str) -> Self {
        let (name, image) = (name(), image(engine));
        let owner = format!("{}/1/9999999999", here());
        let labels = labels(&owner, LATER);
        let mut arguments = vec!["create", "--name", &name, "--network", "none"];
        for label in &labels {
            arguments.extend(["--label", label]);
        }
        // As in a run of ours: where the host's own limits are lower, nothing starts without.
        arguments.extend([
            "--ulimit",
            "nofile=1024:1024",
            "--ulimit",
            "nproc=1024:1024",
        ]);
        let pause = if state == "running" { "1000" } else { "0" };
        arguments.extend(["--entrypoint", "sleep", &image, pause]);
        engine.ask(&arguments);
        let left = Self { engine, name };
        match state {
            "initialized" => left.make("init"),
            "running" => left.make("start"),
            "exited" => {
                left.make("start");
                left.make("wait");
            }
            _ => {}
        }
        left
    }

    fn make(&self, command: &str) {
        self.engine.ask(&[command, &self.name]);
    }
}

impl Drop for Created {
    fn drop(&mut self) {
        let _ = self.engine.command(&["rm", "--force", &self.name]).output();
    }
}

fn image(engine: &'static Engine) -> String {
    let policy = Lazaret::new(engine).args(&["policy", "show"]).json();
    let values = policy["values"].as_array().expect("values").iter();
    let mut images = values.filter(|row| row["key"] == "images.bash");
    let image = images.next().and_then(|row| row["value"].as_str());
    image.expect("an image").trim_matches('"').to_owned()
}

fn name() -> String {
    format!("lazaret-{}", uuid::Uuid::now_v7())
}

fn labels(owner: &str, deadline: u64) -> Vec<String> {
    vec![
        "lazaret=0.0.0".to_owned(),
        format!("lazaret.owner={owner}"),
        format!("lazaret.deadline={deadline}"),
    ]
}

/// Boot id and PID namespace of this machine, as an owner's label begins.
fn here() -> String {
    let boot = std::fs::read_to_string("/proc/sys/kernel/random/boot_id").expect("a boot id");
    let namespace = std::fs::read_link("/proc/self/ns/pid").expect("a namespace");
    let digits: String = namespace
        .to_string_lossy()
        .chars()
        .filter(char::is_ascii_digit)
        .collect();
    format!("{}/{digits}", boot.trim())
}

/// Long after any test.
const LATER: u64 = 99_999_999_999;

fn reap(engine: &'static Engine, arguments: &[&str]) -> Value {
    Lazaret::new(engine).arg("reap").args(arguments).json()
}

pub fn fate<'a>(document: &'a Value, name: &str) -> Option<&'a Value> {
    let containers = document["containers"].as_array().expect("containers");
    containers
        .iter()
        .find(|container| container["name"] == name)
}

#[test]
fn what_nobody_waits_for_goes_and_the_rest_stays() {
    let _alone = alone();
    for engine in [docker(), podman()].into_iter().flatten() {
        let (here, living) = (here(), std::process::id());
        // PID 1 lives, and has another start time: a PID that was used again.
        let gone = Created::new(
            engine,
            &name(),
            &labels(&format!("{here}/1/9999999999"), LATER),
        );
        let overdue = Created::new(engine, &name(), &labels("other-boot/1/2/3", 17));
        let elsewhere = Created::new(engine, &name(), &labels("other-boot/1/2/3", LATER));
        let by_hand = Created::new(engine, &name(), &labels("by-hand", 17));
        let look_alike = Created::new(
            engine,
            "lazaret-look-alike",
            &labels("other-boot/1/2/3", 17),
        );
        let unlabelled = Created::new(engine, &name(), &[]);

        let shown = reap(engine, &["--dry-run"]);
        for container in [&gone, &overdue] {
            let fate = fate(&shown, &container.name).expect("listed");
            assert_eq!(fate["removed"], Value::Null, "{fate}");
            assert!(exists(engine, &container.name), "a dry run removes nothing");
        }
        let done = reap(engine, &[]);
        for container in [&gone, &overdue] {
            let fate = fate(&done, &container.name).expect("listed");
            assert_eq!(fate["removed"], true, "{fate}");
            assert!(!exists(engine, &container.name), "{fate}");
        }
        for container in [&elsewhere, &by_hand, &look_alike, &unlabelled] {
            assert!(
                exists(engine, &container.name),
                "{}: {done:#}",
                container.name
            );
        }
        assert!(fate(&done, &look_alike.name).is_none() && fate(&done, &unlabelled.name).is_none());
        assert_ne!(living, 1);
    }
}

/// 48: in whatever state it was left.
#[test]
fn every_state_that_is_left_goes() {
    let _alone = alone();
    for engine in [docker(), podman()].into_iter().flatten() {
        let mut states = vec!["created", "running", "exited"];
        if engine.name == "podman" {
            states.push("initialized");
        }
        let left = |state: &&'static str| (*state, Created::left(engine, state));
        let left: Vec<_> = states.iter().map(left).collect();
        let done = reap(engine, &[]);
        for (state, container) in &left {
            let fate = fate(&done, &container.name).expect("listed");
            assert_eq!(
                (&fate["state"], &fate["removed"]),
                (&(*state).into(), &true.into()),
                "{fate}"
            );
            assert!(!exists(engine, &container.name), "{fate}");
        }
    }
}

/// The command that doctor prints at leftovers, pasted, removes them.
#[test]
fn the_command_that_doctor_prints_reaps() {
    let _alone = alone();
    for engine in [docker(), podman()].into_iter().flatten() {
        let container = Created::left(engine, "created");
        // Its policy must be there when the command is pasted.
        let lazaret = Lazaret::new(engine).args(&["doctor", "--format", "json"]);
        let document = lazaret.output().document();
        let checks = document["checks"].as_array().expect("checks");
        let leftovers = checks.iter().find(|check| check["id"] == "leftovers");
        let leftovers = leftovers.expect("a check");
        assert_eq!(leftovers["health"], "warn", "{leftovers}");
        let output = crate::doctor::paste(engine, leftovers);
        assert!(output.status.success(), "{output:?}");
        assert!(!exists(engine, &container.name), "{output:?}");
    }
}

/// 50: beside a live Lazaret of the same user its container survives.
#[test]
fn what_a_living_lazaret_waits_for_stays() {
    let _alone = alone();
    for engine in [docker(), podman()].into_iter().flatten() {
        let script = "import time\nprint('ready', flush=True)\nwhile True: time.sleep(9)";
        let mut running = Running::start(Lazaret::python(engine, script));
        running.prints("ready");
        let container = running.container();
        let done = reap(engine, &[]);
        let fate = fate(&done, &container).expect("listed");
        assert_eq!(fate["claim"]["kind"], "alive", "{fate}");
        assert!(exists(engine, &container), "{fate}");
        running.signal(nix::sys::signal::Signal::SIGTERM);
    }
}
