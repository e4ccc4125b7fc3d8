#!/bin/bash
# Add PC/SC to the environment: reader.sh VENV. pyscard has no wheels for Linux, so it is built here,
# by tools that are pinned as everything else is.
set -euo pipefail
cd "$(dirname "$0")/.."
venv=$1
if [ "$(uname)" = Linux ] && { [ ! -e /usr/include/PCSC/winscard.h ] || ! command -v cc >/dev/null; }; then
    echo "kazasu: card readers need PC/SC and a compiler. Install them and run again:" >&2
    echo "    sudo apt-get install -y --no-install-recommends libpcsclite-dev gcc libc6-dev" >&2
    exit 2
fi
pip=("$venv/bin/python" -m pip --disable-pip-version-check -q)
echo "kazasu: building pyscard into $venv ..." >&2
"${pip[@]}" install --require-hashes -r requirements/reader-build.txt
PATH="$PWD/$venv/bin:$PATH" "${pip[@]}" install --require-hashes --no-build-isolation \
    -r requirements/reader.txt
