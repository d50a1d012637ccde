//! What single commands do to a machine: files, devices, permissions, privilege.

use super::command::Word;
use super::names::Role;
use super::paths::{self, Hit};
use super::word::Text;
use crate::check::Rule;
use crate::check::rules::bash::{
    BASH_DEVICE, BASH_KERNEL, BASH_PERMISSIONS, BASH_PRIVILEGE, BASH_REMOTE_SHELL,
    BASH_REMOVE_ROOT, BASH_REMOVE_VARIABLE, BASH_SYSTEM_FILE,
};

/// What is known where a command stands.
pub(super) struct Place<'a> {
    /// Where the script went last, if that is written.
    pub(super) folder: Option<&'a str>,
    /// Arguments come from a list of what lies in a root.
    pub(super) fed_roots: bool,
    /// Arguments come from stdin, in the place of `{}`.
    pub(super) appended: bool,
}

/// The rule that a command breaks by itself, and whether it is about all of the command.
pub(super) fn judge(
    role: Role,
    base: &str,
    arguments: &[Word<'_>],
    place: &Place<'_>,
) -> Option<&'static Rule> {
    match role {
        Role::Remove => remove(base, arguments, place),
        Role::Find => find(arguments, place),
        Role::Permissions => permissions(arguments, place),
        Role::Dd => writes_device(arguments).then_some(&BASH_DEVICE),
        Role::Format => formats(base, arguments).then_some(&BASH_DEVICE),
        Role::Overwrite => written_to(operands(arguments), true),
        Role::Copy if base == "mv" && moves_root(arguments) => Some(&BASH_REMOVE_ROOT),
        Role::Copy => written_to(operands(arguments).last().into_iter(), true),
        Role::Accounts => accounts(base, arguments).then_some(&BASH_SYSTEM_FILE),
        Role::Privilege => Some(&BASH_PRIVILEGE),
        Role::RunsOption if base == "su" => Some(&BASH_PRIVILEGE),
        Role::Kernel => kernel(base, arguments).then_some(&BASH_KERNEL),
        Role::Netcat if hands_a_shell(arguments) => Some(&BASH_REMOTE_SHELL),
        _ => None,
    }
}

/// The rule that a file breaks by being written to.
pub(super) fn written_to<'a, 'tree: 'a>(
    files: impl Iterator<Item = &'a Word<'tree>>,
    any_device: bool,
) -> Option<&'static Rule> {
    for file in files {
        let path = file.text.beginning();
        if paths::is_block_device(path) || any_device && path.ends_with("/dev/") {
            return Some(&BASH_DEVICE);
        }
        if paths::starts_things(path) {
            return Some(&BASH_SYSTEM_FILE);
        }
    }
    None
}

/// Arguments that are no options.
fn operands<'a, 'tree>(arguments: &'a [Word<'tree>]) -> impl Iterator<Item = &'a Word<'tree>> {
    arguments
        .iter()
        .filter(|word| !word.text.beginning().starts_with('-'))
}

fn options<'a>(arguments: &'a [Word<'_>]) -> impl Iterator<Item = &'a str> {
    arguments
        .iter()
        .filter_map(Word::constant)
        .take_while(|word| *word != "--")
        .filter(|word| word.starts_with('-'))
}

fn is_recursive(arguments: &[Word<'_>]) -> bool {
    options(arguments).any(|option| match option.strip_prefix("--") {
        Some(long) => long.len() > 2 && "recursive".starts_with(long),
        None => option.contains(['r', 'R']),
    })
}

fn remove(base: &str, arguments: &[Word<'_>], place: &Place<'_>) -> Option<&'static Rule> {
    if base != "rm" {
        return None;
    }
    let in_root = |word: &Word<'_>| {
        let folder = word.constant().and_then(|path| path.strip_suffix("{}"));
        place.appended && folder.is_some_and(|folder| paths::normal(folder) == "/")
    };
    if place.fed_roots || arguments.iter().any(in_root) {
        return Some(&BASH_REMOVE_ROOT);
    }
    let recursive = is_recursive(arguments);
    let hits = operands(arguments)
        .filter(|word| recursive || word.text.emptied().ends_with('*'))
        .filter_map(|word| paths::hit(&word.text, place.folder));
    worst(hits)
}

/// `mv ~ /dev/null`, `mv / …`
fn moves_root(arguments: &[Word<'_>]) -> bool {
    let paths: Vec<&str> = operands(arguments).filter_map(Word::constant).collect();
    let Some((target, sources)) = paths.split_last() else {
        return false;
    };
    sources.iter().any(|source| {
        let hit = paths::hit(&Text::Constant((*source).to_owned()), None);
        hit.is_some() && (*target == "/dev/null" || paths::normal(source) == "/")
    })
}

fn worst(hits: impl Iterator<Item = Hit>) -> Option<&'static Rule> {
    let mut rule = None;
    for hit in hits {
        match hit {
            Hit::Root => return Some(&BASH_REMOVE_ROOT),
            Hit::IfEmpty => rule = Some(&BASH_REMOVE_VARIABLE),
        }
    }
    rule
}

/// Tests that pick a few of the files that `find` meets.
const PICKS: [&str; 24] = [
    "-name",
    "-iname",
    "-path",
    "-ipath",
    "-regex",
    "-iregex",
    "-wholename",
    "-mtime",
    "-atime",
    "-ctime",
    "-mmin",
    "-amin",
    "-cmin",
    "-newer",
    "-newermt",
    "-empty",
    "-size",
    "-user",
    "-group",
    "-uid",
    "-gid",
    "-perm",
    "-samefile",
    "-inum",
];

/// Where a `find` starts: what stands between the options of its own and its tests.
fn starting_points<'w, 'tree>(
    arguments: &'w [Word<'tree>],
) -> impl Iterator<Item = &'w Word<'tree>> {
    let mut at = 0;
    while let Some(option) = arguments.get(at).map(|word| word.text.beginning()) {
        at += match option {
            "-L" | "-P" | "-H" | "--" => 1,
            "-D" => 2,
            _ if option.starts_with("-O") => 1,
            _ => break,
        };
    }
    arguments
        .iter()
        .skip(at)
        .take_while(|word| !word.text.beginning().starts_with(['-', '(', '!']))
}

/// Whether a `find` lists all of a root, or anything at all of one that nobody tidies up.
pub(super) fn finds_roots(arguments: &[Word<'_>], place: &Place<'_>) -> Option<Hit> {
    let starts = starting_points(arguments);
    let values = arguments.iter().skip(1);
    let picks = arguments.iter().zip(values).any(|(option, value)| {
        let is_pick = option.constant().is_some_and(|name| PICKS.contains(&name));
        is_pick && value.constant() != Some("*")
    }) || arguments.last().and_then(Word::constant) == Some("-empty");
    for start in starts {
        let everything = start.text.constant().is_some_and(paths::is_never_tidied);
        match paths::hit(&start.text, place.folder) {
            Some(hit) if !picks || everything => return Some(hit),
            _ => {}
        }
    }
    None
}

fn find(arguments: &[Word<'_>], place: &Place<'_>) -> Option<&'static Rule> {
    let deletes = (arguments.iter()).any(|word| word.constant() == Some("-delete"));
    worst(
        finds_roots(arguments, place)
            .filter(|_| deletes)
            .into_iter(),
    )
}

/// The rule that a program breaks which `find` runs on all of a root.
pub(super) fn found(program: &str, hit: Hit) -> Option<&'static Rule> {
    match program {
        "rm" | "shred" | "unlink" => worst(std::iter::once(hit)),
        "chmod" | "chown" | "chgrp" => Some(&BASH_PERMISSIONS),
        _ => None,
    }
}

fn permissions(arguments: &[Word<'_>], place: &Place<'_>) -> Option<&'static Rule> {
    let recursive = options(arguments)
        .any(|option| option == "--recursive" || !option.starts_with("--") && option.contains('R'));
    let opens = arguments
        .first()
        .and_then(Word::constant)
        .is_some_and(|mode| {
            matches!(
                mode,
                "777"
                    | "0777"
                    | "666"
                    | "0666"
                    | "000"
                    | "0"
                    | "a+w"
                    | "o+w"
                    | "+w"
                    | "a+rwx"
                    | "ugo+rwx"
            )
        });
    // Else a mode or owner comes first.
    let copied = options(arguments).any(|option| option.starts_with("--reference"));
    let hits = operands(arguments).skip(usize::from(!copied)).any(|word| {
        let hit = paths::hit(&word.text, place.folder);
        let opened = hit == Some(Hit::Root) || paths::starts_things(word.text.beginning());
        hit.is_some() && recursive || opens && opened
    });
    (hits || place.fed_roots).then_some(&BASH_PERMISSIONS)
}

fn writes_device(arguments: &[Word<'_>]) -> bool {
    arguments
        .iter()
        .filter_map(|word| word.text.beginning().strip_prefix("of="))
        .any(|path| paths::is_device(path) || path == "/dev/")
}

fn formats(base: &str, arguments: &[Word<'_>]) -> bool {
    let only_looks = options(arguments).any(|option| only_looks(base, option));
    let targets: Vec<&Word<'_>> = operands(arguments).collect();
    let prints = targets.last().and_then(|word| word.constant()) == Some("print");
    let on_a_file = !targets.is_empty()
        && targets.iter().all(|word| {
            word.constant()
                .is_some_and(|path| !path.starts_with("/dev/"))
        });
    !(only_looks || prints || on_a_file || arguments.is_empty())
}

/// Whether an option makes a program that formats tell about a device and leave it as it is.
fn only_looks(base: &str, option: &str) -> bool {
    let asks = matches!(
        option,
        "--list" | "--version" | "--help" | "--no-act" | "--dump"
    );
    asks || match base {
        _ if base.starts_with("mkfs") => false,
        "cryptsetup" => option == "-V",
        "gdisk" | "sgdisk" => matches!(option, "-l" | "-p" | "-V"),
        "parted" => matches!(option, "-l" | "-v" | "-h"),
        _ => matches!(option, "-l" | "-V" | "-h" | "-s" | "-n" | "-d"),
    }
}

fn accounts(base: &str, arguments: &[Word<'_>]) -> bool {
    base != "crontab" || !options(arguments).any(|option| option == "-l")
}

fn kernel(base: &str, arguments: &[Word<'_>]) -> bool {
    let lists = operands(arguments).next().is_none();
    let reads = options(arguments).any(|option| {
        matches!(
            option,
            "--help" | "--version" | "-V" | "-l" | "-L" | "-n" | "--print"
        )
    });
    match base {
        "mount" | "swapon" | "losetup" | "capsh" => !lists && !reads,
        "sysctl" => {
            options(arguments).any(|option| option.starts_with("-w") || option == "-p")
                || arguments
                    .iter()
                    .any(|word| word.text.beginning().contains('='))
        }
        _ => !reads || !lists,
    }
}

fn hands_a_shell(arguments: &[Word<'_>]) -> bool {
    arguments.iter().any(|word| {
        let text = word.text.beginning();
        let short = text.starts_with('-') && !text.starts_with("--");
        short && (text.ends_with('e') || text.ends_with('c') && text.len() > 1 && text != "-cc")
            || matches!(text, "--exec" | "--sh-exec")
            || text.to_ascii_lowercase().starts_with("exec:")
            || text.to_ascii_lowercase().starts_with("system:")
    })
}

/// Whether a decoder decodes, by its options.
pub(super) fn decodes(base: &str, arguments: &[Word<'_>]) -> bool {
    let has = |wanted: &[&str], letter: char| {
        options(arguments).any(|option| {
            wanted.contains(&option) || !option.starts_with("--") && option.contains(letter)
        })
    };
    match base {
        "base64" | "base32" | "basenc" => has(&["--decode"], 'd') || has(&[], 'D'),
        "gzip" | "bzip2" | "xz" | "zstd" => has(&["--decompress", "--uncompress"], 'd'),
        "xxd" => has(&["-r"], 'r'),
        "openssl" => arguments.iter().any(|word| word.constant() == Some("-d")),
        "gpg" => has(&["--decrypt"], 'd'),
        _ => true,
    }
}
