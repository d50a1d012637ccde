//! 39: who the script is, and that it cannot become anybody else.

use serde_json::json;

use crate::harness::{Engine, attack, docker, hold, podman};

const NOBODY: &str = "65534 65534 65534 65534";
const NOTHING: &str = "0000000000000000";

fn nobody_stays_nobody(engine: &'static Engine) {
    let told = hold(engine, attack(engine, "privileges.py")).is("succeeded");
    let report = told.report();
    // `su` is setuid root in the image: it is looked at while it waits for a password.
    let programs = report["setuid programs"].as_array().expect("a list");
    assert!(
        !programs.is_empty(),
        "the image has no setuid program to try"
    );
    for process in ["own", "su"] {
        let status = &report[process];
        assert_eq!(status["Uid"], NOBODY, "{process}");
        assert_eq!(status["Gid"], NOBODY, "{process}");
        for set in ["CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb"] {
            assert_eq!(status[set], NOTHING, "{process} {set}");
        }
        assert_eq!(status["NoNewPrivs"], "1", "{process}");
        assert_eq!(status["Seccomp"], "2", "{process}");
    }
    assert_eq!(report["su"]["Name"], "su");
    let attempts = report["attempts"].as_object().expect("an object");
    assert_eq!(attempts.len(), 9);
    for (attempt, answer) in attempts {
        assert_ne!(*answer, json!("done"), "{attempt}");
    }
}

#[test]
fn nobody_stays_nobody_on_docker() {
    let Some(engine) = docker() else { return };
    nobody_stays_nobody(engine);
}

#[test]
fn nobody_stays_nobody_on_podman() {
    let Some(engine) = podman() else { return };
    nobody_stays_nobody(engine);
}

#[test]
fn nobody_stays_nobody_in_bash() {
    let Some(engine) = docker() else { return };
    let told = hold(engine, attack(engine, "privileges.sh")).is("succeeded");
    let expected = "Uid:\t65534\t65534\t65534\t65534\nGid:\t65534\t65534\t65534\t65534\nGroups:\t65534 \n\
        CapInh:\t0000000000000000\nCapPrm:\t0000000000000000\nCapEff:\t0000000000000000\n\
        CapBnd:\t0000000000000000\nCapAmb:\t0000000000000000\nNoNewPrivs:\t1\nSeccomp:\t2\ntried\n";
    assert_eq!(told.stdout(), expected);
}
