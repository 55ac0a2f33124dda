#include "keepalived_parser.h"

#include <stdio.h>
#include <string.h>

#include "keepalived_words.h"

void keepalived_parser_init(struct keepalived_parser *parser, struct keepalived_conf *conf,
			    const char *id, unsigned version)
{
	memset(parser, 0, sizeof(*parser));
	memset(conf, 0, sizeof(*conf));
	conf->block_count = 1; /* KEEPALIVED_ROOT */
	parser->conf = conf;
	parser->id = id;
	parser->version = version;
	/* By default the name of the host: which one does not matter here. */
	keepalived_defs_set(&parser->defs, "_INSTANCE", id[0] != '\0' ? id : "instance");
	keepalived_defs_set(&parser->defs, "_HASH", "#");
	keepalived_defs_set(&parser->defs, "_BANG", "!");
}

void keepalived_parser_enter(struct keepalived_parser *parser, const char *path)
{
	const char *slash = strrchr(path, '/');
	char folder[KEEPALIVED_PATH_MAX];

	snprintf(folder, sizeof(folder), "%.*s", slash == NULL ? 0 : (int)(slash - path), path);
	keepalived_defs_set(&parser->defs, "_PWD", folder);
}

static struct keepalived_level *level_of(struct keepalived_parser *parser)
{
	return &parser->levels[parser->depth];
}

static void open_block(struct keepalived_parser *parser)
{
	parser->announced = false;
	if (parser->depth + 1 == KEEPALIVED_DEPTH_MAX) {
		/* So deep nothing is of interest; the braces no longer match. */
		parser->conf->partly = true;
		return;
	}
	parser->depth++;
	*level_of(parser) = parser->next;
}

static void take_open_brace(struct keepalived_parser *parser, struct keepalived_place place)
{
	enum keepalived_context around = level_of(parser)->context;

	if (!parser->announced) {
		if (around != KEEPALIVED_OTHER)
			(void)keepalived_add_fault(parser->conf, KEEPALIVED_OPEN_BRACE, place, "{");
		parser->next = *level_of(parser);
		parser->next.context = KEEPALIVED_OTHER;
		parser->next.place = place;
	}
	open_block(parser);
}

static void take_close_brace(struct keepalived_parser *parser, struct keepalived_place place)
{
	parser->announced = false;
	if (parser->depth == 0)
		(void)keepalived_add_fault(parser->conf, KEEPALIVED_CLOSE_BRACE, place, "}");
	else
		parser->depth--;
}

/* A new block, or the one before where it goes on in `context`. Returns its number. */
static size_t add_block(struct keepalived_parser *parser, enum keepalived_context context,
			struct keepalived_place place, const char *name)
{
	struct keepalived_conf *conf = parser->conf;
	struct keepalived_block *block = &conf->blocks[conf->block_count];
	const struct keepalived_block *first = keepalived_find_block(conf, KEEPALIVED_GLOBAL, NULL);

	if (context == KEEPALIVED_GLOBAL && first != NULL)
		return (size_t)(first - conf->blocks);
	if (conf->block_count == KEEPALIVED_BLOCKS_MAX) {
		conf->partly = true;
		return 0;
	}
	block->context = context;
	block->place = place;
	snprintf(block->name, sizeof(block->name), "%s", name);
	return conf->block_count++;
}

static void announce(struct keepalived_parser *parser, enum keepalived_context context,
		     const struct keepalived_entry *entry)
{
	struct keepalived_level *next = &parser->next;

	*next = *level_of(parser);
	next->place = entry->place;
	next->context = context;
	next->list = entry->word;
	if (context != KEEPALIVED_LIST && context != KEEPALIVED_OTHER &&
	    context != KEEPALIVED_AUTHENTICATION)
		next->block = add_block(parser, context, entry->place, keepalived_param(entry, 0));
	if (next->block == 0 && context != KEEPALIVED_LIST)
		next->context = KEEPALIVED_OTHER;
	parser->announced = true;
	parser->required = true;
}

static struct keepalived_entry *add_entry(struct keepalived_parser *parser, const char *word,
					  const struct keepalived_entry *line)
{
	struct keepalived_conf *conf = parser->conf;
	struct keepalived_entry *entry = &conf->entries[conf->entry_count];

	if (conf->entry_count == KEEPALIVED_ENTRIES_MAX) {
		conf->partly = true;
		return NULL;
	}
	*entry = *line;
	entry->word = word;
	entry->block = level_of(parser)->block;
	conf->entry_count++;
	return entry;
}

/* keepalived ignores the line, and a block below it is of nobody's. */
static void take_unknown(struct keepalived_parser *parser, const char *word,
			 struct keepalived_place place)
{
	struct keepalived_fault *fault = NULL;
	const char *near = NULL;

	if (parser->conf->fault_count < KEEPALIVED_FAULTS_MAX)
		near = keepalived_near_word(level_of(parser)->context, word);

	if (near != NULL || parser->version <= KEEPALIVED_WORDS_VERSION)
		fault = keepalived_add_fault(parser->conf, KEEPALIVED_UNKNOWN_WORD, place, word);
	if (fault != NULL)
		fault->near = near;
	parser->next = *level_of(parser);
	parser->next.context = KEEPALIVED_OTHER;
	parser->next.place = place;
	parser->announced = true;
	parser->required = false;
}

static void take_word(struct keepalived_parser *parser, const char *name,
		      const struct keepalived_entry *line)
{
	const struct keepalived_word *word = keepalived_find_word(level_of(parser)->context, name);
	struct keepalived_entry *entry;

	if (word == NULL) {
		take_unknown(parser, name, line->place);
		return;
	}
	if (word->since > parser->version && parser->version != 0) {
		struct keepalived_fault *fault =
			keepalived_add_fault(parser->conf, KEEPALIVED_TOO_NEW, line->place, name);

		if (fault != NULL)
			fault->since = word->since;
	}
	/* The heading of a list is no entry of it. */
	if (word->opens == KEEPALIVED_LIST) {
		struct keepalived_entry heading = *line;

		heading.word = word->name;
		announce(parser, word->opens, &heading);
		return;
	}
	entry = add_entry(parser, word->name, line);
	if (entry != NULL && word->opens != KEEPALIVED_ROOT)
		announce(parser, word->opens, entry);
}

/* Puts the words of a piece into a line; `*first` becomes the first one in a list's stead. */
static void take_piece(struct keepalived_parser *parser, struct keepalived_place place,
		       const char *piece)
{
	char words[KEEPALIVED_LINE_MAX];
	size_t count = keepalived_line_split(piece, words, sizeof(words));
	struct keepalived_entry line = { .place = place };
	const struct keepalived_level *level;
	const char *rest = words;
	size_t used = 0;

	if (parser->announced && parser->required) {
		(void)keepalived_add_fault(parser->conf, KEEPALIVED_NO_BRACE, parser->next.place,
					   parser->next.list);
		open_block(parser);
	}
	parser->announced = false;
	level = level_of(parser);
	if (level->context == KEEPALIVED_OTHER || count == 0)
		return;
	if (level->context != KEEPALIVED_LIST)
		rest += strlen(words) + 1;
	for (line.count = level->context == KEEPALIVED_LIST ? 0 : 1; line.count < count;
	     line.count++) {
		size_t len = strlen(rest) + 1;

		if (used + len > sizeof(line.text))
			break;
		memcpy(line.text + used, rest, len);
		used += len;
		rest += len;
	}
	line.count -= level->context == KEEPALIVED_LIST ? 0 : 1;
	if (level->context == KEEPALIVED_LIST)
		(void)add_entry(parser, level->list, &line);
	else
		take_word(parser, words, &line);
}

static void take_pieces(struct keepalived_parser *parser, struct keepalived_place place,
			const char *line)
{
	char piece[KEEPALIVED_LINE_MAX];

	while (keepalived_line_cut(&line, piece)) {
		if (strcmp(piece, "{") == 0)
			take_open_brace(parser, place);
		else if (strcmp(piece, "}") == 0)
			take_close_brace(parser, place);
		else
			take_piece(parser, place, piece);
	}
}

/* `@ID REST`, `@^ID REST`: for those with that identity, or for all others. Returns the rest; NULL
 * when it is not for this one. */
static char *skip_condition(const struct keepalived_parser *parser, char *line)
{
	bool reversed = line[1] == '^';
	const char *id = line + (reversed ? 2 : 1);
	size_t len = strcspn(id, " \t");
	bool same = parser->id[0] != '\0' && strlen(parser->id) == len &&
		    memcmp(parser->id, id, len) == 0;

	if (id[len] == '\0' || same == reversed)
		return NULL;
	line = line + (id - line) + len;
	return line + strspn(line, " \t");
}

/* The forms of the word, and whether keepalived takes a pattern without a file for an error. */
static bool is_include(const char *word, bool *must_exist)
{
	static const struct {
		const char *word;
		bool must_exist;
	} forms[] = {
		{ "include", false }, { "includer", false }, { "includem", true },
		{ "includew", true }, { "includeb", true },  { "includea", true },
	};

	for (size_t i = 0; i < ARRAY_LEN(forms); i++) {
		*must_exist = forms[i].must_exist;
		if (strcmp(word, forms[i].word) == 0)
			return true;
	}
	return false;
}

/* The file that a line includes, in the place of the line; NULL: it is no such line. */
static const char *find_include(struct keepalived_parser *parser, char *line)
{
	char words[KEEPALIVED_LINE_MAX];

	if (keepalived_line_split(line, words, sizeof(words)) != 2 ||
	    !is_include(words, &parser->must_exist))
		return NULL;
	memmove(line, words + strlen(words) + 1, strlen(words + strlen(words) + 1) + 1);
	return line;
}

/* A definition of several lines makes several of one. */
static void take_lines(struct keepalived_parser *parser, struct keepalived_place place, char *line)
{
	while (line != NULL) {
		char *end = strchr(line, '\n');

		if (end != NULL)
			*end++ = '\0';
		if (line[0] == '@')
			line = skip_condition(parser, line);
		/* ~SEQ makes lines out of numbers: what they would be is not looked at; nor is what
		 * one of several lines includes. */
		if (line != NULL && (line[0] == '~' || find_include(parser, line) != NULL))
			parser->conf->partly = true;
		else if (line != NULL)
			take_pieces(parser, place, line);
		line = end;
	}
}

const char *keepalived_parser_line(struct keepalived_parser *parser, struct keepalived_place place,
				   char *line)
{
	const char *file;
	char *rest = line;

	if (!keepalived_line_clean(line))
		(void)keepalived_add_fault(parser->conf, KEEPALIVED_OPEN_QUOTE, place, line);
	if (line[0] == '@' && parser->defs.open == NULL)
		rest = skip_condition(parser, line);
	if (rest == NULL)
		return NULL;
	if (rest != line)
		memmove(line, rest, strlen(rest) + 1);
	if (keepalived_defs_take(&parser->defs, line))
		return NULL;
	if (!keepalived_defs_expand(&parser->defs, line) || parser->defs.more)
		parser->conf->partly = true;
	file = strchr(line, '\n') == NULL ? find_include(parser, line) : NULL;
	if (file != NULL)
		return file;
	take_lines(parser, place, line);
	return NULL;
}

void keepalived_parser_end(struct keepalived_parser *parser)
{
	if (parser->announced && parser->required)
		(void)keepalived_add_fault(parser->conf, KEEPALIVED_NO_BRACE, parser->next.place,
					   parser->next.list);
	else if (parser->depth > 0)
		(void)keepalived_add_fault(parser->conf, KEEPALIVED_OPEN_BRACE,
					   level_of(parser)->place, "{");
}
