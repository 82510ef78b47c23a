#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# dma-types.sh: a list of CPU addresses is not accepted where one of DMA
# addresses is wanted, nor the other way round. The same lines compile with the
# right type, so that it is the type that is refused. The headers of core/ are
# compiled against a few lines that stand for the kernel, with the warning that
# the kernel makes an error.

set -eu
. tests/lib.sh

# What the headers include of the kernel's is in the prelude.
mkdir -p "$tmp/include/linux"
sed -n 's/^#include <\(linux\/[a-z_-]*\.h\)>.*/\1/p' core/*.h | sort -u | while read -r header; do
	: >"$tmp/include/$header"
done
cp core/phyr_types.h core/phyr.h core/phyr_list.h core/dma-phyr.h "$tmp/include/linux"

# compiles USE WANT: status 0 if it does.
compiles()
{
	"${CC:-gcc}" -std=gnu11 -ffreestanding -fsyntax-only -Wall -Werror=incompatible-pointer-types \
		-I"$tmp/include" -include tests/dma-types/prelude.h "-D$1" "-DWANT=$2" tests/dma-types/types.c
}

# rejected USE WANT: status 0 if the compiler refuses the type, for no other reason.
rejected()
{
	! compiles "$1" "$2" 2>"$tmp/errors" || return 1
	cat "$tmp/errors"
	grep -q 'incompatible' "$tmp/errors" && ! grep 'error:' "$tmp/errors" | grep -v 'incompatible'
}

while read -r use right wrong what; do
	check "$what takes a list of $right addresses" compiles "$use" "$right"
	check "$what takes no list of $wrong addresses" rejected "$use" "$wrong"
done <<'END'
MAP CPU DMA dma_map_phyrs()
APPEND CPU DMA phyr_list_append()
VISIT_CPU CPU DMA for_each_phyr()
ANSWER DMA CPU a variable for what a mapping says
VISIT DMA CPU for_each_dma_phyr()
BLOCKS DMA CPU dma_phyr_list_blocks_init()
LENGTH DMA CPU dma_phyr_list_len()
END
finish
