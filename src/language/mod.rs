//! The one table of languages. Adding a language is a row here and its data elsewhere.
//!
//! Pure. Says what a language is called, how its scripts are recognised, and which image, program,
//! grammar and launcher serve it; knows nothing of how those are used.

use std::fmt;

/// Which tree-sitter grammar reads a language.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Grammar {
    /// tree-sitter-python.
    Python,
    /// tree-sitter-bash.
    Bash,
}

/// Which launcher text is PID 1 in a language's container.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Launcher {
    /// A Python program.
    Python,
    /// A bash program.
    Bash,
}

/// One row of the table.
#[derive(Debug, PartialEq, Eq)]
pub struct Language {
    /// What the command line, the policy and JSON documents call it.
    pub name: &'static str,
    /// What messages for people call it.
    pub title: &'static str,
    /// File name extensions, without the dot.
    pub extensions: &'static [&'static str],
    /// Program names in a `#!` line.
    pub shebangs: &'static [&'static str],
    /// The image that is used where policy names no other.
    pub image: &'static str,
    /// The program in the image that runs the launcher and the script.
    pub interpreter: &'static str,
    /// The arguments of `interpreter` that take the launcher's text, which follows them.
    pub launcher_arguments: &'static [&'static str],
    /// The script's name inside the container, in the working directory.
    pub file_name: &'static str,
    /// Reads the script on the host.
    pub grammar: Grammar,
    /// PID 1 in the container.
    pub launcher: Launcher,
    /// What the table shows to people.
    pub description: &'static str,
}

/// Every language Lazaret knows.
pub static LANGUAGES: [Language; 2] = [
    Language {
        name: "python",
        title: "Python",
        extensions: &["py"],
        shebangs: &["python3", "python", "python3.11"],
        image: "python:3.11-slim",
        interpreter: "python3",
        launcher_arguments: &["-I", "-S", "-c"],
        file_name: "script.py",
        grammar: Grammar::Python,
        launcher: Launcher::Python,
        description: "Python 3.11 with its standard library",
    },
    Language {
        name: "bash",
        title: "bash",
        extensions: &["sh", "bash"],
        shebangs: &["bash"],
        image: "bash:5.2-alpine",
        interpreter: "bash",
        launcher_arguments: &["--noprofile", "--norc", "-c"],
        file_name: "script.sh",
        grammar: Grammar::Bash,
        launcher: Launcher::Bash,
        description: "bash 5.2 with the image's own tools",
    },
];

impl Language {
    /// The row of that name, or `None`.
    #[must_use]
    pub fn by_name(name: &str) -> Option<&'static Self> {
        LANGUAGES.iter().find(|language| language.name == name)
    }

    /// The language that a script's first line or, failing that, its file's extension tells.
    #[must_use]
    pub fn detect(script: &str, file_name: Option<&str>) -> Option<&'static Self> {
        Self::by_shebang(script).or_else(|| file_name.and_then(Self::by_extension))
    }

    fn by_shebang(script: &str) -> Option<&'static Self> {
        let line = script.lines().next()?.strip_prefix("#!")?;
        let mut words = line.split_whitespace();
        let program = base_name(words.next()?);
        let program = if program == "env" {
            base_name(words.find(|word| !word.starts_with('-'))?)
        } else {
            program
        };
        LANGUAGES
            .iter()
            .find(|language| language.shebangs.contains(&program))
    }

    fn by_extension(file_name: &str) -> Option<&'static Self> {
        let (_, extension) = base_name(file_name).rsplit_once('.')?;
        LANGUAGES
            .iter()
            .find(|language| language.extensions.contains(&extension))
    }

    /// Every name, for messages: `python, bash`.
    #[must_use]
    pub fn names() -> String {
        let names: Vec<&str> = LANGUAGES.iter().map(|language| language.name).collect();
        names.join(", ")
    }
}

impl fmt::Display for Language {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.title)
    }
}

fn base_name(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or(path)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn detected(script: &str, file: Option<&str>) -> Option<&'static str> {
        Language::detect(script, file).map(|language| language.name)
    }

    #[test]
    fn a_shebang_speaks_before_an_extension() {
        assert_eq!(
            detected("#!/usr/bin/env -S python3 -u\n", Some("x.sh")),
            Some("python")
        );
        assert_eq!(detected("#!/bin/bash -e\n", None), Some("bash"));
        assert_eq!(detected("echo hi\n", Some("dir.d/run.bash")), Some("bash"));
        assert_eq!(detected("print(1)\n", Some("a.py")), Some("python"));
    }

    #[test]
    fn what_is_unknown_stays_unknown() {
        assert_eq!(detected("#!/usr/bin/perl\n", Some("x")), None);
        assert_eq!(detected("", Some("py")), None);
        assert_eq!(detected("#!\n", None), None);
    }

    #[test]
    fn names_are_unique() {
        for (at, language) in LANGUAGES.iter().enumerate() {
            assert!(
                !LANGUAGES
                    .iter()
                    .skip(at + 1)
                    .any(|other| other.name == language.name)
            );
        }
    }
}
