#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Installs the packages, without what they only recommend, into a fresh Debian 12, and tries them there: what they need at run
# time and do not name is missing there. usage, as root: check.sh PACKAGE.deb…
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
[ "$(id -u)" -eq 0 ] || { echo "check.sh: needs root, to make a Debian in a folder" >&2; exit 1; }
[ $# -gt 0 ] || { echo "usage: check.sh PACKAGE.deb..." >&2; exit 2; }

work=$(mktemp -d)
system=$work/debian
redis=
cleanup() {
  [ -z "$redis" ] || kill "$redis" 2>/dev/null || true
  ! mountpoint -q "$system/proc" || umount "$system/proc"
  rm -rf "$work"
}
trap cleanup EXIT
failures=0

inside=(env -i HOME=/root LANG=C.UTF-8 PATH=/usr/sbin:/usr/bin:/sbin:/bin DEBIAN_FRONTEND=noninteractive chroot "$system")
in_system() { "${inside[@]}" "$@"; }
check() { # check TITLE COMMAND…
  local title=$1
  shift
  if "$@" >"$work/out" 2>&1; then
    echo "ok      $title"
  else
    echo "FAILED  $title" && sed 's/^/        /' "$work/out"
    failures=$((failures + 1))
  fi
}

# Package sources and certificates are this machine's.
sources=()
for file in /etc/apt/sources.list /etc/apt/sources.list.d/*.list /etc/apt/sources.list.d/*.sources; do
  grep -qsE '^(deb |URIs:)' "$file" && sources+=("$file")
done
mmdebstrap --quiet --mode=root --variant=minbase --include=ca-certificates bookworm "$system" "${sources[@]}"
cp -L /etc/resolv.conf /etc/hosts "$system/etc/"
cp -L /etc/ssl/certs/ca-certificates.crt "$system/etc/ssl/certs/"
for file in /etc/apt/apt.conf.d/99*; do [ ! -f "$file" ] || cp "$file" "$system/etc/apt/apt.conf.d/"; done
mount -t proc proc "$system/proc"

mkdir "$system/tmp/packages"
cp "$@" "$system/tmp/packages/"
in_system apt-get -q update >/dev/null
check "install without recommends" in_system sh -c 'apt-get -q install -y --no-install-recommends /tmp/packages/*.deb'
check "cachelight version" in_system cachelight version
check "man page" in_system sh -c 'zcat /usr/share/man/man1/cachelight.1.gz | grep -q "SH COMMANDS"'

# redis-tools came with cachelight-cli; redis-server is the same program under this name.
in_system ln -sf /usr/bin/redis-check-rdb /tmp/redis-server
# Not by the function: a shell of its own would be what is ended below, and the server would stay.
"${inside[@]}" /tmp/redis-server --port 0 --unixsocket /tmp/redis.sock --save '' --daemonize no >"$work/redis.log" 2>&1 &
redis=$!
url='unix:///tmp/redis.sock?db=0'
check "redis answers" in_system sh -c 'for i in $(seq 100); do redis-cli -s /tmp/redis.sock ping && exit; sleep 0.1; done; exit 1'
check "cachelight health" in_system cachelight --url "$url" health
check "cachelight health --json" sh -c "chroot '$system' cachelight --url '$url' health --json | grep -q '\"status\" *: *\"ok\"\\|\"status\" *: *\"warn\"'"
check "the demo of the package" in_system sh -c 'cachelight demo --seconds 3 --json | grep -q "\"redis_url\""'
check "desktop file and metainfo" sh -c "desktop-file-validate '$system'/usr/share/applications/*.desktop && appstreamcli validate --no-net '$system'/usr/share/metainfo/*.xml"
check "dashboard drawn offscreen" in_system env QT_QPA_PLATFORM=offscreen cachelight-gui --url "$url" --self-check /tmp/dashboard.png
check "its pixels" python3 "$here/pixels.py" "$system/tmp/dashboard.png"

[ "$failures" -eq 0 ] || { echo "$failures checks failed" >&2; exit 1; }
