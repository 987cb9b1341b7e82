/* SPDX-License-Identifier: Apache-2.0 */
#include "tally.h"
#include "base/error.h"

#include <stdlib.h>
#include <string.h>

/* ---- which it is ---- */

/* FNV-1a. The NUL at a text's end counts, so that no two lists of texts are one. */
static uint64_t add_bytes(uint64_t hash, const void *bytes, size_t length)
{
	const unsigned char *at = bytes;

	for (size_t i = 0; i < length; i++)
		hash = (hash ^ at[i]) * UINT64_C(0x100000001b3);
	return hash;
}

static uint64_t add_text(uint64_t hash, const char *text)
{
	return text != NULL ? add_bytes(hash, text, strlen(text) + 1) : add_bytes(hash, "", 1);
}

/* FNV leaves the high bits of what is short nearly alone. */
static uint64_t mix(uint64_t hash)
{
	hash = (hash ^ (hash >> 33)) * UINT64_C(0xff51afd7ed558ccd);
	hash = (hash ^ (hash >> 33)) * UINT64_C(0xc4ceb9fe1a85ec53);
	return hash ^ (hash >> 33);
}

static uint64_t identify(const char *instance, const struct tally_entry *entry, int64_t time)
{
	const int64_t numbers[] = { entry->kind, entry->point, entry->index, time };
	uint64_t hash = add_text(UINT64_C(0xcbf29ce484222325), instance);

	hash = add_bytes(hash, numbers, sizeof(numbers));
	return mix(add_text(hash, entry->command));
}

/* ---- entries ---- */

/* A path in /proc is another process's each time: there the name that it was called by says which it is. */
static const char *program_of(const char *command, const char *const *argv)
{
	if (command == NULL)
		return "";
	return strncmp(command, "/proc/", 6) == 0 && argv != NULL && argv[0] != NULL ? argv[0]
										     : command;
}

static bool begins_character(char byte)
{
	return ((unsigned char)byte & 0xc0) != 0x80;
}

/* It is to stand in a line with tabs. No character is cut. */
static void set_command(struct tally_entry *entry, const char *text)
{
	size_t length = strlen(text);

	if (length >= sizeof(entry->command)) {
		length = sizeof(entry->command) - 1;
		while (length > 0 && !begins_character(text[length]))
			length--;
	}
	for (size_t i = 0; i < length; i++)
		entry->command[i] = (unsigned char)text[i] < ' ' || text[i] == 0x7f ? '?' : text[i];
	entry->command[length] = '\0';
}

static void add(struct tally *tally, const char *instance, struct tally_entry entry,
	const char *command, int64_t time)
{
	set_command(&entry, command);
	entry.identity = identify(instance, &entry, time);
	tally->entries[tally->count++] = entry;
}

static void add_generation(struct tally *tally, const struct lifecycle_generation *generation)
{
	if (generation->instance == NULL)
		return;
	add(tally, generation->instance,
		(struct tally_entry){ .kind = TALLY_GENERATION,
			.index = LIFECYCLE_UNKNOWN,
			.duration_ns = LIFECYCLE_UNKNOWN,
			.create_error = generation->create_error,
			.oom_killed = generation->oom_killed == LIFECYCLE_TRUTH_TRUE },
		"", 0);
}

static void add_hook(struct tally *tally, const char *instance, const struct lifecycle_hook *hook)
{
	if (hook->command == NULL || hook->duration_ns < 0)
		return;
	add(tally, instance,
		(struct tally_entry){ .kind = TALLY_HOOK,
			.point = hook->point,
			.index = hook->index,
			.duration_ns = hook->duration_ns },
		program_of(hook->command, hook->argv), hook->time);
}

static void add_failure(
	struct tally *tally, const char *instance, const struct lifecycle_failure *failure)
{
	add(tally, instance,
		(struct tally_entry){ .kind = TALLY_FAILURE,
			.point = failure->point,
			.index = failure->index,
			.duration_ns = LIFECYCLE_UNKNOWN },
		program_of(failure->command, failure->argv), failure->time);
}

/* ---- the whole ---- */

static void add_all(struct tally *tally, const struct lifecycle_record *record)
{
	const char *instance = record->current.instance;

	for (size_t i = 0; i < record->previous_count; i++)
		add_generation(tally, &record->previous[i].is);
	if (instance == NULL)
		return;
	add_generation(tally, &record->current);
	for (size_t i = 0; i < record->hook_count; i++)
		add_hook(tally, instance, &record->hooks[i].is);
	for (size_t i = 0; i < record->error_count; i++)
		add_failure(tally, instance, &record->errors[i].is);
}

int tally_of(const struct lifecycle_record *record, struct tally *ret_tally,
	struct lifecycle_error *error)
{
	size_t most = record->previous_count + 1 + record->hook_count + record->error_count;
	struct tally tally = { .entries = calloc(most, sizeof(*tally.entries)) };

	if (tally.entries == NULL)
		return error_no_memory(error);
	add_all(&tally, record);
	*ret_tally = tally;
	return 0;
}

void tally_free(struct tally *tally)
{
	free(tally->entries);
	*tally = (struct tally){ 0 };
}

bool tally_has(const struct tally *tally, uint64_t identity)
{
	for (size_t i = 0; i < tally->count; i++)
		if (tally->entries[i].identity == identity)
			return true;
	return false;
}
