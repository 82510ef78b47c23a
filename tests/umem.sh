#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# umem.sh: what the stage rdma-umem puts into RDMA's core, in user space: the
# iterators over blocks and pages and the best page size, of random regions,
# beside a plain table of pages. The snippets of the recipe are compiled as
# they are, with the lists of core/ and a kernel of a few lines, for three page
# sizes.
#
# usage: umem.sh [SEED [ROUNDS]]

set -eu
cd "$(dirname "$0")/.."
seed=${1:-$(date +%s)} rounds=${2:-2000}
# shellcheck source=tests/lib.sh
. tests/lib.sh
echo "# seed $seed"

mkdir -p "$tmp/include/linux" "$tmp/include/xen"
headers="core/phyr.h core/phyr_types.h core/phyr_list.h core/dma-phyr.h"
# shellcheck disable=SC2086 # a list
sed -n "s/^#include <\\(.*\\)>/\\1/p" $headers core/phyr_chunks.c core/phyr_list.c core/phyr_sg.c core/phyr.c | sort -u | while read -r header; do
	[ -e "/usr/include/$header" ] || : >"$tmp/include/$header"
done
cp core/phyr.h core/phyr_types.h core/phyr_list.h core/dma-phyr.h "$tmp/include/linux"

# Going through a mapping, without the making of mappings.
sed -n '/^int dma_phyr_iter_init(/,/^}/p; /^bool dma_phyr_next_piece(/,/^}/p' core/phyr_dma.c >"$tmp/include/iter.c"

compile()
{
	"${CC:-gcc}" -std=gnu11 -g -O1 -fsanitize=address,undefined -fno-sanitize-recover=all -Wall -Wextra -Werror \
		-Wno-unused-parameter -Wno-sign-compare -Wno-missing-field-initializers -Wno-unused-function \
		-I"$tmp/include" -Isemantic-patches -Itests/core "-DPAGE_SHIFT=$1" -include tests/core/kernel.h \
		-o "$tmp/umem" tests/umem/umem.c core/phyr_chunks.c core/phyr_list.c core/phyr_sg.c core/phyr.c \
		tests/core/memory.c
}

for shift in 12 14 16; do
	check "the snippets compile for pages of 1 << $shift" compile $shift
	check "blocks, pages and page sizes are those of the table" "$tmp/umem" "$seed" "$rounds"
	sed -n '/^# /p' "$tmp/log"
done
finish
