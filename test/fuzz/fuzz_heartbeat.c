/* What the watcher leaves; what is taken from it is written, and read again, as the same. */
#include <stdlib.h>
#include <string.h>

#include "heartbeat.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char first[HEARTBEAT_TEXT_MAX], second[HEARTBEAT_TEXT_MAX];
	char *text = malloc(size + 1); /* no longer: ASan sees each byte too far */
	struct heartbeat beat;

	if (text == NULL)
		return -1;
	memcpy(text, data, size);
	text[size] = '\0';
	if (heartbeat_parse(text, &beat) == 0) {
		heartbeat_format(first, &beat);
		if (first[strlen(first) - 1] != '\n' || heartbeat_parse(first, &beat) != 0 ||
		    strcmp(first, heartbeat_format(second, &beat)) != 0)
			abort();
		/* No time and no count of it makes any arithmetic overflow. */
		(void)heartbeat_tells(&beat, "ppp0", 1000000);
		(void)heartbeat_tells(&beat, "ppp0", INT64_MAX);
	}
	free(text);
	return 0;
}
