//! The launchers: PID 1 of every container, plain text in argv for any auditor to read.

use crate::language::{Language, Launcher};

/// The program that is PID 1 in a language's container. Constant: it holds nothing of any script.
#[must_use]
pub fn launcher(language: &Language) -> &'static str {
    match language.launcher {
        Launcher::Python => include_str!("launcher/launcher.py"),
        Launcher::Bash => include_str!("launcher/launcher.sh"),
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
            assert!(launcher(language).contains(&path), "{}", language.name);
        }
    }

    #[test]
    fn launchers_fit_into_argv() {
        // Linux: MAX_ARG_STRLEN is 32 pages, 128 KiB.
        assert!(
            LANGUAGES
                .iter()
                .all(|language| launcher(language).len() < 16 * 1024)
        );
    }
}
