#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# rules.sh: every rule of the recipe on its test: tests/NN-name.c becomes
# tests/NN-name.res to the byte, and the result does not change again. A rule
# without a test fails. Of a rule with refuse= the .res file holds the places that
# it finds, and it changes nothing.

set -eu
. tests/lib.sh
export XDG_CACHE_HOME="$tmp/cache"

# Does the series say refuse= of the rule?
refuses()
{
	awk -v rule="rule=$1" '/^\[/ { is = 0 } $0 == rule { is = 1 } is && $0 == "refuse=true" { found = 1 } END { exit !found }' \
		semantic-patches/series
}

same()
{
	"$convert" rule -r semantic-patches "$1" "$2" >"$tmp/got" && diff -u "$3" "$tmp/got"
}

for rule in semantic-patches/*.cocci semantic-patches/*.tokens; do
	name=$(basename "$rule")
	test=semantic-patches/tests/${name%.*}
	check "$name has a test" test -s "$test.c" -a -s "$test.res"
	check "$name makes of its test what is expected" same "$name" "$test.c" "$test.res"
	if refuses "$name"; then
		continue
	fi
	cp "$test.res" "$tmp/again.c"
	check "$name leaves its own result alone" same "$name" "$tmp/again.c" "$test.res"
	# The test must be one: the rule has something to do there.
	check "$name changes its test" sh -c '! cmp -s "$1" "$2"' - "$test.c" "$test.res"
done
finish
