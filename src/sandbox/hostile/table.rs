//! The hostile scripts: bombs and floods, memory and disk, escapes and leaks. They are the very
//! scripts of the tests.

use super::attack::{Attack, Held};
use super::reports;
use crate::outcome::Status;
use crate::policy::Accept;

macro_rules! python {
    ($name:literal, $file:literal, $tries:literal) => {
        Attack::new(
            $name,
            "python",
            $tries,
            include_str!(concat!("../../../fixtures/scripts/hostile/", $file)),
        )
    };
}

macro_rules! bash {
    ($name:literal, $file:literal, $tries:literal) => {
        Attack::new(
            $name,
            "bash",
            $tries,
            include_str!(concat!("../../../fixtures/scripts/hostile/", $file)),
        )
    };
}

const PIDS: &[Accept] = &[Accept::Pids];
const MEMORY: &[Accept] = &[Accept::Memory, Accept::Swap];
const REFUSED: Held = Held::Says(&["Resource temporarily unavailable"]);
const OWN_FILTER: &str = "engine.seccomp = \"lazaret\" in the policy";
const DAEMON: Held = Held::Prints("the daemon is up\ndone\n");
const FORGED: Held = Held::Exits(3);

/// In the order in which they run.
pub(super) const ATTACKS: &[Attack] = &[
    // Processes and time.
    python!(
        "fork-bomb",
        "fork-bomb.py",
        "every process makes another, for ever"
    )
    .overruns(PIDS)
    .times_out(3)
    .held(REFUSED),
    bash!(
        "fork-bomb",
        "fork-bomb.sh",
        "every process makes another, for ever"
    )
    .overruns(PIDS)
    .times_out(3)
    .held(REFUSED),
    python!("thread-bomb", "thread-bomb.py", "starts 10 000 threads")
        .overruns(PIDS)
        .held(Held::Says(&["can't start new thread"])),
    python!(
        "children",
        "many-children.py",
        "starts 500 processes that stay"
    )
    .overruns(PIDS)
    .held(REFUSED),
    python!(
        "ignores-signals",
        "ignore-term.py",
        "ignores every signal that can be ignored, and stays"
    )
    .times_out(1),
    bash!(
        "ignores-signals",
        "ignore-term.sh",
        "ignores every signal that can be ignored, and stays"
    )
    .times_out(1),
    python!(
        "family",
        "family.py",
        "four generations of processes, deaf to SIGTERM"
    )
    .argument(&["x"])
    .times_out(1),
    bash!(
        "family",
        "family.sh",
        "four generations of processes, deaf to SIGTERM"
    )
    .argument(&["x"])
    .times_out(1),
    python!(
        "daemon",
        "daemon.py",
        "leaves a daemon behind that holds its output open"
    )
    .argument(&["x"])
    .held(DAEMON),
    bash!(
        "daemon",
        "daemon.sh",
        "leaves a daemon behind that holds its output open"
    )
    .argument(&["x"])
    .held(DAEMON),
    python!(
        "zombies",
        "zombies.py",
        "makes 1 000 orphans that somebody must bury"
    )
    .held(Held::Prints("all 1000\n")),
    bash!(
        "zombies",
        "zombies.sh",
        "makes 1 000 orphans that somebody must bury"
    )
    .held(Held::Prints("all 1000\n")),
    python!(
        "signals-to-all",
        "signal-all.py",
        "sends every signal to process 1, and SIGKILL to all"
    )
    .held(Held::Prints("survived\n")),
    bash!(
        "signals-to-all",
        "signal-all.sh",
        "sends every signal to process 1, and SIGKILL to all"
    )
    .held(Held::Prints("survived\n")),
    python!(
        "stops-everything",
        "stop-everything.py",
        "stops process 1, its group and itself"
    )
    .times_out(1),
    bash!(
        "stops-everything",
        "stop-everything.sh",
        "stops process 1, its group and itself"
    )
    .times_out(1),
    python!(
        "forged-result",
        "forge.py",
        "prints a result, an attestation and an engine's error of its own"
    )
    .ends(&[Status::Failed])
    .held(FORGED),
    bash!(
        "forged-result",
        "forge.sh",
        "prints a result, an attestation and an engine's error of its own"
    )
    .ends(&[Status::Failed])
    .held(FORGED),
    // Floods.
    python!(
        "endless-output",
        "output-without-end.py",
        "writes as fast as it can, without end"
    )
    .times_out(1),
    bash!(
        "endless-output",
        "output-without-end.sh",
        "writes as fast as it can, without end"
    )
    .times_out(1),
    bash!("flood", "flood.sh", "writes 50 MB")
        .argument(&["50"])
        .ends(&[Status::Succeeded, Status::TimedOut])
        .held(Held::Counted(50_000_000)),
    // Memory, files and disk.
    python!(
        "memory-at-once",
        "memory-at-once.py",
        "takes twice its memory at once"
    )
    .overruns(MEMORY)
    .memory(64)
    .ends(&[Status::OutOfMemory]),
    bash!(
        "memory-at-once",
        "memory-at-once.sh",
        "takes twice its memory at once"
    )
    .overruns(MEMORY)
    .memory(64)
    .ends(&[Status::OutOfMemory]),
    python!(
        "memory-slowly",
        "memory-slowly.py",
        "takes memory, a mebibyte at a time"
    )
    .overruns(MEMORY)
    .memory(64)
    .ends(&[Status::OutOfMemory]),
    bash!(
        "memory-slowly",
        "memory-slowly.sh",
        "takes memory, a mebibyte at a time"
    )
    .overruns(MEMORY)
    .memory(64)
    .ends(&[Status::OutOfMemory]),
    python!(
        "memory-by-child",
        "memory-by-child.py",
        "a child takes more memory than there is"
    )
    .overruns(MEMORY)
    .memory(64)
    .held(Held::OomNoted),
    bash!(
        "memory-by-child",
        "memory-by-child.sh",
        "a child takes more memory than there is"
    )
    .overruns(MEMORY)
    .memory(64)
    .held(Held::OomNoted),
    // Podman's tmpfs has no bound on files: there the bound is memory, which they keep when the script
    // is dead, so that the launcher may be killed as well, and nobody reports.
    python!(
        "fills-disk",
        "fill-disk.py",
        "fills every place that can be written to, with bytes and with files"
    )
    .argument(&["0"])
    .overruns(MEMORY)
    .memory(160)
    .ends(&[Status::Succeeded, Status::OutOfMemory, Status::Lost])
    .held(Held::Says(&[
        "/tmp 1 TiB ENOSPC",
        "/work 1 TiB ENOSPC",
        "/dev/shm 1 TiB ENOSPC",
    ])),
    python!("open-files", "open-files.py", "opens 10 000 files").held(Held::Says(&["EMFILE"])),
    // Escapes and leaks.
    python!(
        "privileges",
        "privileges.py",
        "tries to become somebody else, itself and by setuid programs"
    )
    .held(Held::Reports(reports::privileges)),
    bash!(
        "privileges",
        "privileges.sh",
        "tries to become somebody else"
    )
    .held(Held::NeverSays("done:")),
    python!(
        "system-calls",
        "system-calls.py",
        "calls what only an administrator may"
    )
    .held(Held::Reports(reports::system_calls))
    .mend(OWN_FILTER),
    bash!(
        "system-calls",
        "system-calls.sh",
        "mounts, unshares, makes devices, loads modules"
    )
    .held(Held::InVain)
    .mend(OWN_FILTER),
    python!(
        "writes-to-kernel",
        "write-to-kernel.py",
        "writes to the system's and the kernel's files"
    )
    .held(Held::Reports(reports::opened)),
    bash!(
        "writes-to-kernel",
        "write-to-kernel.sh",
        "writes to the system's and the kernel's files"
    )
    .held(Held::InVain),
    python!(
        "reads-kernel",
        "look-at-kernel.py",
        "reads the host's memory, disks, logs and process 1"
    )
    .held(Held::Reports(reports::kernel)),
    python!(
        "network",
        "network.py",
        "tries every way out: TCP, UDP, DNS, raw sockets, metadata services"
    )
    .held(Held::Reports(reports::network)),
    bash!("network", "network.sh", "tries every way out")
        .timeout(20)
        .ends(&[Status::Succeeded, Status::TimedOut])
        .held(Held::NeverSays("went through")),
    python!(
        "looks-at-host",
        "look-at-host.py",
        "looks for sockets and names of the host"
    )
    .held(Held::Reports(reports::host)),
    python!(
        "leaves",
        "leave.py",
        "leaves files, shared memory and a process for the next run"
    ),
    python!(
        "leavings",
        "look-for-leavings.py",
        "looks for what the run before it left"
    )
    .held(Held::Reports(reports::leavings)),
];
