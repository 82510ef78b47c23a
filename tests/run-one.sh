#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# run-one.sh: runs one test for run.sh and counts. What failed is printed, and
# the counts are left in FOLDER/PATH.counts, "PASSED FAILED".
#
# usage: run-one.sh FOLDER PATH [ARGUMENT]...

set -u
folder=$1
shift
name=$(basename "$1" .sh)
log=$folder/$1.log
mkdir -p "$log"
"$@" >"$log/out" 2>"$log/err" </dev/null
status=$?
plan=$(sed -n 's/^1\.\.\([0-9][0-9]*\).*/\1/p' "$log/out" | head -n 1)
good=$(grep -c '^ok ' "$log/out")
bad=$(grep -c '^not ok ' "$log/out")
skipped=$(grep -c '^ok .*# SKIP' "$log/out")
if [ "$skipped" -gt 0 ]; then
	bad=$((bad + skipped)) good=$((good - skipped))
	echo "$name: $skipped skipped: a skip is no pass"
fi
if [ -z "$plan" ] || [ "$((good + bad))" -ne "$plan" ] || { [ $status -ne 0 ] && [ "$bad" -eq 0 ]; }; then
	bad=$((bad + 1))
	echo "$name: ended with status $status after $((good + bad - 1)) of ${plan:-an unknown number of} tests"
fi
if [ "$bad" -gt 0 ]; then
	grep '^not ok ' "$log/out" | sed "s/^/$name: /"
	grep '^#' "$log/out" | tail -n 40
	tail -n 40 "$log/err"
fi
echo "$name: $good passed, $bad failed" >&2
echo "$good $bad" >"$folder/$1.counts"
