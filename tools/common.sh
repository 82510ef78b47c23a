# SPDX-License-Identifier: GPL-2.0-only
# common.sh: what the shell scripts share. Sourced, never run.
# shellcheck shell=sh

me=$(basename "$0")
info() { echo "$me: $*" >&2; }
warn() { echo "$me: warning: $*" >&2; }
die() { echo "$me: $*" >&2; exit 2; }

# The cache folder's last part is lib/project.h's CACHE_NAME.
cache_dir()
{
	name=$(sed -n 's/^#define CACHE_NAME[[:space:]]*"\(.*\)"$/\1/p' "$(dirname "$0")/${cache_up-..}/lib/project.h")
	[ -n "$name" ] || die "no CACHE_NAME in lib/project.h"
	echo "${XDG_CACHE_HOME:-$HOME/.cache}/$name"
}
