#!/bin/bash
# Make docker/secrets, once: sudo docker/make-secrets.sh < file-with-the-auth-token
# Each file can be read by the one user that needs it inside the containers. Nothing is replaced.
set -euo pipefail
cd "$(dirname "$0")"
service=10001 database=999 redis=999 # the users of our image, and of PostgreSQL's and Redis's

if [ "$(id -u)" != 0 ]; then
    echo "kazasu: run it as root (sudo): the files are given to the containers' users" >&2
    exit 2
fi
umask 077
mkdir -p secrets
if [ -e secrets/secret_key ]; then
    echo "kazasu: docker/secrets is there already; losing secret_key makes evidence unreadable" >&2
    exit 2
fi
[ -t 0 ] && echo -n "Twilio auth token (not shown): " >&2
IFS= read -rs token || [ -n "${token:-}" ]
if ! [[ $token =~ ^[0-9a-f]{32}$ ]]; then
    echo "kazasu: an auth token is 32 hexadecimal digits" >&2
    exit 2
fi
password=$(openssl rand -hex 24)
redis_password=$(openssl rand -hex 24)
hashed=$(printf %s "$redis_password" | openssl dgst -sha256 -r | cut -d" " -f1)
keep() { # NAME OWNER, the content on standard input
    cat >"secrets/$1"
    chown "$2:$2" "secrets/$1"
    chmod 0400 "secrets/$1"
}
printf %s "$password" | keep database_password $database
printf 'postgresql://kazasu:%s@database/kazasu' "$password" | keep database_url $service
sed "s/PASSWORD_SHA256/$hashed/" redis-users.acl | keep redis_users $redis
printf 'redis://kazasu:%s@redis:6379/0' "$redis_password" | keep redis_url $service
printf %s "$token" | keep twilio_auth_token $service
openssl rand -base64 32 | keep secret_key $service
echo "kazasu: made docker/secrets. Keep a copy of secret_key in a safe place" >&2
