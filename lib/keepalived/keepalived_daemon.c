#include "keepalived_daemon.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "child.h"
#include "shell_words.h"
#include "tree.h"

#define DPKG_LIST "/var/lib/dpkg/status"
#define DEFAULTS  "/etc/default/keepalived"

/* The digits at `*text`, 99 at most. */
static unsigned take_digits(const char **text)
{
	unsigned value = 0;

	for (; **text >= '0' && **text <= '9'; (*text)++)
		value = value < 10 ? value * 10 + (unsigned)(**text - '0') : 99;
	return value;
}

unsigned keepalived_daemon_version(const char *text)
{
	for (text += strcspn(text, "0123456789"); *text != '\0';
	     text += strcspn(text, "0123456789")) {
		unsigned version = take_digits(&text);

		if (*text != '.')
			continue;
		for (int i = 0; i < 2; i++) {
			text += *text == '.' ? 1 : 0;
			version = version * 100 + take_digits(&text);
		}
		return version;
	}
	return 0;
}

/* What has been seen of dpkg's list. */
struct listing {
	unsigned version;
	bool ours; /* the package at hand is keepalived */
};

static bool take_dpkg_line(void *data, unsigned number, char *line, bool cut)
{
	static const char name[] = "Package: ", version[] = "Version: ";
	struct listing *listing = data;

	(void)number;
	(void)cut;
	if (strncmp(line, name, strlen(name)) == 0)
		listing->ours = strcmp(line + strlen(name), "keepalived") == 0;
	if (listing->ours && strncmp(line, version, strlen(version)) == 0)
		listing->version = keepalived_daemon_version(line + strlen(version));
	return listing->version == 0;
}

static unsigned listed_version(const char *root)
{
	struct listing listing = { .version = 0 };

	if (tree_read_lines(root, DPKG_LIST, 256, take_dpkg_line, &listing) != 0)
		return 0;
	return listing.version;
}

static unsigned told_version(void)
{
	static const char *const places[] = { "/usr/sbin/keepalived",
					      "/usr/local/sbin/keepalived" };
	char text[8192];

	for (size_t i = 0; i < ARRAY_LEN(places); i++) {
		char program[64], option[] = "--version";
		char *const argv[] = { program, option, NULL };
		const struct child_order order = { .argv = argv,
						   .timeout_ms = 2000,
						   .out = text,
						   .size = sizeof(text),
						   .all = true };

		snprintf(program, sizeof(program), "%s", places[i]);
		if (access(program, X_OK) == 0 && child_run_order(&order) == 0)
			return keepalived_daemon_version(text);
	}
	return 0;
}

/* `-i ID`, `-iID`, `--config-id ID` or `--config-id=ID`. */
static void take_options(const char *text, char out[static KEEPALIVED_WORD_MAX])
{
	static const char name[] = "--config-id";
	struct shell_words words;

	if (shell_words_split(text, &words) != NULL)
		return;
	for (size_t i = 0; words.argv[i] != NULL; i++) {
		const char *word = words.argv[i], *id = NULL;

		if (strcmp(word, "-i") == 0 || strcmp(word, name) == 0)
			id = words.argv[i + 1];
		else if (strncmp(word, "-i", 2) == 0)
			id = word + 2;
		else if (strncmp(word, name, strlen(name)) == 0 && word[strlen(name)] == '=')
			id = word + strlen(name) + 1;
		if (id != NULL)
			snprintf(out, KEEPALIVED_WORD_MAX, "%s", id);
	}
}

static bool take_default_line(void *data, unsigned number, char *line, bool cut)
{
	static const char name[] = "DAEMON_ARGS=";
	struct shell_words words;

	(void)number;
	if (!cut && strncmp(line, name, strlen(name)) == 0 &&
	    shell_words_split(line + strlen(name), &words) == NULL && words.argv[0] != NULL)
		take_options(words.argv[0], data);
	return true;
}

void keepalived_daemon_find_id(const char *root, char out[static KEEPALIVED_WORD_MAX])
{
	out[0] = '\0';
	if (tree_read_lines(root, DEFAULTS, 512, take_default_line, out) != 0)
		out[0] = '\0';
}

void keepalived_daemon_look(const char *root, struct keepalived_daemon *out)
{
	memset(out, 0, sizeof(*out));
	if (root[0] == '\0')
		out->version = told_version();
	if (out->version == 0)
		out->version = listed_version(root);
	keepalived_daemon_find_id(root, out->id);
}
