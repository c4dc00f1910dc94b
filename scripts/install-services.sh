#!/usr/bin/env bash
# Install what some tests need beside Python: PostgreSQL's server programs, Chromium, Node with npm, from Debian's packages. What is there
# is left alone, so it may be run again at any time. Nothing is started: the tests start a PostgreSQL of their own.
set -euo pipefail

say() { printf 'install-services: %s\n' "$*"; }

if ! command -v apt-get > /dev/null; then
    say "there is no apt-get here; install PostgreSQL 15 or newer (initdb, postgres), Chromium and Node 18.19 or newer with npm by your system's own means" >&2
    exit 1
fi

has_postgresql() {
    command -v initdb > /dev/null && command -v postgres > /dev/null && return
    compgen -G '/usr/lib/postgresql/*/bin/initdb' > /dev/null
}

has_chromium() {
    command -v chromium > /dev/null || command -v chromium-browser > /dev/null || command -v google-chrome > /dev/null
}

has_node() {
    command -v node > /dev/null && command -v npm > /dev/null
}

missing=()
if has_postgresql; then say "PostgreSQL is there"; else missing+=(postgresql); fi
if has_chromium; then say "Chromium is there"; else missing+=(chromium); fi
# A node without npm came from elsewhere than Debian's packages: npm alone then, which brings what it needs.
if has_node; then say "Node and npm are there"; elif command -v node > /dev/null; then missing+=(npm); else missing+=(nodejs npm); fi
if [ "${#missing[@]}" -eq 0 ]; then
    say "nothing to do"
    exit 0
fi

as_root=()
if [ "$(id -u)" -ne 0 ]; then
    if ! command -v sudo > /dev/null; then
        say "installing ${missing[*]} needs root; run this as root" >&2
        exit 1
    fi
    as_root=(sudo)
fi

# Debian's postgresql package would make and start a cluster, which nobody here needs.
if [[ " ${missing[*]} " == *" postgresql "* ]] && [ ! -e /etc/postgresql-common/createcluster.conf ]; then
    "${as_root[@]}" mkdir -p /etc/postgresql-common
    printf 'create_main_cluster = false\n' | "${as_root[@]}" tee /etc/postgresql-common/createcluster.conf > /dev/null
fi

say "asking for the lists of packages"
"${as_root[@]}" apt-get update -qq
say "installing ${missing[*]}"
"${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}"

has_postgresql || { say "PostgreSQL's programs are still not to be found" >&2; exit 1; }
has_chromium || { say "Chromium is still not to be found" >&2; exit 1; }
has_node || { say "Node and npm are still not to be found" >&2; exit 1; }
say "done"
