/* SPDX-License-Identifier: Apache-2.0 */
#include "container/foreign.h"
#include "records/engine.h"

#include <stdio.h>
#include <string.h>

/* A container of containerd's is in a namespace. */
static void describe_of_containerd(
	const struct lifecycle_record *record, const char *verb, char *buffer, size_t size)
{
	int length = 0;
	const char *namespace = engine_namespace(record, &length);

	if (strcmp(verb, "stop") == 0 || strcmp(verb, "kill") == 0)
		snprintf(buffer, size, "a container of containerd's: ctr -n %.*s task kill %s",
			length, namespace, lifecycle_record_id(record));
	else
		snprintf(buffer, size, "a container of containerd's: see ctr -n %.*s task help",
			length, namespace);
}

/* What the engine calls the command. crictl has no kill. */
static const char *word_for(const struct engine *engine, const char *verb)
{
	if (strcmp(verb, "remove") == 0)
		return "rm";
	if (strcmp(verb, "health") == 0)
		return "inspect";
	return !engine->takes_name && strcmp(verb, "kill") == 0 ? "stop" : verb;
}

/* A runtime knows fewer commands: of what it does not know, its state is all there is. */
static const char *word_of_runc(const char *verb)
{
	static const char *const known[] = { "start", "kill", "exec" };

	if (strcmp(verb, "remove") == 0)
		return "delete";
	if (strcmp(verb, "stop") == 0)
		return "kill";
	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++)
		if (strcmp(verb, known[i]) == 0)
			return verb;
	return "state";
}

void foreign_describe(
	const struct lifecycle_record *record, const char *verb, char *buffer, size_t size)
{
	const struct engine *engine = engine_of(record);
	const char *id = lifecycle_record_id(record), *name = lifecycle_record_name(record);
	int length;

	if (engine != NULL && engine->program != NULL)
		snprintf(buffer, size, "a container of %s: %s %s %s", engine->whose,
			engine->program, word_for(engine, verb),
			engine->takes_name && name != NULL && engine_word_is_plain(name) ? name
											 : id);
	else if (engine != NULL && engine_namespace(record, &length) != NULL)
		describe_of_containerd(record, verb, buffer, size);
	else
		snprintf(buffer, size,
			"no container of this program's: use what made it, such as runc %s %s",
			word_of_runc(verb), id);
}
