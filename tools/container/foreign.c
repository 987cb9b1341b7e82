/* SPDX-License-Identifier: Apache-2.0 */
#include "container/foreign.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#define CONTAINERD_TASKS "/io.containerd.runtime.v2.task/"

static bool contains(const char *bundle, const char *part)
{
	return bundle != NULL && strstr(bundle, part) != NULL;
}

static bool is_of_kubernetes(const struct lifecycle_record *record)
{
	return contains(lifecycle_record_bundle(record), CONTAINERD_TASKS "k8s.io/") ||
	       lifecycle_record_annotation(record, "io.kubernetes.pod.name") != NULL ||
	       lifecycle_record_annotation(record, "io.kubernetes.cri.sandbox-name") != NULL;
}

/* A container of containerd's is in a namespace: the folder above the bundle. */
static void describe_of_containerd(
	const char *bundle, const char *verb, const char *id, char *buffer, size_t size)
{
	const char *namespace = strstr(bundle, CONTAINERD_TASKS) + strlen(CONTAINERD_TASKS);
	int length = (int)strcspn(namespace, "/");

	if (strcmp(verb, "stop") == 0 || strcmp(verb, "kill") == 0)
		snprintf(buffer, size, "a container of containerd's: ctr -n %.*s task kill %s",
			length, namespace, id);
	else
		snprintf(buffer, size, "a container of containerd's: see ctr -n %.*s task help",
			length, namespace);
}

/* What Docker and podman call the command. */
static const char *word_for(const char *verb)
{
	return strcmp(verb, "remove") == 0 ? "rm" : strcmp(verb, "health") == 0 ? "inspect" : verb;
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
	const char *bundle = lifecycle_record_bundle(record), *id = lifecycle_record_id(record);
	const char *name = lifecycle_record_name(record);
	const char *called = name != NULL ? name : id;

	if (is_of_kubernetes(record))
		snprintf(buffer, size, "a container of Kubernetes': crictl %s %s",
			strcmp(verb, "kill") == 0 ? "stop" : word_for(verb), id);
	else if (contains(bundle, CONTAINERD_TASKS "moby/") || contains(bundle, "/moby/"))
		snprintf(buffer, size, "a container of Docker's: docker %s %s", word_for(verb),
			called);
	else if (contains(bundle, "-containers/") && contains(bundle, "/userdata"))
		snprintf(buffer, size, "a container of podman's: podman %s %s", word_for(verb),
			called);
	else if (lifecycle_record_annotation(record, "nerdctl/name") != NULL)
		snprintf(buffer, size, "a container of nerdctl's: nerdctl %s %s", word_for(verb),
			called);
	else if (contains(bundle, CONTAINERD_TASKS))
		describe_of_containerd(bundle, verb, id, buffer, size);
	else
		snprintf(buffer, size,
			"no container of this program's: use what made it, such as runc %s %s",
			word_of_runc(verb), id);
}
