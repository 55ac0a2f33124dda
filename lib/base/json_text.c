#include "json_text.h"

#include <stdint.h>

#include "utf8.h"

void json_text_print(FILE *out, const char *text)
{
	const char *plain = text; /* since here nothing was to be escaped */
	uint32_t code;
	size_t len;

	fputc('"', out);
	for (len = utf8_next(text, &code); len > 0; len = utf8_next(text, &code)) {
		if (code != '"' && code != '\\' && utf8_is_printable(code)) {
			text += len;
			continue;
		}
		fwrite(plain, 1, (size_t)(text - plain), out);
		if (code == '"' || code == '\\')
			fprintf(out, "\\%c", (int)code);
		else
			fprintf(out, "\\u%04x", code == UTF8_INVALID ? 0xfffdU : code);
		text += len;
		plain = text;
	}
	fwrite(plain, 1, (size_t)(text - plain), out);
	fputc('"', out);
}
