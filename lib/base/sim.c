#include "sim.h"

#include <string.h>

#define LETTERS		 "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
#define CLASS_CHARACTERS LETTERS "0123456789.-_"

bool sim_valid_class(const char *text)
{
	return strspn(text, LETTERS) > 0 && text[strspn(text, CLASS_CHARACTERS)] == '\0';
}
