//! The fake engine, `fixtures/engine/fake-docker`: its folder, its log, and the proof that it
//! answers as the real one does.

use std::path::Path;
use std::process::{Command, Output};

use crate::harness::{Engine, Lazaret, docker};

/// A fake engine with a folder of its own. Dropped, it fails the test if it was asked anything it
/// has no answer for.
pub struct Fake {
    engine: &'static Engine,
    folder: tempfile::TempDir,
    behaviour: Vec<(&'static str, String)>,
}

/// The repository.
fn repository() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// Its command.
pub fn program() -> String {
    let path = repository().join("fixtures/engine/fake-docker");
    path.to_str().expect("a UTF-8 path").to_owned()
}

impl Fake {
    /// One whose daemon answers and whose `run` does that; `None` without Docker, whose policy
    /// and images it borrows.
    pub fn new(run: &str) -> Option<Self> {
        let engine = docker()?;
        let folder = tempfile::tempdir().expect("a folder");
        let fake = Self {
            engine,
            folder,
            behaviour: Vec::new(),
        };
        Some(fake.with("FAKE_DOCKER_RUN", run))
    }

    /// One that sends this attestation of `fixtures/attestations`, with replacements made in it.
    pub fn attesting(replacements: &[(&str, &str)]) -> Option<Self> {
        let fake = Self::new("attests")?;
        let recorded = repository().join("fixtures/attestations/docker-20.10-cgroup1-python.txt");
        let mut text = std::fs::read_to_string(recorded).expect("a recorded attestation");
        for (from, to) in replacements {
            assert!(
                text.contains(from),
                "the recorded attestation has no `{from}`"
            );
            text = text.replace(from, to);
        }
        let path = fake.folder.path().join("attestation");
        std::fs::write(&path, text).expect("a file");
        Some(fake.with("FAKE_DOCKER_ATTESTATION", path.to_str().expect("UTF-8")))
    }

    /// A variable of its environment.
    pub fn with(mut self, name: &'static str, value: &str) -> Self {
        self.behaviour.push((name, value.to_owned()));
        self
    }

    /// `lazaret run` of a Python script on this engine.
    pub fn python(&self, script: &str) -> Lazaret {
        self.dress(Lazaret::python(self.engine, script))
            .args(&["--engine", &program()])
    }

    /// Gives a command this engine's environment.
    pub fn dress(&self, lazaret: Lazaret) -> Lazaret {
        let folder = self.folder.path().to_str().expect("UTF-8");
        // With a configuration of its own it is no engine that another test has met.
        let lazaret = lazaret
            .env("FAKE_DOCKER_DIR", folder)
            .env("DOCKER_CONFIG", folder);
        self.behaviour
            .iter()
            .fold(lazaret, |lazaret, (name, value)| lazaret.env(name, value))
    }

    /// What it was asked and which signals it got, a line each.
    pub fn log(&self) -> Vec<String> {
        let log = std::fs::read_to_string(self.folder.path().join("log")).unwrap_or_default();
        log.lines().map(str::to_owned).collect()
    }

    /// How often it was asked that.
    pub fn asked(&self, command: &str) -> usize {
        let line = format!("argv {command} ");
        self.log()
            .iter()
            .filter(|logged| logged.starts_with(&line))
            .count()
    }

    /// Every byte that its `run` received.
    pub fn received(&self) -> Vec<u8> {
        std::fs::read(self.folder.path().join("stdin")).expect("`run` got as far as reading")
    }

    /// The containers that are "there".
    pub fn containers(&self) -> Vec<String> {
        let entries = std::fs::read_dir(self.folder.path().join("containers"));
        let names = entries
            .into_iter()
            .flatten()
            .flatten()
            .map(|entry| entry.file_name());
        names
            .map(|name| name.to_string_lossy().into_owned())
            .collect()
    }

    fn ask(&self, arguments: &[&str]) -> Output {
        let mut command = Command::new(program());
        let behaviour = self.behaviour.iter().map(|(name, value)| (name, value));
        command
            .args(arguments)
            .envs(behaviour)
            .env("FAKE_DOCKER_DIR", self.folder.path());
        command.output().expect("the fake starts")
    }
}

impl Drop for Fake {
    fn drop(&mut self) {
        let log = self.log();
        let unknown = log.iter().any(|line| line.starts_with("unknown"));
        assert!(
            !unknown || std::thread::panicking(),
            "the fake has no answer for: {log:#?}"
        );
    }
}

/// What of an answer must be the same: the code, what stdout looks like, and the words of stderr
/// but for addresses.
#[derive(Debug, PartialEq, Eq)]
struct Shape {
    code: Option<i32>,
    stdout: &'static str,
    stderr: String,
}

impl Shape {
    fn of(output: &Output) -> Self {
        let stdout = String::from_utf8_lossy(&output.stdout).into_owned();
        let stderr = String::from_utf8_lossy(&output.stderr).into_owned();
        let stdout = match stdout.trim_end_matches('\n') {
            "" if stdout.is_empty() => "nothing",
            "" => "an empty line",
            "null" => "null",
            "default" => "a context",
            text if text.ends_with(" default") => "a version and a context",
            text if text.starts_with("Docker version ") => "Docker's version",
            text if text.starts_with("sha256:") && text.len() == 71 => "an image's id",
            text if text.starts_with(|character: char| character.is_ascii_digit()) => "a version",
            _ => "something else",
        };
        let addresses = ["unix:///run/fake.sock", "unix:///nonexistent/docker.sock"];
        let stderr = addresses
            .iter()
            .fold(stderr, |text, address| text.replace(address, "ADDRESS"));
        Self {
            code: output.status.code(),
            stdout,
            stderr,
        }
    }
}

const QUESTIONS: [&[&str]; 10] = [
    &["--version"],
    &["version", "--format", "{{.Server.Version}}"],
    &[
        "version",
        "--format",
        "{{.Server.Version}} {{.Client.Context}}",
    ],
    &[
        "image",
        "inspect",
        "--format",
        "{{.Id}}",
        "lazaret-test/nosuch:1",
    ],
    &[
        "image",
        "inspect",
        "--format",
        "{{.Id}}",
        "localhost/lazaret-test/entrypoint:1",
    ],
    &[
        "image",
        "inspect",
        "--format",
        "{{json .Config.Volumes}}",
        "localhost/lazaret-test/entrypoint:1",
    ],
    &["ps", "--all", "--quiet", "--filter", "name=lazaret-nosuch"],
    &["rm", "--force", "lazaret-nosuch"],
    &["kill", "lazaret-nosuch"],
    &[
        "events",
        "--since=1",
        "--until=2",
        "--filter",
        "container=lazaret-nosuch",
        "--format",
        "{{json .}}",
    ],
];

/// The contract: the same questions to the real engine and to the fake, the same answers.
#[test]
fn answers_as_the_real_one_does() {
    let (Some(engine), Some(fake)) = (docker(), Fake::new("silent")) else {
        return;
    };
    for question in QUESTIONS {
        let real = engine.command(question).output().expect("docker starts");
        assert_eq!(
            Shape::of(&real),
            Shape::of(&fake.ask(question)),
            "{question:?}: {real:?}"
        );
    }
}

/// The contract, with a missing image and with a daemon that is down.
#[test]
fn fails_as_the_real_one_does() {
    let (Some(engine), Some(fake)) = (docker(), Fake::new("silent")) else {
        return;
    };
    let run = [
        "run",
        "--rm",
        "--name",
        "lazaret-contract",
        "--pull",
        "never",
        "fake:1",
    ];
    let missing = Fake::new("silent")
        .expect("seen above")
        .with("FAKE_DOCKER_IMAGE", "missing");
    let real = engine.command(&run).output().expect("docker starts");
    assert_eq!(Shape::of(&real), Shape::of(&missing.ask(&run)), "{real:?}");

    let down = fake.with("FAKE_DOCKER_DAEMON", "down");
    for question in QUESTIONS.into_iter().skip(1).chain([run.as_slice()]) {
        if question.contains(&"{{json .Config.Volumes}}") {
            continue;
        }
        let mut command = engine.command(question);
        let real = command
            .env("DOCKER_HOST", "unix:///nonexistent/docker.sock")
            .output();
        let real = real.expect("docker starts");
        assert_eq!(
            Shape::of(&real),
            Shape::of(&down.ask(question)),
            "{question:?}: {real:?}"
        );
    }
}

/// The contract, for what doctor asks besides.
#[test]
fn answers_doctor_as_the_real_one_does() {
    let (Some(engine), Some(fake)) = (docker(), Fake::new("silent")) else {
        return;
    };
    let down = Fake::new("silent").expect("seen above");
    let down = down.with("FAKE_DOCKER_DAEMON", "down");
    for question in [
        ["version", "--format", "{{json .Server.Components}}"],
        [
            "info",
            "--format",
            "{{.CgroupVersion}} {{.SecurityOptions}}",
        ],
    ] {
        let real = engine.command(&question).output().expect("docker starts");
        assert_eq!(
            Shape::of(&real),
            Shape::of(&fake.ask(&question)),
            "{real:?}"
        );
        let mut command = engine.command(&question);
        let real = command
            .env("DOCKER_HOST", "unix:///nonexistent/docker.sock")
            .output();
        let real = real.expect("docker starts");
        assert_eq!(
            Shape::of(&real),
            Shape::of(&down.ask(&question)),
            "{real:?}"
        );
    }
}

/// What it has no answer for, it refuses loudly.
#[test]
fn refuses_what_it_does_not_know() {
    let Some(fake) = Fake::new("silent") else {
        return;
    };
    let output = fake.ask(&["container", "prune", "--force"]);
    assert_eq!(output.status.code(), Some(70), "{output:?}");
    assert_eq!(
        fake.log(),
        [
            "argv container prune --force ",
            "unknown container prune --force "
        ]
    );
    std::fs::write(fake.folder.path().join("log"), "").expect("an empty log");
}
