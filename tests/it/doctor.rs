//! `lazaret doctor`: fit, or not and what to do.
use serde_json::Value;

use crate::harness::{Lazaret, Ran, docker, none, podman, rootless};

fn check<'a>(document: &'a Value, id: &str) -> &'a Value {
    let checks = document["checks"].as_array().expect("checks");
    let found = checks.iter().find(|check| check["id"] == id);
    found.unwrap_or_else(|| panic!("{id}: {document:#}"))
}

fn doctor(lazaret: Lazaret) -> (Ran, Value) {
    let ran = lazaret.args(&["doctor", "--format", "json"]).output();
    let document = ran.document();
    (ran, document)
}

#[test]
fn a_fit_host_is_told_line_by_line() {
    for engine in [docker(), podman()].into_iter().flatten() {
        let (ran, document) = doctor(Lazaret::new(engine));
        assert_eq!((ran.code, &document["fit"]), (0, &true.into()), "{ran}");
        for language in ["python", "bash"] {
            let attestation = check(&document, &format!("attestation-{language}"));
            let proofs = attestation["proofs"].as_array().expect("proofs");
            assert!(proofs.len() > 20 && proofs.iter().all(|proof| proof["holds"] == true));
            let code = check(&document, &format!("exit-code-{language}"));
            assert_eq!(code["health"], "ok", "{code}");
            let image = check(&document, &format!("image-{language}"));
            assert_eq!(image["health"], "ok", "{image}");
        }
        assert_eq!(check(&document, "audit-log")["health"], "ok");
    }
}

#[test]
fn rootless_on_cgroups_v1_is_not_fit_and_says_how_to_be() {
    let Some(engine) = rootless() else { return };
    let (ran, document) = doctor(Lazaret::new(engine));
    assert_eq!((ran.code, &document["fit"]), (1, &false.into()), "{ran}");
    let limits = check(&document, "engine-limits");
    assert_eq!(limits["health"], "fail", "{limits}");
    assert!(
        limits["mend"]
            .as_str()
            .expect("advice")
            .contains("unified_cgroup_hierarchy")
    );
    let attestation = check(&document, "attestation-python");
    for limit in ["memory", "cpu", "pids"] {
        assert!(
            attestation["seen"].as_str().expect("words").contains(limit),
            "{attestation}"
        );
    }
}

#[test]
fn without_an_engine_it_says_so() {
    let lazaret = Lazaret::new(none()).env("PATH", "/nonexistent");
    let (ran, document) = doctor(lazaret);
    assert_eq!(ran.code, 1, "{ran}");
    assert_eq!(check(&document, "engine-found")["health"], "fail", "{ran}");
}
