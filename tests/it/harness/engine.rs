//! The real engines, as `scripts/engine` provides them.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

/// An engine that answers, and the environment in which it is used.
#[derive(Debug, Clone)]
pub struct Engine {
    /// `docker`, `podman` or `rootless`.
    pub name: &'static str,
    /// What `scripts/engine env` exports.
    pub environment: BTreeMap<String, String>,
}

/// Docker Engine.
pub fn docker() -> Option<&'static Engine> {
    static ENGINE: OnceLock<Option<Engine>> = OnceLock::new();
    find("docker", &ENGINE)
}

/// Podman as root.
pub fn podman() -> Option<&'static Engine> {
    static ENGINE: OnceLock<Option<Engine>> = OnceLock::new();
    find("podman", &ENGINE)
}

/// Podman as an ordinary user.
pub fn rootless() -> Option<&'static Engine> {
    static ENGINE: OnceLock<Option<Engine>> = OnceLock::new();
    find("rootless", &ENGINE)
}

/// No engine at all, for the commands that need none: an environment of just `PATH`, the default
/// policy.
pub fn none() -> &'static Engine {
    static ENGINE: OnceLock<Engine> = OnceLock::new();
    ENGINE.get_or_init(|| Engine {
        name: "none",
        environment: std::env::var("PATH")
            .map(|path| ("PATH".to_owned(), path))
            .into_iter()
            .collect(),
    })
}

fn find(name: &'static str, cell: &'static OnceLock<Option<Engine>>) -> Option<&'static Engine> {
    let engine = cell.get_or_init(|| Engine::answering(name)).as_ref();
    if engine.is_none() {
        let required = std::env::var_os("LAZARET_REQUIRE_ENGINE").is_some_and(|value| value == "1");
        assert!(
            !required,
            "the engine `{name}` does not answer: run scripts/test, which sets it up"
        );
        eprintln!("SKIPPED: the engine `{name}` does not answer; scripts/test sets it up");
    }
    engine
}

/// The repository.
pub fn repository() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

impl Engine {
    fn answering(name: &'static str) -> Option<Self> {
        let script = repository().join("scripts/engine");
        let exports = "eval \"$(\"$1\" env \"$2\")\" && env -0";
        let output = Command::new("bash")
            .arg("-c")
            .arg(exports)
            .arg("bash")
            .arg(script)
            .arg(name)
            .output()
            .ok()?;
        let environment = String::from_utf8_lossy(&output.stdout);
        let environment = environment
            .split('\0')
            .filter_map(|line| line.split_once('='));
        let environment = environment
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
            .collect();
        let engine = Self { name, environment };
        let answers = output.status.success()
            && engine
                .command(&["ps", "--quiet"])
                .output()
                .is_ok_and(|ps| ps.status.success());
        answers.then_some(engine)
    }

    /// A program in this engine's environment; for the rootless engine, as its user.
    pub fn program(&self, program: &Path) -> Command {
        let mut command = if self.name == "rootless" {
            let mut command = Command::new(repository().join("scripts/engine"));
            command.arg("rootless-exec").arg("--").arg(program);
            command
        } else {
            Command::new(program)
        };
        command.env_clear().envs(&self.environment);
        command
    }

    /// The engine's own command with arguments.
    pub fn command(&self, arguments: &[&str]) -> Command {
        let program = self
            .environment
            .get("LAZARET_ENGINE")
            .map_or("docker", String::as_str);
        let mut command = self.program(Path::new(program));
        command.args(arguments);
        command
    }

    /// What the engine's own command prints.
    pub fn ask(&self, arguments: &[&str]) -> String {
        let output = self
            .command(arguments)
            .output()
            .expect("the engine's command starts");
        assert!(
            output.status.success(),
            "{arguments:?}: {}",
            String::from_utf8_lossy(&output.stderr)
        );
        String::from_utf8_lossy(&output.stdout).into_owned()
    }

    /// The lazaret command, where this engine's user can run it: the rootless one may not look into
    /// the build folder, and gets a copy in `folder`.
    pub fn binary(&self, folder: &Path) -> PathBuf {
        let built = PathBuf::from(env!("CARGO_BIN_EXE_lazaret"));
        if self.name != "rootless" {
            return built;
        }
        let copy = folder.join("lazaret");
        if !copy.exists() {
            // Permissions come along.
            std::fs::copy(&built, &copy).expect("a copy of the command");
        }
        copy
    }

    /// The policy file of this engine, with its images.
    pub fn policy(&self) -> String {
        if self.name == "none" {
            return String::new();
        }
        let path = self
            .environment
            .get("LAZARET_POLICY")
            .expect("scripts/engine env names a policy");
        std::fs::read_to_string(path).expect("the policy is readable")
    }
}
