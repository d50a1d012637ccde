#!/usr/bin/env python3
"""Compares what `lazaret check` says of Python with what CPython itself says.

    python3 scripts/lib/oracle_python.py LAZARET [--limit N] [--seed N] [--examples N] [--json FILE]

LAZARET is the program to ask (a release build). Run it with the interpreter of the image's version,
3.11: its own parser is the oracle. Without a limit it takes some minutes.

Corpora, all of which any Debian machine with python3.11 has:

  library    the standard library without its tests
  packages   installed packages and whatever else ends in .py under /usr (4 000 of them)
  programs   files in /usr/bin and /usr/sbin whose first line names Python
  tests      the standard library's tests (Debian: libpython3.11-testsuite)
  snippets   strings that those tests hand to compile, exec, eval, ast.parse and their own helpers,
             and the examples in their docstrings; many are meant to fail
  damage     all of these, as agents and editors damage them: one change each, by a generator with a
             fixed seed (tokens lost, doubled or swapped, lines indented wrongly, brackets and quotes
             lost, files cut off, Python 2's forms, another language's words)

Each source is one of
  valid      `compile()` accepts it
  invalid    `ast.parse` refuses it
  late       `ast.parse` accepts it and `compile()` does not (`return` outside a function)
  neither    too deep or too large for the oracle itself: left out

and the table shows how many Lazaret accepts, refuses and leaves to the interpreter. Files that are
not UTF-8 are left out: Lazaret refuses those for their bytes, by a rule that says so.
"""
import argparse
import ast
import collections
import io
import json
import pathlib
import random
import re
import subprocess
import sys
import sysconfig
import tempfile
import tokenize
import warnings

POLICY = "checks.off = ['secrets', 'dangerous']\n[limits]\nscript_characters = 50000000\n"
BATCH = 400
LARGEST_DAMAGED = 12_000
TAKES_CODE = {
    "compile", "exec", "eval", "parse", "check_syntax_error", "_check_error", "check_syntax_warning", "check",
    "assertInvalid", "assert_invalid_syntax", "assertAllRaise", "run_code", "compile_single", "expression", "suite",
    "check_expr", "check_suite", "assertSyntaxError", "assert_syntax_error", "symtable", "dedent", "_testCompile",
    "assert_func_raises", "assertRaises", "dump", "literal_eval", "no_error", "check_tokenize", "ast_parse",
}
TARGETS = {"valid refused": 0.05, "invalid accepted": 0.5}


def say(text=""):
    print(text, flush=True)


# ---- sources

def text_of(path):
    """A file's bytes, where they are UTF-8 without a symbolic link's second name."""
    try:
        if path.is_symlink() or not path.is_file() or path.stat().st_size > 400_000:
            return None
        data = path.read_bytes()
        data.decode("utf-8")
        return data
    except (OSError, UnicodeDecodeError):
        return None


def files(paths):
    seen = set()
    for path in paths:
        data = text_of(path)
        if data is not None and data not in seen:
            seen.add(data)
            yield str(path), data


def names_python(path):
    try:
        with path.open("rb") as file:
            return re.match(rb"#!.*python3?", file.readline(200)) is not None
    except OSError:
        return False


def corpora(most):
    library = pathlib.Path(sysconfig.get_paths()["stdlib"])
    tests = library / "test"
    of_tests = {"test", "tests", "idle_test"}
    apart = {"site-packages", "dist-packages", "__pycache__"}
    all_library = [path for path in sorted(library.rglob("*.py")) if not apart & set(path.parts)]
    is_test = lambda path: bool(of_tests & set(path.relative_to(library).parts))
    if not (tests / "test_grammar.py").exists():
        say(f"no tests under {tests}: `scripts/bench oracle` finds a Python that has them, or installs it")
    usr = [path for path in sorted(pathlib.Path("/usr").rglob("*.py")) if library not in path.parents]
    if len(usr) > most:
        usr = random.Random(most).sample(usr, most)
    programs = [path for folder in ("/usr/bin", "/usr/sbin") for path in sorted(pathlib.Path(folder).iterdir())]
    tests_files = [path for path in all_library if is_test(path)]
    return {
        "library": list(files(path for path in all_library if not is_test(path))),
        "packages": list(files(path for path in usr if "__pycache__" not in path.parts)),
        "programs": list(files(path for path in programs if path.is_file() and names_python(path))),
        "tests": list(files(tests_files)),
        "snippets": list(snippets(tests_files)),
    }


# ---- snippets

def strings_handed_over(tree):
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            if name in TAKES_CODE:
                for argument in node.args:
                    if isinstance(argument, ast.Constant) and isinstance(argument.value, str):
                        yield argument.value
        elif isinstance(node, (ast.List, ast.Tuple)) and len(node.elts) > 3:
            # Tables of sources, as test_fstring, test_ast and test_exceptions have them.
            values = [part.value for part in node.elts if isinstance(part, ast.Constant)]
            if len(values) == len(node.elts) and all(isinstance(value, str) for value in values):
                yield from (value for value in values if re.search(r"[\s(=:]", value))


def examples(text):
    """The sources of `>>>` examples."""
    source = []
    for line in text.splitlines():
        stripped = line.strip()
        if stripped.startswith(">>> "):
            if source:
                yield "\n".join(source) + "\n"
            source = [stripped[4:]]
        elif source and (stripped.startswith("... ") or stripped == "..."):
            source.append(stripped[4:])
        elif source:
            yield "\n".join(source) + "\n"
            source = []
    if source:
        yield "\n".join(source) + "\n"


def snippets(paths):
    seen = set()
    for path in paths:
        data = text_of(path)
        try:
            tree = ast.parse(data) if data else None
        except (SyntaxError, ValueError):
            continue
        if tree is None:
            continue
        found = list(strings_handed_over(tree))
        for node in ast.walk(tree):
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and ">>> " in node.value:
                found.extend(examples(node.value))
        for number, text in enumerate(found):
            data = text.encode("utf-8", "surrogatepass")
            try:
                data.decode("utf-8")
            except UnicodeDecodeError:
                continue
            if data and data not in seen and len(data) < 100_000:
                seen.add(data)
                yield f"{path.name}#{number}", data


# ---- damage

def tokens(text):
    try:
        found = list(tokenize.generate_tokens(io.StringIO(text).readline))
    except (tokenize.TokenError, SyntaxError, IndentationError):
        return []
    ends = [0]
    for line in text.splitlines(keepends=True):
        ends.append(ends[-1] + len(line))
    empty = (tokenize.NEWLINE, tokenize.NL, tokenize.INDENT, tokenize.DEDENT, tokenize.ENDMARKER, tokenize.COMMENT)
    return [
        (ends[token.start[0] - 1] + token.start[1], ends[token.end[0] - 1] + token.end[1], token)
        for token in found if token.type not in empty
    ]


def pick(chance, text, wanted):
    found = [place for place in tokens(text) if wanted(place[2])]
    return chance.choice(found) if found else None


def without(wanted):
    def change(chance, text):
        place = pick(chance, text, wanted)
        return text[:place[0]] + text[place[1]:] if place else None
    return change


def doubled(chance, text):
    place = pick(chance, text, lambda token: True)
    return text[:place[1]] + " " + text[place[0]:] if place else None


def swapped(chance, text):
    found = tokens(text)
    if len(found) < 3:
        return None
    at = chance.randrange(len(found) - 1)
    (a, b, _), (c, d, _) = found[at], found[at + 1]
    return text[:a] + text[c:d] + text[b:c] + text[a:b] + text[d:]


def indented(by):
    def change(chance, text):
        lines = text.splitlines(keepends=True)
        full = [number for number, line in enumerate(lines) if line.strip()]
        if not full:
            return None
        at = chance.choice(full)
        line = lines[at]
        if by < 0 and not line.startswith(" "):
            return None
        lines[at] = " " * by + line if by > 0 else line[-by:] if line.startswith(" " * -by) else line.lstrip(" ")
        return "".join(lines)
    return change


def tabbed(chance, text):
    lines = text.splitlines(keepends=True)
    deep = [number for number, line in enumerate(lines) if line.startswith("    ") and line.strip()]
    if not deep:
        return None
    at = chance.choice(deep)
    lines[at] = "\t" + lines[at][4:]
    return "".join(lines)


def line_lost(chance, text):
    lines = text.splitlines(keepends=True)
    del lines[chance.randrange(len(lines))]
    return "".join(lines)


def cut_off(chance, text):
    return text[:chance.randrange(1, len(text))]


def body_lost(chance, text):
    """A block's head without what it holds, as it is left by who means to come back."""
    lines = text.splitlines(keepends=True)
    heads = [number for number, line in enumerate(lines[:-1]) if line.rstrip().endswith(":")]
    if not heads:
        return None
    at = chance.choice(heads)
    depth = len(lines[at]) - len(lines[at].lstrip())
    end = at + 1
    while end < len(lines) and (not lines[end].strip() or len(lines[end]) - len(lines[end].lstrip()) > depth):
        end += 1
    return "".join(lines[:at + 1] + lines[end:])


def rewritten(pattern, replacement):
    expression = re.compile(pattern, re.M)

    def change(chance, text):
        found = list(expression.finditer(text))
        if not found:
            return None
        place = chance.choice(found)
        return text[:place.start()] + place.expand(replacement) + text[place.end():]
    return change


def put(what):
    def change(chance, text):
        place = pick(chance, text, lambda token: True)
        return text[:place[0]] + what + text[place[0]:] if place else None
    return change


is_text = lambda *texts: lambda token: token.string in texts
CHANGES = {
    "a token lost": without(lambda token: True),
    "a token doubled": doubled,
    "two tokens swapped": swapped,
    "a bracket lost": without(is_text("(", ")", "[", "]", "{", "}")),
    "a colon lost": without(is_text(":")),
    "a comma lost": without(is_text(",")),
    "an operator lost": without(is_text("+", "-", "*", "/", "==", "and", "or", "in", "%", ".")),
    "a keyword lost": without(is_text("def", "class", "if", "for", "in", "import", "return", "as", "with", "try", "while")),
    "a quote lost": rewritten(r"(['\"])(\w+)\1", r"\1\2"),
    "a bracket more": put(")"),
    "a bracket opened": put("("),
    "indented further": indented(4),
    "indented by one": indented(1),
    "indented less": indented(-4),
    "indented one less": indented(-1),
    "a tab": tabbed,
    "a line lost": line_lost,
    "cut off": cut_off,
    "a body lost": body_lost,
    "print x": rewritten(r"^( *)print\((.+)\)$", r"\1print \2"),
    "except A, b": rewritten(r"except (\w+) as (\w+):", r"except \1, \2:"),
    "raise A, b": rewritten(r"raise (\w+)\((.+)\)$", r"raise \1, \2"),
    "<>": rewritten(r"!=", r"<>"),
    "exec x": rewritten(r"^( *)(?=\w+ = )", r"\1exec "),
    "backticks": rewritten(r"\b(?:str|repr)\((\w+)\)", r"`\1`"),
    "0777": rewritten(r"(?<=[ (,])([1-9]\d+)\b(?![.\w])", r"0\1"),
    "ur''": rewritten(r"(?<=[ (,])(?=['\"])", r"ur"),
    "a tuple parameter": rewritten(r"def (\w+)\((\w+), (\w+)\):", r"def \1(\2, (\3, x)):"),
    "&&": rewritten(r" and ", r" && "),
    "||": rewritten(r" or ", r" || "),
    "else if": rewritten(r"\belif ", r"else if "),
    "++": rewritten(r"(\w+) \+= 1$", r"\1++"),
    "= in a condition": rewritten(r"^( *if .*?) == ", r"\1 = "),
    "a brace": rewritten(r":$", r" {"),
    "!x": rewritten(r"\bnot (?=\w)", r"!"),
    "null": rewritten(r"^(\s*)(\w+) = ", r"\1let \2 = "),
    "a smart quote": rewritten(r"'(\w+)'", "\u2018\\1\u2019"),
    "a fence": rewritten(r"\A", "```python\n"),
    "an answer's words": rewritten(r"\A", "Here is the script:\n"),
    "a newer form": rewritten(r"^( *)def (\w+)\(", r"\1def \2[T]("),
    "quotes in an f-string": rewritten(r"(\w+)\.format\((\w+)\)", r"""f"{\2["a"]}" """),
    "a keyword argument first": rewritten(r"\((\w+), (\w+)\)", r"(\1=1, \2)"),
    "a default first": rewritten(r"def (\w+)\(self, (\w+),", r"def \1(self, \2=1, zz,"),
    "assigned to a call": rewritten(r"^( *)(\w+) = (\w+)\(\)$", r"\1\2() = \3"),
    "a keyword as a name": rewritten(r"^( *)\w+ = ", r"\1class = "),
}


def damage(sources, seed, each):
    chance = random.Random(seed)
    small = [(name, data) for name, data in sources if 40 < len(data) <= LARGEST_DAMAGED]
    if not small:
        return
    for kind, change in CHANGES.items():
        made, tried = 0, 0
        while made < each and tried < each * 8:
            tried += 1
            name, data = chance.choice(small)
            text = data.decode("utf-8")
            changed = change(chance, text)
            if changed is not None and changed != text:
                made += 1
                yield f"{kind}: {name}", changed.encode("utf-8", "replace")


# ---- verdicts

def oracle(data):
    """`valid`, `invalid`, `late` or `neither`, and the interpreter's words."""
    for judge, verdict in ((ast.parse, "invalid"), (lambda data: compile(data, "script", "exec", dont_inherit=True), "late")):
        try:
            judge(data)
        except (SyntaxError, ValueError) as error:
            return verdict, f"{error}"
        except (RecursionError, MemoryError, OverflowError):
            return "neither", ""
    return "valid", ""


def ask(lazaret, sources):
    """Lazaret's documents, in order."""
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        policy = folder / "policy.toml"
        policy.write_text(POLICY)
        for start in range(0, len(sources), BATCH):
            paths = []
            for number, (_, data) in enumerate(sources[start:start + BATCH]):
                path = folder / f"{number}.py"
                path.write_bytes(data)
                paths.append(str(path))
            command = [lazaret, "check", "--policy", str(policy), "--language", "python", "--format", "json", *paths]
            answer = subprocess.run(command, capture_output=True, text=True, timeout=600)
            documents = [json.loads(line) for line in answer.stdout.splitlines()]
            if len(documents) != len(paths):
                raise SystemExit(f"{len(documents)} answers to {len(paths)} scripts: {answer.returncode} {answer.stderr[-2000:]}")
            yield from documents


def lazarets(document):
    if not document["accepted"]:
        return "refused"
    return "undecided" if document["undecided"] else "accepted"


def around(data, line):
    lines = data.decode("utf-8", "replace").splitlines()
    return lines[line - 1].strip()[:90] if 0 < line <= len(lines) else ""


def compare(lazaret, name, sources, table, disagreements):
    for (label, data), document in zip(sources, ask(lazaret, sources)):
        truth, words = oracle(data)
        said = lazarets(document)
        table[name][truth, said] += 1
        found = document["findings"][0] if document["findings"] else None
        if (truth, said) in (("valid", "refused"), ("invalid", "accepted"), ("late", "accepted"), ("valid", "undecided")):
            said_of = f"{found['line']}:{found['column']} {found['message']}" if found else ""
            disagreements[f"{truth} {said}"].append({
                "corpus": name, "source": label, "python": words, "lazaret": said_of,
                "line": around(data, found["line"] if found else line_of(words)),
            })


def line_of(words):
    found = re.search(r"line (\d+)\)$", words)
    return int(found.group(1)) if found else 1


def report(table, disagreements, shown):
    columns = [(truth, said) for truth in ("valid", "late", "invalid") for said in ("accepted", "refused", "undecided")]
    say(f"\n{'corpus':<10}" + "".join(f"{truth[:7] + ' ' + said[:4]:>13}" for truth, said in columns) + f"{'neither':>9}")
    total = collections.Counter()
    for name, counts in table.items():
        total.update(counts)
        say(f"{name:<10}" + line_of_table(counts, columns))
    say(f"{'all':<10}" + line_of_table(total, columns))
    for kind, found in disagreements.items():
        say(f"\n{kind}: {len(found)}")
        for one in found[:shown]:
            say(f"  [{one['corpus']}] {one['source']}\n      python:  {one['python']}\n      lazaret: {one['lazaret']}\n      {one['line']}")
    return summary(total)


def line_of_table(counts, columns):
    neither = sum(count for (truth, _), count in counts.items() if truth == "neither")
    return "".join(f"{counts[column]:>13}" for column in columns) + f"{neither:>9}"


def summary(total):
    say()
    reached = True
    for kind, target in TARGETS.items():
        truth, said = kind.split()
        of = sum(count for (each, _), count in total.items() if each == truth)
        share = 100 * total[truth, said] / of if of else 0.0
        met = of > 0 and share <= target
        reached &= met
        say(f"{kind}: {total[truth, said]} of {of} = {share:.3f} % (at most {target} %): {'reached' if met else 'MISSED'}")
    undecided = sum(count for (_, said), count in total.items() if said == "undecided")
    say(f"left to the interpreter: {undecided}")
    return reached


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("lazaret")
    parser.add_argument("--limit", type=int, default=0, help="at most so many sources of each corpus")
    parser.add_argument("--packages", type=int, default=4000, help="at most so many files of packages")
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--each", type=int, default=150, help="sources of each kind of damage")
    parser.add_argument("--examples", type=int, default=12, help="disagreements of each kind to show")
    parser.add_argument("--json", type=pathlib.Path, help="all disagreements, into a file")
    options = parser.parse_args()
    if sys.version_info[:2] != (3, 11):
        say(f"this is Python {sys.version.split()[0]}; the oracle is 3.11's parser")
    warnings.simplefilter("ignore")
    sources = corpora(options.limit or options.packages)
    everything = [source for corpus in sources.values() for source in corpus]
    each = max(1, options.limit // len(CHANGES)) if options.limit else options.each
    sources["damage"] = list(damage(everything, options.seed, each))
    table, disagreements = collections.defaultdict(collections.Counter), collections.defaultdict(list)
    for name, corpus in sources.items():
        if options.limit and len(corpus) > options.limit:
            corpus = random.Random(options.seed).sample(corpus, options.limit)
        compare(options.lazaret, name, corpus, table, disagreements)
    reached = report(table, disagreements, options.examples)
    if options.json:
        options.json.write_text(json.dumps(disagreements, indent=1))
    return 0 if reached else 1


if __name__ == "__main__":
    sys.exit(main())
