#include "support.h"

#include <fcntl.h>
#include <ftw.h>
#include <limits.h>
#include <netinet/icmp6.h>
#include <netinet/ip_icmp.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "checksum.h"
#include "icmp.h"
#include "log.h"
#include "num.h"

static struct {
	int fd, saved, pipe[2];
	char text[65536]; /* as much as a pipe holds: the writer never blocks */
} captured;

void capture_start(int fd)
{
	fflush(NULL);
	captured.fd = fd;
	captured.saved = dup(fd);
	assert_return_code(pipe2(captured.pipe, O_NONBLOCK), errno);
	assert_return_code(dup2(captured.pipe[1], fd), errno);
}

const char *capture_stop(void)
{
	size_t used = 0;
	ssize_t got = 1;

	fflush(NULL);
	dup2(captured.saved, captured.fd);
	close(captured.saved);
	close(captured.pipe[1]);
	while (got > 0 && used < sizeof(captured.text) - 1) {
		got = read(captured.pipe[0], captured.text + used,
			   sizeof(captured.text) - 1 - used);
		used += got > 0 ? (size_t)got : 0;
	}
	close(captured.pipe[0]);
	captured.text[used] = '\0';
	return captured.text;
}

/* In memory: on a busy disk one fsync(2) can take a second, and a test makes hundreds. */
static char in_memory[] = "/dev/shm/fo-unit-XXXXXX", on_disk[] = "/tmp/fo-unit-XXXXXX";
static char *directory;
static pid_t owner;

static int remove_entry(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
	(void)st;
	(void)type;
	(void)ftw;
	return remove(path);
}

static void remove_directory(void)
{
	if (getpid() == owner)
		nftw(directory, remove_entry, 8, FTW_DEPTH | FTW_PHYS);
}

const char *temp_dir(void)
{
	if (owner == 0) {
		directory = mkdtemp(in_memory);
		if (directory == NULL)
			directory = mkdtemp(on_disk);
		assert_non_null(directory);
		owner = getpid();
		atexit(remove_directory);
	}
	return directory;
}

const char *temp_path(const char *name)
{
	static char path[PATH_MAX];

	snprintf(path, sizeof(path), "%s/%s", temp_dir(), name);
	return path;
}

const char *temp_file(const char *name, const void *bytes, size_t len)
{
	const char *path = temp_path(name);
	FILE *stream = fopen(path, "w");

	assert_non_null(stream);
	assert_int_equal(fwrite(bytes, 1, len, stream), len);
	assert_int_equal(fclose(stream), 0);
	return path;
}

int state_setup(void **state)
{
	static unsigned count;
	char name[32], root[256];

	(void)state;
	log_open("test", LOG_LEVEL_DEBUG);
	snprintf(name, sizeof(name), "state%u", count++);
	snprintf(root, sizeof(root), "%s", temp_path(name));
	umask(0177); /* and not before: nobody but root could use a folder that is made under it */
	return setenv("FO_STATE_DIR", root, 1);
}

const char *state_path(const char *name)
{
	static char path[512];

	snprintf(path, sizeof(path), "%s/%s", getenv("FO_STATE_DIR"), name);
	return path;
}

uint32_t random_next(void)
{
	static bool seeded;
	static uint64_t state;

	if (!seeded) {
		const char *given = getenv("FO_TEST_SEED");
		int64_t seed = 0;

		if (given == NULL || num_parse(given, 0, UINT32_MAX, &seed) != 0)
			seed = time(NULL);
		print_message("FO_TEST_SEED=%lld\n", (long long)seed);
		state = (uint64_t)seed;
		seeded = true;
	}
	/* The 31 high bits of a linear congruential generator (Knuth's MMIX), without the wrap
	 * that -fsanitize=integer would object to. */
	__builtin_mul_overflow(state, UINT64_C(6364136223846793005), &state);
	__builtin_add_overflow(state, UINT64_C(1442695040888963407), &state);
	return (uint32_t)(state >> 33);
}

uint32_t random_below(uint32_t limit)
{
	return random_next() % limit;
}

void make_reply(sa_family_t family, uint8_t *icmp)
{
	uint16_t sum;

	icmp[0] = family == AF_INET6 ? ICMP6_ECHO_REPLY : ICMP_ECHOREPLY;
	if (family == AF_INET6)
		return;
	icmp[2] = 0;
	icmp[3] = 0;
	sum = checksum_of(icmp, ICMP_ECHO_LEN);
	icmp[2] = (uint8_t)(sum >> 8);
	icmp[3] = (uint8_t)(sum & 0xff);
}
