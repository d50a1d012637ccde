//! Which cgroup files are the container's own: mounts and membership together tell, never a path's name.
//!
//! Sources: proc(5) for `mountinfo`, cgroups(7) for `/proc/self/cgroup`.

use super::Attestation;
use super::mounts::Mount;

/// The name under which version 2 stands: it has one directory for all controllers.
pub(super) const VERSION_2: &str = "";

/// The lines of a file of the container's own cgroup, as that controller has it.
///
/// `None` where the file was not shown, or where it cannot be told which directory is the container's.
pub(super) fn file<'a>(
    attestation: &'a Attestation,
    controller: &str,
    name: &str,
) -> Option<&'a [String]> {
    let directory = directory(attestation, controller)?;
    attestation.section(&format!("{directory}/{name}"))
}

fn directory(attestation: &Attestation, controller: &str) -> Option<String> {
    let own = own_path(attestation, controller)?;
    let mounts = attestation.section("/proc/self/mountinfo")?.iter();
    let mut mounts = mounts
        .filter_map(|line| Mount::parse(line))
        .filter(|mount| mount.is_cgroup(controller));
    match (mounts.next(), mounts.next()) {
        (Some(mount), None) => Some(format!("{}{}", mount.point, below(&mount, own))),
        // Of two directories, it cannot be told which of them binds.
        _ => None,
    }
}

/// `HIERARCHY:CONTROLLER,CONTROLLER:PATH`; no controller at all in version 2.
fn own_path<'a>(attestation: &'a Attestation, controller: &str) -> Option<&'a str> {
    let lines = attestation.section("/proc/self/cgroup")?;
    lines.iter().find_map(|line| {
        let mut fields = line.splitn(3, ':').skip(1);
        let (controllers, path) = (fields.next()?, fields.next()?);
        controllers
            .split(',')
            .any(|name| name == controller)
            .then_some(path)
    })
}

/// Where the own cgroup lies below the mount. Engines mount a container's own cgroup as a whole.
fn below<'a>(mount: &Mount<'_>, own: &'a str) -> &'a str {
    let below = own.strip_prefix(mount.root.trim_end_matches('/'));
    let is_whole = |below: &&str| below.is_empty() || below.starts_with('/');
    below
        .filter(is_whole)
        .unwrap_or_default()
        .trim_end_matches('/')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seen(text: &str, controller: &str, name: &str) -> Option<Vec<String>> {
        file(&Attestation::parse(text), controller, name).map(<[String]>::to_vec)
    }

    const MEMORY: &str = "/proc/self/mountinfo:1 2 0:3 /docker/x /sys/fs/cgroup/memory ro - cgroup cgroup rw,memory\n\
                          /proc/self/cgroup:4:memory:/docker/x\n\
                          /sys/fs/cgroup/memory/memory.stat:own 1\n\
                          /sys/fs/cgroup/elsewhere/memory.stat:other 2\n";

    #[test]
    fn a_file_is_the_containers_own_by_mount_and_membership() {
        assert_eq!(
            seen(MEMORY, "memory", "memory.stat"),
            Some(vec!["own 1".to_owned()])
        );
        assert_eq!(seen(MEMORY, "cpu", "memory.stat"), None);
    }

    #[test]
    fn two_mounts_of_a_controller_are_none() {
        let second = "/proc/self/mountinfo:5 2 0:3 / /sys/fs/cgroup/elsewhere ro - cgroup cgroup rw,memory\n";
        assert_eq!(
            seen(&format!("{MEMORY}{second}"), "memory", "memory.stat"),
            None
        );
    }

    #[test]
    fn a_joint_mount_stands_for_each_of_its_controllers() {
        let text = "/proc/self/mountinfo:1 2 0:3 /a /sys/fs/cgroup/cpu,cpuacct ro - cgroup cgroup rw,cpu,cpuacct\n\
                    /proc/self/cgroup:4:cpu,cpuacct:/a\n\
                    /sys/fs/cgroup/cpu/cpu.cfs_quota_us:1\n\
                    /sys/fs/cgroup/cpu,cpuacct/cpu.cfs_quota_us:2\n";
        assert_eq!(
            seen(text, "cpu", "cpu.cfs_quota_us"),
            Some(vec!["2".to_owned()])
        );
    }

    #[test]
    fn version_2_may_show_the_whole_hosts_hierarchy() {
        let text = "/proc/self/mountinfo:1 2 0:3 / /sys/fs/cgroup ro - cgroup2 cgroup rw\n\
                    /proc/self/cgroup:0::/system.slice/docker-x.scope\n\
                    /sys/fs/cgroup/memory.max:max\n\
                    /sys/fs/cgroup/system.slice/docker-x.scope/memory.max:536870912\n";
        assert_eq!(
            seen(text, VERSION_2, "memory.max"),
            Some(vec!["536870912".to_owned()])
        );
    }

    #[test]
    fn a_mount_of_another_part_is_taken_for_the_own_one_as_a_whole() {
        let text = MEMORY.replace("4:memory:/docker/x", "4:memory:/");
        assert_eq!(
            seen(&text, "memory", "memory.stat"),
            Some(vec!["own 1".to_owned()])
        );
    }
}
