#include "html.h"

#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "utf8.h"

void html_text(const char *text)
{
	uint32_t code;
	size_t len;

	for (len = utf8_next(text, &code); len > 0; len = utf8_next(text, &code)) {
		if (!utf8_is_printable(code))
			putchar('?');
		else if (code < 0x80 && strchr("<>&\"'", (int)code) != NULL)
			printf("&#%d;", (int)code);
		else
			fwrite(text, 1, len, stdout);
		text += len;
	}
}
