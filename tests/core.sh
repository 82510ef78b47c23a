#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# core.sh: the lists of ranges in user space: core/ compiled as it is, with
# tests/core/ for a kernel. The KUnit suite, and random lists beside an oracle,
# run under ASan and UBSan; the share of the lines that run is at least 95 %;
# libFuzzer looks for lists that are not what the oracle says.
#
# usage: core.sh [SEED [ROUNDS [FUZZ_SECONDS]]]

set -eu
cd "$(dirname "$0")/.."
seed=${1:-$(date +%s)} rounds=${2:-1000} seconds=${3:-20}
# shellcheck source=tests/lib.sh
. tests/lib.sh
echo "# seed $seed"

headers='core/phyr.h core/phyr_types.h core/phyr_list.h'
code='core/phyr_chunks.c core/phyr_list.c core/phyr_sg.c'
model='core/phyr.c tests/core/memory.c tests/core/oracle.c'
mkdir -p "$tmp/include/linux" "$tmp/include/xen" "$tmp/include/kunit"
# shellcheck disable=SC2086 # lists
# shellcheck disable=SC2013 # words
for header in $(sed -n 's/^#include <\(.*\)>/\1/p' $headers $code core/phyr.c kunit/phyr_list_kunit.c); do
	# The C library needs those that user space has.
	[ -e "/usr/include/$header" ] || : >"$tmp/include/$header"
done
# shellcheck disable=SC2086 # a list
cp $headers "$tmp/include/linux"

# compile CC OUTPUT FLAG...: for the kernel that is here
compile()
{
	cc=$1 output=$2
	shift 2
	"$cc" -std=gnu11 -g -Wall -Wextra -Werror -Wno-unused-parameter -Wno-sign-compare \
		-Wno-missing-field-initializers -Wno-unused-function -I"$tmp/include" \
		-include tests/core/kernel.h -o "$tmp/$output" "$@"
}
san='-O1 -fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer'
suite='-include tests/core/kunit.h kunit/phyr_list_kunit.c'

# The lists are objects of their own: two programs add to one count of lines.
coverage()
{
	objects=
	mkdir -p "$tmp/covered"
	for file in $code; do
		object=covered/$(basename "$file" .c).o
		compile gcc "$object" -O0 --coverage -c "$file" || return
		objects="$objects $tmp/$object"
	done
	# shellcheck disable=SC2086 # lists
	compile gcc covered/suite --coverage $suite $objects $model &&
		compile gcc covered/random --coverage tests/core/list.c $objects $model &&
		"$tmp/covered/suite" 1 &&
		"$tmp/covered/random" 1 300 &&
		gcov -r -t -o "$tmp/covered" $code >"$tmp/lines" || return
	awk -F: '
		$2 ~ /^ *0$/ && $3 == "Source" { file = $4; ours = file ~ /^core\/.*\.c$/ }
		!ours { next }
		$1 ~ /#/ { missed++; print file ":" $2 ": did not run: " $3 }
		$1 ~ /[0-9]/ { ran++ }
		END {
			printf "%d of %d lines ran, %.1f %%\n", ran, ran + missed, 100 * ran / (ran + missed)
			exit ran < 0.95 * (ran + missed)
		}' "$tmp/lines"
}

# 395 segments: twice the logarithm, and a few, from any to any other.
seeks()
{
	mkdir -p "$tmp/sought"
	# shellcheck disable=SC2086 # a list
	compile gcc sought/chunks.o -O0 --coverage -c core/phyr_chunks.c &&
		compile gcc sought/seek --coverage tests/core/seek.c "$tmp/sought/chunks.o" \
			core/phyr_list.c core/phyr_sg.c $model &&
		"$tmp/sought/seek" &&
		gcov -r -t -o "$tmp/sought/chunks.gcno" core/phyr_chunks.c >"$tmp/steps" || return
	awk -F: '
		/seg = seg->jump->pos > pos/ { steps = $1; lines++ }
		END {
			printf "%.1f steps a seek\n", steps / 10000
			exit lines != 1 || steps < 10000 || steps > 20 * 10000
		}' "$tmp/steps"
}

# shellcheck disable=SC2086 # lists
{
	check "the suite phyr_list compiles in user space" compile gcc suite $san $suite $code $model
	check "the suite phyr_list passes under ASan and UBSan" "$tmp/suite" "$seed"
	check "random lists compile" compile gcc random $san tests/core/list.c $code $model
	check "random lists are what the oracle says" "$tmp/random" "$seed" "$rounds"
	for shift in 14 16; do
		check "the suite compiles for pages of 1 << $shift" compile gcc suite $san -DPAGE_SHIFT=$shift $suite $code $model
		check "... and passes" "$tmp/suite" "$seed"
		check "random lists compile for them" compile gcc random $san -DPAGE_SHIFT=$shift tests/core/list.c $code $model
		check "... and are what the oracle says" "$tmp/random" "$seed" "$((rounds / 4))"
	done
	check "a position is found in a logarithm of steps" seeks
	sed -n '/steps a seek/s/^/# /p' "$tmp/log"
	# What the random lists take for granted, they do not have.
	for variant in PHYS32 CONFIG_KMSAN=1; do
		check "the suite compiles with $variant" compile gcc suite $san -D$variant $suite $code $model
		check "... and passes" "$tmp/suite" "$seed"
	done
	# One seed, so that the figure does not depend on chance.
	check "95 % of the lines of the lists run" coverage
	sed -n '/lines ran/s/^/# /p' "$tmp/log"
	check "the fuzzer compiles" compile clang fuzzer -O1 -fsanitize=fuzzer,address,undefined \
		-fno-sanitize-recover=all -DFUZZER tests/core/list.c $code $model
	check "the fuzzer finds nothing" "$tmp/fuzzer" -seed="$((seed % 4294967296))" -max_len=4096 \
		-max_total_time="$seconds" -print_final_stats=1
	sed -n '/number_of_executed_units/s/^/# /p' "$tmp/log"
}
finish
