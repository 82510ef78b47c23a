#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# run.sh: runs every test and counts. Unit tests and scripts alike print TAP;
# a test that ends without a plan, or with another count than its plan says,
# is a failure: a test that died early must not look like one that passed.
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

run()
{
	name=$1
	shift
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
	passed=$((passed + good)) failed=$((failed + bad))
}

# wanted NAME [ONLY...]: is it asked for?
wanted()
{
	asked=$1
	shift
	[ $# -eq 0 ] || case " $* " in *" $asked "*) ;; *) false ;; esac
}

for test in "$build"/*/test-*; do
	case $test in *.o|*.d) continue ;; esac
	wanted "$(basename "$test")" "$@" && run "$(basename "$test")" "$test" --tap
done
for test in tests/*.sh; do
	name=$(basename "$test" .sh)
	case $name in run|lib|core-tree|bench|bench-core|kunit|kunit-qemu|boot|planted|whole|figures|selftests|sanitized) continue ;; esac
	wanted "$name" "$@" && run "$name" env BUILD="$build" "$test"
done
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ] && [ "$passed" -gt 0 ]
