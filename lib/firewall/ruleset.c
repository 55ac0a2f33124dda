#include "ruleset.h"

#include <string.h>

/* Takes the next line, without blanks around it. Returns false at the end. */
static bool next_line(const char **text, struct ruleset_name *out)
{
	const char *p = *text, *end;

	if (*p == '\0')
		return false;
	end = p + strcspn(p, "\n");
	*text = *end == '\n' ? end + 1 : end;
	p += strspn(p, " \t");
	while (end > p && (end[-1] == ' ' || end[-1] == '\t' || end[-1] == '\r'))
		end--;
	*out = (struct ruleset_name){ p, end > p ? (size_t)(end - p) : 0 };
	return true;
}

static bool starts_with(const struct ruleset_name *line, const char *start)
{
	size_t len = strlen(start);

	return line->len >= len && strncmp(line->text, start, len) == 0;
}

static bool is_word(const struct ruleset_name *name, const char *word)
{
	return name->len == strlen(word) && strncmp(name->text, word, name->len) == 0;
}

bool ruleset_has(const struct ruleset_name *text, const char *words)
{
	size_t len = strlen(words);

	for (size_t i = 0; i + len <= text->len; i++) {
		if (strncmp(text->text + i, words, len) == 0)
			return true;
	}
	return false;
}

static bool same_name(const struct ruleset_name *a, const struct ruleset_name *b)
{
	return a->len == b->len && strncmp(a->text, b->text, a->len) == 0;
}

static struct ruleset_chain *add_chain(struct ruleset *ruleset, const struct ruleset_name *table,
				       const struct ruleset_name *name)
{
	struct ruleset_chain *chain = &ruleset->chains[ruleset->chain_count];

	if (ruleset->chain_count == RULESET_CHAINS_MAX) {
		ruleset->more = true;
		return NULL;
	}
	*chain = (struct ruleset_chain){ .table = *table, .name = *name };
	ruleset->chain_count++;
	return chain;
}

static void add_rule(struct ruleset *ruleset, const struct ruleset_name *text, size_t chain,
		     bool old)
{
	struct ruleset_chain *owner = &ruleset->chains[chain];

	if (ruleset->rule_count == RULESET_RULES_MAX) {
		ruleset->more = true;
		return;
	}
	if (owner->end == 0)
		owner->first = ruleset->rule_count;
	ruleset->rules[ruleset->rule_count++] = (struct ruleset_rule){ *text, chain, old };
	owner->end = ruleset->rule_count;
}

static enum ruleset_hook hook_of(const struct ruleset_name *line)
{
	if (ruleset_has(line, "hook input"))
		return RULESET_INPUT;
	if (ruleset_has(line, "hook forward"))
		return RULESET_FORWARD;
	return ruleset_has(line, "hook postrouting") ? RULESET_POSTROUTING : RULESET_OTHER;
}

/* nft */

/* `chain input {`: what stands between. */
static struct ruleset_name name_in(const struct ruleset_name *line, const char *before)
{
	size_t skip = strlen(before), len = line->len - skip;
	const char *text = line->text + skip;

	const char *brace = memchr(text, '{', len);

	if (brace != NULL)
		len = (size_t)(brace - text);
	while (len > 0 && text[len - 1] == ' ')
		len--;
	return (struct ruleset_name){ text, len };
}

/* Where a line is. */
struct place {
	struct ruleset_name table;
	bool counts;		     /* the table is one for IPv4 */
	bool in_table, in_object;    /* an object: a chain, a set, a map */
	struct ruleset_chain *chain; /* NULL: in none that counts */
};

/* A comment may follow: who owns the table. */
static bool opens(const struct ruleset_name *line)
{
	return (line->len > 0 && line->text[line->len - 1] == '{') || ruleset_has(line, " { # ");
}

static void take_outer_line(struct ruleset *ruleset, struct place *place,
			    const struct ruleset_name *line)
{
	struct ruleset_name name;

	if (!place->in_table && starts_with(line, "table ") && opens(line)) {
		place->table = name_in(line, "table ");
		place->in_table = true;
		place->counts =
			starts_with(&place->table, "ip ") || starts_with(&place->table, "inet ");
	} else if (place->in_table && is_word(line, "}")) {
		place->in_table = false;
	} else if (place->in_table && opens(line)) {
		place->in_object = true;
		place->chain = NULL;
		if (!place->counts || !starts_with(line, "chain "))
			return;
		name = name_in(line, "chain ");
		place->chain = add_chain(ruleset, &place->table, &name);
	}
}

static void take_inner_line(struct ruleset *ruleset, struct place *place,
			    const struct ruleset_name *line)
{
	struct ruleset_chain *chain = place->chain;

	if (is_word(line, "}")) {
		place->in_object = false;
		place->chain = NULL;
	} else if (chain != NULL && starts_with(line, "type ") && ruleset_has(line, " hook ")) {
		chain->hook = hook_of(line);
		chain->translates = starts_with(line, "type nat ");
		chain->drops = ruleset_has(line, "policy drop");
	} else if (chain != NULL && line->len > 0 && !starts_with(line, "comment ")) {
		add_rule(ruleset, line, (size_t)(chain - ruleset->chains), false);
	}
}

void ruleset_add_nft(struct ruleset *ruleset, const char *text)
{
	struct place place = { .in_table = false };
	struct ruleset_name line;

	while (next_line(&text, &line)) {
		if (place.in_object)
			take_inner_line(ruleset, &place, &line);
		else
			take_outer_line(ruleset, &place, &line);
	}
}

/* iptables */

static struct ruleset_name first_word(const struct ruleset_name *line)
{
	struct ruleset_name word = { line->text, 0 };

	while (word.len < line->len && line->text[word.len] != ' ')
		word.len++;
	return word;
}

static size_t find_chain(const struct ruleset *ruleset, const struct ruleset_name *table,
			 const struct ruleset_name *name)
{
	size_t i = 0;

	while (i < ruleset->chain_count && (!same_name(&ruleset->chains[i].table, table) ||
					    !same_name(&ruleset->chains[i].name, name)))
		i++;
	return i;
}

/* `:INPUT DROP [0:0]`; `-` for a chain that is jumped to. */
static void take_old_chain(struct ruleset *ruleset, const struct ruleset_name *table,
			   const struct ruleset_name *line)
{
	static const struct {
		const char *name;
		enum ruleset_hook hook;
	} hooks[] = { { "INPUT", RULESET_INPUT },
		      { "FORWARD", RULESET_FORWARD },
		      { "POSTROUTING", RULESET_POSTROUTING } };
	const struct ruleset_name name = first_word(line);
	struct ruleset_chain *chain = add_chain(ruleset, table, &name);

	for (size_t i = 0; i < ARRAY_LEN(hooks) && chain != NULL; i++) {
		if (is_word(&name, hooks[i].name))
			chain->hook = hooks[i].hook;
	}
	if (chain != NULL) {
		chain->translates = is_word(table, "nat");
		chain->drops = ruleset_has(line, " DROP ");
	}
}

static void take_old_rule(struct ruleset *ruleset, const struct ruleset_name *table,
			  const struct ruleset_name *line)
{
	const struct ruleset_name name = first_word(line);
	const struct ruleset_name text = { line->text + name.len, line->len - name.len };
	size_t chain = find_chain(ruleset, table, &name);

	if (chain < ruleset->chain_count)
		add_rule(ruleset, &text, chain, true);
}

void ruleset_add_iptables(struct ruleset *ruleset, const char *text)
{
	struct ruleset_name line, table = { "", 0 };

	while (next_line(&text, &line)) {
		const struct ruleset_name rest = { line.text + 1, line.len > 0 ? line.len - 1 : 0 };

		if (starts_with(&line, "*"))
			table = rest;
		else if (starts_with(&line, ":"))
			take_old_chain(ruleset, &table, &rest);
		else if (starts_with(&line, "-A "))
			take_old_rule(ruleset, &table,
				      &(struct ruleset_name){ line.text + 3, line.len - 3 });
	}
}
