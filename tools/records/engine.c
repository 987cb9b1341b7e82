/* SPDX-License-Identifier: Apache-2.0 */
#include "records/engine.h"

#include <string.h>

#define CONTAINERD_TASKS "/io.containerd.runtime.v2.task/"

static bool lies_in(const struct lifecycle_record *record, const char *folder)
{
	const char *bundle = lifecycle_record_bundle(record);

	return bundle != NULL && strstr(bundle, folder) != NULL;
}

static bool has_annotation(const struct lifecycle_record *record, const char *key)
{
	return lifecycle_record_annotation(record, key) != NULL;
}

static bool is_of_lifecycle_ctl(const struct lifecycle_record *record)
{
	return lies_in(record, "/oci-lifecycle/containers/");
}

static bool is_of_kubernetes(const struct lifecycle_record *record)
{
	return lies_in(record, CONTAINERD_TASKS "k8s.io/") ||
	       has_annotation(record, "io.kubernetes.pod.name") ||
	       has_annotation(record, "io.kubernetes.cri.sandbox-name");
}

static bool is_of_docker(const struct lifecycle_record *record)
{
	return lies_in(record, CONTAINERD_TASKS "moby/") || lies_in(record, "/runtime-runc/moby/");
}

static bool is_of_podman(const struct lifecycle_record *record)
{
	return lies_in(record, "-containers/") && lies_in(record, "/userdata");
}

static bool is_of_nerdctl(const struct lifecycle_record *record)
{
	return lies_in(record, CONTAINERD_TASKS) && has_annotation(record, "nerdctl/name");
}

static bool is_of_containerd(const struct lifecycle_record *record)
{
	return lies_in(record, CONTAINERD_TASKS);
}

/* Those that stand on others come before them. */
static const struct engine engines[] = {
	{ .name = "lifecycle-ctl",
		.whose = "lifecycle-ctl's",
		.has_made = is_of_lifecycle_ctl,
		.logs = "lifecycle-ctl logs <id>",
		.start = "lifecycle-ctl start <id>" },
	{ .name = "Kubernetes",
		.whose = "Kubernetes'",
		.program = "crictl",
		.has_made = is_of_kubernetes,
		.logs = "crictl logs <id>",
		.inspect = "crictl inspect <id>",
		.unit = "kubelet" },
	{ .name = "Docker",
		.whose = "Docker's",
		.program = "docker",
		.takes_name = true,
		.has_made = is_of_docker,
		.logs = "docker logs <name>",
		.inspect = "docker inspect --format '{{json .State}}' <name>",
		.start = "docker start <name>",
		.unpause = "docker unpause <name>",
		.unit = "docker" },
	{ .name = "podman",
		.whose = "podman's",
		.program = "podman",
		.takes_name = true,
		.has_made = is_of_podman,
		.logs = "podman logs <name>",
		.inspect = "podman inspect --format '{{json .State}}' <name>",
		.start = "podman start <name>",
		.unpause = "podman unpause <name>" },
	{ .name = "nerdctl",
		.whose = "nerdctl's",
		.program = "nerdctl",
		.takes_name = true,
		.has_made = is_of_nerdctl,
		.logs = "nerdctl --namespace <namespace> logs <name>",
		.inspect = "nerdctl --namespace <namespace> inspect <name>",
		.start = "nerdctl --namespace <namespace> start <name>",
		.unpause = "nerdctl --namespace <namespace> unpause <name>",
		.unit = "containerd" },
	{ .name = "containerd",
		.whose = "containerd's",
		.has_made = is_of_containerd,
		.inspect = "ctr --namespace <namespace> containers info <id>",
		.start = "ctr --namespace <namespace> tasks start <id>",
		.unpause = "ctr --namespace <namespace> tasks resume <id>",
		.unit = "containerd" },
};

const struct engine *engine_of(const struct lifecycle_record *record)
{
	for (size_t i = 0; i < sizeof(engines) / sizeof(engines[0]); i++)
		if (engines[i].has_made(record))
			return &engines[i];
	return NULL;
}

/* What is a word to a shell, and nothing more. */
#define OF_PLAIN_WORD "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-"

const char *engine_namespace(const struct lifecycle_record *record, int *ret_length)
{
	const char *bundle = lifecycle_record_bundle(record);
	const char *tasks = bundle != NULL ? strstr(bundle, CONTAINERD_TASKS) : NULL;

	if (tasks == NULL)
		return NULL;
	tasks += strlen(CONTAINERD_TASKS);
	*ret_length = (int)strspn(tasks, OF_PLAIN_WORD);
	return *ret_length > 0 && tasks[0] != '-' && tasks[*ret_length] == '/' ? tasks : NULL;
}

bool engine_word_is_plain(const char *word)
{
	return word[0] != '\0' && word[0] != '-' && word[strspn(word, OF_PLAIN_WORD)] == '\0';
}
