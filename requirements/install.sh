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
if ! "$venv/bin/python" -m pip --version >/dev/null 2>&1; then
    # Also one that was interrupted, or whose Python is gone; never a folder that is something else.
    if [ -e "$venv" ] && [ ! -e "$venv/pyvenv.cfg" ]; then
        echo "kazasu: $venv is there and is no environment of Python. Move it away." >&2
        exit 2
    fi
    "$python" -m venv --clear "$venv"
fi
pip=("$venv/bin/python" -m pip --disable-pip-version-check -q)
echo "kazasu: installing $wanted into $venv ..." >&2
if ! { "${pip[@]}" install --require-hashes -r "$wanted" &&
    "${pip[@]}" install --no-deps --no-build-isolation -e .; }; then
    echo "kazasu: not installed; see above. Without a network, pip needs an index of your own." >&2
    exit 1
fi
