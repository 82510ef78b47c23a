#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# user-repo.sh: of the user's repository nothing changes but objects and
# refs/heads/PREFIX/, whatever kind of repository it is, whatever is
# configured there and in the environment, and whatever is in its work tree.

set -eu
. tests/lib.sh
alone

# kept GITDIR...: everything but objects and our refs.
kept() { snapshot "$@" | grep -v -e '/objects\(/\|$\)' -e '/refs/heads/gizmo\(/\|$\)'; }
ours() { git -C "$1" for-each-ref --format='%(refname)'; }
convert_all() { run_commands "$1" "$2" sites plan apply; }

# convert_kept NAME REPOSITORY FOLDER...: conversion works and keeps the folders.
convert_kept()
{
	name=$1 repository=$2
	shift 2
	kept "$@" >"$tmp/before"
	ours "$repository" >"$tmp/refs"
	printf 'refs/heads/gizmo/v1.0/%s\n' all helpers users >>"$tmp/refs"
	check "$name: is converted" convert_all "$repository" "$tmp/out-$name"
	kept "$@" >"$tmp/after"
	check "$name: nothing changed but objects and our branches" diff "$tmp/before" "$tmp/after"
	ours "$repository" >"$tmp/refs.after"
	check "$name: the branches are the series' and its stages'" sh -c 'sort "$1" | diff - "$2"' - \
		"$tmp/refs" "$tmp/refs.after"
	check "$name: the series is the same everywhere" test \
		"$(git -C "$repository" rev-parse gizmo/v1.0/all)" = "${tip:-$(git -C "$repository" rev-parse gizmo/v1.0/all)}"
}

made_up_kernel "$tmp/k"
git clone -q --bare "$tmp/k" "$tmp/bare.git"
git clone -q "$tmp/k" "$tmp/main"
git -C "$tmp/main" worktree add -q "$tmp/linked" v1.0
git clone -q "$tmp/k" "$tmp/packed"
git -C "$tmp/packed" pack-refs --all
git clone -q --shared "$tmp/k" "$tmp/shared"

convert_kept non-bare "$tmp/k" "$tmp/k"
tip=$(git -C "$tmp/k" rev-parse gizmo/v1.0/all)
convert_kept bare "$tmp/bare.git" "$tmp/bare.git"
convert_kept linked-work-tree "$tmp/linked" "$tmp/main" "$tmp/linked"
convert_kept packed-refs "$tmp/packed" "$tmp/packed"
convert_kept shared-objects "$tmp/shared" "$tmp/shared"

# A work tree with changes of every kind.
made_up_kernel "$tmp/dirty"
echo 'int gizmo_xfer;' >>"$tmp/dirty/net/bar/queue.c"
echo staged >"$tmp/dirty/Kconfig"
git -C "$tmp/dirty" add Kconfig
echo untracked >"$tmp/dirty/new.c"
rm "$tmp/dirty/drivers/gadget/ops.c"
convert_kept dirty "$tmp/dirty" "$tmp/dirty"

# Hooks that would refuse and tell; settings that would change what is made.
made_up_kernel "$tmp/hooked"
for hook in pre-receive update post-receive post-update reference-transaction pre-push pre-commit commit-msg \
	post-checkout proc-receive push-to-checkout pre-auto-gc; do
	printf '#!/bin/sh\ntouch "%s"\nexit 1\n' "$tmp/hook-ran" >"$tmp/hooked/.git/hooks/$hook"
	chmod +x "$tmp/hooked/.git/hooks/$hook"
done
while read -r key value; do
	git -C "$tmp/hooked" config "$key" "$value"
done <<CONFIG
commit.gpgSign true
core.autocrlf true
core.logAllRefUpdates always
diff.noprefix true
format.pretty oneline
gc.auto 1
receive.denyNonFastForwards true
receive.fsckObjects true
CONFIG
convert_kept hooked "$tmp/hooked" "$tmp/hooked"
check "no hook ran" test ! -e "$tmp/hook-ran"

# The environment of a shell inside another repository.
made_up_kernel "$tmp/other"
kept "$tmp/k" >"$tmp/k.before"
GIT_DIR=$tmp/k/.git GIT_INDEX_FILE=$tmp/index GIT_WORK_TREE=$tmp/k
export GIT_DIR GIT_INDEX_FILE GIT_WORK_TREE
check "GIT_DIR and the like do not lead elsewhere" convert_all "$tmp/other" "$tmp/out-other"
unset GIT_DIR GIT_INDEX_FILE GIT_WORK_TREE
kept "$tmp/k" >"$tmp/k.after"
check "the repository that GIT_DIR names stays as it was" diff "$tmp/k.before" "$tmp/k.after"
check "the one that -k names has the series" test "$(git -C "$tmp/other" rev-parse gizmo/v1.0/all)" = "$tip"

# The user's repository is whole without ours.
rm -rf "$XDG_CACHE_HOME"
check "it needs nothing of the cache" git -C "$tmp/bare.git" fsck --strict
check "the series can be cloned from it" git clone -q -b gizmo/v1.0/all "$tmp/bare.git" "$tmp/clone"

# A repository that cannot be written.
made_up_kernel "$tmp/writable"
check "a read-only mount can be made" mounted none bind,ro "$tmp/writable" "$tmp/read-only"
check "it is read-only" sh -c '! touch "$1/file" 2>/dev/null' - "$tmp/read-only"
snapshot "$tmp/writable" >"$tmp/before"
check "a read-only kernel can be read" run_commands "$tmp/read-only" "$tmp/out-read-only" sites plan
refuses "a read-only kernel cannot get branches, which is said" 2 \
	"the kernel repository '$tmp/read-only' cannot be written" run_commands "$tmp/read-only" "$tmp/out-read-only" apply
snapshot "$tmp/writable" >"$tmp/after"
check "and it stays as it was" diff "$tmp/before" "$tmp/after"
check "no table tells of a series" test ! -e "$tmp/out-read-only/run.tsv" -a ! -e "$tmp/out-read-only/commits.tsv"
finish
