//! Whose container it is: a name and labels by which leftovers are told from living runs.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

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
    let boot = read("/proc/sys/kernel/random/boot_id");
    let namespace = std::fs::read_link("/proc/self/ns/pid").ok();
    let namespace = namespace
        .and_then(|link| link.to_str().map(digits))
        .unwrap_or_default();
    let start = read("/proc/self/stat");
    let start = start_time(&start).unwrap_or("unknown");
    format!("{}/{namespace}/{}/{start}", boot.trim(), std::process::id())
}

fn read(path: &str) -> String {
    std::fs::read_to_string(path).unwrap_or_default()
}

fn digits(link: &str) -> String {
    link.chars().filter(char::is_ascii_digit).collect()
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
}
