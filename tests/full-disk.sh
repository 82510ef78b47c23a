#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# full-disk.sh: a full disk is named, ends with status 2, and leaves old files
# or new ones, never half of one. Where it is full the run goes on once there
# is room again, and ends as it would have.

set -eu
. tests/lib.sh
alone

made_up_kernel "$tmp/k"
check "a run with room" run_commands "$tmp/k" "$tmp/out" sites plan apply
tip=$(git -C "$tmp/k" rev-parse gizmo/v1.0/all)
# fill DIR: not a byte is left.
fill()
{
	dd if=/dev/zero of="$1/filler" bs=4096 2>/dev/null || :
	! cp "$recipe/series" "$1/filler2" 2>/dev/null
}

# The output folder
full=$tmp/full
check "a small file system can be mounted" mounted tmpfs size=256k tmpfs "$full"
made_up_kernel "$tmp/k-full"
check "it can be filled" fill "$full"
for command in sites plan apply mail; do
	rm -rf "$full/out" "$full/filler2"
	mkdir -p "$full/out"
	case $command in
	sites) ;;
	mail)
		rm "$full/filler"
		run_commands "$tmp/k-full" "$full/out" sites plan apply >"$tmp/stdout"
		fill "$full" ;;
	*)
		rm "$full/filler"
		run_commands "$tmp/k-full" "$full/out" sites plan >"$tmp/stdout"
		fill "$full" ;;
	esac
	rm -f "$full/filler2"
	fill "$full"
	snapshot "$full/out" >"$tmp/before"
	branches=$(git -C "$tmp/k-full" for-each-ref)
	refuses "$command into a full folder names the problem" 2 "No space left on device" \
		run_commands "$tmp/k-full" "$full/out" "$command"
	snapshot "$full/out" >"$tmp/after"
	check "$command into a full folder leaves it as it was" diff "$tmp/before" "$tmp/after"
	check "$command into a full folder makes no branch" test "$(git -C "$tmp/k-full" for-each-ref)" = "$branches"
done

# The cache folder, full at one place after another.
# git does not always say why it could not write.
XDG_CACHE_HOME=$tmp/small
check "a small cache can be mounted" mounted tmpfs size=16k tmpfs "$XDG_CACHE_HOME"
made_up_kernel "$tmp/k-cache"
refused=0 size=16 wrong=
while [ $size -le 1024 ]; do
	mount -o "remount,size=${size}k" "$XDG_CACHE_HOME"
	status=0
	run_commands "$tmp/k-cache" "$tmp/out-cache" sites plan apply >"$tmp/stdout" 2>"$tmp/stderr" || status=$?
	[ $status -ne 0 ] || break
	refused=$((refused + 1))
	if [ $status -ne 2 ] || ! grep -q -e 'No space left on device' -e "couldn't write" "$tmp/stderr"; then
		wrong="$wrong $size"
		sed "s/^/# $size KiB: status $status: /" "$tmp/stderr"
	fi
	! git -C "$tmp/k-cache" rev-parse -q --verify gizmo/v1.0/all || wrong="$wrong $size"
	size=$((size + 16))
done
check "the cache was full at more than one place" test "$refused" -ge 3
check "each time it is said, and no branch is made" test -z "$wrong"
check "with enough room the run ends as any other" test "$(git -C "$tmp/k-cache" rev-parse gizmo/v1.0/all)" = "$tip"
check "with the same tables" diff -r "$tmp/out" "$tmp/out-cache"
finish
