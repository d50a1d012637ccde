//! Policy and language in, the exact command line out.
//!
//! Pure: no file, clock or randomness; the container's name and its ownership labels are passed in.
//! Two scripts under one policy have the same command line but for those. Script text, stdin,
//! arguments, environment values and the nonce never come here.

mod dialect;
mod proxy;
pub mod seccomp;

use std::time::Duration;

pub use dialect::Dialect;

use crate::language::Language;
use crate::policy::Limits;
use crate::protocol::{self, Program};

/// Everything a command line depends on.
#[derive(Debug, Clone, Copy)]
pub struct Order<'a> {
    /// How the engine's command is called.
    pub program: &'a str,
    /// Which engine's flags it understands.
    pub dialect: Dialect,
    /// The script's language.
    pub language: &'static Language,
    /// The image.
    pub image: &'a str,
    /// The limits of the run.
    pub limits: &'a Limits,
    /// `--runtime`, where the policy names one.
    pub runtime: Option<&'a str>,
    /// The file with our seccomp profile; `None` leaves the engine its own.
    pub seccomp: Option<&'a str>,
    /// Volumes of the image that are covered, because engines mount them writable from the host.
    pub covered: &'a [String],
    /// The container's name and labels.
    pub identity: &'a Identity,
    /// Longer than any honest run: after it Podman ends the container by itself.
    pub lifetime: Duration,
}

/// Whose container it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Identity {
    /// The container's name, unique, beginning with `lazaret-`.
    pub name: String,
    /// Labels, by which leftovers are found and told from others' containers.
    pub labels: Vec<(String, String)>,
}

/// One flag of the command line, with its reason.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Flag {
    /// The words, as the engine gets them.
    pub words: Vec<String>,
    /// Why it is there, for people.
    pub reason: &'static str,
}

/// The command line of a run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Plan {
    /// The words before the image, the image, and the launcher, each with its reason.
    pub flags: Vec<Flag>,
    /// What stdin begins with, the same for every script: the launcher's second part.
    pub launcher: String,
    /// The container's name.
    pub name: String,
}

impl Plan {
    /// The argument vector, beginning with the engine's command.
    #[must_use]
    pub fn argv(&self) -> Vec<String> {
        self.flags
            .iter()
            .flat_map(|flag| flag.words.clone())
            .collect()
    }
}

/// Collects flags.
struct Flags(Vec<Flag>);

impl Flags {
    fn add<const N: usize>(&mut self, words: [&str; N], reason: &'static str) {
        let words = words.iter().map(|word| (*word).to_owned()).collect();
        self.0.push(Flag { words, reason });
    }
}

/// The command line for an order.
#[must_use]
pub fn plan(order: &Order<'_>) -> Plan {
    let mut flags = Flags(Vec::new());
    flags.add([order.program, "run"], "one container, one run");
    start(order, &mut flags);
    limits(order, &mut flags);
    isolation(order, &mut flags);
    file_system(order, &mut flags);
    surroundings(&mut flags);
    order.dialect.own_flags(order, &mut flags);
    let launcher = command(order, &mut flags);
    Plan {
        flags: flags.0,
        launcher,
        name: order.identity.name.clone(),
    }
}

fn start(order: &Order<'_>, flags: &mut Flags) {
    flags.add(["--rm"], "removed when it ends");
    flags.add(
        ["--interactive"],
        "the script comes through stdin, never through this line",
    );
    flags.add(
        ["--name", &order.identity.name],
        "every clean-up finds it by this name",
    );
    for (key, value) in &order.identity.labels {
        flags.add(
            ["--label", &format!("{key}={value}")],
            "whose it is and when it must be gone",
        );
    }
    flags.add(
        ["--pull", "never"],
        "a pull is a step of its own, before the clock starts",
    );
    if let Some(runtime) = order.runtime {
        flags.add(
            ["--runtime", runtime],
            "the OCI runtime that the policy names",
        );
    }
}

fn limits(order: &Order<'_>, flags: &mut Flags) {
    let limits = order.limits;
    let both = limits.memory.get().saturating_add(limits.swap.get());
    let both = crate::policy::Bytes::new(both);
    flags.add(
        ["--memory", &limits.memory.to_string()],
        "memory, tmpfs included; beyond it the OOM killer acts",
    );
    flags.add(
        ["--memory-swap", &both.to_string()],
        "memory and swap together; --memory alone allows as much swap again",
    );
    flags.add(["--cpus", &limits.cpus.to_string()], "CPU time per time");
    if limits.cpu_shares != ENGINE_DEFAULT_SHARES {
        flags.add(
            ["--cpu-shares", &limits.cpu_shares.to_string()],
            "weight beside other containers",
        );
    }
    flags.add(
        ["--pids-limit", &limits.pids.to_string()],
        "processes and threads: a fork bomb ends here",
    );
    flags.add(["--ulimit", "core=0"], "no core dump leaves the container");
    let files = limits.open_files;
    flags.add(
        ["--ulimit", &format!("nofile={files}:{files}")],
        "open files of a process",
    );
}

const ENGINE_DEFAULT_SHARES: u64 = 1024;

fn isolation(order: &Order<'_>, flags: &mut Flags) {
    flags.add(["--network", "none"], "loopback alone");
    flags.add(
        ["--user", "65534:65534"],
        "nobody, by number: an image may lack the name",
    );
    flags.add(["--cap-drop", "ALL"], "no capability in any set");
    flags.add(
        ["--security-opt", "no-new-privileges"],
        "setuid programs gain nothing",
    );
    if let Some(profile) = order.seccomp {
        flags.add(
            ["--security-opt", &format!("seccomp={profile}")],
            "only the system calls that scripts need",
        );
    }
    flags.add(["--ipc", "private"], "no shared memory with others");
}

fn file_system(order: &Order<'_>, flags: &mut Flags) {
    let limits = order.limits;
    flags.add(["--read-only"], "nothing of the image can be changed");
    for (path, size, reason) in [
        (
            "/work",
            limits.work,
            "the script's working directory and home: bounded, in memory, gone afterwards",
        ),
        (
            "/tmp",
            limits.tmp,
            "scratch space: bounded, in memory, gone afterwards",
        ),
    ] {
        let options = order.dialect.tmpfs_options();
        let tmpfs = format!("{path}:rw,noexec,nosuid,nodev,size={size},{options}");
        flags.add(["--tmpfs", &tmpfs], reason);
    }
    flags.add(
        ["--shm-size", &limits.shm.to_string()],
        "/dev/shm: multiprocessing needs one, a small one",
    );
    for path in order.covered {
        let tmpfs = format!("{path}:ro,noexec,nosuid,nodev,size=4k");
        flags.add(
            ["--tmpfs", &tmpfs],
            "covers a volume of the image, which would be writable host disk",
        );
    }
}

fn surroundings(flags: &mut Flags) {
    flags.add(
        ["--log-driver", "none"],
        "output would fill the host's disk",
    );
    flags.add(["--hostname", "lazaret"], "the host's name stays outside");
    flags.add(["--workdir", "/work"], "where the script starts");
    flags.add(["--env", "HOME=/work"], "where programs keep their files");
    for variable in proxy::VARIABLES {
        flags.add(
            ["--env", &format!("{variable}=")],
            "the client's proxy settings, credentials included, stay outside",
        );
    }
}

/// Its text is what stdin begins with.
fn command(order: &Order<'_>, flags: &mut Flags) -> String {
    flags.add(
        ["--entrypoint", protocol::SHELL],
        "the image's own entry point would come first",
    );
    flags.add([order.image], "the image");
    let Program { arguments, text } = protocol::launcher(order.language);
    let reason = "the launcher, process 1: it proves the limits, takes the script from stdin, runs it, and reports";
    let words = arguments;
    flags.0.push(Flag { words, reason });
    text
}

#[cfg(test)]
mod tests;
