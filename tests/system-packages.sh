#!/bin/bash
# What the tests need from the system: PostgreSQL's server, Redis, Chromium, a Japanese font, openssl,
# PC/SC with a virtual reader, OpenSC as the program we did not write, and what pyscard is built with.
# Installs what is missing when it may (root, or sudo without a password); else says the command.
set -euo pipefail
missing=()
compgen -G "/usr/lib/postgresql/*/bin/initdb" >/dev/null || missing+=(postgresql)
command -v redis-server >/dev/null || command -v valkey-server >/dev/null || missing+=(redis-server)
command -v chromium >/dev/null || missing+=(chromium)
command -v openssl >/dev/null || missing+=(openssl)
fc-list :lang=ja 2>/dev/null | grep -q . || missing+=(fonts-ipafont-gothic fontconfig)
command -v pcscd >/dev/null || missing+=(pcscd)
[ -e /usr/lib/pcsc/drivers/serial/libifdvpcd.so ] || missing+=(vsmartcard-vpcd)
command -v pkcs11-tool >/dev/null || missing+=(opensc)
compgen -G "/usr/lib/*/opensc-pkcs11.so" >/dev/null || missing+=(opensc-pkcs11)
[ -e /usr/include/PCSC/winscard.h ] || missing+=(libpcsclite-dev)
command -v cc >/dev/null || missing+=(gcc libc6-dev)
[ ${#missing[@]} -eq 0 ] && exit 0

as_root=()
if [ "$(id -u)" -ne 0 ]; then
    sudo -n true 2>/dev/null && as_root=(sudo -n) || as_root=(refused)
fi
say_how() {
    echo "kazasu: the tests need ${missing[*]}. Install them and run again:" >&2
    echo "    sudo apt-get update && sudo apt-get install -y --no-install-recommends ${missing[*]}" >&2
    exit 2
}
if [ "${as_root[0]:-}" = refused ] || ! command -v apt-get >/dev/null; then
    say_how
fi
echo "kazasu: installing ${missing[*]} for the tests ..." >&2
"${as_root[@]}" apt-get update -q >/dev/null || say_how
"${as_root[@]}" env DEBIAN_FRONTEND=noninteractive \
    apt-get install -y -q --no-install-recommends "${missing[@]}" >/dev/null || say_how
