//! The launchers: PID 1 of every container, plain text in argv for any auditor to read.

use crate::language::{Language, Launcher};

/// The program that is PID 1 in a language's container, as the last words of the command line.
/// Constant: it holds nothing of any script.
///
/// Python's is three texts, because Python compiles before it runs: the first starts the script's
/// interpreter, which gets ready while the second attests, and the third is compiled while the host
/// judges.
#[must_use]
pub fn launcher(language: &Language) -> &'static [&'static str] {
    match language.launcher {
        Launcher::Python => &[
            include_str!("launcher/interpreter.py"),
            include_str!("launcher/attest.py"),
            include_str!("launcher/run.py"),
        ],
        Launcher::Bash => &[include_str!("launcher/launcher.bash")],
    }
}

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
    fn launchers_fit_into_argv() {
        // Linux: MAX_ARG_STRLEN is 32 pages, 128 KiB.
        for language in &LANGUAGES {
            assert!(launcher(language).iter().all(|text| text.len() < 16 * 1024));
        }
    }
}
