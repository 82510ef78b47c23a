#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# kernel-import.sh: a kernel repository from Debian's linux-source packages.
#
# One bare repository in the cache folder, one root commit and one tag a
# version (v6.12.117). The commit is a function of the package alone, so the
# order of imports does not matter and a repeated import changes nothing. A
# tag is made last: a killed import leaves no tag and the next one starts
# from the downloaded package.
#
# apt runs with folders and a sources list of our own: nothing of the
# system's apt state is read but the mirror and the archive keyring, and
# nothing is written. Root is not needed.
#
# What is verified: apt checks the package against the signed index, the
# tarball is checked against the package's md5sums, the unpacked tree is
# compared with the tarball, and the commit with the tree.
#
# usage: kernel-import.sh [-l|-u] [SERIES|TAG]...
#   SERIES  6.12, 6.1, 7.3: the newest point release imported so far, or, when
#           there is none, the newest of the archive; the default is 6.12
#   TAG     v6.12.115: that release
#   -l      list what the archive has and import nothing
#   -u      ask the archive for a newer point release
# Prints "REPOSITORY<tab>TAG" for each on stdout.
# exit status: 0 done, 2 could not

set -eu
# shellcheck source=tools/common.sh
. "$(dirname "$0")/common.sh"

suites='bookworm bookworm-updates bookworm-security trixie-backports'

list=false newest=false
case ${1-} in
-l) list=true; shift ;;
-u) newest=true; shift ;;
-*) die "unknown option '$1': usage: kernel-import.sh [-l] [SERIES|TAG]..." ;;
esac
[ $# -gt 0 ] || set -- 6.12

cache=$(cache_dir)
apt=$cache/apt
repo=$cache/linux.git
mkdir -p "$cache"

# One import at a time: apt's own lock would fail instead of waiting.
exec 9>"$cache/import.lock"
flock 9

apt_setup()
{
	mkdir -p "$apt/etc/parts" "$apt/lists/partial" "$apt/cache/archives/partial" "$apt/deb"
	keyring=/usr/share/keyrings/debian-archive-keyring.gpg
	[ -r "$keyring" ] || die "no '$keyring': install debian-archive-keyring"
	# The machine's own mirrors: one for the archive, one for security.
	# shellcheck disable=SC2016 # apt's own variables
	apt-get indextargets --format '$(ORIGIN) $(CODENAME) $(REPO_URI)' 'Created-By: Packages' 2>/dev/null |
		LC_ALL=C sort -u >"$apt/mirrors.tmp"
	: >"$apt/etc/sources.list.tmp"
	for suite in $suites; do
		case $suite in
		*-security) uri=$(sed -n 's/^Debian [a-z]*-security //p' "$apt/mirrors.tmp" | head -n 1) ;;
		*) uri=$(sed -n '/^Debian [a-z]*-security /d; s/^Debian [a-z-]* //p' "$apt/mirrors.tmp" | head -n 1) ;;
		esac
		if [ -z "$uri" ]; then
			warn "no mirror for $suite in this machine's apt sources; left out (apt-get update may help)"
			continue
		fi
		echo "deb [signed-by=$keyring] $uri $suite main" >>"$apt/etc/sources.list.tmp"
	done
	[ -s "$apt/etc/sources.list.tmp" ] ||
		die "no Debian mirror in this machine's apt sources: run 'apt-get update' and try again"
	rm "$apt/mirrors.tmp"
	mv "$apt/etc/sources.list.tmp" "$apt/etc/sources.list"
	: >"$apt/status"
	cat >"$apt/apt.conf.tmp" <<-CONF
	Dir::State "$apt";
	Dir::State::lists "$apt/lists";
	Dir::State::status "$apt/status";
	Dir::Cache "$apt/cache";
	Dir::Etc::sourcelist "$apt/etc/sources.list";
	Dir::Etc::sourceparts "$apt/etc/parts";
	Dir::Etc::preferencesparts "$apt/etc/parts";
	Acquire::Languages "none";
	Acquire::IndexTargets::deb::Contents-deb::DefaultEnabled "false";
	APT::Sandbox::User "$(id -un)";
	APT::Architecture "amd64";
	APT::Architectures { "amd64"; };
	CONF
	mv "$apt/apt.conf.tmp" "$apt/apt.conf"
	APT_CONFIG=$apt/apt.conf
	export APT_CONFIG
}

# Prints the package versions of SERIES, newest first.
versions()
{
	apt-cache madison "linux-source-$1" | sed 's/ //g' | cut -d'|' -f2
}

tag_of() { echo "v${1%%[-~+]*}"; }

updated=false
apt_update()
{
	$updated && return
	apt_setup
	info "reading the package lists"
	apt-get -qq update >&2 || die "apt-get update failed: see above; is the mirror reachable?"
	updated=true
}

git_repo() { GIT_CONFIG_GLOBAL=/dev/null GIT_CONFIG_NOSYSTEM=1 git --git-dir="$repo" "$@"; }

# import SERIES VERSION TAG
import()
{
	series=$1 version=$2 tag=$3
	deb=$apt/deb/linux-source-${series}_$version.deb
	if [ ! -s "$deb" ]; then
		info "downloading linux-source-$series $version"
		work=$apt/deb/partial
		mkdir -p "$work"
		(cd "$work" && apt-get -qq download "linux-source-$series=$version") >&2 ||
			die "cannot download linux-source-$series $version: see above"
		mv "$work/linux-source-${series}_"*.deb "$deb"
	fi

	tree=$cache/import-tree
	rm -rf "$tree" "$tree.index" "$tree.tar" "$tree.tar.xz"
	mkdir -p "$tree"
	name=usr/src/linux-source-$series.tar.xz
	info "unpacking $tag"
	dpkg-deb --fsys-tarfile "$deb" | tar -xO "./$name" >"$tree.tar.xz"
	want=$(dpkg-deb --ctrl-tarfile "$deb" | tar -xO ./md5sums | sed -n "s,  $name\$,,p")
	have=$(md5sum <"$tree.tar.xz" | cut -d' ' -f1)
	if [ -z "$want" ] || [ "$want" != "$have" ]; then
		rm -f "$deb"
		die "'$name' does not match the md5sums of its package; the package was removed, run again"
	fi
	xz -dcT0 "$tree.tar.xz" >"$tree.tar"
	tar -xf "$tree.tar" -C "$tree" --no-same-owner
	tar -df "$tree.tar" -C "$tree" >"$tree.differs" 2>&1 || :
	# Owners differ by design; anything else is a damaged tree.
	if grep -v -e ': Uid differs$' -e ': Gid differs$' -e ': Mode differs$' "$tree.differs" >&2; then
		die "the unpacked tree differs from '$name': see above"
	fi
	rm "$tree.differs"
	top=$(echo "$tree"/*)
	[ -f "$top/MAINTAINERS" ] || die "'$name' does not hold one kernel tree"

	[ -d "$repo" ] || GIT_CONFIG_GLOBAL=/dev/null git init -q --bare "$repo"
	# A big-file threshold of one byte streams every blob into one pack:
	# no 80,000 loose files, and no delta search.
	info "committing $tag"
	GIT_INDEX_FILE=$tree.index
	export GIT_INDEX_FILE
	git_repo --work-tree="$top" -c core.bigFileThreshold=1 -c core.compression=1 \
		-c core.autocrlf=false -c core.fileMode=true -c core.safecrlf=false \
		-c gc.auto=0 add -A -f .
	files=$(tar -tf "$tree.tar" | grep -vc '/$')
	staged=$(git_repo ls-files | wc -l)
	[ "$files" -eq "$staged" ] ||
		die "$tag: the tarball has $files files, the commit $staged"
	git_repo --work-tree="$top" diff-files --quiet ||
		die "$tag: the index differs from the unpacked tree"
	hash=$(git_repo write-tree)
	unset GIT_INDEX_FILE

	who=$(dpkg-deb -f "$deb" Maintainer)
	when=$(dpkg-deb --fsys-tarfile "$deb" | tar -tv --full-time --utc "./$name" 2>/dev/null |
		awk '{ print $4 "T" $5 "Z" }')
	commit=$(printf '%s\n\n%s\n%s\n' "Linux ${tag#v}, Debian $version" \
			"The source of Debian's linux-source-$series $version," \
			"with Debian's patches applied." |
		GIT_AUTHOR_NAME=${who% <*} GIT_AUTHOR_EMAIL=$(echo "$who" | sed 's/.*<\(.*\)>/\1/') \
		GIT_AUTHOR_DATE=$when GIT_COMMITTER_NAME=${who% <*} \
		GIT_COMMITTER_EMAIL=$(echo "$who" | sed 's/.*<\(.*\)>/\1/') GIT_COMMITTER_DATE=$when \
		git_repo commit-tree "$hash")
	git_repo update-ref "refs/tags/$tag" "$commit"
	rm -rf "$tree" "$tree.index" "$tree.tar" "$tree.tar.xz"
	# The commit now holds what the package held.
	rm -f "$deb"
}

# The commit a killed import left untagged stays as unreachable objects; they
# are few and the same again, so no gc is run here.
for want; do
	tag=
	case $want in
	v[0-9]*.[0-9]*.[0-9]*)
		series=$(echo "${want#v}" | cut -d. -f1,2)
		tag=$want ;;
	[0-9]*.[0-9]*) series=$want ;;
	*) die "'$want' is neither a series (6.12) nor a point release (v6.12.115)" ;;
	esac
	if ! $list && [ -n "$tag" ] && [ -d "$repo" ] &&
	   git_repo rev-parse -q --verify "refs/tags/$tag^{commit}" >/dev/null; then
		printf '%s\t%s\n' "$repo" "$tag"
		continue
	fi
	if ! $list && ! $newest && [ -z "$tag" ] && [ -d "$repo" ]; then
		found=$(git_repo tag --list "v$series.*" --sort=-version:refname | head -n 1)
		if [ -n "$found" ]; then
			printf '%s\t%s\n' "$repo" "$found"
			continue
		fi
	fi
	apt_update
	all=$(versions "$series")
	[ -n "$all" ] || die "the archive has no linux-source-$series; it has: $(
		apt-cache pkgnames linux-source- | sed 's/linux-source-//' | sort -V | tr '\n' ' ')"
	if $list; then
		for version in $all; do
			printf '%s\t%s\n' "$(tag_of "$version")" "$version"
		done
		continue
	fi
	found=
	for version in $all; do
		if [ -z "$tag" ] || [ "$tag" = "$(tag_of "$version")" ]; then
			found=$version
			break
		fi
	done
	[ -n "$found" ] || die "the archive has no $tag; it has: $(
		for version in $all; do tag_of "$version"; done | tr '\n' ' ')"
	tag=$(tag_of "$found")
	if ! [ -d "$repo" ] || ! git_repo rev-parse -q --verify "refs/tags/$tag^{commit}" >/dev/null; then
		import "$series" "$found" "$tag"
	fi
	printf '%s\t%s\n' "$repo" "$tag"
done
