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

pub(super) fn runs(role: Role, arguments: &[Word<'_>]) -> Runs {
    match role {
        Role::Shell => shell_or_other(
            arguments,
            "c",
            &["-o", "-O", "+o", "+O", "--rcfile", "--init-file"],
        ),
        Role::Interpreter => shell_or_other(arguments, "cmenpErF", &["-W", "-X", "-I"]),
        Role::Source => file(arguments, 0),
        Role::Awk => awk(arguments),
        _ => Runs::Nothing,
    }
}

/// `code` are the letters of options that say that the code is in an argument.
fn shell_or_other(arguments: &[Word<'_>], code: &str, with_value: &[&str]) -> Runs {
    let mut at = 0;
    let (mut code_follows, mut stdin) = (None, false);
    while let Some(word) = arguments.get(at) {
        let option = word.constant().filter(|word| word.starts_with(['-', '+']));
        let Some(option) = option else { break };
        match option {
            "-" => return Runs::Stdin,
            "--version" | "--help" => return Runs::Nothing,
            "--" => {
                at += 1;
                break;
            }
            _ if with_value.contains(&option) => at += 1,
            _ if option.starts_with("--") => {}
            _ if option.contains(|letter| code.contains(letter)) => {
                code_follows = option.chars().find(|letter| code.contains(*letter));
                // A shell's options may follow its `-c`; elsewhere the code does.
                if code != "c" {
                    at += 1;
                    break;
                }
            }
            _ if option.contains('s') && code == "c" => stdin = true,
            _ => {}
        }
        at += 1;
    }
    match code_follows {
        Some('c' | 'e' | 'r' | 'E' | 'n' | 'p') if at < arguments.len() => Runs::Code(at),
        Some(_) => Runs::Nothing,
        None if stdin => Runs::Stdin,
        None => file(arguments, at),
    }
}

fn file(arguments: &[Word<'_>], at: usize) -> Runs {
    match arguments.get(at).map(Word::constant) {
        Some(Some("/dev/stdin" | "/dev/fd/0" | "/proc/self/fd/0")) | None => Runs::Stdin,
        Some(_) => Runs::File(at),
    }
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
