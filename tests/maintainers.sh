#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# maintainers.sh: holds "subsystem" against the tree's own get_maintainer.pl.
#
# usage: tests/maintainers.sh [TAG]
#
# 200 paths spread evenly over the tag, and get_maintainer.pl with the tree's
# folders but empty files. For each path both must list the same sections, in
# an order that never contradicts our depths, and the section we choose must
# be one that get_maintainer.pl ranks first. Perl leaves the order of equals
# to its hash: there, the choice is one of the equals.

set -u
cd "$(dirname "$0")/.." || exit 2
. tests/lib.sh
# The kernel is imported where it is not there yet.
found=$(tools/kernel-import.sh "${1:-6.12}") || exit 2
kernel=${found%%	*} tag=${found##*	}
catch_all='THE REST'
mark=no-section-claims-this
cd "$tmp" || exit 2

# What get_maintainer.pl looks at: a kernel's root, and which names are folders.
mkdir tree
git --git-dir="$kernel" archive "$tag" scripts/get_maintainer.pl MAINTAINERS \
	COPYING CREDITS Kbuild Makefile README | tar -xf - -C tree
git --git-dir="$kernel" ls-tree -r -d --name-only "$tag" | (cd tree && xargs mkdir -p)
git --git-dir="$kernel" ls-tree -r --name-only "$tag" |
	awk '{ path[NR] = $0 } END { for (i = 0; i < 200; i++) print path[1 + int(i * NR / 200)] }' >paths
(cd tree && xargs touch "$mark") <paths

# theirs: "path<TAB>title" as get_maintainer.pl ranks them, for the paths
# on stdin. A file that no section but the catch-all claims ends each list.
theirs()
{
	cat >asked
	awk -v mark="$mark" '{ print; print mark }' asked >with-marks
	(cd tree && xargs perl scripts/get_maintainer.pl --nogit --nogit-fallback \
		--sections --letters=Z -f <../with-marks) |
		awk -v rest="$catch_all" -v OFS='\t' '
			NR == FNR { path[NR] = $0; next }
			/^$/ { next }
			FNR == 1 || rests == 2 { n++; rests = 0 }
			{ rests += $0 == rest }
			rests < 2 { print path[n], $0 }' asked -
}

theirs <paths >ranked
mv ranked theirs
# shellcheck disable=SC2046 # kernel paths have no blanks
"$convert" subsystem -k "$kernel" -t "$tag" --all $(cat paths) >all
# shellcheck disable=SC2046
"$convert" subsystem -k "$kernel" -t "$tag" $(cat paths) >chosen

answered_for_each() { [ "$(wc -l <paths)" -eq 200 ] && cut -f 1 theirs | uniq | cmp - paths; }
same_sections()
{
	LC_ALL=C sort theirs >theirs.sorted
	awk -F '\t' -v OFS='\t' '{ print $1, $4 }' all | LC_ALL=C sort | diff - theirs.sorted
}

same_order()
{
	awk -F '\t' 'NR == FNR { depth[$1, $4] = $2; next }
		$1 == path && depth[$1, $2] > last { print "ranked higher: " $0; bad = 1 }
		{ path = $1; last = depth[$1, $2] }
		END { exit bad }' all theirs
}

# The choice is as specific as the section ranked first: itself, or its equal,
# whose order Perl leaves to its hash. Where only the catch-all matches, the
# choice is the path's folder.
chooses_the_first()
{
	awk -F '\t' -v rest="$catch_all" '
		FILENAME == "all" { depth[$1, $4] = $2; next }
		FILENAME == "theirs" { if (!($1 in first) && $2 != rest) first[$1] = $2; next }
		{ n++ }
		$1 in first ? depth[$1, $3] != depth[$1, first[$1]] : $3 != "root" && index($1, $3 "/") != 1 {
			print $1 ": chosen " $3 ", ranked first " first[$1]
			bad = 1
		}
		END { exit bad || n != 200 }' all theirs chosen
}

check "get_maintainer.pl ranks each of 200 paths of $tag" answered_for_each
check "the same sections match" same_sections
check "the order never contradicts the depths" same_order
check "the choice is a section that get_maintainer.pl ranks first" chooses_the_first
finish
