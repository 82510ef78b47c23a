#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# selftests.sh: the kernel's own selftests of iommu and vfio, as far as BASE has
# them, say the same in guests of both kernels. They are built from BASE's sources,
# without libraries that a guest would have to have.
#
# usage: selftests.sh LINUX BASE TIP		a repository and two commits
# Prints how many tests said what, and each that says something else of TIP than of BASE;
# what was said stays in OUT (default build), in selftests.base and selftests.tip. Exit status: 0 the
# same, 1 not, 2 could not tell.

set -eu
cd "$(dirname "$0")/.."
. tests/lib.sh
[ $# -le 3 ] || set --
two_commits "$@"

# lacking: what the tests name and BASE's own interface does not have, as options that define it. Stable kernels
# are given tests of later interfaces with the tests of what is mended; both kernels refuse what they ask.
lacking()
{
	while read -r name value; do
		grep -q -w "$name" "$tmp/sources/usr/include/linux/iommufd.h" "$tmp/sources/drivers/iommu/iommufd/iommufd_test.h" ||
			printf ' -D%s=%s' "$name" "$value"
	done <<-'END'
		MOCK_FLAGS_DEVICE_PASID 4
		MOCK_PASID_WIDTH 20
		IOMMU_HW_INFO_TYPE_DEFAULT 0
		IOMMU_HW_INFO_FLAG_INPUT_TYPE 1
		in_data_type out_data_type
	END
}

# programs: those of BASE, in folders of $tmp/share.
programs()
{
	mkdir "$tmp/sources" "$tmp/share"
	git -C "$source" archive "$base" | tar x -C "$tmp/sources"
	make -C "$tmp/sources" -s headers || return
	lacking >"$tmp/lacking"
	for target in iommu vfio; do
		made=$tmp/sources/tools/testing/selftests/$target
		[ -d "$made" ] || continue
		make -k -C "$made" CC="gcc -static$(cat "$tmp/lacking")" KHDR_INCLUDES="-isystem $tmp/sources/usr/include" || :
		mkdir "$tmp/share/$target"
		find "$made" -maxdepth 1 -type f -perm -u+x ! -name '*.sh' -exec cp {} "$tmp/share/$target" \;
	done
	find "$tmp/share" -type f | grep -q .
}

# said COMMIT NAME: what the tests say of the commit.
said()
{
	guest_did "$1" "$2" selftests selftests "" >"$out/selftests.$2" || return 2
	[ -s "$out/selftests.$2" ] || { echo "the guest of $1 has told nothing" >&2; return 2; }
	echo "$2: $(grep -c '	ok .*# SKIP' "$out/selftests.$2" || :) skipped, $(grep -c '	ok ' "$out/selftests.$2" || :) ok with those, $(grep -c '	not ok ' "$out/selftests.$2" || :) not ok"
}

programs >"$tmp/log" 2>&1 || { tail -n 30 "$tmp/log" >&2; echo "no selftest of $2 is built from its own sources" >&2; exit 2; }
sed -n 's|^make: \*\*\* \[.*/\(.*\)\] Error.*|not built from the sources of BASE: \1|p' "$tmp/log"
cp tests/selftests/selftests.sh "$tmp/boot/tests/"
sed "s/^fragments=.*/fragments=guest;block;io;vfio;rdma/; s/^default=yes/default=no/; s/^append=/&selftests=$$ /
	s|path=[.],|path=$tmp/share,|" verify/boot/configs/qemu-x86_64 >"$tmp/boot/configs/selftests"
cat >>"$tmp/boot/configs/selftests" <<'END'
IKCONFIG=y
IKCONFIG_PROC=y
DEBUG_KERNEL=y
DEBUG_FS=y
RUNTIME_TESTING_MENU=y
NETWORK_FILESYSTEMS=y
NET_9P=y
NET_9P_VIRTIO=y
9P_FS=y
HUGETLBFS=y
VFIO_DEVICE_CDEV=y
IOMMUFD=y
FAULT_INJECTION=y
GENERIC_PT=y?
IOMMU_PT=y?
IOMMU_PT_AMDV1=y?
IOMMUFD_TEST=y
IOMMU_DEBUGFS=y
INTEL_IOMMU_DEBUGFS=y
END
said "$base" base || exit 2
said "$tip" tip || exit 2
diff "$out/selftests.base" "$out/selftests.tip" || exit 1
