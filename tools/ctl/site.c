/* SPDX-License-Identifier: Apache-2.0 */
#include "ctl/site.h"
#include "base/error.h"
#include "container/foreign.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static int open_place(const struct ctl_globals *globals, enum lifecycle_access access,
	struct site *site, struct lifecycle_error *error)
{
	char program[PATH_MAX];
	ssize_t length = readlink("/proc/self/exe", program, sizeof(program) - 1);
	const struct place_options options = {
		.data_root = globals->data_root,
		.store_root = site->records.root,
		.hooks_dir = globals->hooks_dir,
		.access = access,
		.cleaner = length > 0 ? program : NULL,
	};

	if (length > 0)
		program[length] = '\0';
	return place_open(&options, &site->place, error);
}

int site_open(const struct cli_call *call, enum lifecycle_access access, struct site *ret_site,
	struct lifecycle_error *error)
{
	struct site site;

	if (records_open(call, access, &site.records, error) < 0)
		return -1;
	if (open_place(call->globals, access, &site, error) < 0) {
		records_close(&site.records);
		return -1;
	}
	*ret_site = site;
	return 0;
}

void site_close(struct site *site)
{
	place_close(site->place);
	records_close(&site->records);
}

/* ---- which ---- */

/* What has a record, and no directory of ours. */
static int refuse(const struct site *site, struct cli_call *call, const char *reference,
	const char *id, struct lifecycle_error *error)
{
	struct lifecycle_record *record;
	const char *bundle, *data_root = site->place->data_root;
	char words[256];

	if (records_load(&site->records, id, &record, error) < 0)
		return -1;
	bundle = lifecycle_record_bundle(record);
	if (bundle != NULL && strncmp(bundle, data_root, strlen(data_root)) == 0) {
		lifecycle_record_free(record);
		return error_set(error, LIFECYCLE_ERROR_NOT_FOUND,
			"no such container: '%s' (its record is still here)", reference);
	}
	foreign_describe(record, call->command->name, words, sizeof(words));
	lifecycle_record_free(record);
	if (call->status == CLI_DONE)
		call->status = CLI_NOT_OURS;
	return error_set(error, LIFECYCLE_ERROR_SYSTEM, "'%s' is %s", reference, words);
}

static int resolve(
	struct site *site, const char *reference, char **ret_id, struct lifecycle_error *error)
{
	struct lifecycle_error why;

	/* the records' own words name the candidates */
	if (records_resolve(&site->records, reference, ret_id, &why) == 0)
		return 0;
	if (why.code != LIFECYCLE_ERROR_NOT_FOUND)
		return error_set(error, why.code, "%s", why.message);
	return container_resolve(site->place, reference, ret_id, error);
}

int site_find(struct site *site, struct cli_call *call, const char *reference, char **ret_id,
	struct lifecycle_error *error)
{
	char *id;

	if (resolve(site, reference, &id, error) < 0)
		return -1;
	if (!place_has(site->place, id)) {
		(void)refuse(site, call, reference, id, error);
		free(id);
		return -1;
	}
	*ret_id = id;
	return 0;
}

/* ---- each ---- */

static int act_on(struct site *site, struct cli_call *call, const char *reference, site_act_fn *act,
	struct lifecycle_error *error)
{
	char *id;
	int result;

	if (site_find(site, call, reference, &id, error) < 0)
		return -1;
	result = act(site, id, call->options, error);
	if (result == 0)
		puts(id);
	free(id);
	return result;
}

int site_for_operands(struct cli_call *call, site_act_fn *act, bool absent_is_done)
{
	struct lifecycle_error error;
	struct site site;

	if (site_open(call, LIFECYCLE_ACCESS_MEND, &site, &error) < 0)
		return cli_fail(call, &error);
	for (size_t i = 0; i < call->operand_count; i++)
		if (act_on(&site, call, call->operands[i], act, &error) < 0 &&
			!(absent_is_done && error.code == LIFECYCLE_ERROR_NOT_FOUND))
			cli_complain(call, &error);
	site_close(&site);
	return call->status;
}

/* ---- one that runs ---- */

static int act_on_running(struct site *site, struct cli_call *call, const char *id,
	site_running_fn *act, struct lifecycle_error *error)
{
	struct lifecycle_observed state;
	struct settings settings;
	json_t *config;
	int result;

	if (container_state(site->place, id, &state, error) < 0)
		return -1;
	if (state.status != LIFECYCLE_STATUS_RUNNING)
		return error_set(
			error, LIFECYCLE_ERROR_SYSTEM, "'%s' is not running", call->operands[0]);
	if (container_load(site->place, id, &config, &settings, error) < 0)
		return -1;
	result = act(site, call, id, &settings, error);
	settings_free(&settings);
	json_decref(config);
	return result;
}

int site_for_running(struct cli_call *call, site_running_fn *act)
{
	struct lifecycle_error error;
	struct site site;
	char *id;
	int result;

	if (site_open(call, LIFECYCLE_ACCESS_READ, &site, &error) < 0)
		return cli_fail(call, &error);
	result = site_find(&site, call, call->operands[0], &id, &error);
	if (result == 0) {
		result = act_on_running(&site, call, id, act, &error);
		free(id);
	}
	site_close(&site);
	return result < 0 ? cli_fail(call, &error) : call->status;
}

/* ---- completion ---- */

static void offer_container(struct place *place, const char *id, const char *begun)
{
	struct settings settings;
	json_t *config;

	if (container_load(place, id, &config, &settings, NULL) < 0)
		return;
	cli_offer(begun, id, settings.name);
	if (settings.name != NULL)
		cli_offer(begun, settings.name, id);
	settings_free(&settings);
	json_decref(config);
}

void site_complete(const struct cli_call *call, const char *begun)
{
	struct lifecycle_strings ids;
	struct site site;

	if (site_open(call, LIFECYCLE_ACCESS_READ, &site, NULL) < 0)
		return;
	if (place_list(site.place, &ids, NULL) == 0) {
		for (size_t i = 0; i < ids.count; i++)
			offer_container(site.place, ids.items[i], begun);
		lifecycle_strings_free(&ids);
	}
	site_close(&site);
}
