//! The differences between docker and podman, in one place. Measured with Docker 20.10 and 28.2,
//! Podman 4.3.

use super::{Flags, Order};

/// Which engine's flags a command understands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Dialect {
    /// Docker Engine.
    Docker,
    /// Podman, also behind the name `docker`.
    Podman,
}

impl Dialect {
    /// What documents call it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Docker => "docker",
            Self::Podman => "podman",
        }
    }

    /// Who owns a tmpfs, and how many files it holds. Podman refuses `uid=` and `nr_inodes=`; its
    /// `U` gives the directory to the container's user, and `notmpcopyup` keeps it empty.
    pub(super) fn tmpfs_options(self) -> &'static str {
        match self {
            Self::Docker => "uid=65534,gid=65534,mode=0700,nr_inodes=4096",
            Self::Podman => "mode=0700,U,notmpcopyup",
        }
    }

    pub(super) fn own_flags(self, order: &Order<'_>, flags: &mut Flags) {
        match self {
            Self::Docker => {
                flags.add(["--dns", "127.0.0.1"], "the host's resolver stays outside");
                flags.add(["--dns-search", "."], "the host's domain stays outside");
            }
            Self::Podman => podman(order, flags),
        }
    }
}

/// Podman refuses `--dns` beside `--network none`, and mounts no resolv.conf then.
fn podman(order: &Order<'_>, flags: &mut Flags) {
    flags.add(
        ["--read-only-tmpfs=false"],
        "--read-only alone adds writable /run and /var/tmp without a size",
    );
    flags.add(["--no-hosts"], "the host's name and address stay outside");
    flags.add(
        ["--http-proxy=false"],
        "the host's proxy settings stay outside",
    );
    flags.add(
        ["--image-volume", "ignore"],
        "an image's volume would be writable host disk",
    );
    // Podman's default of nproc is higher than an unprivileged host may grant. Never on Docker:
    // there it counts per uid over all containers.
    flags.add(
        ["--ulimit", "nproc=1024:1024"],
        "what an unprivileged host may grant; --pids-limit is the bound",
    );
    let seconds = order.lifetime.as_secs().saturating_add(1);
    flags.add(
        ["--timeout", &seconds.to_string()],
        "Podman itself ends what outlives every deadline",
    );
}
