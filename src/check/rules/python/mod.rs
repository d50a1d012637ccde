//! Rules of the dangerous layer for Python.

mod code;
mod data;
mod imports;
mod interpreter;
mod processes;

use crate::check::Rule;

pub(in crate::check) use code::{
    PYTHON_CODE_OBJECT, PYTHON_COMPILE, PYTHON_EVAL, PYTHON_EXEC, PYTHON_INTERPRETER,
    PYTHON_MARSHAL,
};
pub(in crate::check) use data::{PYTHON_NETWORK, PYTHON_PICKLE, PYTHON_YAML_LOAD};
pub(in crate::check) use imports::{
    PYTHON_COMPUTED_IMPORT, PYTHON_DUNDER_IMPORT, PYTHON_DYNAMIC_IMPORT,
};
pub(in crate::check) use interpreter::{PYTHON_GETATTR_DUNDER, PYTHON_INTERNALS, PYTHON_NATIVE};
pub(in crate::check) use processes::{
    PYTHON_OS_SYSTEM, PYTHON_PROCESS, PYTHON_PTY, PYTHON_SUBPROCESS_SHELL,
};

pub(in crate::check) static RULES: [&Rule; 19] = [
    &PYTHON_EVAL,
    &PYTHON_EXEC,
    &PYTHON_COMPILE,
    &PYTHON_INTERPRETER,
    &PYTHON_CODE_OBJECT,
    &PYTHON_MARSHAL,
    &PYTHON_DUNDER_IMPORT,
    &PYTHON_DYNAMIC_IMPORT,
    &PYTHON_COMPUTED_IMPORT,
    &PYTHON_OS_SYSTEM,
    &PYTHON_SUBPROCESS_SHELL,
    &PYTHON_PTY,
    &PYTHON_PROCESS,
    &PYTHON_GETATTR_DUNDER,
    &PYTHON_INTERNALS,
    &PYTHON_NATIVE,
    &PYTHON_PICKLE,
    &PYTHON_YAML_LOAD,
    &PYTHON_NETWORK,
];
