#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# ./dev must see a failed, a crashed and a skipped test, and a failed step, for what they are. usage: verdicts.sh PATH/TO/dev
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
# Everything of ./dev but the act itself.
sed '/^verb=/,$d; /^cd /d' "$1" >"$work/functions"
. "$work/functions"

failures=0
expect() { # expect WHAT WANTED GOT
  [ "$2" = "$3" ] || { printf '%s\n  wanted: %s\n  got:    %s\n' "$1" "$2" "$3"; failures=$((failures + 1)); }
}
log() { printf '%s\n' "$@" >"$work/log"; }
totals() { echo "Totals: $1 passed, $2 failed, $3 skipped, 0 blacklisted, 2ms"; }

log "1/2 Test: a" "$(totals 5 0 0)" "Test Passed." "2/2 Test: b" "$(totals 3 2 0)" "Test Failed."
expect "passed and failed functions" "8 passed, 2 failed" "$(count_tests "$work/log")"
log "1/1 Test: a" "Segmentation fault" "Test Failed."
expect "a crash without totals" "0 passed, 1 failed" "$(count_tests "$work/log")"
log "1/1 Test: a" "$(totals 4 0 0)" "Test Failed."
expect "a crash after good totals" "4 passed, 1 failed" "$(count_tests "$work/log")"
log "1/1 Test: a" "no Qt Test here" "Test Passed."
expect "a test of another kind" "1 passed, 0 failed" "$(count_tests "$work/log")"
log "1/1 Test: a" "SKIP   : T::x() no server" "$(totals 4 0 1)" "Test Passed."
expect "a skip is named" "skipped: T::x() no server|4 passed, 0 failed, 1 skipped" "$(count_tests "$work/log" | paste -sd'|')"

status=0
step "A step that fails" sh -c 'exit 3' >/dev/null 2>&1 || status=$?
expect "a step's status is its command's" 3 "$status"
if command -v dpkg-query >/dev/null; then
  expect "what is missing is found" "no-such-package-here" "$(missing_packages bash no-such-package-here)"
fi
[ "$failures" -eq 0 ]
