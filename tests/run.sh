#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# run.sh: runs every test and counts. Unit tests and scripts alike print TAP;
# a test that ends without a plan, or with another count than its plan says,
# is a failure: a test that died early must not look like one that passed.
# Unit tests run as many at once as there are processors, scripts one by one.
#
# usage: run.sh BUILD [NAME...]	NAME: test-token, rules, ... (default: all)
# The last line is "N passed, N failed".

set -u
cd "$(dirname "$0")/.." || exit 2
build=$1
shift
log=$(mktemp -d)
trap 'rm -rf "$log"' EXIT
passed=0 failed=0

# wanted NAME [ONLY...]: is it asked for?
wanted()
{
	asked=$1
	shift
	[ $# -eq 0 ] || case " $* " in *" $asked "*) ;; *) false ;; esac
}

for test in "$build"/*/test-*; do
	case $test in *.o|*.d) continue ;; esac
	wanted "$(basename "$test")" "$@" && echo "$test"
done >"$log/units"
for test in tests/*.sh; do
	name=$(basename "$test" .sh)
	case $name in run|run-one|lib|core-tree|bench|bench-core|kunit|kunit-qemu|boot|planted|whole|figures|selftests|sanitized|vfio-pin) continue ;; esac
	wanted "$name" "$@" && echo "$test"
done >"$log/scripts"

xargs -a "$log/units" -r -P "$(nproc)" -I{} tests/run-one.sh "$log" {} --tap
BUILD=$build xargs -a "$log/scripts" -r -n 1 tests/run-one.sh "$log"

cat "$log/units" "$log/scripts" >"$log/all"
while read -r test; do
	if [ -s "$log/$test.counts" ] && read -r good bad <"$log/$test.counts"; then
		passed=$((passed + good)) failed=$((failed + bad))
	else
		echo "$test: it was ended"
		failed=$((failed + 1))
	fi
done <"$log/all"
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ] && [ "$passed" -gt 0 ]
