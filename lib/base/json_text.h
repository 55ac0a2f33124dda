/* json_text.h - a string of JSON (RFC 8259). Edge: stdio. */
#ifndef FO_JSON_TEXT_H
#define FO_JSON_TEXT_H

#include <stdio.h>

/* Prints it with its quotes. What is not UTF-8 would make all of it invalid, and becomes U+FFFD. */
void json_text_print(FILE *out, const char *text);

#endif
