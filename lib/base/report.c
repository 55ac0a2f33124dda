#include "report.h"

#include <errno.h>
#include <inttypes.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "json_text.h"
#include "log.h"
#include "num.h"
#include "signals.h"
#include "utf8.h"

enum kind {
	KIND_TEXT,
	KIND_NUMBER, /* printed as it is */
	KIND_FLAG,   /* the text is `true` or `false` */
	KIND_UNKNOWN /* the text is `null` */
};

/* A value. */
struct cell {
	const char *table; /* it belongs to; NULL: to none */
	unsigned row;	   /* of the table, from 1 on */
	const char *name;
	enum kind kind;
	char *text;		  /* owned */
	char shown[NUM_TEXT_MAX]; /* to a person instead; empty: nothing else */
};

struct report {
	struct cell *cells; /* the rows of a table need not be neighbours */
	size_t count, room;
	const char *table; /* of the open row; NULL: none is open */
	unsigned row;
	bool failed; /* something could not be added */
};

#define COLUMNS_MAX 8

struct report *report_new(void)
{
	return calloc(1, sizeof(struct report));
}

void report_free(struct report *report)
{
	if (report == NULL)
		return;
	for (size_t i = 0; i < report->count; i++)
		free(report->cells[i].text);
	free(report->cells);
	free(report);
}

/* A cell more, all zero; NULL without memory. */
static struct cell *next_cell(struct report *report)
{
	size_t room = report->room == 0 ? 32 : 2 * report->room;
	struct cell *cells = report->cells;

	if (report->count == report->room) {
		cells = realloc(report->cells, room * sizeof(*cells));
		if (cells == NULL)
			return NULL;
		report->cells = cells;
		report->room = room;
	}
	memset(&cells[report->count], 0, sizeof(*cells));
	return &cells[report->count];
}

/* Returns the cell, or NULL. */
static struct cell *add(struct report *report, const char *name, enum kind kind, const char *text)
{
	struct cell *cell = report == NULL ? NULL : next_cell(report);

	if (cell != NULL)
		cell->text = strdup(text);
	if (cell == NULL || cell->text == NULL) {
		if (report != NULL)
			report->failed = true;
		return NULL;
	}
	cell->table = report->table;
	cell->row = report->row;
	cell->name = name;
	cell->kind = kind;
	report->count++;
	return cell;
}

void report_text(struct report *report, const char *name, const char *text)
{
	add(report, name, KIND_TEXT, text);
}

static struct cell *add_number(struct report *report, const char *name, int64_t value)
{
	char text[32];

	snprintf(text, sizeof(text), "%" PRId64, value);
	return add(report, name, KIND_NUMBER, text);
}

void report_number(struct report *report, const char *name, int64_t value)
{
	add_number(report, name, value);
}

void report_flag(struct report *report, const char *name, bool value)
{
	add(report, name, KIND_FLAG, value ? "true" : "false");
}

void report_thousandths(struct report *report, const char *name, int64_t value)
{
	char text[32];

	snprintf(text, sizeof(text), "%" PRId64 ".%03" PRId64, value / 1000, value % 1000);
	add(report, name, KIND_NUMBER, text);
}

void report_bytes(struct report *report, const char *name, int64_t value)
{
	struct cell *cell = add_number(report, name, value);

	if (cell != NULL)
		num_format_bytes(cell->shown, value);
}

void report_unknown(struct report *report, const char *name)
{
	add(report, name, KIND_UNKNOWN, "null");
}

static bool same_table(const char *a, const char *b)
{
	return a == b || (a != NULL && b != NULL && strcmp(a, b) == 0);
}

void report_row(struct report *report, const char *name)
{
	if (report == NULL)
		return;
	report->table = name;
	report->row = 1;
	for (size_t i = 0; i < report->count; i++) {
		if (same_table(report->cells[i].table, name))
			report->row = report->cells[i].row + 1;
	}
}

void report_end_row(struct report *report)
{
	if (report != NULL)
		report->table = NULL;
}

/* The first cell of a table is where the table is printed. */
static bool begins_table(const struct report *report, size_t index)
{
	for (size_t i = 0; i < index; i++) {
		if (same_table(report->cells[i].table, report->cells[index].table))
			return false;
	}
	return true;
}

/* The next cell of `table` from `from` on; `count` when there is none. */
static size_t next_of(const struct report *report, const char *table, size_t from)
{
	while (from < report->count && !same_table(report->cells[from].table, table))
		from++;
	return from;
}

/* For a person */

/* Text of a file, a peer or a kernel must not move a person's cursor. */
static void print_text(const char *text)
{
	uint32_t code;
	size_t len;

	for (len = utf8_next(text, &code); len > 0; len = utf8_next(text, &code)) {
		if (utf8_is_printable(code))
			printf("%.*s", (int)len, text);
		else
			putchar('?');
		text += len;
	}
}

static const char *text_of(const struct cell *cell)
{
	if (cell->kind == KIND_FLAG)
		return strcmp(cell->text, "true") == 0 ? "yes" : "no";
	if (cell->shown[0] != '\0')
		return cell->shown;
	return cell->kind == KIND_UNKNOWN ? "-" : cell->text;
}

/* The widest entry of each column, its heading included. */
static void measure(const struct report *report, const char *table,
		    size_t widths[static COLUMNS_MAX])
{
	unsigned row = 0;
	size_t column = 0;

	memset(widths, 0, COLUMNS_MAX * sizeof(widths[0]));
	for (size_t i = next_of(report, table, 0); i < report->count;
	     i = next_of(report, table, i + 1)) {
		const struct cell *cell = &report->cells[i];
		size_t len = strlen(text_of(cell)), heading = strlen(cell->name);

		column = cell->row == row ? column + 1 : 0;
		row = cell->row;
		len = len > heading ? len : heading;
		if (column < COLUMNS_MAX && len > widths[column])
			widths[column] = len;
	}
}

static void print_row(const struct report *report, size_t first, bool heading,
		      const size_t widths[static COLUMNS_MAX])
{
	const char *table = report->cells[first].table;
	unsigned row = report->cells[first].row;
	size_t column = 0;

	for (size_t i = first; i < report->count && report->cells[i].row == row;) {
		const struct cell *cell = &report->cells[i];
		const char *text = heading ? cell->name : text_of(cell);
		size_t pad = column < COLUMNS_MAX ? widths[column] - strlen(text) : 0;

		fputs("  ", stdout);
		print_text(text);
		i = next_of(report, table, i + 1);
		if (i < report->count && report->cells[i].row == row)
			printf("%*s", (int)pad, "");
		column++;
	}
	putchar('\n');
}

static void print_table(const struct report *report, size_t first)
{
	const char *table = report->cells[first].table;
	size_t widths[COLUMNS_MAX];
	unsigned row = 0;

	measure(report, table, widths);
	printf("%s\n", table);
	print_row(report, first, true, widths);
	for (size_t i = first; i < report->count; i = next_of(report, table, i + 1)) {
		if (report->cells[i].row != row)
			print_row(report, i, false, widths);
		row = report->cells[i].row;
	}
}

static void print_for_person(const struct report *report)
{
	size_t width = 0;

	for (size_t i = next_of(report, NULL, 0); i < report->count;
	     i = next_of(report, NULL, i + 1)) {
		if (strlen(report->cells[i].name) > width)
			width = strlen(report->cells[i].name);
	}
	for (size_t i = 0; i < report->count; i++) {
		const struct cell *cell = &report->cells[i];

		if (cell->table != NULL && begins_table(report, i))
			print_table(report, i);
		if (cell->table != NULL)
			continue;
		printf("%-*s  ", (int)width, cell->name);
		print_text(text_of(cell));
		putchar('\n');
	}
}

/* As JSON (RFC 8259) */

static void print_member(const struct cell *cell)
{
	printf("\"%s\":", cell->name);
	if (cell->kind == KIND_TEXT)
		json_text_print(stdout, cell->text);
	else
		fputs(cell->text, stdout);
}

static void print_array(const struct report *report, size_t first)
{
	const char *table = report->cells[first].table;
	unsigned row = 0;

	printf("\"%s\":[", table);
	for (size_t i = first; i < report->count; i = next_of(report, table, i + 1)) {
		const struct cell *cell = &report->cells[i];

		if (cell->row != row)
			fputs(row == 0 ? "{" : "},{", stdout);
		else
			putchar(',');
		print_member(cell);
		row = cell->row;
	}
	fputs("}]", stdout);
}

static void print_json(const struct report *report)
{
	const char *comma = "";

	putchar('{');
	for (size_t i = 0; i < report->count; i++) {
		const struct cell *cell = &report->cells[i];

		if (cell->table != NULL && !begins_table(report, i))
			continue;
		fputs(comma, stdout);
		comma = ",";
		if (cell->table == NULL)
			print_member(cell);
		else
			print_array(report, i);
	}
	puts("}");
}

/* SIGPIPE is ignored, for the sake of the log. */
static bool has_reader(void)
{
	struct pollfd out = { .fd = STDOUT_FILENO, .events = POLLOUT };

	return poll(&out, 1, 0) != 1 || (out.revents & (POLLERR | POLLHUP)) == 0;
}

int report_flush(void)
{
	int ret;

	if (fflush(stdout) == 0 && ferror(stdout) == 0)
		return 0;
	ret = errno != 0 ? -errno : -EIO;
	if (!has_reader())
		signals_die(SIGPIPE);
	log_err(ret, "cannot print");
	return ret;
}

int report_print(const struct report *report, bool json)
{
	int ret = report == NULL || report->failed ? -ENOMEM : 0;

	if (ret == 0 && json)
		print_json(report);
	else if (ret == 0)
		print_for_person(report);
	if (ret == 0)
		return report_flush();
	log_err(ret, "cannot print");
	return ret;
}
