/* SPDX-License-Identifier: Apache-2.0 */
#include "query/doctor/containerd_config.h"
#include "query/doctor/toml.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SPACE "plugins/"

static const char *plugin_of(const struct containerd_config *config)
{
	return config->is_two ? CONTAINERD_PLUGIN_3 : CONTAINERD_PLUGIN_2;
}

/* The text of a key; "" if it is not there. */
static void read_text(
	const char *text, const char *table, const char *key, char *ret_value, size_t size)
{
	struct toml toml;

	ret_value[0] = '\0';
	if (toml_find(&toml, text, table, key) && !toml_text(&toml, ret_value, size))
		ret_value[0] = '\0';
}

static bool is_disabled(const struct containerd_config *config)
{
	struct toml toml;
	struct lifecycle_strings names;
	bool result = false;

	if (!toml_find(&toml, config->text, "", "disabled_plugins") ||
		toml_texts(&toml, &names, NULL) < 0)
		return false;
	for (size_t i = 0; i < names.count; i++)
		result |= strcmp(names.items[i], CONTAINERD_PLUGIN_1) == 0 ||
			  strcmp(names.items[i], CONTAINERD_PLUGIN_2) == 0 ||
			  strcmp(names.items[i], CONTAINERD_PLUGIN_3) == 0;
	lifecycle_strings_free(&names);
	return result;
}

int containerd_config_read(
	const char *dump, struct containerd_config *ret_config, struct lifecycle_error *error)
{
	struct containerd_config config = { .text = dump };
	struct toml toml;
	char table[TOML_TABLE_SIZE];

	config.is_two = containerd_file_version(dump, 2) >= 3;
	snprintf(table, sizeof(table), SPACE "%s/containerd", plugin_of(&config));
	read_text(dump, table, "default_runtime_name", config.default_runtime,
		sizeof(config.default_runtime));
	config.has_cri = config.default_runtime[0] != '\0' && !is_disabled(&config);
	if (toml_find(&toml, dump, "", "imports") && toml_texts(&toml, &config.imports, error) < 0)
		return -1;
	*ret_config = config;
	return 0;
}

void containerd_config_free(struct containerd_config *config)
{
	lifecycle_strings_free(&config->imports);
}

/* ---- runtimes ---- */

/* The name in the table's, if it is that of a runtime, and not of a part of one. */
static const char *runtime_name(const char *table, const char *before)
{
	const char *name;

	if (strncmp(table, before, strlen(before)) != 0)
		return NULL;
	name = table + strlen(before);
	return name[0] != '\0' && strchr(name, '/') == NULL ? name : NULL;
}

static void read_runtime(const char *text, const char *table, struct containerd_runtime *runtime)
{
	struct toml toml;
	char options[TOML_TABLE_SIZE + 16];

	snprintf(options, sizeof(options), "%s/options", table);
	read_text(text, table, "runtime_type", runtime->type, sizeof(runtime->type));
	read_text(text, options, "BinaryName", runtime->binary, sizeof(runtime->binary));
	runtime->has_systemd_cgroup = toml_find(&toml, text, options, "SystemdCgroup");
	runtime->systemd_cgroup =
		runtime->has_systemd_cgroup && strncmp(toml.value, "true", 4) == 0;
}

bool containerd_config_runtime(const struct containerd_config *config, size_t number,
	struct containerd_runtime *ret_runtime)
{
	struct toml toml;
	char before[TOML_TABLE_SIZE];
	const char *name;

	snprintf(before, sizeof(before), SPACE "%s/containerd/runtimes/", plugin_of(config));
	toml_begin(&toml, config->text);
	while (toml_next(&toml)) {
		name = toml.key[0] == '\0' ? runtime_name(toml.table, before) : NULL;
		if (name == NULL || number-- > 0)
			continue;
		*ret_runtime = (struct containerd_runtime){ .name = "" };
		snprintf(ret_runtime->name, sizeof(ret_runtime->name), "%.*s",
			CONTAINERD_NAME_SIZE - 1, name);
		read_runtime(config->text, toml.table, ret_runtime);
		return true;
	}
	return false;
}

/* ---- files ---- */

static bool is_blank(const char *text)
{
	struct toml toml;

	toml_begin(&toml, text);
	return !toml_next(&toml);
}

int containerd_file_version(const char *text, int fallback)
{
	struct toml toml;

	if (toml_find(&toml, text, "", "version"))
		return (int)strtol(toml.value, NULL, 10);
	return is_blank(text) ? fallback : 1;
}

const char *containerd_plugin(int version)
{
	if (version < 2)
		return CONTAINERD_PLUGIN_1;
	return version < 3 ? CONTAINERD_PLUGIN_2 : CONTAINERD_PLUGIN_3;
}

bool containerd_file_has_cri(const char *text)
{
	static const char *const tables[] = { SPACE CONTAINERD_PLUGIN_1, SPACE CONTAINERD_PLUGIN_2,
		SPACE CONTAINERD_PLUGIN_3 };
	struct toml toml;

	toml_begin(&toml, text);
	while (toml_next(&toml))
		for (size_t i = 0; i < sizeof(tables) / sizeof(tables[0]); i++)
			if (strncmp(toml.table, tables[i], strlen(tables[i])) == 0)
				return true;
	return false;
}

size_t containerd_file_line(const char *text, const char *table, const char *key)
{
	struct toml toml;
	size_t line = 1;

	if (!toml_find(&toml, text, table, key))
		return 0;
	for (const char *at = text; at < toml.line; at++)
		line += *at == '\n';
	return line;
}
