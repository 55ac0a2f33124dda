#include "report.h"

#include <cjson/cJSON.h>
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "log.h"

/* A report is a cJSON object; the type keeps cJSON out of the header. */
struct report;

#define COLUMNS_MAX 8

static cJSON *tree(struct report *report)
{
	return (cJSON *)report;
}

struct report *report_new(void)
{
	return (struct report *)cJSON_CreateObject();
}

void report_free(struct report *report)
{
	cJSON_Delete(tree(report));
}

void report_text(struct report *report, const char *name, const char *text)
{
	cJSON_AddStringToObject(tree(report), name, text);
}

void report_number(struct report *report, const char *name, int64_t value)
{
	cJSON_AddNumberToObject(tree(report), name, (double)value);
}

void report_flag(struct report *report, const char *name, bool value)
{
	cJSON_AddBoolToObject(tree(report), name, value);
}

void report_thousandths(struct report *report, const char *name, int64_t value)
{
	char text[32];

	snprintf(text, sizeof(text), "%" PRId64 ".%03" PRId64, value / 1000, value % 1000);
	cJSON_AddRawToObject(tree(report), name, text);
}

struct report *report_row(struct report *report, const char *name)
{
	cJSON *table = cJSON_GetObjectItemCaseSensitive(tree(report), name);
	cJSON *row = cJSON_CreateObject();

	if (table == NULL)
		table = cJSON_AddArrayToObject(tree(report), name);
	if (!cJSON_AddItemToArray(table, row)) {
		cJSON_Delete(row);
		return NULL;
	}
	return (struct report *)row;
}

/* Text of a file, a peer or a kernel must not move a person's cursor. */
static void print_text(const char *text)
{
	for (; *text != '\0'; text++)
		putchar((unsigned char)*text < 0x20 || *text == 0x7f ? '?' : *text);
}

static const char *text_of(const cJSON *value, char *buf, size_t size)
{
	if (cJSON_IsString(value) || cJSON_IsRaw(value))
		return value->valuestring;
	if (cJSON_IsBool(value))
		return cJSON_IsTrue(value) ? "yes" : "no";
	snprintf(buf, size, "%.0f", cJSON_IsNumber(value) ? value->valuedouble : 0.0);
	return buf;
}

static void measure_row(const cJSON *row, size_t widths[static COLUMNS_MAX])
{
	const cJSON *cell;
	size_t column = 0;
	char buf[32];

	cJSON_ArrayForEach(cell, row)
	{
		size_t len = strlen(text_of(cell, buf, sizeof(buf)));
		size_t heading = strlen(cell->string);

		if (column == COLUMNS_MAX)
			return;
		len = len > heading ? len : heading;
		widths[column] = widths[column] > len ? widths[column] : len;
		column++;
	}
}

/* The widest entry of each column, its heading included. */
static void measure(const cJSON *table, size_t widths[static COLUMNS_MAX])
{
	const cJSON *row;

	memset(widths, 0, COLUMNS_MAX * sizeof(widths[0]));
	cJSON_ArrayForEach(row, table) measure_row(row, widths);
}

static void print_row(const cJSON *row, bool heading, const size_t widths[static COLUMNS_MAX])
{
	const cJSON *cell;
	size_t column = 0;
	char buf[32];

	cJSON_ArrayForEach(cell, row)
	{
		const char *text = heading ? cell->string : text_of(cell, buf, sizeof(buf));
		size_t pad = column < COLUMNS_MAX ? widths[column] - strlen(text) : 0;

		fputs("  ", stdout);
		print_text(text);
		if (cell->next != NULL)
			printf("%*s", (int)pad, "");
		column++;
	}
	putchar('\n');
}

static void print_table(const cJSON *table)
{
	size_t widths[COLUMNS_MAX];
	const cJSON *row;

	measure(table, widths);
	printf("%s\n", table->string);
	print_row(table->child, true, widths);
	cJSON_ArrayForEach(row, table) print_row(row, false, widths);
}

static void print_for_person(const cJSON *object)
{
	const cJSON *value;
	size_t width = 0;
	char buf[32];

	cJSON_ArrayForEach(value, object)
	{
		if (!cJSON_IsArray(value) && strlen(value->string) > width)
			width = strlen(value->string);
	}
	cJSON_ArrayForEach(value, object)
	{
		if (cJSON_IsArray(value)) {
			print_table(value);
			continue;
		}
		printf("%-*s  ", (int)width, value->string);
		print_text(text_of(value, buf, sizeof(buf)));
		putchar('\n');
	}
}

static int print_json(const cJSON *object)
{
	char *text = cJSON_PrintUnformatted(object);

	if (text == NULL)
		return -ENOMEM;
	puts(text);
	cJSON_free(text);
	return 0;
}

int report_print(const struct report *report, bool json)
{
	const cJSON *object = (const cJSON *)report;
	int ret = object == NULL ? -ENOMEM : 0;

	if (ret == 0 && json)
		ret = print_json(object);
	else if (ret == 0)
		print_for_person(object);
	if (ret == 0 && (fflush(stdout) != 0 || ferror(stdout) != 0))
		ret = errno != 0 ? -errno : -EIO;
	if (ret != 0)
		log_err(ret, "cannot print");
	return ret;
}
