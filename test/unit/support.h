/* support.h - what the unit tests share: cmocka, captured output, temporary files, chance. */
#ifndef FO_TEST_SUPPORT_H
#define FO_TEST_SUPPORT_H

/* cmocka.h wants these four before it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

#include "compiler.h"

/* Fails with a text that names the case of a table. */
#define CHECK(condition, ...)                                                                      \
	do {                                                                                       \
		if (!(condition)) {                                                                \
			print_error("not so: %s: ", #condition);                                   \
			fail_msg(__VA_ARGS__);                                                     \
		}                                                                                  \
	} while (0)

/* From capture_start to capture_stop what goes to `fd` (1 or 2) is kept; assert nothing in
 * between. The text is valid until the next start. */
void capture_start(int fd);
const char *capture_stop(void);

/* A directory of this process, removed at its end. */
const char *temp_dir(void);

/* Writes file `name` in it. Returns its path, valid until the next call. */
const char *temp_file(const char *name, const void *bytes, size_t len);

/* The path of `name` in it; as temp_file. */
const char *temp_path(const char *name);

/* A cmocka setup: a fresh state directory (FO_STATE_DIR) for each test, under the umask that
 * keepalived gives its children. */
int state_setup(void **state);

/* The path of `name` in it; valid until the next call. */
const char *state_path(const char *name);

/* Pseudo-random numbers. The seed is printed; FO_TEST_SEED sets it, to repeat a failure. */
uint32_t random_next(void);
uint32_t random_below(uint32_t limit);

/* Makes the echo request of ICMP_ECHO_LEN bytes the reply to it, with the checksum of one. */
void make_reply(sa_family_t family, uint8_t *icmp);

#endif
