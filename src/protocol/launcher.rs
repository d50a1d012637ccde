//! The launchers: PID 1 of every container, plain text for any auditor to read.

use crate::language::{Language, Launcher};
use crate::text::Hash;

/// The program that is process 1 of every container. Every image must have one, and `grep`.
pub const SHELL: &str = "sh";

/// A language's launcher. Constant: nothing of any script is in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Program {
    /// The arguments of [`SHELL`], the last words of the command line.
    ///
    /// The shell attests, which is the same for all languages, and becomes the language's interpreter
    /// by `exec`, which reads `text` from its stdin and gets ready while the host judges.
    pub arguments: Vec<String>,
    /// What stdin begins with, before any payload. It is not in argv because engines write a
    /// container's command line to disk several times: its 4 to 7 KB cost a run some 2 %.
    /// `arguments` name its length and its SHA-256.
    pub text: String,
}

/// The launcher of that language.
#[must_use]
pub fn launcher(language: &Language) -> Program {
    let (shell, load, parts) = match language.launcher {
        Launcher::Python => (
            &[ATTEST, WAIT, BECOME][..],
            include_str!("launcher/load.py"),
            &[
                include_str!("launcher/run.py"),
                include_str!("launcher/report.py"),
            ][..],
        ),
        Launcher::Bash => (
            &[ATTEST, BECOME][..],
            include_str!("launcher/load.bash"),
            &[include_str!("launcher/run.bash")][..],
        ),
    };
    let shell: Vec<String> = shell.iter().map(|text| terse(text)).collect();
    let parts: Vec<String> = parts.iter().map(|text| terse(text)).collect();
    let text = parts.join(BETWEEN_PARTS) + "\n";
    let load = terse(load)
        .replace("BYTES", &text.len().to_string())
        .replace("DIGEST", &Hash::of(text.as_bytes()).to_string());
    let program = [language.interpreter].into_iter();
    let program = program.chain(language.launcher_arguments.iter().copied());
    let arguments = ["-c".to_owned(), shell.join("\n")]
        .into_iter()
        .chain(program.map(str::to_owned))
        .chain([load])
        .collect();
    Program { arguments, text }
}

/// Python compiles what stands behind it only once the script has been started.
const BETWEEN_PARTS: &str = "\n# ----\n";

const ATTEST: &str = include_str!("launcher/attest.sh");
const WAIT: &str = include_str!("launcher/wait.sh");
const BECOME: &str = include_str!("launcher/become.sh");

/// The same program without blank lines, deep indentation, and comments but those at its top: short
/// for engines, which write a container's command line to disk several times, and for interpreters.
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
            let launcher = launcher(language);
            let mut texts = launcher.arguments.iter().chain([&launcher.text]);
            assert!(texts.any(|text| text.contains(&path)), "{}", language.name);
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
    fn the_command_line_says_what_is_read_behind_it() {
        for language in &LANGUAGES {
            let Program { arguments, text } = launcher(language);
            // bash counts characters.
            assert!(text.is_ascii() && arguments.iter().all(|text| text.is_ascii()));
            let load = arguments.last().expect("arguments");
            assert!(load.contains(&format!(" {} ", text.len())), "{load}");
            assert!(
                load.contains(&Hash::of(text.as_bytes()).to_string()),
                "{load}"
            );
            assert!(
                !load.contains("BYTES") && !load.contains("DIGEST"),
                "{load}"
            );
            assert!(arguments.iter().all(|text| text.len() < 4096), "short");
        }
    }
}
