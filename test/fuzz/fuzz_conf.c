/* A whole file, through memory. */
#include <stdio.h>
#include <sys/mman.h>
#include <unistd.h>

#include "loader.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct conf conf;
	int fd = memfd_create("fuzz", MFD_CLOEXEC);
	char path[32];

	log_open("fuzz", LOG_LEVEL_ERROR);
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	if (write(fd, data, size) == (ssize_t)size)
		(void)!conf_load(path, &conf);
	return close(fd);
}
