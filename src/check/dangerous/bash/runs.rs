//! What an interpreter is asked to run: its stdin, text in an argument, or a file.

use super::command::Word;
use super::names::Role;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Runs {
    Stdin,
    /// The argument of that number is code.
    Code(usize),
    /// The argument of that number is a file.
    File(usize),
    Nothing,
}

pub(super) fn runs(role: Role, base: &str, arguments: &[Word<'_>]) -> Runs {
    match role {
        Role::Shell | Role::Interpreter => interpreter(role, base, arguments),
        Role::Source => file(arguments, 0),
        Role::Awk => awk(arguments),
        _ => Runs::Nothing,
    }
}

/// The options of interpreters that say that the code is in an argument, and those that take a
/// word that is none.
fn letters(role: Role, base: &str) -> (&'static str, &'static [&'static str]) {
    match base.trim_end_matches(|letter: char| letter.is_ascii_digit() || letter == '.') {
        _ if role == Role::Shell => ("c", &["-o", "-O", "+o", "+O", "--rcfile", "--init-file"]),
        "python" | "pypy" => ("c", &["-W", "-X"]),
        "perl" => ("eE", &["-I"]),
        "php" => ("r", &["-d", "-c"]),
        "node" | "nodejs" | "bun" | "deno" => ("ep", &["-r", "--require"]),
        _ => ("e", &["-r", "-I"]),
    }
}

fn interpreter(role: Role, base: &str, arguments: &[Word<'_>]) -> Runs {
    let (code, with_value) = letters(role, base);
    let shell = role == Role::Shell;
    let (mut at, mut code_follows, mut stdin) = (0, false, false);
    while let Some(word) = arguments.get(at) {
        let option = word.constant().filter(|word| word.starts_with(['-', '+']));
        let Some(option) = option else { break };
        at += 1;
        match option {
            "-" => return Runs::Stdin,
            "--version" | "--help" | "-V" => return Runs::Nothing,
            "-m" if !shell => return Runs::Nothing,
            "--" => break,
            _ if with_value.contains(&option) => at += 1,
            _ if option.starts_with("--") => {}
            _ => match option.split_once(|letter| code.contains(letter)) {
                // A shell's options may follow its `-c`; elsewhere the code does, if not at once.
                Some(_) if shell => code_follows = true,
                Some((_, "")) => {
                    code_follows = true;
                    break;
                }
                Some(_) => return Runs::Nothing,
                None => stdin |= shell && option.starts_with('-') && option.contains('s'),
            },
        }
    }
    match code_follows {
        true if at < arguments.len() => Runs::Code(at),
        true => Runs::Nothing,
        false if stdin => Runs::Stdin,
        false => file(arguments, at),
    }
}

fn file(arguments: &[Word<'_>], at: usize) -> Runs {
    match arguments.get(at).map(Word::constant) {
        Some(Some("/dev/stdin" | "/dev/fd/0" | "/proc/self/fd/0")) | None => Runs::Stdin,
        Some(_) => Runs::File(at),
    }
}

/// Whether a word names what is open already, and no file.
pub(super) fn is_descriptor(word: &Word<'_>) -> bool {
    let path = word.text.written();
    let known = ["/dev/stdin", "/dev/fd/"];
    known.iter().any(|start| path.starts_with(start))
        || path.starts_with("/proc/") && path.contains("/fd/")
}

fn awk(arguments: &[Word<'_>]) -> Runs {
    let option = arguments
        .iter()
        .position(|word| word.constant() == Some("-f"));
    match option {
        Some(at)
            if matches!(
                arguments.get(at + 1).and_then(Word::constant),
                Some("-" | "/dev/stdin")
            ) =>
        {
            Runs::Stdin
        }
        Some(at) => Runs::File(at + 1),
        None => Runs::Nothing,
    }
}
