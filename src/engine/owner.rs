//! Whose container it is: a name and labels by which leftovers are told from living runs.

use std::collections::BTreeMap;
use std::fmt;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use serde::Serialize;

use crate::plan::Identity;

/// The identity of a new container of this process, which must be gone after `lifetime`.
///
/// Labels: `lazaret` (its version), `lazaret.owner` (boot id, PID namespace, PID and start time of
/// this process in clock ticks since boot, proc(5)), `lazaret.deadline` (seconds since 1970).
#[must_use]
pub fn identity(id: &str, lifetime: Duration) -> Identity {
    let deadline = SystemTime::now() + lifetime;
    let deadline = deadline
        .duration_since(UNIX_EPOCH)
        .unwrap_or_default()
        .as_secs();
    Identity {
        name: format!("lazaret-{id}"),
        labels: vec![
            ("lazaret".to_owned(), env!("CARGO_PKG_VERSION").to_owned()),
            ("lazaret.owner".to_owned(), owner()),
            ("lazaret.deadline".to_owned(), deadline.to_string()),
        ],
    }
}

fn owner() -> String {
    let here = Here::look();
    let start = Here::start_of("self").unwrap_or_else(|| "unknown".to_owned());
    let (boot, namespace) = (here.boot, here.pid_namespace);
    format!("{boot}/{namespace}/{}/{start}", std::process::id())
}

/// The label of a container whose command line a person pasted.
pub const BY_HAND: &str = "by-hand";

/// Who waits for a container.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case", tag = "kind")]
pub enum Claim {
    /// The process that started it is alive.
    Alive {
        /// Its PID.
        pid: String,
    },
    /// A person started it by a pasted command line.
    ByHand,
    /// The process that started it cannot be seen from here, and its deadline has not passed.
    Elsewhere,
    /// The process that started it is gone.
    OwnerGone {
        /// Its PID.
        pid: String,
    },
    /// Its creation was cut off so long ago that no run waits for it.
    CutOff,
    /// It is being created, or its creation was cut off.
    Unfinished,
    /// Its deadline has passed, and no living process that can be seen from here owns it.
    Overdue,
}

impl Claim {
    /// Nobody waits for it.
    #[must_use]
    pub fn permits_removal(&self) -> bool {
        matches!(self, Self::OwnerGone { .. } | Self::Overdue | Self::CutOff)
    }
}

impl fmt::Display for Claim {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Alive { pid } => write!(formatter, "owned by the living process {pid}"),
            Self::ByHand => write!(formatter, "started by hand from a printed command line"),
            Self::Elsewhere => write!(
                formatter,
                "owned by a process on another machine or in another PID namespace, and not past its deadline"
            ),
            Self::OwnerGone { pid } => write!(formatter, "its owner, process {pid}, is gone"),
            Self::CutOff => write!(
                formatter,
                "its creation was cut off, too long ago for any run to wait for it"
            ),
            Self::Unfinished => write!(
                formatter,
                "it is being created, or was until it was cut off; no labels tell"
            ),
            Self::Overdue => write!(formatter, "its deadline has passed"),
        }
    }
}

/// What tells processes of this machine, boot and PID namespace from others.
#[derive(Debug, Clone)]
pub(super) struct Here {
    boot: String,
    pid_namespace: String,
    start_of: fn(&str) -> Option<String>,
}

impl Here {
    pub(super) fn look() -> Self {
        let namespace = std::fs::read_link("/proc/self/ns/pid").ok();
        let namespace = namespace.and_then(|link| link.to_str().map(digits));
        Self {
            boot: read("/proc/sys/kernel/random/boot_id").trim().to_owned(),
            pid_namespace: namespace.unwrap_or_default(),
            start_of: Self::start_of,
        }
    }

    fn start_of(pid: &str) -> Option<String> {
        let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
        let start = (!is_over(&stat)).then(|| start_time(&stat))?;
        start.map(str::to_owned)
    }
}

/// Who claims a container; `None` if it is not ours. A PID alone says nothing, since PIDs are used
/// again: the start time must fit too.
pub(super) fn claim(
    name: &str,
    labels: &BTreeMap<String, String>,
    here: &Here,
    now: SystemTime,
) -> Option<Claim> {
    id_of(name)?;
    labels.get("lazaret")?;
    let owner = labels.get("lazaret.owner")?;
    if owner == BY_HAND {
        return Some(Claim::ByHand);
    }
    let deadline = labels.get("lazaret.deadline")?.parse().ok()?;
    let now = now.duration_since(UNIX_EPOCH).unwrap_or_default().as_secs();
    let overdue = now > deadline;
    Some(match owner_of(owner, here) {
        Some((pid, true)) => Claim::Alive { pid },
        Some((pid, false)) => Claim::OwnerGone { pid },
        None if overdue => Claim::Overdue,
        None => Claim::Elsewhere,
    })
}

/// The run's id, if that is a name as we make them.
pub(super) fn id_of(name: &str) -> Option<uuid::Uuid> {
    uuid::Uuid::try_parse(name.strip_prefix("lazaret-")?).ok()
}

/// The owner's PID and whether it lives, if that can be known here.
fn owner_of(owner: &str, here: &Here) -> Option<(String, bool)> {
    let mut parts = owner.split('/');
    let (boot, namespace) = (parts.next()?, parts.next()?);
    let (pid, start) = (parts.next()?, parts.next()?);
    let is_here = boot == here.boot && namespace == here.pid_namespace;
    let is_pid = !pid.is_empty() && pid.bytes().all(|byte| byte.is_ascii_digit());
    if !is_here || !is_pid {
        return None;
    }
    let lives = (here.start_of)(pid).is_some_and(|now| now == start);
    Some((pid.to_owned(), lives))
}

fn read(path: &str) -> String {
    std::fs::read_to_string(path).unwrap_or_default()
}

fn digits(link: &str) -> String {
    link.chars().filter(char::is_ascii_digit).collect()
}

/// A process that has ended, and whose parent has not asked how: a zombie waits for nothing.
fn is_over(stat: &str) -> bool {
    let state = stat
        .rsplit_once(')')
        .and_then(|(_, rest)| rest.split_ascii_whitespace().next());
    matches!(state, Some("Z" | "X"))
}

/// Field 22, counted behind the command's name, which may hold spaces and parentheses itself.
fn start_time(stat: &str) -> Option<&str> {
    stat.rsplit_once(')')?.1.split_ascii_whitespace().nth(19)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_start_time_is_found_behind_any_name() {
        let stat = "7 (a) b (c)) S 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 4242 20";
        assert_eq!(start_time(stat), Some("4242"));
        assert_eq!(start_time("junk"), None);
        assert!(is_over("7 (a) R) Z 1 2") && !is_over(stat));
    }

    #[test]
    fn an_owner_is_this_very_process() {
        let owner = owner();
        let parts: Vec<&str> = owner.split('/').collect();
        assert_eq!(parts.len(), 4, "{owner}");
        assert_eq!(
            parts.get(2).copied(),
            Some(std::process::id().to_string().as_str())
        );
        assert!(
            parts
                .iter()
                .all(|part| !part.is_empty() && *part != "unknown"),
            "{owner}"
        );
    }

    const ID: &str = "lazaret-01a1ff7c-1a2c-75a1-81fd-28ec1a6a1bef";

    fn claimed(name: &str, owner: &str, deadline: u64) -> Option<Claim> {
        let here = Here {
            boot: "b".to_owned(),
            pid_namespace: "7".to_owned(),
            start_of: |pid| (pid == "42").then(|| "1000".to_owned()),
        };
        let labels = [
            ("lazaret", "0.1.0".to_owned()),
            ("lazaret.owner", owner.to_owned()),
            ("lazaret.deadline", deadline.to_string()),
        ];
        let labels = labels.map(|(key, value)| (key.to_owned(), value)).into();
        claim(name, &labels, &here, UNIX_EPOCH + Duration::from_secs(500))
    }

    #[test]
    fn what_a_living_process_owns_is_left_alone() {
        let pid = "42".to_owned();
        for deadline in [499, 501] {
            let claim = claimed(ID, "b/7/42/1000", deadline);
            assert_eq!(claim, Some(Claim::Alive { pid: pid.clone() }));
        }
    }

    #[test]
    fn a_pid_that_is_used_again_is_another_process() {
        let gone = |pid: &str| {
            Some(Claim::OwnerGone {
                pid: pid.to_owned(),
            })
        };
        assert_eq!(claimed(ID, "b/7/42/999", 501), gone("42"));
        assert_eq!(claimed(ID, "b/7/43/1000", 501), gone("43"));
    }

    #[test]
    fn owners_that_cannot_be_seen_have_until_their_deadline() {
        for owner in ["other/7/43/1", "b/8/43/1", "b/7/../1", "nonsense"] {
            assert_eq!(claimed(ID, owner, 501), Some(Claim::Elsewhere), "{owner}");
            assert_eq!(claimed(ID, owner, 499), Some(Claim::Overdue), "{owner}");
        }
    }

    #[test]
    fn look_alikes_are_not_ours() {
        for name in ["lazaret-1", "lazaret", "my-lazaret-01a1ff7c", "web"] {
            assert_eq!(claimed(name, "b/7/43/1", 1), None, "{name}");
        }
        assert_eq!(claimed(ID, "by-hand", 1), Some(Claim::ByHand));
    }
}
