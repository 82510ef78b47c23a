#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# style.sh: what can be checked of the house style without reading.

set -eu
. tests/lib.sh

scripts()
{
	shellcheck -x series-gen.sh .ci/run tools/*.sh tests/*.sh verify/boot/init verify/boot/*.sh verify/boot/tests/*.sh
}

sizes()
{
	find lib convert verify -name '*.c' -exec wc -l {} + | awk '$2 != "total" && $1 > 500 { print; bad = 1 } END { exit bad }'
}

licences()
{
	missing=$(git ls-files -co --exclude-standard | while IFS= read -r file; do
		case $file in
		*.md|*.tsv|*.res|*.snippet|.gitignore|tests/generality/left|tests/generality/tree/*|*.txt) continue ;;
		esac
		head -n 3 "$file" | grep -q 'SPDX-License-Identifier: GPL-2.0-only' || echo "$file"
	done)
	echo "$missing"
	[ -z "$missing" ]
}

hosts()
{
	! git grep -nIE '(https?|ftp)://[a-z]|/work/|/home/[a-z]' -- ':!tests/style.sh' ':!.ci/run'
}

python_or_perl()
{
	! git ls-files -co --exclude-standard | grep -E '\.(py|pl|pm)$'
}

check "shellcheck finds nothing in the scripts" scripts
check "no .c file is longer than 500 lines" sizes
check "every file names its licence" licences
check "no host and no development path is written anywhere" hosts
check "there is no Python and no Perl" python_or_perl
finish
