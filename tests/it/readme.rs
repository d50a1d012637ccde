//! The README, word for word: every command runs, the session looks as it is shown, the policy is
//! the default one, and every flag of a run has its reason.

use std::path::Path;
use std::process::Command;

use lazaret::policy::Policy;
use regex::Regex;

use crate::harness::{Engine, docker, podman};

const README: &str = include_str!("../../README.md");

/// The contents of every fenced block in that language.
fn blocks(language: &str) -> Vec<&'static str> {
    let fence = format!("```{language}\n");
    let blocks = README.split(fence.as_str()).skip(1);
    blocks
        .map(|rest| rest.split("```").next().unwrap_or_default())
        .collect()
}

/// bash in the engine's environment, where `lazaret` is the command under test.
fn shell(engine: &Engine, folder: &Path, script: &str) -> Command {
    let built = Path::new(env!("CARGO_BIN_EXE_lazaret"))
        .parent()
        .expect("a folder");
    let path = engine.environment.get("PATH").expect("a PATH");
    let mut command = engine.program(Path::new("bash"));
    command.arg("-c").arg(script).current_dir(folder);
    command.env("PATH", format!("{}:{path}", built.display()));
    command
}

#[test]
fn every_command_runs() {
    let Some(engine) = docker() else { return };
    let repository = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut ran = 0;
    for block in blocks("sh") {
        if block.trim() == "scripts/test" {
            // This very test is a part of it; CI calls it.
            assert!(include_str!("../../.ci/run").contains("scripts/test"));
            continue;
        }
        let output = shell(engine, repository, &format!("set -euo pipefail\n{block}"))
            .output()
            .expect("bash starts");
        let stderr = String::from_utf8_lossy(&output.stderr);
        assert!(
            output.status.success(),
            "{block}\n{}\n{stderr}",
            String::from_utf8_lossy(&output.stdout)
        );
        ran += 1;
    }
    assert!(ran >= 5, "the README has lost its commands");
}

/// The command, what it prints, and so on.
fn session(block: &str) -> Vec<(&str, String)> {
    let steps = block
        .split("$ ")
        .skip(1)
        .filter_map(|step| step.split_once('\n'));
    steps
        .map(|(command, shown)| (command, shown.trim_end().to_owned()))
        .collect()
}

/// Figures that differ from run to run and from image to image.
fn steady(text: &str) -> String {
    let figures = Regex::new(r"ended \d+\.\d+ s|3\.11\.\d+").expect("a pattern");
    figures.replace_all(text.trim_end(), "#").into_owned()
}

#[test]
fn the_session_is_a_real_one() {
    let Some(engine) = docker() else { return };
    let folder = tempfile::tempdir().expect("a folder");
    let fixtures = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures");
    std::os::unix::fs::symlink(fixtures, folder.path().join("fixtures")).expect("a link");
    let clean = "import os as o\n\ndef clean(path):\n    o.system(\"rm -rf \" + path)\n\nclean(\"/tmp/cache\")\n";
    std::fs::write(folder.path().join("clean.py"), clean).expect("a script");
    std::fs::write(folder.path().join("loop.py"), "while True:\n    pass\n").expect("a script");
    let mut last_code = 0;
    for (command, shown) in blocks("console").into_iter().flat_map(session) {
        let script = format!("(exit {last_code}); {{ {command}\n}} 2>&1");
        let output = shell(engine, folder.path(), &script)
            .output()
            .expect("bash starts");
        last_code = output.status.code().expect("a code");
        assert_eq!(
            steady(&String::from_utf8_lossy(&output.stdout)),
            steady(&shown),
            "$ {command}"
        );
    }
}

#[test]
fn the_policy_that_is_shown_is_the_default() {
    let [shown] = blocks("toml").try_into().expect("one policy");
    assert_eq!(
        Policy::from_toml(shown).expect("a policy"),
        Policy::default()
    );
}

#[test]
fn every_flag_of_a_run_has_its_reason() {
    for engine in [docker(), podman()].into_iter().flatten() {
        for language in ["python", "bash"] {
            let plan = shell(
                engine,
                Path::new("/"),
                &format!("lazaret plan {language} --format json"),
            );
            let output = { plan }.output().expect("bash starts");
            let plan: serde_json::Value = serde_json::from_slice(&output.stdout).expect("a plan");
            let words = plan["argv"]
                .as_array()
                .expect("an array")
                .iter()
                .filter_map(|word| word.as_str());
            let own = ["--noprofile", "--norc"]; // bash's, before the launcher
            for flag in words.filter(|word| word.starts_with("--") && !own.contains(word)) {
                assert!(
                    README.contains(&format!("`{flag}")),
                    "{flag} is not explained"
                );
            }
        }
    }
}
