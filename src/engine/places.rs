//! Where Lazaret's own files stand on this machine: policies, and what outlives a run.
//!
//! The one place that asks the environment for it. It reads and makes nothing, and never names the
//! working directory, which an agent may write to.

use std::path::{Path, PathBuf};

/// The administrator's policy.
pub const ADMINISTRATORS_POLICY: &str = "/etc/lazaret/policy.toml";

/// The user's policy: `lazaret/policy.toml` in `XDG_CONFIG_HOME` or `~/.config`. `None` where neither
/// is known.
#[must_use]
pub fn users_policy() -> Option<PathBuf> {
    let directory = users("XDG_CONFIG_HOME", ".config")?;
    Some(directory.join("lazaret/policy.toml"))
}

/// Where Lazaret keeps what outlives a run: `/var/lib/lazaret` for root, else `lazaret` in the user's
/// state directory, `XDG_STATE_HOME` or `~/.local/state`.
#[must_use]
pub fn state_directory() -> Option<PathBuf> {
    if nix::unistd::getuid().is_root() {
        return Some(PathBuf::from("/var/lib/lazaret"));
    }
    Some(users("XDG_STATE_HOME", ".local/state")?.join("lazaret"))
}

/// A directory of this user's own among the temporary ones, for users without a state directory.
/// Others may have made it: who uses it looks whose it is.
#[must_use]
pub fn temporary_directory() -> PathBuf {
    std::env::temp_dir().join(format!("lazaret-{}", nix::unistd::getuid()))
}

fn users(variable: &str, below_home: &str) -> Option<PathBuf> {
    of(
        std::env::var_os(variable),
        std::env::var_os("HOME"),
        below_home,
    )
}

/// The XDG base directories: what is not absolute is as if it were not set.
fn of<T: AsRef<Path>>(named: Option<T>, home: Option<T>, below_home: &str) -> Option<PathBuf> {
    let absolute = |path: T| {
        let path = path.as_ref();
        path.is_absolute().then(|| path.to_owned())
    };
    let home = || Some(home.and_then(absolute)?.join(below_home));
    named.and_then(absolute).or_else(home)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn relative_directories_are_as_if_they_were_not_set() {
        let of = |named, home| of(named, home, ".config");
        let path = |path: &str| Some(PathBuf::from(path));
        assert_eq!(of(Some("/xdg"), Some("/home/u")), path("/xdg"));
        assert_eq!(of(None, Some("/home/u")), path("/home/u/.config"));
        assert_eq!(of(Some("here"), Some("/home/u")), path("/home/u/.config"));
        assert_eq!(of(Some(""), Some("/home/u")), path("/home/u/.config"));
        assert_eq!(of(Some("."), Some(".")), None);
        assert_eq!(of(None, None), None);
    }
}
