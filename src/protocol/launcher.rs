//! The launchers: PID 1 of every container, plain text in argv for any auditor to read.

use crate::language::{Language, Launcher};

/// The program that is process 1 of every container. Every image must have one, and `grep`.
pub const SHELL: &str = "sh";

/// The arguments of [`SHELL`], the last words of the command line. Constant: they hold nothing of any
/// script.
///
/// The shell attests, which is the same for all languages, and becomes the language's own part by
/// `exec`: that one gets ready while the host judges.
#[must_use]
pub fn launcher(language: &Language) -> Vec<String> {
    let (shell, own) = match language.launcher {
        Launcher::Python => (&[ATTEST, WAIT, BECOME][..], include_str!("launcher/run.py")),
        Launcher::Bash => (&[ATTEST, BECOME][..], include_str!("launcher/run.bash")),
    };
    let shell: Vec<String> = shell.iter().map(|text| terse(text)).collect();
    let program = [language.interpreter].into_iter();
    let program = program.chain(language.launcher_arguments.iter().copied());
    ["-c".to_owned(), shell.join("\n")]
        .into_iter()
        .chain(program.map(str::to_owned))
        .chain([terse(own)])
        .collect()
}

const ATTEST: &str = include_str!("launcher/attest.sh");
const WAIT: &str = include_str!("launcher/wait.sh");
const BECOME: &str = include_str!("launcher/become.sh");

/// The same program without blank lines, deep indentation, and comments but those at its top: engines
/// write a container's command line to disk several times, which costs a run 0.2 ms a kilobyte.
fn terse(text: &str) -> String {
    let is_comment = |line: &&str| line.starts_with('#');
    let top = text.lines().take_while(is_comment);
    let code = text.lines().skip_while(is_comment);
    top.map(str::to_owned)
        .chain(code.filter_map(terse_line))
        .collect::<Vec<String>>()
        .join("\n")
}

fn terse_line(line: &str) -> Option<String> {
    let code = line.trim_start();
    let depth = (line.len() - code.len()) / INDENTATION;
    let code = code.split(" # ").next()?.trim_end();
    let is_code = !code.is_empty() && !code.starts_with('#');
    is_code.then(|| " ".repeat(depth) + code)
}

/// Spaces to a level in the launchers' sources.
const INDENTATION: usize = 4;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::language::LANGUAGES;

    #[test]
    fn launchers_know_their_script_by_the_table() {
        for language in &LANGUAGES {
            let path = format!("/work/{}", language.file_name);
            assert!(
                launcher(language).iter().any(|text| text.contains(&path)),
                "{}",
                language.name
            );
        }
    }

    #[test]
    fn a_terse_text_is_the_same_program() {
        let text = "# What it is.\n# More.\nimport x  # why\n\n# Part.\ndef f(a):\n    # Reason.\n    if a != \"#\":\n        g()\n";
        assert_eq!(
            terse(text),
            "# What it is.\n# More.\nimport x\ndef f(a):\n if a != \"#\":\n  g()"
        );
    }

    #[test]
    fn launchers_fit_into_argv() {
        // Linux: MAX_ARG_STRLEN is 32 pages, 128 KiB.
        for language in &LANGUAGES {
            assert!(launcher(language).iter().all(|text| text.len() < 16 * 1024));
        }
    }
}
