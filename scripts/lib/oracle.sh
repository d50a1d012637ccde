#!/usr/bin/env bash
# Has what `scripts/bench oracle` needs, and prints the Python 3.11 to use: one with the standard
# library's tests and with pip. Where none on the PATH has them, Debian's packages are installed.

set -euo pipefail
shopt -s inherit_errexit
umask 022
export SPEAKER=bench

folder=$(dirname -- "${BASH_SOURCE[0]}")
for part in names say packages; do
    # shellcheck source=/dev/null
    source "$folder/$part.sh"
done

is_complete() { "$1" -c 'import test.test_grammar, pip' >/dev/null 2>&1; }

for python in python3.11 "$ORACLE_PYTHON"; do
    if is_complete "$python"; then
        echo "$python"
        exit
    fi
done
install_tools "${ORACLE_NEEDS[@]}"
is_complete "$ORACLE_PYTHON" || die "$ORACLE_PYTHON has no test.test_grammar or no pip, though its packages are there"
echo "$ORACLE_PYTHON"
