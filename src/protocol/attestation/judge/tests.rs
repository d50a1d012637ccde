//! Attestations recorded from real engines (`fixtures/attestations`), as they are and tampered with.
//!
//! The cgroup v2 recording is the one exception: no such host was at hand, so it is a v1 recording
//! with the cgroup part written as kernel documentation (`admin-guide/cgroup-v2.rst`) describes it.

use super::*;
use crate::policy::{Ask, Policy};
use proptest::prelude::*;

const DOCKER: &str =
    include_str!("../../../../fixtures/attestations/docker-20.10-cgroup1-python.txt");
const DOCKER_BASH: &str =
    include_str!("../../../../fixtures/attestations/docker-20.10-cgroup1-bash.txt");
const PODMAN: &str =
    include_str!("../../../../fixtures/attestations/podman-4.3-rootful-cgroup1-python.txt");
const PODMAN_BASH: &str =
    include_str!("../../../../fixtures/attestations/podman-4.3-rootful-cgroup1-bash.txt");
const ROOTLESS: &str =
    include_str!("../../../../fixtures/attestations/podman-4.3-rootless-cgroup1-python.txt");
const ROOTLESS_BASH: &str =
    include_str!("../../../../fixtures/attestations/podman-4.3-rootless-cgroup1-bash.txt");
const CGROUP_2: &str =
    include_str!("../../../../fixtures/attestations/documented-cgroup2-python.txt");

fn promise() -> Promise {
    let (limits, _) = Policy::default().settle(&Ask::default()).expect("limits");
    Promise::new(&limits, &[])
}

fn judged<const N: usize>(
    text: &str,
    promise: &Promise,
    accept: [Accept; N],
) -> (Vec<Breach>, Figures) {
    let (proofs, figures) = prove(&Attestation::parse(text), promise);
    (judge(&proofs, &accept.into()), figures)
}

fn breaches(text: &str) -> Vec<Breach> {
    judged(text, &promise(), []).0
}

fn names(text: &str) -> Vec<&'static str> {
    breaches(text).iter().map(|breach| breach.name).collect()
}

/// The recording with a part replaced; the part must be there.
fn tampered(recording: &str, from: &str, to: &str) -> String {
    assert!(recording.contains(from), "{from} is not in the recording");
    recording.replace(from, to)
}

#[test]
fn what_real_engines_showed_is_accepted() {
    for recording in [DOCKER, PODMAN, CGROUP_2] {
        assert_eq!(breaches(recording), []);
    }
    for recording in [DOCKER_BASH, PODMAN_BASH] {
        let (found, figures) = judged(recording, &promise(), []);
        assert_eq!(found, []);
        assert_eq!(figures.memory, Some(Bytes::mib(512)));
        assert_eq!(
            (figures.pids, figures.swap),
            (Some(100), Some(Bytes::new(0)))
        );
    }
}

#[test]
fn rootless_podman_on_cgroup_1_breaks_exactly_the_limits_it_drops() {
    assert_eq!(names(ROOTLESS), ["memory", "cpu", "pids"]);
    let (found, _) = judged(ROOTLESS_BASH, &promise(), []);
    assert_eq!(found.len(), 3);
    let accept = [Accept::Memory, Accept::Cpu, Accept::Pids];
    let (found, _) = judged(ROOTLESS, &promise(), accept);
    assert!(found.iter().all(|breach| breach.accepted));
}

#[test]
fn every_breach_has_a_name() {
    let cases = [
        (
            "uid",
            "Uid:\t65534\t65534\t65534\t65534",
            "Uid:\t65534\t0\t65534\t65534",
        ),
        (
            "gid",
            "Gid:\t65534\t65534\t65534\t65534",
            "Gid:\t0\t0\t0\t0",
        ),
        ("groups", "Groups:\t65534", "Groups:\t65534 0"),
        (
            "capabilities",
            "CapBnd:\t0000000000000000",
            "CapBnd:\t00000000a80425fb",
        ),
        ("capabilities", "CapAmb:", "CapXyz:"),
        ("no-new-privileges", "NoNewPrivs:\t1", "NoNewPrivs:\t0"),
        ("seccomp", "Seccomp:\t2", "Seccomp:\t0"),
        ("root-filesystem", " / / ro,", " / / rw,"),
        (
            "work",
            " /work rw,nosuid,nodev,noexec",
            " /work rw,nosuid,nodev",
        ),
        ("work", "writable:/work\n", ""),
        (
            "work",
            " /work rw,nosuid,nodev,noexec",
            " /work ro,nosuid,nodev,noexec",
        ),
        ("tmp", " /tmp rw", " /elsewhere rw"),
        ("shm", "size=16384k", "size=65536k"),
        (
            "mount",
            " /dev/mqueue rw,nosuid,nodev,noexec,relatime - mqueue mqueue rw",
            " /data rw,relatime - ext4 /dev/vda rw",
        ),
        (
            "socket",
            "/hosts /etc/hosts ro",
            "/run/docker.sock /run/docker.sock rw",
        ),
        ("mount", " /sys ro,", " /sys rw,"),
        ("mount", "/sys /proc/sys ro,", "/sys /proc/sys rw,"),
        ("mount", "/hosts /etc/hosts ro", "/hosts /etc/hosts rw"),
        ("mounts", "/proc/self/mountinfo:", "/proc/self/nothing:"),
        ("devices", "devices:/dev/", "devices:/dev/kvm /dev/"),
        (
            "network",
            "/proc/net/dev:    lo:",
            "/proc/net/dev:  eth0: 0\n/proc/net/dev:    lo:",
        ),
        (
            "memory",
            "hierarchical_memory_limit 536870912",
            "hierarchical_memory_limit 536870913",
        ),
        ("pids", "pids.max:100", "pids.max:max"),
        (
            "cpu",
            "cpu/cpu.cfs_quota_us:100000",
            "cpu/cpu.cfs_quota_us:-1",
        ),
        (
            "cpu",
            "cpu/cpu.cfs_period_us:100000",
            "cpu/cpu.cfs_period_us:0",
        ),
        (
            "open-files",
            "Max open files            1024                 1024",
            "Max open files            1024                 4096",
        ),
        (
            "core-dumps",
            "Max core file size        0                    0",
            "Max core file size        0                    unlimited",
        ),
        ("launcher", "launcher:pid 1\n", "launcher:pid 7\n"),
    ];
    for (name, from, to) in cases {
        let seen = names(&tampered(DOCKER, from, to));
        assert!(seen.contains(&name), "{name}: {from} -> {to}: {seen:?}");
    }
}

#[test]
fn swap_is_a_breach_only_on_a_host_that_has_some() {
    let with_swap = tampered(
        DOCKER,
        "/proc/swaps:Filename",
        "/proc/swaps:/swapfile file 1 0 -2\n/proc/swaps:Filename",
    );
    assert_eq!(names(&with_swap), [] as [&str; 0]);
    let allowed = with_swap.replace(
        "hierarchical_memsw_limit 536870912",
        "hierarchical_memsw_limit 1073741824",
    );
    assert_eq!(names(&allowed), ["swap"]);
    let unknown = with_swap.replace("hierarchical_memsw_limit", "elsewhere");
    assert_eq!(names(&unknown), ["swap"]);
}

#[test]
fn cgroup_2_is_read_as_the_kernel_documents_it() {
    let cases = [
        ("memory", "memory.max:536870912", "memory.max:max"),
        ("swap", "memory.swap.max:0", "memory.swap.max:max"),
        ("cpu", "cpu.max:100000 100000", "cpu.max:max 100000"),
        ("pids", "pids.max:100", "pids.max:max"),
    ];
    let with_swap = tampered(
        CGROUP_2,
        "/proc/swaps:Filename",
        "/proc/swaps:/swapfile file 1 0 -2\n/proc/swaps:Filename",
    );
    for (name, from, to) in cases {
        assert_eq!(names(&tampered(&with_swap, from, to)), [name]);
    }
}

#[test]
fn a_covered_volume_is_expected_and_another_is_not() {
    let line = "/proc/self/mountinfo:120 73 0:60 / /data ro,nosuid,nodev,noexec,relatime - tmpfs tmpfs ro,size=4k\n";
    let covered = format!("{DOCKER}{line}");
    assert_eq!(names(&covered), ["mount"]);
    let mut promise = promise();
    promise.covered = vec!["/data".to_owned()];
    assert_eq!(judged(&covered, &promise, []).0, []);
}

#[test]
fn what_cannot_be_read_is_a_breach() {
    let seen = names("");
    for name in [
        "uid",
        "capabilities",
        "seccomp",
        "mounts",
        "devices",
        "network",
        "memory",
        "cpu",
        "pids",
        "launcher",
    ] {
        assert!(seen.contains(&name), "{name}");
    }
}

proptest! {
    /// Whatever line is lost from a recording, judging neither panics nor invents trust in a limit.
    #[test]
    fn a_lost_line_never_panics(line in 0usize..240) {
        let kept: Vec<&str> = DOCKER.lines().enumerate().filter(|(at, _)| *at != line).map(|(_, text)| text).collect();
        let _ = breaches(&kept.join("\n"));
    }

    #[test]
    fn garbage_is_never_trusted(text in "\\PC{0,300}") {
        prop_assert!(!breaches(&text).is_empty());
    }
}
