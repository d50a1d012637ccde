//! Programs and what they do. Data.

/// What a command is to the search.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Role {
    /// Runs its arguments as code.
    Eval,
    /// Runs a file in this shell.
    Source,
    /// Fetches from the network.
    Download,
    /// Talks to another host.
    Network,
    /// `nc` and kin, which also hand a shell to whoever connects.
    Netcat,
    /// Makes text of what was encoded or compressed, given the right option.
    Decoder,
    /// A shell.
    Shell,
    /// Another language's interpreter.
    Interpreter,
    /// `awk`, whose program may come from a file.
    Awk,
    /// Keeps its argument as code for later.
    Trap,
    /// Gives code a name.
    Alias,
    /// Joins its arguments and runs them as code.
    RunsText,
    /// Runs the text behind `-c`.
    RunsOption,
    Remove,
    Find,
    /// `chmod`, `chown` and their like.
    Permissions,
    Dd,
    /// Makes file systems or partitions.
    Format,
    /// Overwrites the files in its arguments.
    Overwrite,
    /// Writes the last of its arguments.
    Copy,
    /// Sets up accounts or regular jobs.
    Accounts,
    /// Becomes another user.
    Privilege,
    /// Changes the kernel, or the namespaces a process lives in.
    Kernel,
    /// Prints what lies in its arguments.
    Lists,
    /// Prints its arguments.
    Prints,
    /// Prints what it reads.
    Passes,
    /// Prints nothing.
    Silent,
    /// Confirms that a download is what was expected.
    Verifies,
    ChangesFolder,
}

/// A program that runs the command in its arguments.
pub(super) struct Wrapper {
    pub(super) name: &'static str,
    /// Options that take the next word.
    pub(super) with_value: &'static [&'static str],
    /// Words of its own before the command.
    pub(super) operands: usize,
}

const fn wrapper(
    name: &'static str,
    with_value: &'static [&'static str],
    operands: usize,
) -> Wrapper {
    Wrapper {
        name,
        with_value,
        operands,
    }
}

static WRAPPERS: [Wrapper; 35] = [
    wrapper("builtin", &[], 0),
    wrapper("busybox", &[], 0),
    wrapper("capsh", &[], 0),
    wrapper("chroot", &[], 1),
    wrapper("chrt", &["-T", "-P", "-D"], 1),
    wrapper("command", &[], 0),
    wrapper("coproc", &[], 0),
    wrapper("doas", &["-u", "-C"], 0),
    wrapper("env", &["-u", "-C", "--unset", "--chdir"], 0),
    wrapper("exec", &["-a"], 0),
    wrapper("fakeroot", &["-l", "-s", "-i"], 0),
    wrapper("firejail", &[], 0),
    wrapper("flock", &["-w", "-E"], 1),
    wrapper("gosu", &[], 1),
    wrapper("ionice", &["-c", "-n", "-p"], 0),
    wrapper("nice", &["-n", "--adjustment"], 0),
    wrapper("nohup", &[], 0),
    wrapper("nsenter", &["-t", "-S", "-G"], 0),
    wrapper(
        "parallel",
        &["-j", "-P", "-n", "-N", "-I", "--jobs", "-a"],
        0,
    ),
    wrapper("pkexec", &["--user"], 0),
    wrapper("proxychains", &["-f"], 0),
    wrapper("runuser", &["-u", "-g", "-G"], 0),
    wrapper("setsid", &[], 0),
    wrapper("stdbuf", &["-i", "-o", "-e"], 0),
    wrapper("strace", &["-o", "-e", "-p", "-s", "-u", "-E"], 0),
    wrapper("su-exec", &[], 1),
    wrapper(
        "sudo",
        &[
            "-u", "-g", "-h", "-p", "-C", "-D", "-R", "-T", "-U", "-r", "-t",
        ],
        0,
    ),
    wrapper("taskset", &["-p"], 1),
    wrapper("time", &["-f", "-o"], 0),
    wrapper("timeout", &["-s", "-k", "--signal", "--kill-after"], 1),
    wrapper("torsocks", &[], 0),
    wrapper("toybox", &[], 0),
    wrapper("unbuffer", &[], 0),
    wrapper("unshare", &["-S", "-G", "-R", "-w", "--root", "--wd"], 0),
    wrapper(
        "xargs",
        &[
            "-I",
            "-n",
            "-P",
            "-L",
            "-d",
            "-a",
            "-s",
            "-E",
            "--max-args",
            "--max-procs",
            "--delimiter",
        ],
        0,
    ),
];

pub(super) fn wrapper_named(base: &str) -> Option<&'static Wrapper> {
    let at = WRAPPERS.binary_search_by(|wrapper| wrapper.name.cmp(base));
    at.ok().and_then(|at| WRAPPERS.get(at))
}

/// Which builtins, keywords apart, functions of the same name do not hide where bash follows POSIX.
pub(super) const SPECIAL: [&str; 5] = ["eval", ".", "source", "exec", "trap"];

/// What a program is, by the last part of its path, versions left out (`python3.11`).
pub(super) fn role(name: &str) -> Option<Role> {
    match name {
        "eval" => return Some(Role::Eval),
        "source" | "." => return Some(Role::Source),
        "trap" => return Some(Role::Trap),
        "alias" => return Some(Role::Alias),
        "cd" | "pushd" => return Some(Role::ChangesFolder),
        _ => {}
    }
    let base = name.rsplit('/').next().unwrap_or(name);
    program(base).or_else(|| {
        let plain = base.trim_end_matches(|character: char| {
            character.is_ascii_digit() || matches!(character, '.' | '-')
        });
        interpreter(plain).or_else(|| base.starts_with("mkfs").then_some(Role::Format))
    })
}

fn interpreter(name: &str) -> Option<Role> {
    Some(match name {
        "sh" | "bash" | "dash" | "zsh" | "ksh" | "ash" | "mksh" | "fish" | "rbash" | "csh"
        | "tcsh" => Role::Shell,
        "python" | "pypy" | "perl" | "ruby" | "node" | "nodejs" | "php" | "lua" | "deno"
        | "bun" | "tclsh" | "Rscript" => Role::Interpreter,
        _ => return None,
    })
}

fn program(base: &str) -> Option<Role> {
    Some(match base {
        "curl" | "wget" | "fetch" | "aria2c" | "http" | "https" | "xh" | "GET" | "lwp-download"
        | "lynx" => Role::Download,
        "ssh" | "scp" | "sftp" | "rsync" | "telnet" | "ftp" | "lftp" | "tftp" => Role::Network,
        "nc" | "ncat" | "netcat" | "nc.openbsd" | "nc.traditional" | "socat" => Role::Netcat,
        "base64" | "base32" | "basenc" | "xxd" | "openssl" | "gunzip" | "zcat" | "gzip"
        | "bunzip2" | "bzcat" | "bzip2" | "xz" | "xzcat" | "unxz" | "zstd" | "zstdcat"
        | "uudecode" | "rev" | "gpg" => Role::Decoder,
        "awk" | "gawk" | "mawk" | "nawk" => Role::Awk,
        "watch" | "parallel" => Role::RunsText,
        "su" | "script" | "sg" | "env" | "flock" => Role::RunsOption,
        "rm" | "unlink" | "rmdir" => Role::Remove,
        "find" => Role::Find,
        "chmod" | "chown" | "chgrp" | "chattr" | "setfacl" => Role::Permissions,
        "dd" => Role::Dd,
        "mke2fs" | "mkswap" | "fdisk" | "sfdisk" | "cfdisk" | "gdisk" | "sgdisk" | "parted"
        | "wipefs" | "blkdiscard" | "badblocks" | "cryptsetup" | "pvcreate" | "vgremove"
        | "lvremove" | "mkdosfs" => Role::Format,
        "tee" | "shred" | "truncate" | "sponge" => Role::Overwrite,
        "cp" | "mv" | "install" | "ln" => Role::Copy,
        "crontab" | "useradd" | "adduser" | "usermod" | "passwd" | "chpasswd" | "visudo"
        | "gpasswd" => Role::Accounts,
        "sudo" | "doas" | "pkexec" | "runuser" | "gosu" | "su-exec" | "sudoedit" | "setpriv" => {
            Role::Privilege
        }
        "nsenter" | "chroot" | "unshare" | "mount" | "umount" | "insmod" | "rmmod" | "modprobe"
        | "kexec" | "pivot_root" | "setcap" | "capsh" | "sysctl" | "losetup" | "swapon"
        | "swapoff" | "iptables" | "nft" => Role::Kernel,
        "echo" | "printf" => Role::Prints,
        "ls" | "du" | "tree" => Role::Lists,
        "cat" | "tac" => Role::Passes,
        "true" | ":" | "false" | "test" | "[" | "set" | "shift" | "export" | "sleep" | "exit"
        | "return" | "mkdir" | "touch" | "wait" | "kill" | "umask" | "shopt" | "read" => {
            Role::Silent
        }
        "sha256sum" | "sha512sum" | "sha1sum" | "md5sum" | "shasum" | "cosign" | "minisign"
        | "gpgv" | "cksum" | "b2sum" => Role::Verifies,
        _ => return None,
    })
}

#[cfg(test)]
pub(super) fn assert_sorted() {
    assert!(WRAPPERS.is_sorted_by_key(|wrapper| wrapper.name));
}
