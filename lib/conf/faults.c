#include "faults.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "clock.h"
#include "log.h"
#include "record.h"
#include "schema.h"
#include "store.h"

#define AGAIN_AFTER_S 3600

#define MEMORY_SUFFIX ".complaint"

void conf_faults_init(struct conf_faults *faults, const struct conf_source *source)
{
	memset(faults, 0, sizeof(*faults));
	faults->source = source;
	conf_faults_of_file(faults, NULL);
}

void conf_faults_of_file(struct conf_faults *faults, const struct stat *st)
{
	if (st == NULL)
		snprintf(faults->identity, sizeof(faults->identity), "none");
	else
		snprintf(faults->identity, sizeof(faults->identity), "%jx.%jx.%jx.%jx.%lx",
			 (uintmax_t)st->st_dev, (uintmax_t)st->st_ino, (uintmax_t)st->st_size,
			 (uintmax_t)st->st_mtim.tv_sec, (unsigned long)st->st_mtim.tv_nsec);
}

/* `IDENTITY TIME`, by CLOCK_BOOTTIME: the file is in STORE_RUN. */
static bool was_logged_lately(const struct conf_faults *faults, const char *name, int64_t now_s)
{
	char text[2 * RECORD_WORD_MAX + 32], identity[RECORD_WORD_MAX];
	const char *rest = text;
	int64_t then_s = 0;

	return store_read(STORE_RUN, name, text, sizeof(text)) == 0 &&
	       record_take_word(&rest, false, identity) == 0 &&
	       record_take_number(&rest, true, now_s, &then_s) == 0 &&
	       strcmp(identity, faults->identity) == 0 && now_s - then_s < AGAIN_AFTER_S;
}

static enum faults_hearing find_hearing(const struct conf_faults *faults)
{
	int64_t now_s = clock_boottime_s();
	char name[64], line[128];

	if (faults->source->insistent || !log_is_unattended())
		return FAULTS_LOGGED;
	snprintf(name, sizeof(name), "%s" MEMORY_SUFFIX, faults->source->program);
	if (was_logged_lately(faults, name, now_s))
		return faults->source->frequent ? FAULTS_MUTED : FAULTS_BRIEF;
	snprintf(line, sizeof(line), "%s %" PRId64 "\n", faults->identity, now_s);
	store_note(STORE_RUN, name, line, 0644);
	return FAULTS_LOGGED;
}

static bool is_muted(struct conf_faults *faults, bool grave)
{
	if (faults->hearing == FAULTS_NEW)
		faults->hearing = find_hearing(faults);
	if (faults->hearing == FAULTS_BRIEF && grave) {
		faults->hearing = FAULTS_MUTED;
		return false;
	}
	return faults->hearing != FAULTS_LOGGED;
}

/* The section that a name stands for; NULL: it may be any. */
static const struct conf_section *section_of(const char *name)
{
	const struct conf_section *section = conf_find_section(name);

	return section != NULL || name[0] == '\0' ? section : conf_nearest_section(name);
}

static bool concerns(const struct conf_faults *faults, const struct conf_section *section)
{
	return section != NULL && (section->bit == 0 || (faults->source->sections & section->bit));
}

void conf_fault(struct conf_faults *faults, const char *section, unsigned line, const char *fmt,
		...)
{
	const struct conf_section *found = section_of(section);
	bool grave = concerns(faults, found);
	char text[512], where[16] = "";
	va_list ap;

	faults->count++;
	faults->grave = faults->grave || grave;
	faults->unknown = faults->unknown || found == NULL;
	faults->faulty |= found != NULL ? found->bit : 0;
	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	if (faults->source->hear != NULL) {
		faults->source->hear(faults->source->data, line, text);
		return;
	}
	if (is_muted(faults, grave))
		return;
	if (line > 0)
		snprintf(where, sizeof(where), ":%u", line);
	if (grave)
		log_err(0, "%s%s: %s", faults->source->path, where, text);
	else if (found == NULL)
		log_warn(0, "%s%s: %s", faults->source->path, where, text);
	else
		log_warn(0, "%s%s: %s; not used by %s", faults->source->path, where, text,
			 faults->source->program);
}

void conf_fault_file(struct conf_faults *faults, int err, const char *fmt, ...)
{
	char text[256];
	va_list ap;

	faults->count++;
	faults->grave = true;
	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	/* One that cannot be read is the caller's to tell. */
	if (faults->source->hear != NULL && err == 0)
		faults->source->hear(faults->source->data, 0, text);
	if (faults->source->hear != NULL || is_muted(faults, true))
		return;
	log_err(err, "%s", text);
}
