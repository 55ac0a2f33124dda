# Roots of Debian releases, kept in /var/cache/fo-test: for test/debian, test/cross and test/release. Sourced.

TREES=/var/cache/fo-test

# Where this machine has its own packages from.
tree_mirror() {
	local from
	from=$(apt-get indextargets --format '$(ORIGIN) $(REPO_URI)' 'Identifier: Packages' 2>/dev/null |
		awk '$1 == "Debian" && $2 !~ /security/ { print $2; exit }')
	echo "${from:-http://deb.debian.org/debian}"
}

# tree_needs COMMAND PACKAGE: that this machine has it.
tree_needs() {
	command -v "$1" >/dev/null ||
		{ apt-get update && apt-get install -y --no-install-recommends "$2"; } >/dev/null 2>&1
}

# What a shell in tree_space does so that programs of arm64 and armhf run there.
TREE_EMULATE='mount --make-rprivate /
	mount -t proc proc /proc
	mount -t binfmt_misc none /proc/sys/fs/binfmt_misc
	for arch in aarch64 arm; do
		cat /usr/lib/binfmt.d/qemu-$arch.conf >/proc/sys/fs/binfmt_misc/register
	done'

# tree_make NAME RELEASE PACKAGES [OPTION...]: $TREES/NAME, unless it is there. OPTION is one of mmdebstrap's;
# EMULATE=yes: its programs are of another architecture.
tree_make() {
	local root=$TREES/$1 release=$2 packages=$3
	local -a within=()
	[ -z "${EMULATE-}" ] || within=(tree_space yes bash -ec "$TREE_EMULATE"'; exec "$@"' -)
	shift 3
	[ ! -d "$root" ] || return 0
	tree_needs mmdebstrap mmdebstrap || { echo "mmdebstrap cannot be installed" >&2; return 1; }
	mkdir -p "$TREES"
	rm -rf "$root.new.$$"
	echo "making $root" >&2
	"${within[@]}" mmdebstrap --quiet --variant=minbase --include="$packages" "$@" "$release" "$root.new.$$" "$(tree_mirror)" ||
		{ rm -rf "$root.new.$$"; return 1; }
	# Another run may have made it meanwhile.
	mv -T "$root.new.$$" "$root" 2>/dev/null || rm -rf "$root.new.$$"
}

# tree_sources FOLDER: the tree's own files, as they are now and as git knows them.
tree_sources() {
	rm -rf "$1"
	mkdir -p "$1"
	git -c safe.directory='*' ls-files -z | tar --null --no-recursion -T - -c --owner=0 --group=0 | tar -x -C "$1"
}

# tree_enter [-l] [-e] [-b FOLDER] ROOT COMMAND...: runs it there, as root, in namespaces of its own, in
# /srv/failover-helpers where the tree has that.
#   -l         in a layer over ROOT: nothing of it stays
#   -e         programs of arm64 and armhf run, by qemu: binfmt_misc of a user namespace, not the machine's
#   -b FOLDER  is /mnt there
# By pivot_root(8), for the lab's routers are layers over the root of the mount namespace, and would run this
# machine's programs below chroot(8).
tree_enter() {
	local option layer="" emulate="" bound=""
	OPTIND=1
	while getopts leb: option; do
		case $option in
		l) layer=yes ;;
		e) emulate=yes ;;
		b) bound=$OPTARG ;;
		*) return 64 ;;
		esac
	done
	shift $((OPTIND - 1))
	# shellcheck disable=SC2016
	tree_space $emulate bash -ec '
		layer=$1 emulate=$2 bound=$3 root=$4
		shift 4
		mount --make-rprivate /
		mount -t proc proc /proc
		if [ "$emulate" ]; then '"$TREE_EMULATE"'; fi
		if [ "$layer" ]; then
			mount -t tmpfs none /media
			mkdir /media/upper /media/work /media/root
			mount -t overlay -o "lowerdir=$root,upperdir=/media/upper,workdir=/media/work${emulate:+,userxattr}" none /media/root
			root=/media/root
		else
			mount --bind "$root" "$root"
		fi
		if [ "$bound" ]; then mount --bind "$bound" "$root/mnt"; fi
		cat /etc/resolv.conf >"$root/etc/resolv.conf"
		cat /etc/hosts >"$root/etc/hosts"
		cd "$root"
		mount --rbind /dev dev
		mount --rbind /sys sys
		mount --rbind /proc proc
		mount -t tmpfs none run
		mount -t tmpfs none tmp
		mkdir -p .outside
		pivot_root . .outside
		umount -l /.outside
		rmdir /.outside
		cd /srv/failover-helpers 2>/dev/null || cd /
		exec env -i HOME=/root LANG=C.UTF-8 PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin \
			${CI:+CI=$CI} "$@"' - "$layer" "$emulate" "$bound" "$@"
}

# tree_space [yes] COMMAND...: in mount and process namespaces; with `yes` in a user namespace, too, with the
# same users. Its map is written from outside, so it waits for a line.
tree_space() {
	local pid status go
	if [ "$1" != yes ]; then
		unshare --mount --pid --fork --kill-child "$@" &
		pid=$!
	else
		shift
		go=$(mktemp -u)
		mkfifo "$go"
		# shellcheck disable=SC2016
		unshare --user bash -c 'read -r _ <"$1"; shift; exec unshare --mount --pid --fork --kill-child "$@"' \
			- "$go" "$@" &
		pid=$!
		until [ "$(readlink "/proc/$pid/ns/user")" != "$(readlink /proc/self/ns/user)" ]; do :; done
		echo "0 0 65536" >"/proc/$pid/uid_map"
		echo "0 0 65536" >"/proc/$pid/gid_map"
		echo go >"$go"
		rm -f "$go"
	fi
	trap 'kill -KILL $pid; exit 2' INT TERM HUP
	wait "$pid"
	status=$?
	trap - INT TERM HUP
	return "$status"
}

# tree_clean NAME RELEASE ARCH DEB: a root with what DEB depends on, and without it.
tree_clean() {
	local root=$TREES/$1 depends
	local -a other=()
	local EMULATE=""
	depends=$(dpkg-deb -f "$4" Depends | sed -E 's/ *\|[^,]*//g; s/ *\([^)]*\)//g; s/ *, */,/g')
	[ "$(cat "$root/.depends" 2>/dev/null)" = "$depends" ] || rm -rf "$root"
	[ "$3" = "$(dpkg --print-architecture)" ] || { other=(--architectures="$3"); EMULATE=yes; }
	tree_make "$1" "$2" "$depends" "${other[@]}" && echo "$depends" >"$root/.depends"
}
