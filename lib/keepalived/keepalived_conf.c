#include "keepalived_conf.h"

#include <stdio.h>
#include <string.h>

const struct keepalived_block *keepalived_next_block(const struct keepalived_conf *conf,
						     enum keepalived_context context,
						     const struct keepalived_block *block)
{
	size_t i = block == NULL ? 0 : (size_t)(block - conf->blocks) + 1;

	for (; i < conf->block_count; i++) {
		if (conf->blocks[i].context == context)
			return &conf->blocks[i];
	}
	return NULL;
}

const struct keepalived_block *keepalived_find_block(const struct keepalived_conf *conf,
						     enum keepalived_context context,
						     const char *name)
{
	const struct keepalived_block *block = NULL;

	do
		block = keepalived_next_block(conf, context, block);
	while (block != NULL && name != NULL && strcmp(block->name, name) != 0);
	return block;
}

const struct keepalived_entry *keepalived_next(const struct keepalived_conf *conf,
					       const struct keepalived_block *block,
					       const char *word,
					       const struct keepalived_entry *entry)
{
	size_t i = entry == NULL ? 0 : (size_t)(entry - conf->entries) + 1;

	for (; block != NULL && i < conf->entry_count; i++) {
		if (conf->entries[i].block == (size_t)(block - conf->blocks) &&
		    strcmp(conf->entries[i].word, word) == 0)
			return &conf->entries[i];
	}
	return NULL;
}

const struct keepalived_entry *keepalived_get(const struct keepalived_conf *conf,
					      const struct keepalived_block *block,
					      const char *word)
{
	const struct keepalived_entry *last = NULL, *entry = NULL;

	for (;;) {
		entry = keepalived_next(conf, block, word, entry);
		if (entry == NULL)
			return last;
		last = entry;
	}
}

const char *keepalived_param(const struct keepalived_entry *entry, size_t i)
{
	const char *text = entry->text;

	if (i >= entry->count)
		return "";
	for (; i > 0; i--)
		text += strlen(text) + 1;
	return text;
}

const char *keepalived_option(const struct keepalived_entry *entry, const char *name)
{
	for (size_t i = 0; i < entry->count; i++) {
		if (strcmp(keepalived_param(entry, i), name) == 0)
			return keepalived_param(entry, i + 1);
	}
	return "";
}

bool keepalived_address(const struct keepalived_entry *entry, sa_family_t family, struct addr *out)
{
	const char *word = keepalived_param(entry, 0);
	char text[ADDR_TEXT_MAX];
	size_t len = strcspn(word, "/");

	if (len >= sizeof(text))
		return false;
	memcpy(text, word, len);
	text[len] = '\0';
	return addr_parse(text, family, out) == 0;
}

bool keepalived_has(const struct keepalived_entry *entry, const char *name)
{
	for (size_t i = 0; i < entry->count; i++) {
		if (strcmp(keepalived_param(entry, i), name) == 0)
			return true;
	}
	return false;
}

bool keepalived_is_on(const struct keepalived_entry *entry)
{
	return entry != NULL && !keepalived_has(entry, "off") && !keepalived_has(entry, "false") &&
	       !keepalived_has(entry, "no");
}

struct keepalived_fault *keepalived_add_fault(struct keepalived_conf *conf,
					      enum keepalived_fault_kind kind,
					      struct keepalived_place place, const char *word)
{
	struct keepalived_fault *fault = &conf->faults[conf->fault_count];

	if (conf->fault_count == KEEPALIVED_FAULTS_MAX)
		return NULL;
	conf->fault_count++;
	fault->kind = kind;
	fault->place = place;
	snprintf(fault->word, sizeof(fault->word), "%s", word);
	fault->near = NULL;
	fault->since = 0;
	return fault;
}
