#!/bin/bash
# Make the environment: install.sh VENV REQUIREMENTS. Says what to do where it cannot go on.
set -euo pipefail
cd "$(dirname "$0")/.."
venv=$1 wanted=$2 python=${PYTHON:-python3}

if ! command -v "$python" >/dev/null; then
    echo "kazasu: no $python here. Install it: sudo apt-get install python3 python3-venv" >&2
    exit 2
fi
if ! "$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))'; then
    echo "kazasu: needs Python 3.11 or newer, and $python is $("$python" -V 2>&1)." >&2
    echo "        Name another one: make PYTHON=python3.12 ..." >&2
    exit 2
fi
if ! "$python" -c 'import ensurepip, venv' 2>/dev/null; then
    echo "kazasu: Python's venv module is missing. Install it: sudo apt-get install python3-venv" >&2
    exit 2
fi
[ -x "$venv/bin/python" ] || "$python" -m venv "$venv"
pip=("$venv/bin/python" -m pip --disable-pip-version-check -q)
echo "kazasu: installing $wanted into $venv ..." >&2
"${pip[@]}" install --require-hashes -r "$wanted"
"${pip[@]}" install --no-deps --no-build-isolation -e .
