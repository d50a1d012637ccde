//! Qualified names and what they mean to the judge. Data.

use std::collections::{HashMap, HashSet};
use std::sync::LazyLock;

use crate::check::Rule;
use crate::check::rules::python::{
    PYTHON_COMPILE, PYTHON_DUNDER_IMPORT, PYTHON_EVAL, PYTHON_EXEC, PYTHON_OS_SYSTEM,
    PYTHON_PROCESS, PYTHON_SUBPROCESS_SHELL,
};

/// What the use of a function means.
#[derive(Clone, Copy)]
pub(super) enum Meaning {
    /// Called or handed on, it is found.
    Banned(&'static Rule),
    /// Called, it is found.
    Called(&'static Rule),
    /// `subprocess`: the `shell` argument decides.
    Subprocess,
    /// Takes the name of an attribute.
    AttributeByName,
    /// Imports the module that its argument names.
    ImportModule,
}

const NAMES: [(&str, Meaning); 51] = [
    ("builtins.eval", Meaning::Banned(&PYTHON_EVAL)),
    ("builtins.exec", Meaning::Banned(&PYTHON_EXEC)),
    ("builtins.compile", Meaning::Banned(&PYTHON_COMPILE)),
    (
        "builtins.__import__",
        Meaning::Banned(&PYTHON_DUNDER_IMPORT),
    ),
    (
        "importlib.__import__",
        Meaning::Banned(&PYTHON_DUNDER_IMPORT),
    ),
    ("importlib.import_module", Meaning::ImportModule),
    ("builtins.getattr", Meaning::AttributeByName),
    ("builtins.setattr", Meaning::AttributeByName),
    ("builtins.delattr", Meaning::AttributeByName),
    ("operator.attrgetter", Meaning::AttributeByName),
    ("operator.methodcaller", Meaning::AttributeByName),
    ("os.system", Meaning::Banned(&PYTHON_OS_SYSTEM)),
    ("os.popen", Meaning::Banned(&PYTHON_OS_SYSTEM)),
    (
        "subprocess.getoutput",
        Meaning::Banned(&PYTHON_SUBPROCESS_SHELL),
    ),
    (
        "subprocess.getstatusoutput",
        Meaning::Banned(&PYTHON_SUBPROCESS_SHELL),
    ),
    (
        "asyncio.create_subprocess_shell",
        Meaning::Banned(&PYTHON_SUBPROCESS_SHELL),
    ),
    (
        "asyncio.subprocess.create_subprocess_shell",
        Meaning::Banned(&PYTHON_SUBPROCESS_SHELL),
    ),
    ("subprocess.run", Meaning::Subprocess),
    ("subprocess.call", Meaning::Subprocess),
    ("subprocess.Popen", Meaning::Subprocess),
    ("subprocess.check_call", Meaning::Subprocess),
    ("subprocess.check_output", Meaning::Subprocess),
    (
        "asyncio.create_subprocess_exec",
        Meaning::Called(&PYTHON_PROCESS),
    ),
    (
        "asyncio.subprocess.create_subprocess_exec",
        Meaning::Called(&PYTHON_PROCESS),
    ),
    ("pty.spawn", Meaning::Called(&PYTHON_PROCESS)),
    ("os.execl", Meaning::Called(&PYTHON_PROCESS)),
    ("os.execle", Meaning::Called(&PYTHON_PROCESS)),
    ("os.execlp", Meaning::Called(&PYTHON_PROCESS)),
    ("os.execlpe", Meaning::Called(&PYTHON_PROCESS)),
    ("os.execv", Meaning::Called(&PYTHON_PROCESS)),
    ("os.execve", Meaning::Called(&PYTHON_PROCESS)),
    ("os.execvp", Meaning::Called(&PYTHON_PROCESS)),
    ("os.execvpe", Meaning::Called(&PYTHON_PROCESS)),
    ("os.spawnl", Meaning::Called(&PYTHON_PROCESS)),
    ("os.spawnle", Meaning::Called(&PYTHON_PROCESS)),
    ("os.spawnlp", Meaning::Called(&PYTHON_PROCESS)),
    ("os.spawnlpe", Meaning::Called(&PYTHON_PROCESS)),
    ("os.spawnv", Meaning::Called(&PYTHON_PROCESS)),
    ("os.spawnve", Meaning::Called(&PYTHON_PROCESS)),
    ("os.spawnvp", Meaning::Called(&PYTHON_PROCESS)),
    ("os.spawnvpe", Meaning::Called(&PYTHON_PROCESS)),
    ("os.posix_spawn", Meaning::Called(&PYTHON_PROCESS)),
    ("os.posix_spawnp", Meaning::Called(&PYTHON_PROCESS)),
    ("os.startfile", Meaning::Called(&PYTHON_PROCESS)),
    ("os.popen2", Meaning::Banned(&PYTHON_OS_SYSTEM)),
    ("os.popen3", Meaning::Banned(&PYTHON_OS_SYSTEM)),
    ("os.popen4", Meaning::Banned(&PYTHON_OS_SYSTEM)),
    (
        "commands.getoutput",
        Meaning::Banned(&PYTHON_SUBPROCESS_SHELL),
    ),
    (
        "commands.getstatusoutput",
        Meaning::Banned(&PYTHON_SUBPROCESS_SHELL),
    ),
    ("builtins.object.__getattribute__", Meaning::AttributeByName),
    ("builtins.type.__getattribute__", Meaning::AttributeByName),
];

/// Modules that nobody needs to import by a text.
pub(super) const HIDDEN_MODULES: [&str; 9] = [
    "os",
    "posix",
    "subprocess",
    "builtins",
    "pty",
    "ctypes",
    "importlib",
    "commands",
    "_posixsubprocess",
];

/// Attributes that lead from any object to the whole interpreter.
pub(super) const INTERNALS: [&str; 9] = [
    "__subclasses__",
    "__globals__",
    "__builtins__",
    "__code__",
    "__closure__",
    "f_globals",
    "f_builtins",
    "gi_frame",
    "cr_frame",
];

/// What a qualified name means.
pub(super) fn meaning(qualified: &str) -> Option<Meaning> {
    static TABLE: LazyLock<HashMap<&str, Meaning>> = LazyLock::new(|| NAMES.into_iter().collect());
    TABLE.get(qualified).copied()
}

/// Whether an attribute's name is the last part of any name of the table.
pub(super) fn could_be(attribute: &str) -> bool {
    static LAST: LazyLock<HashSet<&str>> = LazyLock::new(|| {
        NAMES
            .iter()
            .filter_map(|(name, _)| name.rsplit('.').next())
            .collect()
    });
    LAST.contains(attribute)
}
