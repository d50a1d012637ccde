//! The seccomp profile: which system calls a script may make, as an engine reads it.
//!
//! Engines bring profiles of their own, made for services: they let through what no script needs
//! (Podman 4.3 even new user namespaces). Ours is for scripts, allows by name and refuses the rest,
//! and is the same on every engine.

mod calls;

pub use calls::{ALLOWED, Group, REFUSED};

use serde::Serialize;

/// `EPERM`: what is refused says so.
const REFUSE: &str = "SCMP_ACT_ERRNO";
const ALLOW: &str = "SCMP_ACT_ALLOW";

/// Every `CLONE_NEW…` flag of clone(2).
const CLONE_NAMESPACES: u64 = 0x7e02_0000;

/// `ENOSYS`: the C library falls back to `clone`, whose flags a filter can see.
const ENOSYS: u32 = 38;

/// Address families of sockets that scripts may make; the network namespace decides whom they reach.
const AF_UNIX: u64 = 1;
const AF_INET: u64 = 2;
const AF_INET6: u64 = 10;
const AF_NETLINK: u64 = 16;
/// Which the C library asks for the machine's addresses.
const NETLINK_ROUTE: u64 = 0;

/// What personality(2) may be set to: Linux, the 32-bit and the plain form of it, and the question.
/// Others switch address randomisation off.
const PERSONALITIES: [u64; 5] = [0, 0x0008, 0x0002_0000, 0x0002_0008, 0xffff_ffff];

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Profile {
    default_action: &'static str,
    default_errno_ret: u32,
    arch_map: [Architecture; 2],
    syscalls: Vec<Rule>,
}

/// Without sub-architectures: a call by the 32-bit entry ends the process, since filters of
/// arguments do not hold there.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Architecture {
    architecture: &'static str,
    sub_architectures: [&'static str; 0],
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Rule {
    names: Vec<&'static str>,
    action: &'static str,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    args: Vec<Argument>,
    #[serde(skip_serializing_if = "Option::is_none")]
    errno_ret: Option<u32>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Argument {
    index: u32,
    value: u64,
    value_two: u64,
    op: &'static str,
}

fn equals(index: u32, value: u64) -> Argument {
    Argument {
        index,
        value,
        value_two: 0,
        op: "SCMP_CMP_EQ",
    }
}

fn allow(names: Vec<&'static str>, args: Vec<Argument>) -> Rule {
    Rule {
        names,
        action: ALLOW,
        args,
        errno_ret: None,
    }
}

/// The profile in the JSON form that Docker and Podman read.
#[must_use]
pub fn profile() -> String {
    let profile = Profile {
        default_action: REFUSE,
        default_errno_ret: 1,
        arch_map: ["SCMP_ARCH_X86_64", "SCMP_ARCH_AARCH64"].map(|architecture| Architecture {
            architecture,
            sub_architectures: [],
        }),
        syscalls: rules(),
    };
    // Only maps with keys that are no text can fail to serialise.
    serde_json::to_string(&profile).unwrap_or_default()
}

fn rules() -> Vec<Rule> {
    let any = ALLOWED.iter().flat_map(|group| group.calls.iter().copied());
    let mut rules = vec![allow(any.collect(), Vec::new())];
    rules.push(allow(
        vec!["clone"],
        vec![Argument {
            index: 0,
            value: CLONE_NAMESPACES,
            value_two: 0,
            op: "SCMP_CMP_MASKED_EQ",
        }],
    ));
    rules.push(Rule {
        names: vec!["clone3"],
        action: REFUSE,
        args: Vec::new(),
        errno_ret: Some(ENOSYS),
    });
    rules.push(allow(vec!["socketpair"], vec![equals(0, AF_UNIX)]));
    for family in [AF_UNIX, AF_INET, AF_INET6] {
        rules.push(allow(vec!["socket"], vec![equals(0, family)]));
    }
    let routes = vec![equals(0, AF_NETLINK), equals(2, NETLINK_ROUTE)];
    rules.push(allow(vec!["socket"], routes));
    for personality in PERSONALITIES {
        rules.push(allow(vec!["personality"], vec![equals(0, personality)]));
    }
    rules
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    fn names(groups: &[Group]) -> Vec<&'static str> {
        groups
            .iter()
            .flat_map(|group| group.calls.iter().copied())
            .collect()
    }

    #[test]
    fn no_call_stands_twice() {
        let (allowed, refused) = (names(ALLOWED), names(REFUSED));
        let all: BTreeSet<&str> = allowed.iter().chain(&refused).copied().collect();
        assert_eq!(all.len(), allowed.len() + refused.len());
    }

    #[test]
    fn what_is_refused_on_purpose_is_in_no_rule_that_allows() {
        let allowed: BTreeSet<&str> = rules()
            .iter()
            .filter(|rule| rule.action == ALLOW)
            .flat_map(|rule| rule.names.clone())
            .collect();
        for name in names(REFUSED) {
            assert!(!allowed.contains(name), "{name}");
        }
    }

    #[test]
    fn no_namespace_can_be_made() {
        // CLONE_NEWNS, CGROUP, UTS, IPC, USER, PID, NET, as in linux/sched.h.
        let flags = [
            0x0002_0000,
            0x0200_0000,
            0x0400_0000,
            0x0800_0000,
            0x1000_0000,
            0x2000_0000,
            0x4000_0000_u64,
        ];
        assert_eq!(
            flags.iter().fold(0, |all, flag| all | flag),
            CLONE_NAMESPACES
        );
    }

    #[test]
    fn the_profile_is_json_of_a_bounded_size() {
        let text = profile();
        let value: serde_json::Value = serde_json::from_str(&text).expect("JSON");
        assert_eq!(value["defaultAction"], REFUSE);
        // It crosses the engine's API and is kept with the container: every kilobyte costs time.
        assert!(text.len() < 8 * 1024, "{}", text.len());
    }
}
