# What the tests of `fo-status doctor` share: the files of a router, as they are after the installation.
# shellcheck disable=SC2154  # FO_BUILD is set by find_build

# router ROLE DIRECTORY: the shipped samples and programs of `main` or `sub`, below a root.
router() {
	local etc=$BATS_TEST_DIRNAME/../../etc
	mkdir -p "$2"/etc/{fo,keepalived,default} "$2"/usr/bin "$2"/var/lib/dpkg "$2"/root
	cp "$etc/$1/fo.conf" "$2/etc/fo/"
	cp "$etc/$1/keepalived.conf" "$2/etc/keepalived/"
	printf 'root:x:0:0:root:/root:/bin/sh\nnobody:x:65534:65534::/:/bin/false\n' >"$2/etc/passwd"
	printf 'DAEMON_ARGS=""\n' >"$2/etc/default/keepalived"
	printf 'Package: keepalived\nVersion: 1:2.2.7-1+b2\n' >"$2/var/lib/dpkg/status"
	for program in fo-check-ftth fo-watch fo-route fo-speedclass fo-keepalive fo-status; do
		printf '\177ELF' >"$2/usr/bin/$program"
	done
	chmod -R u=rwX,go=rX "$2"
	chmod 755 "$2"/usr/bin/*
}

# break_as CASE DIRECTORY: applies its `diff`, and then the lines of its `setup`, in the root.
break_as() {
	if [ -e "$1/diff" ]; then
		patch -s -d "$2" -p1 --no-backup-if-mismatch <"$1/diff" || return 1
	fi
	if [ -e "$1/setup" ]; then
		(cd "$2" && umask 022 && sh -eu "$1/setup") || return 1
	fi
}

# examine DIRECTORY [OPTION...]: what the doctor says of those files.
examine() {
	"$FO_BUILD/cmd/fo-status" doctor --root "$1" "${@:2}"
}

# codes: of the findings that are read, one a line.
codes() {
	grep -oE '^FO[0-9]{3}' | sort
}
