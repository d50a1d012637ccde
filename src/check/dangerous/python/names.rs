//! Qualified names: which are the same, and what they mean to the judge.

use std::sync::LazyLock;

use rustc_hash::{FxHashMap, FxHashSet};

use super::table::{METHODS, groups};
use crate::check::Rule;
use crate::check::rules::python::PYTHON_NATIVE;

/// What the use of a function means.
#[derive(Clone, Copy)]
pub(super) enum Meaning {
    /// Called or handed on, it is found.
    Banned(&'static Rule),
    /// Called, or an argument of a call, it is found.
    Called(&'static Rule),
    /// `subprocess`: the `shell` argument decides, and the program.
    Subprocess,
    /// Another way to start a program: the program decides.
    Program,
    /// Takes the name of an attribute.
    AttributeByName,
    /// Imports the module that its argument names.
    ImportModule,
    /// Reads objects; an argument decides whether any object.
    Load(Load),
    /// `socket.socket`: its family decides.
    Socket,
    /// Asks for the address of a host: which one decides.
    HostLookup,
}

/// What makes a function that loads data safe.
#[derive(Clone, Copy)]
pub(super) enum Load {
    /// `Loader=` one of those that make plain data.
    Yaml,
    /// `weights_only=True`
    Torch,
    /// Anything but `allow_pickle=True`.
    Numpy,
}

/// Modules that nobody needs to import by a text.
pub(super) const HIDDEN_MODULES: [&str; 18] = [
    "os",
    "posix",
    "nt",
    "sys",
    "subprocess",
    "builtins",
    "pty",
    "ctypes",
    "_ctypes",
    "cffi",
    "importlib",
    "runpy",
    "code",
    "codeop",
    "marshal",
    "commands",
    "popen2",
    "_posixsubprocess",
];

/// Modules that others import and so hold as an attribute: `shutil.os` is `os`.
const HELD_MODULES: [&str; 7] = [
    "os",
    "sys",
    "subprocess",
    "builtins",
    "importlib",
    "ctypes",
    "pickle",
];

/// What `asyncio.get_running_loop()` and its like return.
pub(super) const EVENT_LOOP: &str = "asyncio.<loop>";

/// Attributes of a function through which it is called, or that give it back.
const SELF: [&str; 4] = ["__call__", "__func__", "__wrapped__", "__origin__"];

static TABLE: LazyLock<FxHashMap<String, Meaning>> = LazyLock::new(|| {
    groups()
        .flat_map(|(meaning, module, names)| {
            let qualified = names.iter().map(move |name| format!("{module}.{name}"));
            qualified.map(|name| (name, *meaning))
        })
        .collect()
});

/// What a qualified name means.
pub(super) fn meaning(qualified: &str) -> Option<Meaning> {
    // Any type of `ctypes` reads and writes what it is told is its address.
    let at_address = qualified.starts_with("ctypes.") && qualified.ends_with(".from_address");
    let native = at_address.then_some(Meaning::Banned(&PYTHON_NATIVE));
    TABLE.get(qualified).copied().or(native)
}

/// What a method means of which only the name is known.
pub(super) fn method(name: &str) -> Option<Meaning> {
    let found = METHODS.iter().find(|(method, _)| *method == name);
    found.map(|(_, meaning)| *meaning)
}

/// Whether an attribute's name is the last part of any name of the table.
pub(super) fn could_be(attribute: &str) -> bool {
    static LAST: LazyLock<FxHashSet<&str>> = LazyLock::new(|| {
        let methods = METHODS.iter().map(|(name, _)| *name);
        let names = groups().flat_map(|(_, _, names)| *names);
        names
            .filter_map(|name| name.rsplit('.').next())
            .chain(methods)
            .chain(SELF)
            .collect()
    });
    LAST.contains(attribute)
}

/// Whether a name is one that `ctypes` gives to libraries, of which every attribute is a function.
pub(super) fn is_library(name: &str) -> bool {
    matches!(name, "cdll" | "pydll" | "windll" | "oledll" | "pythonapi")
}

/// Whether a name that nothing binds must be meant as the module of the table.
pub(super) fn is_module(name: &str) -> bool {
    static MODULES: LazyLock<FxHashSet<&str>> = LazyLock::new(|| {
        groups()
            .filter_map(|(_, module, _)| module.split('.').next())
            .chain(HIDDEN_MODULES)
            .filter(|module| *module != "builtins")
            .collect()
    });
    MODULES.contains(name)
}

/// An attribute's qualified name, with the names that mean the same made one.
pub(super) fn qualified(object: &str, attribute: &str) -> String {
    let bare = attribute.strip_prefix('_').unwrap_or(attribute);
    match (object, attribute) {
        ("builtins", "__builtins__") => "builtins".to_owned(),
        // The functions of `builtins` know their module.
        (_, "__self__") if object.starts_with("builtins.") => "builtins".to_owned(),
        (_, same) if SELF.contains(&same) => object.to_owned(),
        ("builtins", _) => format!("builtins.{attribute}"),
        _ if is_held(bare) && !object.starts_with("builtins.") => bare.to_owned(),
        _ => format!("{}.{attribute}", canonical(object)),
    }
}

/// Whether other modules hold a module of this name.
pub(super) fn is_held(name: &str) -> bool {
    HELD_MODULES.contains(&name)
}

/// A module's usual name.
pub(super) fn canonical(module: &str) -> &str {
    match module.strip_prefix("six.moves.").unwrap_or(module) {
        "posix" | "nt" => "os",
        "__builtin__" | "__builtins__" => "builtins",
        "_pickle" | "cPickle" | "pickle5" | "_compat_pickle" => "pickle",
        "subprocess32" => "subprocess",
        "sklearn.externals.joblib" => "joblib",
        "_socket" => "socket",
        "_io" => "io",
        "_operator" => "operator",
        "_functools" => "functools",
        "importlib._bootstrap" | "_frozen_importlib" => "importlib",
        other => other,
    }
}
