use super::*;
use crate::policy::{Ask, Policy};
use proptest::prelude::*;

fn identity() -> Identity {
    Identity {
        name: "lazaret-0".to_owned(),
        labels: vec![("lazaret.owner".to_owned(), "nobody".to_owned())],
    }
}

fn planned(dialect: Dialect, language: &str, ask: &Ask) -> Plan {
    let policy = Policy::default();
    let (limits, _) = policy.settle(ask).expect("limits");
    let language = Language::by_name(language).expect("a language");
    plan(&Order {
        program: dialect.name(),
        dialect,
        language,
        image: policy.image(language),
        limits: &limits,
        runtime: None,
        seccomp: Some("/state/seccomp.json"),
        covered: &[],
        identity: &identity(),
        lifetime: Duration::from_secs(100),
    })
}

/// A line for each flag; the launcher's text is a snapshot of its own, as a file.
fn shown(plan: &Plan) -> String {
    let mut lines = String::new();
    for flag in &plan.flags {
        let words: Vec<&str> = flag
            .words
            .iter()
            .map(|word| if word.len() > 500 { "LAUNCHER" } else { word })
            .collect();
        lines += &words.join(" ");
        lines.push('\n');
    }
    lines
}

#[test]
fn docker_python() {
    insta::assert_snapshot!(shown(&planned(Dialect::Docker, "python", &Ask::default())));
}

#[test]
fn podman_bash() {
    insta::assert_snapshot!(shown(&planned(Dialect::Podman, "bash", &Ask::default())));
}

#[test]
fn every_flag_of_the_hardening_is_there() {
    let argv = planned(Dialect::Docker, "python", &Ask::default())
        .argv()
        .join(" ");
    for flag in [
        "--rm",
        "--interactive",
        "--pull never",
        "--network none",
        "--memory 512m",
        "--memory-swap 512m",
        "--cpus 1",
        "--pids-limit 100",
        "--user 65534:65534",
        "--read-only",
        "--cap-drop ALL",
        "--security-opt no-new-privileges",
        "--security-opt seccomp=/state/seccomp.json",
        "--ipc private",
        "--shm-size 16m",
        "--log-driver none",
        "--ulimit core=0",
        "--ulimit nofile=1024:1024",
        "--hostname lazaret",
        "--dns 127.0.0.1",
        "--dns-search .",
        "--workdir /work",
        "--env HOME=/work",
        "--entrypoint sh",
    ] {
        assert!(argv.contains(&format!(" {flag} ")), "{flag}");
    }
}

#[test]
fn limits_asked_for_are_in_the_line_and_a_runtime_too() {
    let ask = Ask {
        memory: "1g".parse().ok(),
        pids: Some(7),
        cpus: "0.5".parse().ok(),
        ..Ask::default()
    };
    let argv = planned(Dialect::Docker, "bash", &ask).argv().join(" ");
    assert!(
        argv.contains("--memory 1g --memory-swap 1g --cpus 0.5 --pids-limit 7 "),
        "{argv}"
    );
}

#[test]
fn covered_volumes_become_read_only() {
    let policy = Policy::default();
    let (limits, _) = policy.settle(&Ask::default()).expect("limits");
    let language = Language::by_name("python").expect("a language");
    let covered = ["/data".to_owned()];
    let (identity, lifetime) = (identity(), Duration::ZERO);
    let order = Order {
        program: "docker",
        dialect: Dialect::Docker,
        language,
        image: "x",
        limits: &limits,
        runtime: Some("runsc"),
        seccomp: None,
        covered: &covered,
        identity: &identity,
        lifetime,
    };
    let argv = plan(&order).argv().join(" ");
    assert!(argv.contains("--tmpfs /data:ro,noexec,nosuid,nodev,size=4k"));
    assert!(argv.contains("--runtime runsc "));
}

proptest! {
    /// Nothing but the identity differs between two orders under one policy.
    #[test]
    fn the_line_is_a_function_of_the_policy(name in "[a-z0-9-]{1,20}") {
        let plain = planned(Dialect::Docker, "python", &Ask::default()).argv();
        let policy = Policy::default();
        let (limits, _) = policy.settle(&Ask::default()).expect("limits");
        let language = Language::by_name("python").expect("a language");
        let other = Identity { name: name.clone(), labels: identity().labels };
        let order = Order {
            program: "docker", dialect: Dialect::Docker, language, image: policy.image(language), limits: &limits,
            runtime: None, covered: &[], identity: &other, lifetime: Duration::from_secs(100),
            seccomp: Some("/state/seccomp.json"),
        };
        let differing: Vec<_> = plan(&order).argv().into_iter().zip(plain).filter(|(a, b)| a != b).collect();
        prop_assert!(differing.iter().all(|(now, before)| *now == name && before == "lazaret-0"));
    }
}
