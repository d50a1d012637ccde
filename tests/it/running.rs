//! A `lazaret` that still runs: what it printed so far, its engine's command, its container; and
//! facts to wait for.

#![expect(clippy::indexing_slicing, reason = "what is not there fails the test")]

use std::io::Read;
use std::process::{Child, ChildStdin};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;

use crate::harness::{Engine, Lazaret};

/// Far more than any fact needs on a loaded machine; a test that waits so long fails.
const PATIENCE: Duration = Duration::from_secs(60);

/// Waits until something is so.
#[track_caller]
pub fn until(what: &str, mut is_so: impl FnMut() -> bool) {
    let start = Instant::now();
    while !is_so() {
        assert!(
            start.elapsed() < PATIENCE,
            "waited {PATIENCE:?} in vain: {what}"
        );
        std::thread::sleep(Duration::from_millis(20));
    }
}

/// A process of the host, as `/proc` shows it.
#[derive(Debug, Clone)]
pub struct Process {
    pub pid: i32,
    pub parent: i32,
    pub argv: Vec<String>,
}

/// Every process of the host.
pub fn processes() -> Vec<Process> {
    let entries = std::fs::read_dir("/proc").expect("/proc").flatten();
    let pids = entries.filter_map(|entry| entry.file_name().to_str()?.parse().ok());
    pids.filter_map(process).collect()
}

/// `None` where it has ended meanwhile.
fn process(pid: i32) -> Option<Process> {
    let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    let (_, behind_the_name) = stat.rsplit_once(')')?;
    let parent = behind_the_name.split_ascii_whitespace().nth(1)?;
    let argv = std::fs::read(format!("/proc/{pid}/cmdline")).ok()?;
    let argv = String::from_utf8_lossy(&argv);
    Some(Process {
        pid,
        parent: parent.parse().ok()?,
        argv: argv
            .trim_end_matches('\0')
            .split('\0')
            .map(str::to_owned)
            .collect(),
    })
}

/// The container is there, in whatever state.
pub fn exists(engine: &Engine, container: &str) -> bool {
    let filter = format!("name={container}");
    let listed = engine.ask(&["ps", "--all", "--quiet", "--filter", &filter]);
    !listed.trim().is_empty()
}

/// Processes that guard this container.
pub fn guards(container: &str) -> Vec<Process> {
    let is_it = |process: &Process| {
        let has = |word: &str| process.argv.iter().any(|argument| argument == word);
        has("lazaret-guard") && has(container)
    };
    processes().into_iter().filter(is_it).collect()
}

/// A command that was started and has not been waited for. Dropped, it is killed.
pub struct Running {
    child: Child,
    /// Open until it is taken.
    pub stdin: Option<ChildStdin>,
    stdout: Gathered,
    stderr: Gathered,
    /// The files of the command, which go when it does.
    files: Option<Lazaret>,
}

/// How it ended.
#[derive(Debug)]
pub struct Ended {
    /// 128 + n where a signal ended it.
    pub code: i32,
    pub stdout: String,
    pub stderr: String,
}

#[derive(Clone, Default)]
struct Gathered(Arc<Mutex<Vec<u8>>>);

impl Gathered {
    fn of(stream: Option<impl Read + Send + 'static>) -> Self {
        let gathered = Self::default();
        let Some(mut stream) = stream else {
            return gathered;
        };
        let into = gathered.clone();
        std::thread::spawn(move || {
            let mut buffer = [0; 8192];
            while let Ok(length @ 1..) = stream.read(&mut buffer) {
                into.0
                    .lock()
                    .expect("no panic")
                    .extend_from_slice(&buffer[..length]);
            }
        });
        gathered
    }

    fn text(&self) -> String {
        String::from_utf8_lossy(&self.0.lock().expect("no panic")).into_owned()
    }
}

impl Running {
    /// Starts it with piped streams; both outputs are read as they come.
    pub fn start(lazaret: Lazaret) -> Self {
        let child = lazaret.spawn();
        let mut running = Self::of(child);
        running.files = Some(lazaret);
        running
    }

    /// Takes a child with whatever pipes it has.
    pub fn of(mut child: Child) -> Self {
        Self {
            stdin: child.stdin.take(),
            stdout: Gathered::of(child.stdout.take()),
            stderr: Gathered::of(child.stderr.take()),
            child,
            files: None,
        }
    }

    /// Its PID.
    pub fn pid(&self) -> i32 {
        i32::try_from(self.child.id()).expect("a PID")
    }

    /// Whether its stdout has this text by now.
    pub fn has_printed(&self, text: &str) -> bool {
        self.stdout.text().contains(text)
    }

    /// Waits until its stdout has this text.
    #[track_caller]
    pub fn prints(&mut self, text: &str) {
        until(&format!("`{text}` on stdout"), || {
            let printed = self.stdout.text().contains(text);
            let ended = !printed && self.child.try_wait().expect("its state").is_some();
            assert!(
                !ended || self.stdout.text().contains(text),
                "it ended without printing `{text}`: stdout {:?}, stderr {:?}",
                self.stdout.text(),
                self.stderr.text()
            );
            printed
        });
    }

    /// Waits for the engine's `run` command and gives it.
    #[track_caller]
    pub fn cli(&self) -> Process {
        let mut found = None;
        until("the engine's run command", || {
            let own = self.pid();
            let is_it = |process: &Process| {
                process.parent == own && process.argv.iter().any(|word| word == "--name")
            };
            found = processes().into_iter().find(is_it);
            found.is_some()
        });
        found.expect("just seen")
    }

    /// The container's name, from the engine's command line.
    #[track_caller]
    pub fn container(&self) -> String {
        let argv = self.cli().argv;
        let flag = argv
            .iter()
            .position(|word| word == "--name")
            .expect("just seen");
        argv[flag + 1].clone()
    }

    /// Sends it a signal.
    pub fn signal(&self, signal: Signal) {
        kill(Pid::from_raw(self.pid()), signal).expect("it is there");
    }

    /// Waits for its end; fails if it takes longer than the patience of a test.
    #[track_caller]
    pub fn ends(&mut self) -> Ended {
        use std::os::unix::process::ExitStatusExt as _;
        self.stdin = None;
        let mut status = None;
        until("the end of lazaret", || {
            status = self.child.try_wait().expect("its state");
            status.is_some()
        });
        let status = status.expect("just seen");
        let code = status
            .code()
            .or_else(|| status.signal().map(|signal| 128 + signal));
        // Its last bytes may still be on their way from the pipe.
        let gathered = [&self.stdout, &self.stderr];
        until("the end of its streams", || {
            gathered
                .iter()
                .all(|stream| Arc::strong_count(&stream.0) == 1)
        });
        Ended {
            code: code.expect("a code or a signal"),
            stdout: self.stdout.text(),
            stderr: self.stderr.text(),
        }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // It has ended where the test went well.
        let _ = self.child.kill();
        let _ = self.child.wait();
        self.files = None;
    }
}
