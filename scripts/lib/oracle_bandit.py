#!/usr/bin/env python3
"""Compares the dangerous layer with Bandit's own example files, line by line.

oracle_bandit.py [LAZARET]: fetches Bandit's source distribution with pip into a directory of its
own, checks its examples, and prints for each rule how many lines were expected, found, missed and
found besides. What is expected stands in fixtures/sets/bandit.toml, which was written by reading
the examples. Exits with 1 where anything differs.
"""

import ast
import collections
import json
import pathlib
import subprocess
import sys
import tarfile
import tempfile
import tomllib

ROOT = pathlib.Path(__file__).resolve().parents[2]
EXPECTED = ROOT / "fixtures/sets/bandit.toml"
VERSION = "1.9.4"
POLICY = "[limits]\nscript_characters = 1000000\n"


def fetch(directory):
    """The folder of examples of a fresh source distribution."""
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps"]
    command += ["--no-binary", ":all:", "--dest", str(directory), f"bandit=={VERSION}"]
    subprocess.run(command, check=True, timeout=300)
    (archive,) = directory.glob("bandit-*.tar.gz")
    with tarfile.open(archive) as opened:
        # Debian's 3.11 has no filters yet: of the archive nothing but the examples themselves.
        folder = f"bandit-{VERSION}/examples/"
        for member in opened.getmembers():
            if member.isfile() and member.name.startswith(folder) and "/" not in member.name.removeprefix(folder):
                opened.extract(member, directory)
    return directory / f"bandit-{VERSION}" / "examples"


def findings(lazaret, policy, files):
    """What Lazaret finds in the dangerous layer, as (file, line, rule)."""
    command = [lazaret, "check", "--format", "json", "--policy", str(policy), *map(str, files)]
    checked = subprocess.run(command, stdout=subprocess.PIPE, timeout=300, text=True)
    if checked.returncode not in (0, 1):
        sys.exit(f"{lazaret} check ended with {checked.returncode}")
    documents = [json.loads(line) for line in checked.stdout.splitlines()]
    if len(documents) != len(files):
        sys.exit(f"{len(documents)} documents for {len(files)} files")
    return {
        (pathlib.Path(document["file"]).name, finding["line"], finding["rule"])
        for document in documents
        for finding in document["findings"]
        if finding["layer"] == "dangerous"
    }


def expected():
    rows = tomllib.loads(EXPECTED.read_text())
    return {
        (file, line, rule)
        for file, rules in rows.items()
        for rule, lines in rules.items()
        for line in lines
    }


def call_lines(files):
    """Where calls begin, in the files that Python 3 can read."""
    lines = set()
    for file in files:
        try:
            tree = ast.parse(file.read_bytes())
        except (SyntaxError, ValueError):
            continue
        calls = (node for node in ast.walk(tree) if isinstance(node, ast.Call))
        lines |= {(file.name, call.lineno) for call in calls}
    return lines


def show(kind, rows, directory):
    for file, line, rule in sorted(rows):
        source = (directory / file).read_text(errors="replace").splitlines()
        print(f"{kind}: {file}:{line} {rule}: {source[line - 1].strip()}")


def main():
    lazaret = sys.argv[1] if len(sys.argv) > 1 else str(ROOT / "target/release/lazaret")
    with tempfile.TemporaryDirectory() as temporary:
        directory = pathlib.Path(temporary)
        policy = directory / "policy.toml"
        policy.write_text(POLICY)
        examples = fetch(directory)
        files = sorted(examples.glob("*.py"))
        found, wanted = findings(lazaret, policy, files), expected()
        print(f"{'rule':26}{'expected':>10}{'found':>8}{'missed':>8}{'besides':>9}")
        for rule in sorted({rule for _, _, rule in found | wanted}):
            count = collections.Counter()
            for row in found | wanted:
                if row[2] == rule:
                    count[row in found, row in wanted] += 1
            both, missed, besides = count[True, True], count[False, True], count[True, False]
            print(f"{rule:26}{both + missed:10}{both + besides:8}{missed:8}{besides:9}")
        spoken = {(file, line) for file, line, _ in found | wanted}
        silent = len(call_lines(files) - spoken)
        print(f"{len(files)} files; {silent} further lines with calls, rightly passed")
        show("missed", wanted - found, examples)
        show("besides", found - wanted, examples)
    return int(found != wanted)


if __name__ == "__main__":
    sys.exit(main())
