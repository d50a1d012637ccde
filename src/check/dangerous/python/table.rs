//! The functions that the rules name, but for those that load data or reach for the network. Data.

use super::clients::CLIENTS;
use super::names::Meaning::{
    self, AttributeByName, Banned, Called, ImportModule, Program, Subprocess,
};
use crate::check::rules::python::{
    PYTHON_CODE_OBJECT, PYTHON_COMPILE, PYTHON_COMPUTED_IMPORT, PYTHON_DUNDER_IMPORT, PYTHON_EVAL,
    PYTHON_EXEC, PYTHON_INTERPRETER, PYTHON_MARSHAL, PYTHON_NATIVE, PYTHON_OS_SYSTEM,
    PYTHON_PROCESS, PYTHON_PTY, PYTHON_SUBPROCESS_SHELL,
};

/// What the use of some functions of a module means.
pub(super) type Group = (Meaning, &'static str, &'static [&'static str]);

const SHELL: Meaning = Banned(&PYTHON_SUBPROCESS_SHELL);

static FUNCTIONS: &[Group] = &[
    // Code from text.
    (Banned(&PYTHON_EVAL), "builtins", &["eval"]),
    (Banned(&PYTHON_EXEC), "builtins", &["exec", "execfile"]),
    (Banned(&PYTHON_COMPILE), "builtins", &["compile"]),
    (Banned(&PYTHON_DUNDER_IMPORT), "builtins", &["__import__"]),
    (Banned(&PYTHON_DUNDER_IMPORT), "importlib", &["__import__"]),
    (ImportModule, "importlib", &["import_module"]),
    (ImportModule, "builtins.__loader__", &["load_module"]),
    (
        ImportModule,
        "importlib.machinery.BuiltinImporter",
        &["load_module"],
    ),
    (ImportModule, "importlib.BuiltinImporter", &["load_module"]),
    (ImportModule, "pkgutil", &["resolve_name"]),
    (ImportModule, "pydoc", &["locate"]),
    (
        Called(&PYTHON_COMPUTED_IMPORT),
        "importlib.util",
        &["spec_from_file_location"],
    ),
    (
        Called(&PYTHON_COMPUTED_IMPORT),
        "importlib.machinery",
        &["SourceFileLoader", "SourcelessFileLoader"],
    ),
    (
        Called(&PYTHON_COMPUTED_IMPORT),
        "imp",
        &["load_source", "load_module", "load_compiled"],
    ),
    (
        Called(&PYTHON_NATIVE),
        "importlib.machinery",
        &["ExtensionFileLoader"],
    ),
    (Called(&PYTHON_NATIVE), "imp", &["load_dynamic"]),
    (
        Called(&PYTHON_COMPUTED_IMPORT),
        "zipimport",
        &["zipimporter"],
    ),
    (
        Banned(&PYTHON_INTERPRETER),
        "code",
        &[
            "interact",
            "InteractiveInterpreter",
            "InteractiveConsole",
            "compile_command",
        ],
    ),
    (
        Banned(&PYTHON_INTERPRETER),
        "codeop",
        &["compile_command", "Compile", "CommandCompiler"],
    ),
    (
        Banned(&PYTHON_INTERPRETER),
        "runpy",
        &["run_path", "run_module", "_run_code", "_run_module_code"],
    ),
    (
        Called(&PYTHON_CODE_OBJECT),
        "types",
        &["FunctionType", "LambdaType", "CodeType"],
    ),
    (Banned(&PYTHON_MARSHAL), "marshal", &["load", "loads"]),
    // Attributes by text.
    (
        AttributeByName,
        "builtins",
        &["getattr", "setattr", "delattr"],
    ),
    (AttributeByName, "operator", &["attrgetter", "methodcaller"]),
    (AttributeByName, "builtins.object", &["__getattribute__"]),
    (AttributeByName, "builtins.type", &["__getattribute__"]),
    // Shells.
    (
        Banned(&PYTHON_OS_SYSTEM),
        "os",
        &["system", "popen", "popen2", "popen3", "popen4"],
    ),
    (
        SHELL,
        "subprocess",
        &["getoutput", "getstatusoutput", "create_subprocess_shell"],
    ),
    (SHELL, "asyncio", &["create_subprocess_shell"]),
    (SHELL, "asyncio.subprocess", &["create_subprocess_shell"]),
    (SHELL, "commands", &["getoutput", "getstatusoutput"]),
    (
        SHELL,
        "popen2",
        &["popen2", "popen3", "popen4", "Popen3", "Popen4"],
    ),
    (SHELL, "invoke", &["run", "sudo"]),
    (SHELL, "fabric.api", &["local", "run", "sudo"]),
    (SHELL, "pipes", &["Template"]),
    (Banned(&PYTHON_PTY), "pty", &["spawn"]),
    // Other programs.
    (
        Subprocess,
        "subprocess",
        &["run", "call", "Popen", "check_call", "check_output"],
    ),
    (Program, "subprocess", &["create_subprocess_exec"]),
    (Program, "asyncio", &["create_subprocess_exec"]),
    (Program, "asyncio.subprocess", &["create_subprocess_exec"]),
    (
        Program,
        "os",
        &[
            "execl",
            "execle",
            "execlp",
            "execlpe",
            "execv",
            "execve",
            "execvp",
            "execvpe",
            "spawnl",
            "spawnle",
            "spawnlp",
            "spawnlpe",
            "spawnv",
            "spawnve",
            "spawnvp",
            "spawnvpe",
            "posix_spawn",
            "posix_spawnp",
            "startfile",
        ],
    ),
    (Called(&PYTHON_PROCESS), "os", &["fork", "forkpty"]),
    (Called(&PYTHON_PROCESS), "pty", &["fork"]),
    (Called(&PYTHON_PROCESS), "_posixsubprocess", &["fork_exec"]),
    (Called(&PYTHON_PROCESS), "distutils.spawn", &["spawn"]),
    (
        Called(&PYTHON_PROCESS),
        "pexpect",
        &["spawn", "spawnu", "run", "runu"],
    ),
    (Subprocess, "anyio", &["run_process", "open_process"]),
    (Subprocess, "trio", &["run_process", "open_process"]),
    (Program, "trio.lowlevel", &["open_process"]),
    // Native code.
    (
        Banned(&PYTHON_NATIVE),
        "ctypes",
        &[
            "CDLL",
            "PyDLL",
            "WinDLL",
            "OleDLL",
            "LibraryLoader",
            "CFUNCTYPE",
            "PYFUNCTYPE",
            "WINFUNCTYPE",
            "cast",
            "memmove",
            "memset",
            "string_at",
            "wstring_at",
            "cdll",
            "pydll",
            "windll",
            "oledll",
            "pythonapi",
        ],
    ),
    (Banned(&PYTHON_NATIVE), "ctypes.cdll", &["LoadLibrary"]),
    (
        Banned(&PYTHON_NATIVE),
        "_ctypes",
        &[
            "dlopen",
            "dlsym",
            "call_function",
            "call_cdeclfunction",
            "CFuncPtr",
            "PyObj_FromPtr",
        ],
    ),
    (
        Banned(&PYTHON_NATIVE),
        "ctypes.py_object",
        &["from_address"],
    ),
    (Banned(&PYTHON_NATIVE), "numpy.ctypeslib", &["load_library"]),
    (Banned(&PYTHON_NATIVE), "cython", &["inline"]),
    (Banned(&PYTHON_NATIVE), "pyximport", &["install"]),
    (Banned(&PYTHON_NATIVE), "cffi", &["FFI"]),
    (
        Banned(&PYTHON_NATIVE),
        "_cffi_backend",
        &["FFI", "load_library"],
    ),
];

/// All of them.
pub(super) fn groups() -> impl Iterator<Item = &'static Group> {
    FUNCTIONS.iter().chain(CLIENTS)
}

/// Methods whose name alone tells, whatever the object.
pub(super) static METHODS: [(&str, Meaning); 3] = [
    ("subprocess_shell", Called(&PYTHON_SUBPROCESS_SHELL)),
    ("subprocess_exec", Program),
    ("__getattribute__", AttributeByName),
];
