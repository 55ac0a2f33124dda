/* input.h - numbers out of a fuzzer's input. */
#ifndef FO_FUZZ_INPUT_H
#define FO_FUZZ_INPUT_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

/* Takes the next 8 bytes of the input, 0 to `max`; of one that has ended, zeros. */
static inline int64_t take(const uint8_t **data, size_t *size, int64_t max)
{
	uint64_t value = 0;
	size_t len = *size < sizeof(value) ? *size : sizeof(value);

	memcpy(&value, *data, len);
	*data += len;
	*size -= len;
	return (int64_t)(value % ((uint64_t)max + 1));
}

#endif
