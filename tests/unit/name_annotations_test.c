/* SPDX-License-Identifier: Apache-2.0 */
#include "name_annotations.h"
#include "unit.h"

#include <stdio.h>
#include <string.h>

#define COUNT(array) ((int)(sizeof(array) / sizeof((array)[0])))

#define NERDCTL    "nerdctl/name"
#define CONTAINERD "io.kubernetes.cri.container-name"
#define CRIO       "io.kubernetes.cri-o.ContainerName"
#define KUBELET    "io.kubernetes.container.name"

static const struct {
	const char *annotations;
	const char *asked_for[3];
	const char *name;
} cases[] = {
	{ "", { NULL }, NULL },
	{ "\"other\":\"x\"", { NULL }, NULL },
	/* each that is well known */
	{ "\"" NERDCTL "\":\"n\"", { NULL }, "n" },
	{ "\"" CONTAINERD "\":\"n\"", { NULL }, "n" },
	{ "\"" CRIO "\":\"n\"", { NULL }, "n" },
	{ "\"" KUBELET "\":\"n\"", { NULL }, "n" },
	/* one of several, in whatever order they come */
	{ "\"" KUBELET "\":\"4\",\"" CRIO "\":\"3\",\"" CONTAINERD "\":\"2\",\"" NERDCTL "\":\"1\"",
		{ NULL }, "1" },
	{ "\"" KUBELET "\":\"4\",\"" CRIO "\":\"3\",\"" CONTAINERD "\":\"2\"", { NULL }, "2" },
	{ "\"" KUBELET "\":\"4\",\"" CRIO "\":\"3\"", { NULL }, "3" },
	/* an empty one is none */
	{ "\"" NERDCTL "\":\"\"", { NULL }, NULL },
	{ "\"" NERDCTL "\":\"\",\"" CRIO "\":\"3\"", { NULL }, "3" },
	/* what was asked for comes first, in the order in which it was */
	{ "\"" NERDCTL "\":\"1\",\"b\":\"B\",\"a\":\"A\"", { "a", "b" }, "A" },
	{ "\"" NERDCTL "\":\"1\",\"b\":\"B\",\"a\":\"A\"", { "b", "a" }, "B" },
	{ "\"" NERDCTL "\":\"1\",\"b\":\"B\",\"a\":\"\"", { "a", "b" }, "B" },
	{ "\"" NERDCTL "\":\"1\",\"a\":\"\"", { "a", "b" }, "1" },
	{ "\"" NERDCTL "\":\"1\"", { "a" }, "1" },
	{ "\"" NERDCTL "\":\"1\",\"" KUBELET "\":\"4\"", { KUBELET }, "4" },
	{ "\"a\":\"A\"", { NULL }, NULL },
	{ "\"A\":\"A\"", { "a" }, NULL },
};

static struct oci_state *state_with(const char *annotations)
{
	char text[512];
	struct oci_state *state = NULL;
	struct lifecycle_error error;

	snprintf(text, sizeof(text), "{\"id\":\"c1\"%s%s%s}",
		annotations != NULL ? ",\"annotations\":{" : "",
		annotations != NULL ? annotations : "", annotations != NULL ? "}" : "");
	ck_assert_msg(
		oci_state_parse(text, strlen(text), &state, &error) == 0, "%s", error.message);
	return state;
}

START_TEST(test_case)
{
	struct oci_state *state = state_with(cases[_i].annotations);

	ck_assert_pstr_eq(name_annotations_find(state, cases[_i].asked_for), cases[_i].name);
	if (cases[_i].asked_for[0] == NULL)
		ck_assert_pstr_eq(name_annotations_find(state, NULL), cases[_i].name);
	oci_state_free(state);
}
END_TEST

START_TEST(test_no_annotations)
{
	static const char *const asked_for[] = { "a", NULL };
	struct oci_state *state = state_with(NULL);

	ck_assert_ptr_null(name_annotations_find(state, NULL));
	ck_assert_ptr_null(name_annotations_find(state, asked_for));
	oci_state_free(state);
}
END_TEST

/* ---- what is kept ---- */

#define SANDBOX "io.kubernetes.cri.sandbox-name"
#define POD     "io.kubernetes.pod.name"
#define CRI_NS  "io.kubernetes.cri.sandbox-namespace"
#define NS      "io.kubernetes.pod.namespace"
#define OF_85                                                                                      \
	"1234567890123456789012345678901234567890123456789012345678901234567890123456789012345"

static const struct {
	const char *annotations;
	const char *keys[NAME_ANNOTATIONS_KEPT + 1];
} kept[] = {
	{ "", { NULL } },
	{ "\"" NERDCTL "\":\"n\",\"" CRIO "\":\"n\",\"io.kubernetes.cri.sandbox-id\":\"n\"",
		{ NULL } },
	{ "\"" NS "\":\"n\",\"" POD "\":\"p\",\"" KUBELET "\":\"c\"", { KUBELET, POD, NS } },
	{ "\"" CRI_NS "\":\"n\",\"" SANDBOX "\":\"p\",\"" CONTAINERD "\":\"c\"",
		{ CONTAINERD, SANDBOX, CRI_NS } },
	/* a sandbox */
	{ "\"" CRI_NS "\":\"n\",\"" SANDBOX "\":\"p\"", { SANDBOX, CRI_NS } },
	/* one of each kind */
	{ "\"" CRI_NS "\":\"n\",\"" NS "\":\"n\",\"" SANDBOX "\":\"p\",\"" POD
	  "\":\"p\",\"" CONTAINERD "\":\"c\",\"" KUBELET "\":\"c\"",
		{ CONTAINERD, SANDBOX, CRI_NS } },
	/* what is no name */
	{ "\"" SANDBOX "\":\"\",\"" POD "\":\"p\"", { POD } },
	{ "\"" SANDBOX "\":\"" OF_85 OF_85 OF_85 "\"", { SANDBOX } },
	{ "\"" SANDBOX "\":\"+" OF_85 OF_85 OF_85 "\",\"" POD "\":\"p\"", { POD } },
};

START_TEST(test_kept)
{
	struct oci_state *state = state_with(kept[_i].annotations);
	const char *keys[NAME_ANNOTATIONS_KEPT + 1];
	int i = 0;

	name_annotations_list_kept(state, keys);
	do
		ck_assert_pstr_eq(keys[i], kept[_i].keys[i]);
	while (keys[i++] != NULL);
	oci_state_free(state);
}
END_TEST

Suite *unit_suite(void)
{
	Suite *suite = suite_create("name_annotations");
	TCase *tcase = tcase_create("name_annotations");

	tcase_add_loop_test(tcase, test_case, 0, COUNT(cases));
	tcase_add_test(tcase, test_no_annotations);
	tcase_add_loop_test(tcase, test_kept, 0, COUNT(kept));
	suite_add_tcase(suite, tcase);
	return suite;
}
