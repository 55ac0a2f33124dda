/* line_text.h - rounds over a line in words. Job: line, log. */
#ifndef FO_LINE_TEXT_H
#define FO_LINE_TEXT_H

#include "line.h"

/* Logs trouble (line_trouble), with what to do about it. */
void line_log_trouble(const struct line *line, int error);

/* What became of a target, such as "silent" or "destination net unreachable, says 192.0.2.1".
 * Returns `buf`. */
const char *line_describe(const struct line_target *target, char *buf, size_t size);

#define LINE_ROUND_TEXT_MAX 512

/* The same of all targets that were asked: `; 1.1.1.1: silent; 8.8.8.8: silent`. Returns `buf`. */
const char *line_describe_round(const struct line_round *round,
				char buf[static LINE_ROUND_TEXT_MAX]);

/* Logs loss and mean round trip of each target (line_watch_quality). */
void line_log_quality(struct line *line);

#endif
