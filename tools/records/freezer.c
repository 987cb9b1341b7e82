/* SPDX-License-Identifier: Apache-2.0 */
#include "records/freezer.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Where the two hierarchies say it, and the words for it. */
static const struct {
	const char *controller; /* in /proc/PID/cgroup */
	const char *top;
	const char *file;
	const char *frozen;
} places[] = {
	{ "freezer", "/sys/fs/cgroup/freezer", "freezer.state", "FROZEN" },
	{ "", "/sys/fs/cgroup", "cgroup.events", "frozen 1" },
};

static int read_state(const char *path, const char *frozen)
{
	FILE *file = fopen(path, "re");
	char *line = NULL;
	size_t size = 0;
	int state = -1;

	if (file == NULL)
		return -1;
	while (getline(&line, &size, file) > 0 && state != 1) {
		line[strcspn(line, "\n")] = '\0';
		state = strcmp(line, frozen) == 0;
	}
	free(line);
	(void)fclose(file);
	return state;
}

/* A line of /proc/PID/cgroup: "NUMBER:CONTROLLERS:/PATH". */
static int look_at_group(char *line)
{
	char *rest = line;
	int state = -1;
	const char *controller;
	const char *group;

	(void)strsep(&rest, ":");
	controller = strsep(&rest, ":");
	group = strsep(&rest, "\n");
	for (size_t i = 0; group != NULL && i < sizeof(places) / sizeof(places[0]); i++) {
		char *path;

		if (strcmp(controller, places[i].controller) != 0 ||
			asprintf(&path, "%s%s/%s", places[i].top, group, places[i].file) < 0)
			continue;
		state = read_state(path, places[i].frozen);
		free(path);
	}
	return state;
}

int freezer_look(int64_t pid)
{
	char path[64];
	FILE *groups;
	char *line = NULL;
	size_t size = 0;
	int state = -1;

	snprintf(path, sizeof(path), "/proc/%lld/cgroup", (long long)pid);
	groups = fopen(path, "re");
	if (groups == NULL)
		return -1;
	while (state != 1 && getline(&line, &size, groups) > 0) {
		int of_group = look_at_group(line);

		state = of_group >= 0 ? of_group : state;
	}
	free(line);
	(void)fclose(groups);
	return state;
}
