//! Rules of the dangerous layer for Python.

use crate::check::{Layer, Rule};
use crate::policy::Level;

pub(in crate::check) static RULES: [&Rule; 11] = [
    &PYTHON_EVAL,
    &PYTHON_EXEC,
    &PYTHON_COMPILE,
    &PYTHON_DUNDER_IMPORT,
    &PYTHON_DYNAMIC_IMPORT,
    &PYTHON_OS_SYSTEM,
    &PYTHON_SUBPROCESS_SHELL,
    &PYTHON_GETATTR_DUNDER,
    &PYTHON_PROCESS,
    &PYTHON_COMPUTED_IMPORT,
    &PYTHON_INTERNALS,
];

pub(in crate::check) static PYTHON_EVAL: Rule = Rule {
    id: "python-eval",
    layer: Layer::Dangerous,
    level: Level::Block,
    language: Some("python"),
    what: "`eval`, called or handed on, under any name",
    why: "it runs text as code, so what the script does cannot be read from the script",
    catches: &[
        "eval('malicious')",
        "f = eval\nf('1')\n",
        "import builtins\nbuiltins.eval(x)\n",
        "from builtins import eval as e\ne(x)\n",
        "from builtins import *\neval(x)\n",
        "__builtins__.eval(x)\n",
        "__builtins__['eval'](x)\n",
        "list(map(eval, lines))\n",
        "from builtins import eval as e\nlist(map(e, lines))\n",
        "getattr(__import__('builtins'), 'eval')(x)\n",
        "def f():\n    eval(x)\ndef g(eval):\n    pass\n",
        "class A:\n    def eval(self):\n        return eval('1')\n",
        "print(f'{eval(x)}')\n",
        "(lambda: eval(x))()\n",
        "eval(x)\neval = 1\n",
        "if False:\n    eval = 1\neval(x)\n",
        "eval = 1\ndel eval\neval(x)\n",
        "a, b = eval, 1\na(x)\n",
        "(e := eval)(x)\n",
    ],
    passes: &[
        "model.eval()\n",
        "# eval(x)\n",
        "s = 'eval(x)'\n",
        "def eval(x):\n    return x\neval(1)\n",
        "def f(eval):\n    return eval(1)\n",
        "f = lambda eval: eval(1)\n",
        "import ast\nast.literal_eval('1')\n",
        "from numexpr import evaluate as eval\neval('a')\n",
        "from model import eval\neval()\n",
        "f(eval=True)\n",
        "df.eval('a + b')\n",
        "[eval(1) for eval in fs]\n",
        "def f(x):\n    match x:\n        case eval:\n            eval(1)\n",
    ],
    instead: "`ast.literal_eval` or `json.loads` for data; a dict of functions for dispatch",
};

pub(in crate::check) static PYTHON_EXEC: Rule = Rule {
    id: "python-exec",
    layer: Layer::Dangerous,
    level: Level::Block,
    language: Some("python"),
    what: "`exec`, called or handed on, under any name",
    why: "it runs text as code, so what the script does cannot be read from the script",
    catches: &[
        "exec('x = 1')\n",
        "import builtins as b\nb.exec(x)\n",
        "run = exec\nrun(x)\n",
        "globals()['__builtins__'].exec(x)\n",
        "import sys\nsys.modules['builtins'].exec(x)\n",
    ],
    passes: &[
        "self.exec()\n",
        "def exec(command):\n    pass\nexec('x')\n",
        "cursor.exec('select 1')\n",
        "s = 'exec(1)'\n",
    ],
    instead: "write the code itself, or import a module that holds it",
};

pub(in crate::check) static PYTHON_COMPILE: Rule = Rule {
    id: "python-compile",
    layer: Layer::Dangerous,
    level: Level::Block,
    language: Some("python"),
    what: "the builtin `compile`",
    why: "it makes code from text, for `exec` or `eval` to run",
    catches: &[
        "compile('1', 'f', 'eval')\n",
        "c = compile\nc('1', 'f', 'eval')\n",
    ],
    passes: &[
        "import re\nre.compile('a')\n",
        "from re import compile\ncompile('a')\n",
        "model.compile(optimizer='adam')\n",
        "pattern.compile = 3\n",
    ],
    instead: "write the code itself; `ast.parse` where the syntax alone is of interest",
};

pub(in crate::check) static PYTHON_DUNDER_IMPORT: Rule = Rule {
    id: "python-dunder-import",
    layer: Layer::Dangerous,
    level: Level::Block,
    language: Some("python"),
    what: "`__import__`, called or handed on",
    why: "it loads modules by a text that need not be in the script, past every check of names",
    catches: &[
        "__import__('os').system('id')\n",
        "i = __import__\ni('os')\n",
        "import importlib\nimportlib.__import__('os')\n",
    ],
    passes: &[
        "import os\n",
        "s = '__import__'\n",
        "loader.__import__('x')\n",
    ],
    instead: "`import name`",
};

pub(in crate::check) static PYTHON_DYNAMIC_IMPORT: Rule = Rule {
    id: "python-dynamic-import",
    layer: Layer::Dangerous,
    level: Level::Block,
    language: Some("python"),
    what: "`importlib.import_module` of a module that starts processes or reaches into the interpreter",
    why: "such a module is loaded by name only to hide it",
    catches: &[
        "import importlib\nimportlib.import_module('os')\n",
        "from importlib import import_module as load\nload('sub' + 'process')\n",
        "import importlib\nname = 'os'\nimportlib.import_module(name)\n",
    ],
    passes: &[
        "import importlib\nimportlib.import_module('json')\n",
        "import_module('os')\n",
    ],
    instead: "`import name`, so that readers see it",
};

pub(in crate::check) static PYTHON_OS_SYSTEM: Rule = Rule {
    id: "python-os-system",
    layer: Layer::Dangerous,
    level: Level::Block,
    language: Some("python"),
    what: "`os.system` or `os.popen`, called or handed on, under any name",
    why: "a shell runs the text: whatever gets into it is executed, and no check reads it",
    catches: &[
        "import os\nos.system('id')\n",
        "import os as o\no.system('x')\n",
        "from os import system as s\ns('id')\n",
        "from os import *\nsystem('id')\n",
        "import os\nos.popen('id').read()\n",
        "import os\nf = os.system\nf('id')\n",
        "import os\ngetattr(os, 'sys' + 'tem')('id')\n",
        "import os.path\nos.system('id')\n",
        "import posix\nposix.system('id')\n",
        "import importlib\nm = importlib.import_module('os')\nm.system('id')\n",
        "import os\nos.__dict__['system']('id')\n",
        "import os\nvars(os)['system']('id')\n",
        "def f():\n    import os\n    return os.system('id')\n",
        "try:\n    import os\nexcept ImportError:\n    os = None\nos.system('id')\n",
        "import sys\nsys.modules['os'].system('id')\n",
    ],
    passes: &[
        "import os\nos.getcwd()\n",
        "import platform\nplatform.system()\n",
        "class os:\n    def system(x): ...\nos.system('x')\n",
        "def f(os):\n    os.system('x')\n",
        "from mine import system\nsystem('x')\n",
        "from .os import system\nsystem('x')\n",
        "os = Fake()\nos.system('x')\n",
        "self.os.system('x')\n",
    ],
    instead: "`subprocess.run([program, argument])`, or the library function that does it (`shutil`, `pathlib`)",
};

pub(in crate::check) static PYTHON_SUBPROCESS_SHELL: Rule = Rule {
    id: "python-subprocess-shell",
    layer: Layer::Dangerous,
    level: Level::Block,
    language: Some("python"),
    what: "`subprocess` with `shell=True` (or anything but a constant that is false), and the functions that always use a shell",
    why: "a shell runs the text: whatever gets into it is executed, and no check reads it",
    catches: &[
        "import subprocess\nsubprocess.run('id', shell=True)\n",
        "import subprocess as sp\nsp.Popen('id', shell=True)\n",
        "from subprocess import check_output\ncheck_output('id', shell=True)\n",
        "from subprocess import *\ncall('id', shell=1)\n",
        "import subprocess\nsubprocess.getoutput('id')\n",
        "from subprocess import getstatusoutput as g\ng('id')\n",
        "import subprocess\nsubprocess.run('id', **{'shell': True})\n",
        "import subprocess, functools\nsh = functools.partial(subprocess.run, shell=True)\n",
        "import subprocess\nrun = subprocess.run\nrun('id', shell=True)\n",
        "import asyncio\nasyncio.create_subprocess_shell('id')\n",
    ],
    passes: &[
        "import subprocess\nsubprocess.run(['id'])\n",
        "import subprocess\nsubprocess.run(['id'], shell=False)\n",
        "runner.run('id', shell=True)\n",
        "def run(command, shell): ...\nrun('id', shell=True)\n",
    ],
    instead: "`subprocess.run([program, argument])` with `shell=False`, which is the default",
};

pub(in crate::check) static PYTHON_GETATTR_DUNDER: Rule = Rule {
    id: "python-getattr-dunder",
    layer: Layer::Dangerous,
    level: Level::Block,
    language: Some("python"),
    what: "`getattr` (or `setattr`, `attrgetter`, `__getattribute__`) with a constant name that begins with `__`",
    why: "the interpreter's internals are reached through text to get round a check of names",
    catches: &[
        "getattr(x, '__class__')\n",
        "getattr(x, '__cl' + 'ass__')\n",
        "name = '__globals__'\ngetattr(f, name)\n",
        "g = getattr\ng(x, '__subclasses__')\n",
        "setattr(x, '__class__', y)\n",
        "object.__getattribute__(x, '__class__')\n",
        "from operator import attrgetter\nattrgetter('a.__class__')(x)\n",
    ],
    passes: &[
        "getattr(x, 'name')\n",
        "getattr(x, name, None)\n",
        "self.getattr(x, '__class__')\n",
        "def getattr(a, b): ...\ngetattr(x, '__class__')\n",
        "hasattr(x, '__iter__')\n",
    ],
    instead: "write the attribute itself: `type(x)`, `x.__name__`",
};

pub(in crate::check) static PYTHON_PROCESS: Rule = Rule {
    id: "python-process",
    layer: Layer::Dangerous,
    level: Level::Warn,
    language: Some("python"),
    what: "the start of another program",
    why: "what the other program does is not in the script; in the container it can do no more than the script itself",
    catches: &[
        "import subprocess\nsubprocess.run(['id'])\n",
        "import os\nos.execv('/bin/id', ['id'])\n",
        "import pty\npty.spawn('id')\n",
    ],
    passes: &[
        "import subprocess\n",
        "import os\nos.listdir('.')\n",
        "task.run(['id'])\n",
    ],
    instead: "the library function that does it (`shutil`, `pathlib`, `tarfile`), where there is one",
};

pub(in crate::check) static PYTHON_COMPUTED_IMPORT: Rule = Rule {
    id: "python-computed-import",
    layer: Layer::Dangerous,
    level: Level::Warn,
    language: Some("python"),
    what: "`importlib.import_module` of a name that is computed",
    why: "which module it loads cannot be read from the script",
    catches: &["import importlib\nimportlib.import_module(name())\n"],
    passes: &["import importlib\nimportlib.import_module('json')\n"],
    instead: "`import name`",
};

pub(in crate::check) static PYTHON_INTERNALS: Rule = Rule {
    id: "python-internals",
    layer: Layer::Dangerous,
    level: Level::Warn,
    language: Some("python"),
    what: "attributes that lead from any object to the whole interpreter (`__subclasses__`, `__globals__`, `__builtins__`, `__code__`, …)",
    why: "they are the usual way round a check of names; ordinary scripts have no use for them",
    catches: &[
        "().__class__.__bases__[0].__subclasses__()\n",
        "f.__globals__['os']\n",
    ],
    passes: &[
        "x.__class__.__name__\n",
        "f.__doc__\n",
        "s = '__globals__'\n",
    ],
    instead: "import what is needed by its name",
};
