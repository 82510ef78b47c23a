#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# interrupt.sh: a run that was interrupted or killed at any moment leaves
# whole tables, and the next one ends as an undisturbed one does. Two runs at
# once on one cache do not disturb each other.

set -eu
. tests/lib.sh
alone
spatch=$(command -v spatch)

made_up_kernel "$tmp/k"
check "an undisturbed run" run_commands "$tmp/k" "$tmp/out" sites plan apply
refs() { git -C "$1" for-each-ref; }
# same KERNEL OUT: the outcome of the undisturbed run.
same()
{
	refs "$tmp/k" >"$tmp/refs"
	refs "$1" | diff "$tmp/refs" - && diff -r "$tmp/out" "$2"
}

# Each spatch, but for the parsing of rules, waits until $tmp/go is there.
mkdir "$tmp/fake"
cat >"$tmp/fake/spatch" <<EOF
#!/bin/sh
case "\$*" in
*--cocci-file*)
	echo \$\$ >>"$tmp/pids"
	while [ ! -e "$tmp/go" ]; do sleep 0.05; done ;;
esac
exec $spatch "\$@"
EOF
chmod +x "$tmp/fake/spatch"

# started N: waits until that many spatch processes have started.
started()
{
	tries=0
	while [ ! -e "$tmp/pids" ] || [ "$(wc -l <"$tmp/pids")" -lt "$1" ]; do
		tries=$((tries + 1))
		[ "$tries" -lt 600 ] || return
		sleep 0.1
	done
}

# fresh NAME: another copy of the kernel and another cache; nothing waits yet.
fresh()
{
	rm -f "$tmp/go" "$tmp/pids"
	XDG_CACHE_HOME=$tmp/cache-$1
	made_up_kernel "$tmp/k-$1"
	run_commands "$tmp/k-$1" "$tmp/out-$1" sites plan >"$tmp/stdout"
}
# slow_apply NAME: an apply in the background that waits for $tmp/go.
slow_apply()
{
	PATH=$tmp/fake:$PATH "$convert" apply -j 2 -k "$tmp/k-${2-$1}" -t v1.0 -o "$tmp/out-$1" -r "$recipe" \
		>"$tmp/stdout-$1" 2>"$tmp/stderr-$1" &
}
again() { touch "$tmp/go" && run_commands "$tmp/k-$1" "$tmp/out-$1" sites plan apply; }

# In the middle of the rules.
for signal in INT TERM KILL; do
	fresh $signal
	snapshot "$tmp/out-$signal" >"$tmp/before"
	slow_apply $signal
	apply=$!
	check "SIG$signal: the rules are running" started 2
	kill -s $signal "$apply"
	status=0
	wait "$apply" || status=$?
	sleep 0.2
	check "SIG$signal: no spatch is left" all_gone "$tmp/pids"
	snapshot "$tmp/out-$signal" >"$tmp/after"
	check "SIG$signal: the tables stay as they were" diff "$tmp/before" "$tmp/after"
	check "SIG$signal: no branch is made" sh -c '! git -C "$1" rev-parse -q --verify gizmo/v1.0/all' - "$tmp/k-$signal"
	if [ $signal != KILL ]; then
		check "SIG$signal: ends with status 2" test "$status" -eq 2
		check "SIG$signal: is said" grep -q 'interrupted; run the same command again to go on' "$tmp/stderr-$signal"
		check "SIG$signal: no scratch file is left" sh -c '! ls "$1"/tmp/* 2>/dev/null' - "$XDG_CACHE_HOME/phyr"
	fi
	check "SIG$signal: the next run goes on" again $signal
	check "SIG$signal: and ends as an undisturbed one" same "$tmp/k-$signal" "$tmp/out-$signal"
done

# At any moment: killed again and again, each time a little later.
fresh moments
touch "$tmp/go"
killed=0
delay=20
while [ $delay -lt 400 ]; do
	timeout -s KILL "0.$(printf %03d "$delay")" "$convert" apply -k "$tmp/k-moments" -t v1.0 -o "$tmp/out-moments" \
		-r "$recipe" >"$tmp/stdout" 2>&1 || killed=$((killed + 1))
	delay=$((delay + 40))
done
check "killed at many moments" test "$killed" -ge 2
# What is left when git is killed while it sets a branch.
ours=$(echo "$XDG_CACHE_HOME"/phyr/git/*.git)
mkdir -p "$ours/refs/heads/gizmo/v1.0"
touch "$ours/refs/heads/gizmo/v1.0/all.lock"
check "the next run goes on after many kills" again moments
check "and ends as an undisturbed one after many kills" same "$tmp/k-moments" "$tmp/out-moments"
# What is left when git is killed while it makes our repository.
rm "$ours/objects/info/alternates"
touch "$ours/config.lock"
check "half a repository of ours is made again" again moments
check "and serves as before" same "$tmp/k-moments" "$tmp/out-moments"

# Two at once, on two kernels and on one, and one cache. Both have started
# before either goes on.
fresh one
cp -r "$tmp/out-one" "$tmp/out-two"
made_up_kernel "$tmp/k-two"
slow_apply one
one=$!
slow_apply two
two=$!
check "two runs at once: both are in the rules" started 4
touch "$tmp/go"
check "two runs at once: the first ends well" wait "$one"
check "two runs at once: the second ends well" wait "$two"
check "two runs at once: the first is as a run alone" same "$tmp/k-one" "$tmp/out-one"
check "two runs at once: the second is as a run alone" same "$tmp/k-two" "$tmp/out-two"

fresh both
cp -r "$tmp/out-both" "$tmp/out-other"
slow_apply both
one=$!
slow_apply other both
two=$!
check "two runs on one kernel: both are in the rules" started 4
touch "$tmp/go"
check "two runs on one kernel: the first ends well" wait "$one"
check "two runs on one kernel: the second ends well" wait "$two"
check "two runs on one kernel: the first is as a run alone" same "$tmp/k-both" "$tmp/out-both"
check "two runs on one kernel: the second is as a run alone" same "$tmp/k-both" "$tmp/out-other"
finish
