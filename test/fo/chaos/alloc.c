/* The Nth allocation of a program fails: preloaded into all of a router, by /etc/ld.so.preload.
 * /run/chaos-alloc, or the variable CHAOS_ALLOC, names the program and N; without it nothing
 * happens. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static long left; /* allocations until the one that fails; 0: none does */

static void read_order(char *text, size_t size)
{
	const char *given = getenv("CHAOS_ALLOC");
	int fd;

	if (given != NULL) {
		snprintf(text, size, "%s", given);
		return;
	}
	fd = open("/run/chaos-alloc", O_RDONLY | O_CLOEXEC);
	if (fd >= 0) {
		if (read(fd, text, size - 1) < 0)
			text[0] = '\0';
		close(fd);
	}
}

__attribute__((constructor)) static void arm(void)
{
	char text[128] = "", name[64] = "";
	long number = 0;

	read_order(text, sizeof(text));
	if (sscanf(text, "%63s %ld", name, &number) == 2 && /* NOLINT(cert-err34-c) */
	    strcmp(name, program_invocation_short_name) == 0)
		left = number;
}

static int fails(void)
{
	if (left == 0 || __atomic_sub_fetch(&left, 1, __ATOMIC_RELAXED) != 0)
		return 0;
	errno = ENOMEM;
	return 1;
}

/* Of glibc: dlsym(3) itself would allocate. */
extern void *__libc_malloc(size_t size);
extern void *__libc_calloc(size_t count, size_t size);
extern void *__libc_realloc(void *old, size_t size);

void *malloc(size_t size)
{
	return fails() ? NULL : __libc_malloc(size);
}

void *calloc(size_t count, size_t size)
{
	return fails() ? NULL : __libc_calloc(count, size);
}

void *realloc(void *old, size_t size)
{
	return fails() ? NULL : __libc_realloc(old, size);
}
