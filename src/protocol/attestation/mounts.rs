//! `/proc/self/mountinfo`: every mount judged by its properties, matched by point, type and root.
//!
//! Source: proc(5). Flags are those of the mount (field 6), not of the superblock, which says `rw`
//! on a read-only root.

use super::{Attestation, Promise, Proofs};
use crate::policy::Bytes;

/// One line of mountinfo.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Mount<'a> {
    pub(super) root: &'a str,
    pub(super) point: &'a str,
    flags: Vec<&'a str>,
    kind: &'a str,
    superblock: Vec<&'a str>,
}

pub(super) fn prove(attestation: &Attestation, promise: &Promise, proofs: &mut Proofs) {
    let mounts: Option<Vec<Mount<'_>>> = attestation
        .section("/proc/self/mountinfo")
        .and_then(|lines| lines.iter().map(|line| Mount::parse(line)).collect());
    let Some(mounts) = mounts else {
        proofs.add("mounts", "a readable list", "unreadable", false);
        return;
    };
    root(&mounts, proofs);
    for (point, size) in [
        ("/work", promise.work),
        ("/tmp", promise.tmp),
        ("/dev/shm", promise.shm),
    ] {
        writable(&mounts, point, size, attestation, proofs);
    }
    let mut unexpected = mounts
        .iter()
        .filter(|mount| !is_expected(mount, promise))
        .peekable();
    if unexpected.peek().is_none() {
        let seen = format!("{} mounts, each as expected", mounts.len());
        proofs.add("mount", "none but those of every container", seen, true);
    }
    for mount in unexpected {
        let name = if mount.is_socket() { "socket" } else { "mount" };
        proofs.add(name, "no such mount", mount.describe(), false);
    }
}

fn root(mounts: &[Mount<'_>], proofs: &mut Proofs) {
    let roots: Vec<&Mount<'_>> = mounts.iter().filter(|mount| mount.point == "/").collect();
    let (seen, holds) = match roots.as_slice() {
        [] => ("no root mount", false),
        roots if roots.iter().all(|mount| mount.has("ro")) => ("read-only", true),
        _ => ("writable", false),
    };
    proofs.add("root-filesystem", "read-only", seen, holds);
}

/// A tmpfs of at most that size, not executable, writable for the launcher.
fn writable(
    mounts: &[Mount<'_>],
    point: &str,
    size: Bytes,
    attestation: &Attestation,
    proofs: &mut Proofs,
) {
    let name = match point {
        "/work" => "work",
        "/tmp" => "tmp",
        _ => "shm",
    };
    let promised = format!("one tmpfs on {point}, writable, noexec, nosuid, nodev, at most {size}");
    let mut here = mounts.iter().filter(|mount| mount.point == point);
    let (Some(mount), None) = (here.next(), here.next()) else {
        proofs.add(name, promised, "no mount there, or more than one", false);
        return;
    };
    let is_writable = mount.has("rw")
        && attestation
            .section("writable")
            .is_some_and(|paths| paths.iter().any(|path| path == point));
    if !is_writable {
        proofs.add(name, promised.clone(), "not writable", false);
    }
    let is_as_promised = mount.is_hardened_tmpfs() && mount.size().is_some_and(|seen| seen <= size);
    if is_writable || !is_as_promised {
        proofs.add(name, promised, mount.describe(), is_as_promised);
    }
}

/// The mounts that engines make in every container. Whatever else is there is a breach.
fn is_expected(mount: &Mount<'_>, promise: &Promise) -> bool {
    let read_only = mount.has("ro");
    match mount.point {
        "/" | "/work" | "/tmp" | "/dev/shm" => true, // judged above
        "/proc" => mount.is("proc"),
        "/sys" => mount.is("sysfs") && read_only,
        "/sys/fs/cgroup" => mount.is("tmpfs") || (mount.kind == "cgroup2" && read_only),
        "/dev" => mount.is("tmpfs"),
        "/dev/pts" => mount.is("devpts"),
        "/dev/mqueue" => mount.is("mqueue"),
        "/etc/hosts" | "/etc/hostname" | "/etc/resolv.conf" | "/run/.containerenv" => {
            read_only && mount.root.ends_with(base_name(mount.point))
        }
        point if promise.covered.iter().any(|covered| covered == point) => {
            mount.is("tmpfs") && read_only
        }
        point if point.starts_with("/sys/fs/cgroup/") => mount.kind == "cgroup" && read_only,
        point if point.starts_with("/proc/") || point.starts_with("/sys/") => {
            mount.masks_or_is_read_only()
        }
        point if point.starts_with("/dev/") => mount.is_harmless_device(),
        _ => false,
    }
}

impl<'a> Mount<'a> {
    /// `ID PARENT MAJOR:MINOR ROOT POINT FLAGS [TAGS…] - TYPE SOURCE SUPERBLOCK`
    pub(super) fn parse(line: &'a str) -> Option<Self> {
        let (mount, filesystem) = line.split_once(" - ")?;
        let mut fields = mount.split(' ').skip(3);
        let (root, point, flags) = (fields.next()?, fields.next()?, fields.next()?);
        let mut fields = filesystem.splitn(3, ' ');
        let (kind, _source, superblock) = (fields.next()?, fields.next()?, fields.next()?);
        Some(Self {
            root,
            point,
            flags: flags.split(',').collect(),
            kind,
            superblock: superblock.split(',').collect(),
        })
    }

    fn has(&self, flag: &str) -> bool {
        self.flags.contains(&flag)
    }

    /// A whole file system of that type, not a part of one that is bound here.
    fn is(&self, kind: &str) -> bool {
        self.kind == kind && self.root == "/"
    }

    /// A cgroup file system with that controller; version 2 for no controller.
    pub(super) fn is_cgroup(&self, controller: &str) -> bool {
        match self.kind {
            "cgroup" => self.superblock.contains(&controller),
            "cgroup2" => controller.is_empty(),
            _ => false,
        }
    }

    fn is_hardened_tmpfs(&self) -> bool {
        let flags = ["noexec", "nosuid", "nodev"];
        self.is("tmpfs") && flags.iter().all(|flag| self.has(flag))
    }

    /// Parts of /proc and /sys are shown again read-only, covered by an empty read-only tmpfs, or
    /// covered by /dev/null.
    fn masks_or_is_read_only(&self) -> bool {
        match self.kind {
            "proc" | "sysfs" => self.has("ro"),
            "tmpfs" if self.root == "/" => self.has("ro"),
            "tmpfs" | "devtmpfs" => self.root == "/null",
            _ => false,
        }
    }

    /// Rootless engines bind the host's own device nodes.
    fn is_harmless_device(&self) -> bool {
        let nodes = ["/null", "/zero", "/full", "/random", "/urandom", "/tty"];
        self.kind == "devtmpfs"
            && nodes.contains(&self.root)
            && self.point.strip_prefix("/dev") == Some(self.root)
    }

    fn is_socket(&self) -> bool {
        [self.point, self.root]
            .iter()
            .any(|path| path.to_ascii_lowercase().ends_with(".sock"))
    }

    /// The `size=` of a tmpfs, in the units of tmpfs(5).
    fn size(&self) -> Option<Bytes> {
        self.superblock
            .iter()
            .find_map(|option| option.strip_prefix("size="))?
            .parse()
            .ok()
    }

    fn describe(&self) -> String {
        let size = self
            .size()
            .map(|size| format!(", {size}"))
            .unwrap_or_default();
        format!(
            "{} on {} ({}{size}), root {}",
            self.kind,
            self.point,
            self.flags.join(","),
            self.root
        )
    }
}

fn base_name(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or(path)
}
