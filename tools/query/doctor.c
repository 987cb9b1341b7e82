/* SPDX-License-Identifier: Apache-2.0 */
#include "query/doctor/doctor.h"
#include "base/error.h"
#include "query/commands.h"
#include "query/doctor/print.h"
#include "records/records.h"

#include <stdlib.h>
#include <string.h>

struct options {
	bool json;
};

/* Those of the host are always looked at; an operand names an engine. */
#define OF_HOST 4

static const struct examiner examiners[] = {
	{ "programs", "oci-lifecycle", doctor_programs },
	{ "store", "store", doctor_store },
	{ "kernel", "Linux", doctor_kernel },
	{ "watch", "lifecycle-watch", doctor_watcher },
	{ "podman", "podman", doctor_podman },
	{ "buildah", "buildah", doctor_buildah },
	{ "crio", "CRI-O", doctor_crio },
	{ "docker", "Docker", doctor_docker },
	{ "containerd", "containerd", doctor_containerd },
	{ "runc", "runc", doctor_runc },
	{ "crun", "crun", doctor_crun },
	{ "runsc", "runsc", doctor_runsc },
};

#define COUNT (sizeof(examiners) / sizeof(examiners[0]))

static bool is_asked_for(const struct cli_call *call, size_t number)
{
	if (number < OF_HOST || call->operand_count == 0)
		return true;
	for (size_t i = 0; i < call->operand_count; i++)
		if (strcasecmp(call->operands[i], examiners[number].name) == 0 ||
			strcasecmp(call->operands[i], examiners[number].called) == 0)
			return true;
	return false;
}

static int check_operands(const struct cli_call *call, struct lifecycle_error *error)
{
	for (size_t i = 0; i < call->operand_count; i++) {
		size_t number = OF_HOST;

		while (number < COUNT &&
			strcasecmp(call->operands[i], examiners[number].name) != 0 &&
			strcasecmp(call->operands[i], examiners[number].called) != 0)
			number++;
		if (number == COUNT)
			return error_set(error, LIFECYCLE_ERROR_INVALID,
				"no engine that is known here is called '%s'", call->operands[i]);
	}
	return 0;
}

static int print(
	const struct options *options, const struct report *report, struct lifecycle_error *error)
{
	if (report->no_memory)
		return error_no_memory(error);
	if (options->json)
		return print_report_json(report, stdout, error);
	print_report(report, stdout);
	return 0;
}

static int run(struct cli_call *call)
{
	const struct records_options *globals = call->globals;
	struct report report = { .count = 0 };
	struct doctor doctor = { .report = &report };
	struct lifecycle_error error;
	char *root;
	int result;

	if (check_operands(call, &error) < 0 || records_root_path(globals->root, &root, &error) < 0)
		return cli_fail(call, &error);
	doctor.root = root;
	for (size_t i = 0; i < COUNT; i++)
		if (is_asked_for(call, i)) {
			report_begin(&report, examiners[i].called);
			examiners[i].examine(&doctor);
		}
	result = print(call->options, &report, &error);
	if (result == 0 && !report_is_well(&report))
		call->status = CLI_FAILED;
	report_free(&report);
	free(root);
	return result < 0 ? cli_fail(call, &error) : call->status;
}

static void complete(const struct cli_call *call, const char *begun)
{
	(void)call;
	for (size_t i = OF_HOST; i < COUNT; i++)
		cli_offer(begun, examiners[i].name, NULL);
}

static const struct cli_option options[] = {
	{ .name = "json",
		.kind = CLI_FLAG,
		.offset = offsetof(struct options, json),
		.help = "an object, with what is missing as `cure`" },
};

const struct cli_command query_doctor = {
	.name = "doctor",
	.arguments = "[ENGINE...]",
	.summary = "say which engines here record, and what is missing",
	.details = "ENGINE is podman, buildah, crio, docker, containerd, runc, crun or runsc; "
		   "without one\n"
		   "all are looked for. Nothing is changed. The exit status is 0 only if nothing "
		   "is wrong,\n"
		   "and nothing unknown.",
	.options = options,
	.option_count = sizeof(options) / sizeof(options[0]),
	.options_size = sizeof(struct options),
	.most = CLI_ANY_NUMBER,
	.complete = complete,
	.run = run,
};
