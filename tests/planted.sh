#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# planted.sh: the judge on real sources: each commit of a small series has one
# fault, which the right check finds and names, or none, and then it holds.
# Booting has boot.sh.
#
# usage: planted.sh [--quick] [SERIES|TAG]	default 6.12, which has the code that is damaged
#   --quick  only what one configuration and seconds of compiling show

set -eu
cd "$(dirname "$0")/.."
# shellcheck source=tests/lib.sh
. tests/lib.sh
quick=false
[ "${1-}" != --quick ] || { quick=true; shift; }
planting "${1-6.12}"
options="--sample 0"

# judged_range RANGE BRANCH: of the range, only the branch fails.
judged_range()
{
	ended=0
	# shellcheck disable=SC2086 # a list of words
	"$verify" build -k "$linux" -o "$tmp/range.tsv" $options "$1" || ended=$?
	cat "$tmp/range.tsv"
	[ "$ended" -eq 1 ] && [ "$(grep "	fails	" "$tmp/range.tsv" | cut -f1)" = \
		"$(git --git-dir="$linux" rev-parse "$2")" ]
}

brd=drivers/block/brd.c
example=lib/kunit/kunit-example-test.c
add='$a '
variable() { printf '%svoid planted(void);\\nvoid planted(void) { int %s; }' "$add" "$1"; }

plant comment $brd "${add}/* A comment. */"
plant moved $brd '1a // one more line'
plant broken $brd "${add}int planted = nothing;"
plant mended $brd '/planted/d' broken
plant narrow $brd "${add}#if BITS_PER_LONG == 32\\nint planted = nothing;\\n#endif"
plant fresh $brd "${add}int planted;"
plant header drivers/block/zram/zcomp.h '/include <linux.local_lock.h>/d'
plant unused $brd "$(variable one)"
plant traded $brd 's/int one;/int two;/' unused
plant pointer $brd "${add}static void *planted __used = 0;"
plant constant $brd 's/PAGE_SECTORS_SHIFT;/PAGE_SECTORS_SHIFT + 1;/'
plant hidden $brd "${add}#ifdef PLANTED\\nint planted;\\n#endif"
plant unseen $brd 's/^int planted;/long planted;/' hidden
plant failing $example 's/KUNIT_EXPECT_EQ(test, 1 + 1, 2);/KUNIT_EXPECT_EQ(test, 1 + 1, 3);/'
plant unregistered $example 's/^kunit_test_suites(&example_test_suite);//'
plant unbuilt lib/kunit/Makefile '/EXAMPLE/d'
plant new $brd "${add}int planted_$(date +%s_$$);"

printf 'commit\tpath\tfunction\texpectation\n%s\t%s\tbrd_init\tfunctions\n' \
	"$(git --git-dir="$linux" rev-parse constant)" $brd >"$tmp/expect.tsv"

check "a comment compiles nothing" judged comment build,warnings,equiv 0 "1 object, 1 with equal text"
check "lines that move are no difference" judged moved equiv 0 "	equiv	holds	1 "
check "what does not compile fails" judged broken build 1 "drivers/block/brd.o: drivers/block/brd.c:"
check "what the next commit mends fails all the same" judged_range "$tag..mended" broken
check "a header that is no longer self-contained is named" judged header build 1 \
	"drivers/block/zram/zcomp.h: no longer self-contained"
check "... while all that includes it compiles" sh -c '! grep "	fails	.*\.o: " "$1"' - "$tmp/header.tsv"
check "a warning that replaces another fails" judged traded warnings 1 "unused variable 'two'"
check "a finding of sparse fails" judged pointer sparse 1 "Using plain integer as NULL pointer"
check "a function that is not expected to change fails" judged constant equiv 1 "function brd_insert_page" \
	--expect "$tmp/expect.tsv"
check "a line that nothing compiles is named" judged unseen build,warnings 2 "	lines	undecided	$brd:"
check "a compiler that is not there decides nothing" judged fresh build 2 "gcc-99" --cc gcc-99
printf '#!/bin/sh\ncase "$*" in *" -c -o "*) kill -SEGV $$ ;; esac\nexec "$@"\n' >"$tmp/crashing"
chmod +x "$tmp/crashing"
check "a compiler that crashes decides nothing" judged fresh build 2 "	undecided	" --cc "$tmp/crashing gcc"
notes_ref=$(sed -n 's/^#define NOTES_REF[[:space:]]*"\(.*\)"$/\1/p' lib/project.h)
noted() { git --git-dir="$linux" notes --ref="$notes_ref" show "$1" >"$tmp/note" && grep -qF -- "$2" "$tmp/note"; }
check "a verdict is written to the notes of the commit" judged moved build,equiv 0 "	equiv	holds	1 " --notes
check "... with what was found" noted moved "holds	x86_64-allmodconfig	equiv"
check "... by which compiler" noted moved "$(gcc --version | head -n 1)"
check "... and the command that repeats it" noted moved "repeat: "
! $quick || finish

check "what one architecture compiles, another does not" judged narrow build 1 \
	"	i386-allmodconfig-pae	build	fails	" \
	--config x86_64-allmodconfig --config i386-allmodconfig-pae
check "... and the first of them holds" grep -q "	x86_64-allmodconfig	build	holds	" "$tmp/narrow.tsv"

# The suites of KUnit itself, of which UML skips one as a whole; and the example alone.
printf 'CONFIG_KUNIT=y\nCONFIG_KUNIT_EXAMPLE_TEST=y\n' >"$tmp/kunitconfig"
suites() { judged "$1" kunit "$2" "$3" --kunitconfig "${4-lib/kunit}"; }
check "a suite that runs holds" suites comment 0 "example " "$tmp/kunitconfig"
check "a suite that is skipped as a whole decides nothing" suites comment 2 "kunit_fault: every case was skipped"
check "a case that fails is named" suites failing 1 " failed, first example_simple_test: FAIL"
check "a suite that is not registered any more is missed" suites unregistered 1 "example: the suite did not run"
check "a suite that is not built any more is missed" suites unbuilt 1 "example: the suite did not run"

# A compiler that does not end, and a run that is killed meanwhile.
cat >"$tmp/slow" <<EOF
#!/bin/sh
case "\$*" in
*" -c -o "*)
	echo \$\$ >>"$tmp/pids"
	exec sleep 600 ;;
esac
exec "\$@"
EOF
chmod +x "$tmp/slow"
killed()
{
	"$verify" build,equiv -k "$linux" -o "$tmp/killed.tsv" --cc "$tmp/slow gcc" "new^..new" &
	run=$!
	until [ -s "$tmp/pids" ]; do
		sleep 0.1
		kill -0 "$run" || return
	done
	kill -KILL "$run"
	wait "$run" || :
	sleep 1
	all_gone "$tmp/pids" && [ ! -e "$tmp/killed.tsv" ]
}
check "a run that is killed leaves no compiler and no half a table" killed
check "... and the next one goes on" judged new build,equiv 0 "	build	holds	"

# full: the cache is a small file system with not a byte left.
full()
{
	mounted tmpfs size=8g tmpfs "$tmp/small" || return
	export XDG_CACHE_HOME="$tmp/small"
	judged comment build 0 "	build	holds	" || return
	dd if=/dev/zero of="$XDG_CACHE_HOME/filler" bs=64k
	ended=0
	# shellcheck disable=SC2086 # a list of words
	"$verify" build -k "$linux" -o "$tmp/full.tsv" $options "new^..new" 2>"$tmp/full.log" || ended=$?
	touch "$tmp/full.tsv"
	cat "$tmp/full.log" "$tmp/full.tsv"
	[ "$ended" -eq 2 ] && grep -q "No space left on device" "$tmp/full.log" "$tmp/full.tsv" &&
		! grep -q -e "	holds	" -e "	fails	" "$tmp/full.tsv"
}
check "a full disk is named, and decides nothing" full
rm -f "$tmp/small/filler"
check "... and once there is room the run goes on" judged new build 0 "	build	holds	"
finish
