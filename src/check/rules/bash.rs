//! Rules of the dangerous layer for bash.
//!
//! What decides a level: code that cannot be read from the script, and what destroys or leaves the
//! machine, blocks. That a program's or a file's name is computed, or that something is lost in the
//! container, warns: ordinary scripts do it. That a script downloads is no finding: the outcome of
//! its run says that there is no network.

mod code;
mod files;
mod machine;
mod output;

use crate::check::Rule;

pub(in crate::check) use code::*;
pub(in crate::check) use files::*;
pub(in crate::check) use machine::*;
pub(in crate::check) use output::*;

pub(in crate::check) static RULES: [&Rule; 17] = [
    &BASH_EVAL,
    &BASH_RUN_VARIABLE,
    &BASH_COMMAND_VARIABLE,
    &BASH_RUN_TEXT,
    &BASH_RUN_OUTPUT,
    &BASH_RUN_DECODED,
    &BASH_SOURCE,
    &BASH_RUN_DOWNLOAD,
    &BASH_REMOVE_ROOT,
    &BASH_REMOVE_VARIABLE,
    &BASH_FORK_BOMB,
    &BASH_REMOTE_SHELL,
    &BASH_DEVICE,
    &BASH_PERMISSIONS,
    &BASH_PRIVILEGE,
    &BASH_KERNEL,
    &BASH_SYSTEM_FILE,
];
