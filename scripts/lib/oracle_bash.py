#!/usr/bin/env python3
"""How far the host's check agrees with bash about what is a script.

    python3 scripts/lib/oracle_bash.py LAZARET [--limit N] [--more FOLDER]... [--seed N] [--show N]

LAZARET is the program. The truth is `bash -O extglob -n` of bash 5.2, which must be on the PATH: a
script is valid where it exits 0 and prints nothing but warnings. Of a few errors (`[[ ]]`, a `for ((`
without its end) bash says nothing and stops reading, with 0: where it also accepts the script with a
stray `)` behind its last line, a script counts as `silent`, neither valid nor broken.

The corpora, all UTF-8 and with an LF at the end of some line at least:

    ordinary   every file under /usr, /etc and /lib whose first line names bash or sh, the maintainer
               scripts of dpkg, the completions of bash-completion, and every such file of the folders
               given with --more (unpacked packages: bash-doc, bash-completion, autoconf, git, ...)
    unusual    the scripts of fixtures/bash/unusual.sh, parted by lines `#----`, and bash's own tests
               (*.tests, *.sub) where a folder given with --more holds them
    broken     for each of these up to 20 000 characters long, mutations as careless editors and
               language models make them, with a fixed seed: a keyword, quote or bracket dropped,
               doubled or swapped, text cut off, CR LF, a line dropped, doubled or moved
    pieces     the same of single lines and short stretches, where one character more often matters

Mutations that bash accepts all the same count as valid scripts of their corpus. Exits 1 where a
target is missed: no ordinary script refused, 0.3 % of the unusual ones, 3 % of the broken ones
accepted. --limit takes the first N scripts of each corpus, after a shuffle with the seed.
"""

import argparse
import collections
import concurrent.futures
import json
import os
import pathlib
import random
import re
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[2]
SHEBANG = re.compile(rb"#!\s*\S*?(env\s+(-\S+\s+)*)?\S*\b(ba|da)?sh\b")
KEYWORDS = "if then else elif fi for while until do done case in esac function select { } [[ ]]".split()
TOKEN = re.compile(
    r"\b(?:if|then|else|elif|fi|for|while|until|do|done|case|in|esac|function)\b"
    r"|\[\[|\]\]|\$\(\(|\$\(|\$\{|\(\(|\)\)|<<-?|;;|&&|\|\||[(){}\[\]'\"`;|&<>\\]"
)
LARGEST = 20_000
POLICY = '[limits]\nscript_characters = 5000000\n[checks]\noff = ["secrets", "dangerous"]\n'


def text_of(path):
    """A script's text, or None where it is not UTF-8 text of some length."""
    try:
        data = path.read_bytes()
        return data.decode() if b"\n" in data and b"\0" not in data else None
    except (OSError, UnicodeDecodeError):
        return None


def is_script(path):
    try:
        with open(path, "rb") as file:
            return SHEBANG.match(file.readline(200)) is not None
    except OSError:
        return False


def files_below(folder):
    for directory, folders, names in os.walk(folder):
        folders.sort()
        for name in sorted(names):
            path = pathlib.Path(directory, name)
            if path.is_file() and not path.is_symlink():
                yield path


def ordinary(more):
    texts = {}
    for folder in ["/usr", "/etc", "/lib", *more]:
        if os.path.islink(folder):
            continue
        for path in files_below(folder):
            if is_script(path) or "bash-completion/completions" in str(path):
                texts[text_of(path)] = str(path)
    for path in sorted(pathlib.Path("/var/lib/dpkg/info").glob("*.p*")):
        if path.suffix in (".postinst", ".preinst", ".postrm", ".prerm") and is_script(path):
            texts[text_of(path)] = str(path)
    texts.pop(None, None)
    return [(name, text) for text, name in texts.items()]


def unusual(more):
    text = (ROOT / "fixtures/bash/unusual.sh").read_text()
    found = [(f"unusual.sh:{at}", part) for at, part in enumerate(re.split(r"(?m)^#----\n", text))]
    for folder in more:
        for path in files_below(folder):
            if path.suffix in (".tests", ".sub"):
                part = text_of(path)
                found += [(str(path), part)] if part else []
    return found


def mutations(chance, text):
    """One damage at random."""
    tokens = list(TOKEN.finditer(text))
    lines = text.splitlines(keepends=True)
    kind = chance.choice(["drop", "drop", "drop", "double", "swap", "cut", "crlf", "unline", "reline", "shuffle"])
    if kind in ("drop", "double", "swap") and not tokens:
        kind = "cut"
    if kind in ("drop", "double", "swap"):
        token = chance.choice(tokens)
        new = {"drop": "", "double": token[0] * 2 if not token[0].isalpha() else f"{token[0]} {token[0]}"}
        if kind == "swap":
            new["swap"] = chance.choice(KEYWORDS if token[0].isalpha() else [")", "(", "}", "{", '"', "'", "]", ";", "`"])
        return kind, text[: token.start()] + new[kind] + text[token.end() :]
    at = chance.randrange(len(lines))
    if kind == "cut":
        return kind, text[: chance.randrange(len(text)) + 1]
    if kind == "crlf":
        return kind, text.replace("\n", "\r\n")
    if kind == "unline":
        return kind, "".join(lines[:at] + lines[at + 1 :])
    if kind == "reline":
        return kind, "".join(lines[: at + 1] + lines[at:])
    other = chance.randrange(len(lines))
    lines[at], lines[other] = lines[other], lines[at]
    return kind, "".join(lines)


def damaged(chance, scripts, count):
    """Mutations of whole scripts, as many as asked for."""
    scripts = [(name, text) for name, text in scripts if len(text) <= LARGEST]
    found = []
    for _ in range(count):
        name, text = chance.choice(scripts)
        kind, text = mutations(chance, text)
        found.append((f"{name} ({kind})", text))
    return found


def pieces(chance, scripts, count):
    """Mutations of stretches of one to twelve lines."""
    found = []
    for _ in range(count):
        name, text = chance.choice(scripts)
        lines = text.splitlines(keepends=True)
        at = chance.randrange(len(lines))
        piece = "".join(lines[at : at + chance.randint(1, 12)])
        kind, piece = mutations(chance, piece)
        found.append((f"{name}:{at + 1} ({kind})", piece))
    return found


def bash_says(path):
    """What bash takes the file for, and its first complaint."""
    try:
        accepted, said = asked(path)
        if accepted and not said and accepts_more(path):
            return "silent", "stops in the middle and says nothing"
    except subprocess.TimeoutExpired:
        return "unanswered", "no answer"
    complaints = [line for line in said if ": warning: " not in line]
    return "valid" if accepted and not complaints else "broken", (complaints or [""])[0].removeprefix(f"{path}: ")


def asked(path):
    """Whether bash ends with 0, and the lines that it prints."""
    command = ["bash", "-O", "extglob", "-n", path]
    run = subprocess.run(command, capture_output=True, timeout=20, env={**os.environ, "LC_ALL": "C.UTF-8"})
    return run.returncode == 0, [line for line in run.stderr.decode(errors="replace").split("\n") if line]


def accepts_more(path):
    """Whether bash has nothing against what no script can end with: then it did not read so far."""
    longer = f"{path}.longer"
    pathlib.Path(longer).write_bytes(pathlib.Path(path).read_bytes() + b"\n)\n")
    accepted, said = asked(longer)
    os.unlink(longer)
    return accepted and not said


def lazaret_says(lazaret, policy, paths):
    """The verdict on each path: `valid`, `refused` or `undecided`, with the first message."""
    command = [lazaret, "check", "--language", "bash", "--format", "json", "--policy", policy, *paths]
    run = subprocess.run(command, capture_output=True, text=True, timeout=600)
    verdicts = []
    for line in run.stdout.splitlines():
        report = json.loads(line)
        problem = next((f for f in report["findings"] if f["level"] == "block"), None)
        verdict = "refused" if problem else "undecided" if report["undecided"] else "valid"
        verdicts.append((verdict, f"{problem['line']}:{problem['column']} {problem['message']}" if problem else ""))
    if len(verdicts) != len(paths):
        sys.exit(f"lazaret gave {len(verdicts)} answers for {len(paths)} files: {run.stderr}")
    return verdicts


def measure(lazaret, folder, name, scripts, show):
    """Prints the matrix of a corpus; the counts by (truth, verdict)."""
    paths = []
    for number, (_, text) in enumerate(scripts):
        path = folder / f"{name}-{number}.sh"
        path.write_bytes(text.encode())
        paths.append(str(path))
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        truths = list(pool.map(bash_says, paths))
    policy = folder / "policy.toml"
    policy.write_text(POLICY)
    verdicts = []
    for at in range(0, len(paths), 200):
        verdicts += lazaret_says(lazaret, str(policy), paths[at : at + 200])
    counts, examples = collections.Counter(), collections.defaultdict(list)
    for (label, _), path, (truth, said), (verdict, message) in zip(scripts, paths, truths, verdicts):
        counts[truth, verdict] += 1
        examples[truth, verdict].append(f"    {label}\n      bash: {said or 'accepts'}\n      here: {message or verdict}")
    print_matrix(name, counts, examples, show)
    for path in paths:
        os.unlink(path)
    return counts


def print_matrix(name, counts, examples, show):
    print(f"\n{name}: {sum(counts.values())} scripts")
    for truth in ("valid", "broken", "silent"):
        total = sum(count for (of, _), count in counts.items() if of == truth)
        parts = [f"{verdict} {counts[truth, verdict]:6}" for verdict in ("valid", "refused", "undecided")]
        wrong = counts[truth, "refused" if truth == "valid" else "valid"]
        shown = "" if truth == "silent" else f"   wrong {wrong / max(total, 1):.2%}"
        print(f"  bash: {truth:6} {total:6}   here: {'  '.join(parts)}{shown}")
    for disagreement in [("valid", "refused"), ("broken", "valid"), ("valid", "undecided"), ("broken", "undecided")]:
        for shown in examples[disagreement][:show]:
            print(f"  {disagreement[0]} to bash, {disagreement[1]} here:\n{shown}")


def rate(counts, truth, verdict):
    return counts[truth, verdict] / max(sum(count for (of, _), count in counts.items() if of == truth), 1)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("lazaret")
    parser.add_argument("--limit", type=int, default=3000, help="at most so many scripts of each corpus")
    parser.add_argument("--more", action="append", default=[], help="a folder with further scripts")
    parser.add_argument("--seed", type=int, default=52)
    parser.add_argument("--show", type=int, default=5, help="how many examples of each disagreement")
    options = parser.parse_args()
    chance = random.Random(options.seed)
    corpora = {"ordinary": ordinary(options.more), "unusual": unusual(options.more)}
    for scripts in corpora.values():
        chance.shuffle(scripts)
        del scripts[options.limit :]
    every = corpora["ordinary"] + corpora["unusual"] * 3
    corpora["broken"] = damaged(chance, every, options.limit)
    corpora["pieces"] = pieces(chance, every, options.limit)
    with tempfile.TemporaryDirectory() as folder:
        results = {
            name: measure(options.lazaret, pathlib.Path(folder), name, scripts, options.show)
            for name, scripts in corpora.items()
        }
    missed = [
        results["ordinary"]["valid", "refused"] > 0,
        rate(results["unusual"], "valid", "refused") > 0.003,
        rate(results["broken"], "broken", "valid") > 0.03,
    ]
    print("\nthe targets are", "missed" if any(missed) else "met")
    return int(any(missed))


if __name__ == "__main__":
    sys.exit(main())
