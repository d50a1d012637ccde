//! Which places on a file system a word names: roots, homes, devices, files that start things.

use super::word::Text;

/// What a command that removes or changes everything below a place would hit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Hit {
    /// The root, a home or a folder of the system.
    Root,
    /// One of these where a variable is empty.
    IfEmpty,
}

/// Folders of a system, sorted.
const FOLDERS: [&str; 44] = [
    "/",
    "/Applications",
    "/Library",
    "/System",
    "/Users",
    "/Volumes",
    "/bin",
    "/boot",
    "/dev",
    "/etc",
    "/home",
    "/lib",
    "/lib32",
    "/lib64",
    "/libx32",
    "/media",
    "/mnt",
    "/opt",
    "/proc",
    "/root",
    "/run",
    "/sbin",
    "/srv",
    "/sys",
    "/usr",
    "/usr/bin",
    "/usr/include",
    "/usr/lib",
    "/usr/lib64",
    "/usr/libexec",
    "/usr/local",
    "/usr/local/bin",
    "/usr/local/lib",
    "/usr/local/sbin",
    "/usr/sbin",
    "/usr/share",
    "/var",
    "/var/cache",
    "/var/lib",
    "/var/log",
    "/var/mail",
    "/var/run",
    "/var/spool",
    "~",
];

/// How many folders up a script is taken to be in its own files still.
const MOST_UP: usize = 3;

/// How long a pattern may be that is compared with the folders.
const MOST_PATTERN: usize = 32;

/// What removing this word's place would hit; `folder` is where the script went last.
pub(super) fn hit(text: &Text, folder: Option<&str>) -> Option<Hit> {
    match text {
        Text::Constant(path) => is_root(path, folder).then_some(Hit::Root),
        Text::Choice(paths) => paths
            .iter()
            .any(|path| is_root(path, folder))
            .then_some(Hit::Root),
        Text::Mixed(_) => {
            let emptied = text.emptied();
            let known = emptied.starts_with(['/', '~']);
            (known && is_root(&emptied, None)).then_some(Hit::IfEmpty)
        }
    }
}

fn is_root(path: &str, folder: Option<&str>) -> bool {
    expanded(path)
        .iter()
        .any(|path| match (path.chars().next(), folder) {
            (Some('/' | '~'), _) => is_system(&normal(path)),
            (Some(_), Some(folder)) => is_system(&normal(&format!("{folder}/{path}"))),
            (Some(_), None) => climbed(path).is_some_and(|path| is_system(&normal(&path))),
            _ => false,
        })
}

/// The path from the root on, where so many `..` lead up that they surely reach it.
fn climbed(path: &str) -> Option<String> {
    let mut rest = path;
    let mut steps = 0;
    while let Some(after) = rest
        .strip_prefix("..")
        .filter(|after| after.is_empty() || after.starts_with('/'))
    {
        rest = after.trim_start_matches('/');
        steps += 1;
    }
    (steps >= MOST_UP).then(|| format!("/{rest}"))
}

/// `/{bin,usr}` and `/@(bin|usr)` as paths.
fn expanded(path: &str) -> Vec<String> {
    for (open, between, close) in [("{", ',', '}'), ("@(", '|', ')')] {
        if let Some((before, rest)) = path.split_once(open)
            && let Some((inner, after)) = rest.split_once(close)
            && inner.contains(between)
        {
            let parts = inner.split(between).take(32);
            return parts.map(|one| format!("{before}{one}{after}")).collect();
        }
    }
    vec![path.to_owned()]
}

/// Folders that no script picks old files from, as it may from `/var/log` and `/usr/local`.
pub(super) fn is_never_tidied(path: &str) -> bool {
    const TIDIED: [&str; 11] = [
        "/Users",
        "/Volumes",
        "/home",
        "/media",
        "/mnt",
        "/opt",
        "/root",
        "/srv",
        "/usr/local",
        "/var",
        "~",
    ];
    let path = normal(path);
    let is_below = |folder: &&str| {
        path.strip_prefix(*folder)
            .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    };
    FOLDERS.binary_search(&path.as_str()).is_ok() && !TIDIED.iter().any(is_below)
}

fn is_system(path: &str) -> bool {
    FOLDERS.binary_search(&path).is_ok() || is_home(path) || matches_folder(path)
}

/// `/et*`, `/???`: a pattern in the last part of a path, and a folder of the system that fits it.
fn matches_folder(path: &str) -> bool {
    let Some((parent, pattern)) = path.rsplit_once('/') else {
        return false;
    };
    pattern.len() <= MOST_PATTERN
        && pattern.contains(['*', '?'])
        && FOLDERS.iter().any(|folder| {
            let (above, name) = folder.rsplit_once('/').unwrap_or(("~", ""));
            above == parent && !name.is_empty() && fits(name, pattern)
        })
}

/// Whether a name fits a pattern of `*` and `?`.
fn fits(name: &str, pattern: &str) -> bool {
    // Which beginnings of the pattern the name read so far fits.
    let marks = pattern.as_bytes();
    let mut fit = vec![false; marks.len() + 1];
    let mut letters = name.bytes();
    let mut letter = None;
    loop {
        let mut next = vec![letter.is_none()];
        for (at, mark) in marks.iter().enumerate() {
            let before = fit.get(at).copied().unwrap_or(false);
            let here = fit.get(at + 1).copied().unwrap_or(false);
            let shorter = next.last().copied().unwrap_or(false);
            next.push(match mark {
                b'*' => shorter || here,
                b'?' => before && letter.is_some(),
                mark => before && letter == Some(*mark),
            });
        }
        fit = next;
        letter = letters.next();
        if letter.is_none() {
            return fit.last() == Some(&true);
        }
    }
}

/// `/home/name`, `~name`.
fn is_home(path: &str) -> bool {
    let below = ["/home/", "/Users/", "~"]
        .iter()
        .find_map(|home| path.strip_prefix(home));
    below.is_some_and(|rest| !rest.is_empty() && !rest.contains('/') && !rest.contains('\u{1}'))
}

/// The path without doubled and trailing marks; `..` resolved; a glob of everything below it cut off.
pub(super) fn normal(path: &str) -> String {
    let mut parts: Vec<&str> = Vec::new();
    for part in path.split('/') {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop();
            }
            part => parts.push(part),
        }
    }
    while parts.last().is_some_and(|last| is_everything(last)) {
        parts.pop();
    }
    let root = if path.starts_with('/') { "/" } else { "" };
    format!("{root}{}", parts.join("/"))
}

fn is_everything(part: &str) -> bool {
    // `!(this)` is all but this.
    part.starts_with("!(")
        || part.contains('*') && part.chars().all(|letter| "*.?[]!{},".contains(letter))
}

/// A device that holds a file system or memory, by the beginning of its path.
pub(super) fn is_block_device(path: &str) -> bool {
    const DEVICES: [&str; 20] = [
        "sd", "hd", "vd", "xvd", "nvme", "mmcblk", "loop", "dm-", "mapper/", "md", "disk", "sr",
        "ram", "zram", "nbd", "mem", "kmem", "port", "mtd", "block/",
    ];
    normal(path)
        .strip_prefix("/dev/")
        .is_some_and(|name| DEVICES.iter().any(|device| name.starts_with(device)))
}

/// Any device but those that everybody may write to.
pub(super) fn is_device(path: &str) -> bool {
    const HARMLESS: [&str; 14] = [
        "null", "zero", "full", "random", "urandom", "stdin", "stdout", "stderr", "tty", "pts/",
        "ptmx", "shm", "fd/", "console",
    ];
    normal(path)
        .strip_prefix("/dev/")
        .is_some_and(|name| !HARMLESS.iter().any(|harmless| name.starts_with(harmless)))
}

/// A path that is a connection in bash.
pub(super) fn is_socket(path: &str) -> bool {
    path.starts_with("/dev/tcp/") || path.starts_with("/dev/udp/")
}

/// A file that decides who may log in or what is started.
pub(super) fn starts_things(path: &str) -> bool {
    const FILES: [&str; 26] = [
        "/etc/passwd",
        "/etc/shadow",
        "/etc/group",
        "/etc/gshadow",
        "/etc/sudoers",
        "/etc/cron",
        "/etc/anacrontab",
        "/var/spool/cron",
        "/etc/ld.so.preload",
        "/etc/profile",
        "/etc/bash.bashrc",
        "/etc/environment",
        "/etc/rc.local",
        "/etc/init.d/",
        "/etc/systemd/",
        "/lib/systemd/",
        "/usr/lib/systemd/",
        "/etc/ssh/",
        "/etc/pam.d/",
        "/etc/modules",
        "/etc/sysctl",
        "/etc/fstab",
        "/proc/sys/",
        "/proc/sysrq-trigger",
        "/sys/",
        "/etc/hosts",
    ];
    const OF_HOMES: [&str; 11] = [
        ".bashrc",
        ".bash_profile",
        ".bash_login",
        ".bash_logout",
        ".profile",
        ".zshrc",
        ".zprofile",
        ".zshenv",
        ".config/autostart",
        ".config/systemd",
        ".ssh",
    ];
    let path = normal(path);
    let in_home = path
        .strip_prefix("~/")
        .or_else(|| path.strip_prefix("/root/"))
        .or_else(|| {
            path.strip_prefix("/home/")
                .and_then(|rest| Some(rest.split_once('/')?.1))
        });
    FILES.iter().any(|file| path.starts_with(file))
        || in_home.is_some_and(|file| OF_HOMES.iter().any(|start| file.starts_with(start)))
}

#[cfg(test)]
pub(super) fn assert_sorted() {
    assert!(FOLDERS.is_sorted());
}
