//! `lazaret doctor`: fit, or not and what to do.
use serde_json::Value;

use crate::harness::{Engine, Lazaret, Ran, docker, none, podman, rootless};

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

fn hostile(lazaret: Lazaret) -> (Ran, Value) {
    let lazaret = lazaret.args(&["doctor", "--hostile", "--format", "json"]);
    let ran = lazaret.patient().output();
    let document = ran.document();
    (ran, document)
}

/// The checks that ran a hostile script, by id, with how they came out.
fn attacks(document: &Value) -> Vec<(&str, &str)> {
    let checks = document["checks"].as_array().expect("checks").iter();
    let told = checks.map(|check| {
        let text = |field: &str| check[field].as_str().expect("text");
        (text("id"), text("health"))
    });
    told.filter(|(id, _)| id.starts_with("hostile-")).collect()
}

fn every_hostile_script_fails(engine: &'static Engine) {
    let (ran, document) = hostile(Lazaret::new(engine));
    let attacks = attacks(&document);
    assert!(attacks.len() > 40, "{ran}");
    for (id, health) in attacks {
        assert_eq!(health, "ok", "{:#}", check(&document, id));
    }
    assert_eq!((ran.code, &document["fit"]), (0, &true.into()), "{ran}");
}

#[test]
fn every_hostile_script_fails_on_docker() {
    let Some(engine) = docker() else { return };
    every_hostile_script_fails(engine);
}

#[test]
fn every_hostile_script_fails_on_podman() {
    let Some(engine) = podman() else { return };
    every_hostile_script_fails(engine);
}

/// What no attestation can see, a filter that lets through more than ours, the hostile scripts find.
#[test]
fn a_hostile_script_that_succeeds_is_told() {
    let Some(engine) = docker() else { return };
    let weak = Lazaret::new(engine).policy("\n[engine]\nseccomp = \"engine\"\n");
    let (ran, document) = hostile(weak);
    assert_eq!((ran.code, &document["fit"]), (1, &false.into()), "{ran}");
    let attestation = check(&document, "attestation-python");
    assert_eq!(attestation["health"], "ok", "{attestation:#}");
    let calls = check(&document, "hostile-system-calls-python");
    assert_eq!(calls["health"], "fail", "{calls:#}");
    let seen = calls["seen"].as_str().expect("words");
    assert!(
        seen.contains("IT SUCCEEDED: ") && seen.contains("memfd_create (0)"),
        "{seen}"
    );
    let mend = calls["mend"].as_str().expect("advice");
    assert!(mend.contains("engine.seccomp = \"lazaret\""), "{mend}");
    let failed: Vec<_> = attacks(&document)
        .into_iter()
        .filter(|(_, health)| *health != "ok")
        .collect();
    assert_eq!(failed, [("hostile-system-calls-python", "fail")]);
}

/// A host that cannot limit processes or memory gets no fork bomb and no hog from us, also where its
/// operator accepts that; the others are tried.
#[test]
fn what_a_host_cannot_limit_is_not_tried_on_it() {
    let Some(engine) = rootless() else { return };
    let accept = "accept = [\"memory\", \"swap\", \"pids\", \"cpu\"]";
    let (ran, document) = hostile(Lazaret::new(engine).policy_key(accept));
    let bombs = [
        "fork-bomb",
        "thread-bomb",
        "children",
        "memory-",
        "fills-disk",
    ];
    for (id, health) in attacks(&document) {
        let told = check(&document, id);
        let is_bomb = bombs.iter().any(|bomb| id.contains(bomb));
        let seen = told["seen"].as_str().expect("words");
        assert_eq!(health, if is_bomb { "warn" } else { "ok" }, "{told:#}");
        assert_eq!(seen.contains("not tried: refused"), is_bomb, "{told:#}");
    }
    assert_eq!((ran.code, &document["fit"]), (0, &true.into()), "{ran}");
}

#[test]
fn without_an_engine_it_says_so() {
    let lazaret = Lazaret::new(none()).env("PATH", "/nonexistent");
    let (ran, document) = doctor(lazaret);
    assert_eq!(ran.code, 1, "{ran}");
    assert_eq!(check(&document, "engine-found")["health"], "fail", "{ran}");
}
