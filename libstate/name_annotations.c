/* SPDX-License-Identifier: Apache-2.0 */
#include "name_annotations.h"

#include <string.h>

/* Kubernetes takes no longer name than 253. */
#define LONGEST_KEPT 255

/* Where engines put the name that a person gave: the first one that is there is taken. */
static const char *const well_known_names[] = {
	"nerdctl/name",
	"io.kubernetes.cri.container-name",  /* containerd's CRI plugin */
	"io.kubernetes.cri-o.ContainerName", /* CRI-O */
	"io.kubernetes.container.name", /* the kubelet's, as CRI-O and podman kube pass it on */
	NULL,
};

const char *const name_annotations_of_containers[] = {
	"io.kubernetes.cri.container-name",
	"io.kubernetes.container.name",
	NULL,
};

const char *const name_annotations_of_pods[] = {
	"io.kubernetes.cri.sandbox-name", /* containerd's CRI plugin */
	"io.kubernetes.pod.name",         /* the kubelet's, as CRI-O passes it on */
	NULL,
};

const char *const name_annotations_of_namespaces[] = {
	"io.kubernetes.cri.sandbox-namespace",
	"io.kubernetes.pod.namespace",
	NULL,
};

/* One that is longer than any name is none: it is not cut, because what is left would be another name. */
static bool is_kept(const char *name)
{
	return name != NULL && name[0] != '\0' && strlen(name) <= LONGEST_KEPT;
}

void name_annotations_list_kept(
	const struct oci_state *state, const char *ret_keys[NAME_ANNOTATIONS_KEPT + 1])
{
	static const char *const *const lists[NAME_ANNOTATIONS_KEPT] = {
		name_annotations_of_containers,
		name_annotations_of_pods,
		name_annotations_of_namespaces,
	};
	size_t count = 0;

	for (size_t i = 0; i < NAME_ANNOTATIONS_KEPT; i++) {
		const char *const *key = lists[i];

		while (*key != NULL && !is_kept(oci_state_annotation(state, *key)))
			key++;
		if (*key != NULL)
			ret_keys[count++] = *key;
	}
	ret_keys[count] = NULL;
}

static const char *find_first(const struct oci_state *state, const char *const *keys)
{
	for (; keys != NULL && *keys != NULL; keys++) {
		const char *name = oci_state_annotation(state, *keys);

		if (name != NULL && name[0] != '\0')
			return name;
	}
	return NULL;
}

const char *name_annotations_find(const struct oci_state *state, const char *const *asked_for)
{
	const char *name = find_first(state, asked_for);

	return name != NULL ? name : find_first(state, well_known_names);
}
