#include "report.h"

#include <cjson/cJSON.h>
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "log.h"

struct report {
	cJSON *object;
	cJSON *at;   /* where values go: the object, or the open row; NULL after a failure */
	bool failed; /* something could not be added */
};

#define COLUMNS_MAX 8

struct report *report_new(void)
{
	struct report *report = calloc(1, sizeof(*report));

	if (report == NULL)
		return NULL;
	report->object = cJSON_CreateObject();
	report->at = report->object;
	report->failed = report->object == NULL;
	return report;
}

void report_free(struct report *report)
{
	if (report == NULL)
		return;
	cJSON_Delete(report->object);
	free(report);
}

/* Takes the outcome of an addition. cJSON refuses to add to NULL, so that a failure stays one. */
static void note(struct report *report, const cJSON *added)
{
	report->failed = report->failed || added == NULL;
}

void report_text(struct report *report, const char *name, const char *text)
{
	if (report != NULL)
		note(report, cJSON_AddStringToObject(report->at, name, text));
}

void report_number(struct report *report, const char *name, int64_t value)
{
	char text[32];

	if (report == NULL)
		return;
	/* As text: cJSON keeps a number as a double, and prints 15 digits of it. */
	snprintf(text, sizeof(text), "%" PRId64, value);
	note(report, cJSON_AddRawToObject(report->at, name, text));
}

void report_flag(struct report *report, const char *name, bool value)
{
	if (report != NULL)
		note(report, cJSON_AddBoolToObject(report->at, name, value));
}

void report_thousandths(struct report *report, const char *name, int64_t value)
{
	char text[32];

	if (report == NULL)
		return;
	snprintf(text, sizeof(text), "%" PRId64 ".%03" PRId64, value / 1000, value % 1000);
	note(report, cJSON_AddRawToObject(report->at, name, text));
}

void report_row(struct report *report, const char *name)
{
	cJSON *table, *row;

	if (report == NULL)
		return;
	table = cJSON_GetObjectItemCaseSensitive(report->object, name);
	if (table == NULL)
		table = cJSON_AddArrayToObject(report->object, name);
	row = cJSON_CreateObject();
	report->at = row;
	if (cJSON_AddItemToArray(table, row))
		return;
	cJSON_Delete(row);
	report->at = NULL;
	report->failed = true;
}

void report_end_row(struct report *report)
{
	if (report != NULL)
		report->at = report->object;
}

/* Text of a file, a peer or a kernel must not move a person's cursor. */
static void print_text(const char *text)
{
	for (; *text != '\0'; text++)
		putchar((unsigned char)*text < 0x20 || *text == 0x7f ? '?' : *text);
}

static const char *text_of(const cJSON *value)
{
	if (cJSON_IsBool(value))
		return cJSON_IsTrue(value) ? "yes" : "no";
	return value->valuestring;
}

static void measure_row(const cJSON *row, size_t widths[static COLUMNS_MAX])
{
	const cJSON *cell;
	size_t column = 0;

	cJSON_ArrayForEach(cell, row)
	{
		size_t len = strlen(text_of(cell));
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

	cJSON_ArrayForEach(cell, row)
	{
		const char *text = heading ? cell->string : text_of(cell);
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
		print_text(text_of(value));
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
	int ret = report == NULL || report->failed ? -ENOMEM : 0;

	if (ret == 0 && json)
		ret = print_json(report->object);
	else if (ret == 0)
		print_for_person(report->object);
	if (ret == 0 && (fflush(stdout) != 0 || ferror(stdout) != 0))
		ret = errno != 0 ? -errno : -EIO;
	if (ret != 0)
		log_err(ret, "cannot print");
	return ret;
}
