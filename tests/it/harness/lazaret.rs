//! One `lazaret` command, with its script, policy and stdin.

use std::io::Write as _;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use super::{Engine, Ran};

/// How long a command may take before its test fails.
const PATIENCE: Duration = Duration::from_secs(120);

/// A command being put together. Files it needs live in a folder of its own until it is dropped.
pub struct Lazaret {
    engine: &'static Engine,
    folder: tempfile::TempDir,
    arguments: Vec<String>,
    script_arguments: Vec<String>,
    environment: Vec<(String, String)>,
    policy: String,
    stdin: Option<Vec<u8>>,
    patience: Duration,
}

impl Lazaret {
    /// `lazaret` with nothing but the engine's environment.
    pub fn new(engine: &'static Engine) -> Self {
        use std::os::unix::fs::PermissionsExt as _;
        let folder = tempfile::tempdir().expect("a folder");
        std::fs::set_permissions(folder.path(), std::fs::Permissions::from_mode(0o755))
            .expect("permissions");
        Self {
            engine,
            folder,
            arguments: Vec::new(),
            script_arguments: Vec::new(),
            environment: Vec::new(),
            policy: engine.policy(),
            stdin: None,
            patience: PATIENCE,
        }
    }

    /// `lazaret run` of a Python script.
    pub fn python(engine: &'static Engine, script: &str) -> Self {
        Self::new(engine).run("script.py", script.as_bytes())
    }

    /// `lazaret run` of a bash script.
    pub fn bash(engine: &'static Engine, script: &str) -> Self {
        Self::new(engine).run("script.sh", script.as_bytes())
    }

    /// `lazaret run` of a script under that file name.
    pub fn run(self, name: &str, script: &[u8]) -> Self {
        let path = self.file(name, script);
        self.arg("run").arg(path.to_str().expect("a UTF-8 path"))
    }

    /// An argument of lazaret's own.
    pub fn arg(mut self, argument: &str) -> Self {
        self.arguments.push(argument.to_owned());
        self
    }

    /// Arguments of lazaret's own.
    pub fn args(mut self, arguments: &[&str]) -> Self {
        self.arguments
            .extend(arguments.iter().map(|argument| (*argument).to_owned()));
        self
    }

    /// Arguments of the script.
    pub fn script_args(mut self, arguments: &[&str]) -> Self {
        self.script_arguments
            .extend(arguments.iter().map(|argument| (*argument).to_owned()));
        self
    }

    /// A variable of lazaret's environment.
    pub fn env(mut self, name: &str, value: &str) -> Self {
        self.environment.push((name.to_owned(), value.to_owned()));
        self
    }

    /// Bytes on lazaret's own stdin; nothing otherwise.
    pub fn stdin(mut self, bytes: &[u8]) -> Self {
        self.stdin = Some(bytes.to_vec());
        self
    }

    /// TOML behind the engine's own policy: tables not yet there (`[limits]`, `[checks]`, …).
    pub fn policy(mut self, toml: &str) -> Self {
        self.policy += toml;
        self
    }

    /// TOML before the engine's own policy: keys outside tables (`accept = […]`, `pull = …`).
    pub fn policy_key(mut self, toml: &str) -> Self {
        self.policy = format!("{toml}\n{}", self.policy);
        self
    }

    /// Another policy than the engine's.
    pub fn only_policy(mut self, toml: &str) -> Self {
        toml.clone_into(&mut self.policy);
        self
    }

    /// The checks let everything through: the sandbox must hold on its own.
    pub fn unchecked(self) -> Self {
        self.policy("\n[checks]\noff = [\"size\", \"syntax\", \"secrets\", \"dangerous\"]\n")
    }

    /// It may take longer than other commands before its test fails.
    pub fn patient(mut self) -> Self {
        self.patience = 5 * PATIENCE;
        self
    }

    /// A file in this command's folder, readable by every user.
    pub fn file(&self, name: &str, content: &[u8]) -> PathBuf {
        let path = self.folder.path().join(name);
        std::fs::write(&path, content).expect("a file");
        path
    }

    /// The folder of its files.
    pub fn folder(&self) -> &std::path::Path {
        self.folder.path()
    }

    /// Where its audit log stands: the rootless user may not write here, and keeps its own.
    pub fn audit(&self) -> PathBuf {
        self.folder.path().join("audit")
    }

    fn whole_policy(&self) -> String {
        if self.engine.name == "rootless" || self.policy.contains("audit.") {
            return self.policy.clone();
        }
        let directory = self.audit();
        format!(
            "{}\n[audit]\ndirectory = '{}'\n",
            self.policy,
            directory.display()
        )
    }

    /// The command, for tests that drive it by hand.
    pub fn command(&self) -> Command {
        let policy = self.file("policy.toml", self.whole_policy().as_bytes());
        let mut command = self.engine.program(&self.engine.binary(self.folder.path()));
        let (subcommand, others) = self.arguments.split_at(self.arguments.len().min(1));
        command.args(subcommand);
        if self.engine.name == "rootless" {
            // Its user's environment is made anew, with a policy of its own.
            command.arg("--policy").arg(&policy);
        }
        command.args(others);
        if !self.script_arguments.is_empty() {
            command.arg("--").args(&self.script_arguments);
        }
        command
            .env("LAZARET_POLICY", policy)
            .envs(self.environment.iter().cloned());
        command
    }

    /// Starts it with piped streams.
    pub fn spawn(&self) -> Child {
        let mut command = self.command();
        command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        command.spawn().expect("lazaret starts")
    }

    /// Runs it to its end; fails the test if that takes longer than its patience.
    pub fn output(&self) -> Ran {
        let started = Instant::now();
        let mut child = self.spawn();
        let mut pipe = child.stdin.take().expect("a pipe");
        let stdin = self.stdin.clone().unwrap_or_default();
        let writer = std::thread::spawn(move || {
            // Lazaret may not read it; then the pipe breaks.
            let _ = pipe.write_all(&stdin);
        });
        let watchdog = Watchdog::start(child.id(), self.patience);
        let output = child.wait_with_output().expect("lazaret ends");
        let in_time = watchdog.stop();
        writer.join().expect("the writer ends");
        let ran = Ran::new(self.arguments.join(" "), output, started.elapsed());
        assert!(in_time, "it took longer than {:?}: {ran}", self.patience);
        ran
    }

    /// Runs it with `--format json` and gives the document.
    pub fn json(self) -> serde_json::Value {
        let ran = self.args(&["--format", "json"]).output();
        ran.document()
    }
}

/// Kills a process that outlives a test's patience, so that the test can fail and tell.
struct Watchdog {
    stop: std::sync::mpsc::Sender<()>,
    thread: std::thread::JoinHandle<bool>,
}

impl Watchdog {
    fn start(pid: u32, patience: Duration) -> Self {
        let (stop, stopped) = std::sync::mpsc::channel();
        let thread = std::thread::spawn(move || {
            let in_time = stopped.recv_timeout(patience).is_ok();
            if !in_time {
                let _ = Command::new("kill")
                    .arg("-KILL")
                    .arg(pid.to_string())
                    .status();
            }
            in_time
        });
        Self { stop, thread }
    }

    fn stop(self) -> bool {
        let _ = self.stop.send(());
        self.thread.join().expect("the watchdog ends")
    }
}
