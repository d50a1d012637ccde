//! Python: modules that are loaded by a text.

use crate::check::{Layer, Rule};
use crate::policy::Level;

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
        "__import__('json')\n",
        "list(map(__import__, names))\n",
        "__builtins__['__import__']('os')\n",
        "getattr(__builtins__, '__import__')('os')\n",
        "from importlib import __import__ as load\nload('os')\n",
    ],
    passes: &[
        "import os\n",
        "s = '__import__'\n",
        "loader.__import__('x')\n",
        "import importlib\nimportlib.reload(module)\n",
        "def __import__(name): ...\n__import__('x')\n",
        "class Loader:\n    def __import__(self): ...\n",
        "from . import os\n",
        "print('use __import__(name)')\n",
    ],
    instead: "`import name`",
};

pub(in crate::check) static PYTHON_DYNAMIC_IMPORT: Rule = Rule {
    id: "python-dynamic-import",
    layer: Layer::Dangerous,
    level: Level::Block,
    language: Some("python"),
    what: "`importlib.import_module`, or what loads likewise, of a module that starts processes or reaches into the interpreter",
    why: "such a module is loaded by name only to hide it",
    catches: &[
        "import importlib\nimportlib.import_module('os')\n",
        "from importlib import import_module as load\nload('sub' + 'process')\n",
        "import importlib\nname = 'os'\nimportlib.import_module(name)\n",
        "from importlib import import_module\nimport_module(name='subprocess')\n",
        "import importlib\nimportlib.import_module('so'[::-1])\n",
        "import importlib as i\ni.import_module('ctypes.util')\n",
        "import pkgutil\npkgutil.resolve_name('os:system')\n",
        "__loader__.load_module('os')\n",
        "import pydoc\npydoc.locate('builtins.exec')\n",
    ],
    passes: &[
        "import importlib\nimportlib.import_module('json')\n",
        "import_module('os')\n",
        "import importlib\nimportlib.import_module('plugins.os')\n",
        "import importlib\nimportlib.import_module(name='json')\n",
        "def import_module(name): ...\nimport_module('os')\n",
        "import importlib\nimportlib.util.find_spec('os')\n",
        "importer.import_module('os')\n",
        "import importlib\nprint(importlib.import_module.__name__)\n",
        "import pydoc\npydoc.render_doc('os')\n",
    ],
    instead: "`import name`, so that readers see it",
};

pub(in crate::check) static PYTHON_COMPUTED_IMPORT: Rule = Rule {
    id: "python-computed-import",
    layer: Layer::Dangerous,
    level: Level::Warn,
    language: Some("python"),
    what: "a module loaded by a name that is computed, or from a file (`importlib`, `imp`)",
    why: "which module it loads cannot be read from the script",
    catches: &[
        "import importlib\nimportlib.import_module(name())\n",
        "import importlib\nfor name in names:\n    importlib.import_module(name)\n",
        "from importlib import import_module as load\nload(f'plugins.{name}')\n",
        "import importlib\nlist(map(importlib.import_module, names))\n",
        "import importlib.util\nimportlib.util.spec_from_file_location('m', path)\n",
        "from importlib.machinery import SourceFileLoader\nSourceFileLoader('m', path)\n",
        "import imp\nimp.load_source('m', path)\n",
        "import pkgutil\npkgutil.resolve_name(name)\n",
    ],
    passes: &[
        "import importlib\nimportlib.import_module('json')\n",
        "import importlib.util\nimportlib.util.find_spec('json')\n",
        "NAME = 'json'\nimport importlib\nimportlib.import_module(NAME)\n",
        "import importlib\nimportlib.reload(module)\n",
        "def import_module(name): ...\nimport_module(name())\n",
        "loader.import_module(name())\n",
        "import importlib\nimportlib.invalidate_caches()\n",
        "import zipimport\nregister(zipimport.zipimporter, handler)\n",
        "import importlib.resources\nimportlib.resources.files('p')\n",
    ],
    instead: "`import name`",
};
