/* A whole file, through memory. */
#include <stdio.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "loader.h"
#include "log.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct conf conf;
	int fd = memfd_create("fuzz", MFD_CLOEXEC);
	char path[32];
	const struct conf_source source = { .path = path,
					    .program = "fuzz",
					    .sections = CONF_ROUTE | CONF_CHECK,
					    .insistent = true };

	log_open("fuzz", LOG_LEVEL_ERROR);
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	/* One that others can write would be refused. */
	if (fchmod(fd, 0600) == 0 && write(fd, data, size) == (ssize_t)size &&
	    conf_load(&source, &conf) == 0 && conf.router.lan.count == 0)
		__builtin_trap();
	return close(fd);
}
