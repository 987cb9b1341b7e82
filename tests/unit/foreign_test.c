/* SPDX-License-Identifier: Apache-2.0 */
/* Whose container it is, by what a record says, and that engine's own command. */
#include "container/foreign.h"
#include "unit.h"

#include <stdio.h>
#include <string.h>

static const struct {
	const char *rest; /* of the record */
	const char *verb;
	const char *words;
} cases[] = {
	{ "\"bundle\":\"/var/lib/containers/storage/overlay-containers/c/userdata\"", "stop",
		"podman's: podman stop c" },
	{ "\"bundle\":\"/x/vfs-containers/c/userdata\",\"name\":\"web\"", "remove",
		"podman's: podman rm web" },
	{ "\"bundle\":\"/run/containerd/io.containerd.runtime.v2.task/moby/c\",\"name\":\"web\"",
		"kill", "Docker's: docker kill web" },
	/* a name that a shell would run is not one to paste */
	{ "\"bundle\":\"/x/vfs-containers/c/userdata\",\"name\":\"a;reboot\"", "remove",
		"podman's: podman rm c" },
	{ "\"bundle\":\"/x/vfs-containers/c/userdata\",\"name\":\"--all\"", "remove",
		"podman's: podman rm c" },
	{ "\"bundle\":\"/run/containerd/io.containerd.runtime.v2.task/$(reboot)/c\"", "stop",
		"such as runc kill c" },
	{ "\"bundle\":\"/x/exec/runtime-runc/moby/c\"", "stop", "Docker's: docker stop c" },
	{ "\"bundle\":\"/run/containerd/io.containerd.runtime.v2.task/k8s.io/c\"", "kill",
		"Kubernetes': crictl stop c" },
	{ "\"bundle\":\"/run/containers/storage/overlay-containers/c/userdata\","
	  "\"annotations\":{\"io.kubernetes.pod.name\":\"p\"}",
		"remove", "Kubernetes': crictl rm c" },
	{ "\"bundle\":\"/run/containerd/io.containerd.runtime.v2.task/default/c\"", "stop",
		"containerd's: ctr -n default task kill c" },
	{ "\"bundle\":\"/run/containerd/io.containerd.runtime.v2.task/default/c\"", "exec",
		"containerd's: see ctr -n default task help" },
	{ "\"bundle\":\"/home/me/bundle\"", "remove", "such as runc delete c" },
	{ "\"pid\":1", "kill", "such as runc kill c" },
	{ "\"pid\":1", "stop", "such as runc kill c" },
	{ "\"pid\":1", "logs", "such as runc state c" },
};

START_TEST(test_words)
{
	char text[512], words[256];
	struct lifecycle_record *record;

	snprintf(text, sizeof(text), "{\"version\":1,\"id\":\"c\",%s}", cases[_i].rest);
	record = unit_record(text);
	foreign_describe(record, cases[_i].verb, words, sizeof(words));
	ck_assert_msg(strstr(words, cases[_i].words) != NULL, "%s: %s", cases[_i].words, words);
	lifecycle_record_free(record);
}
END_TEST

Suite *unit_suite(void)
{
	Suite *suite = suite_create("foreign");
	TCase *tcase = tcase_create("words");

	tcase_add_loop_test(tcase, test_words, 0, (int)(sizeof(cases) / sizeof(cases[0])));
	suite_add_tcase(suite, tcase);
	return suite;
}
