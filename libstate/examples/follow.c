/* SPDX-License-Identifier: Apache-2.0 */
/*
 * follow ROOT: prints the ID and the status of each container of the store ROOT, and again when its record changes.
 *	cc -o follow follow.c $(pkg-config --cflags --libs libstate)
 */
#include <libstate.h>
#include <poll.h>
#include <stdio.h>

static const char *root;

static void show(struct lifecycle_store *store, const char *id)
{
	struct lifecycle_observed observed = { .size = sizeof(observed) };
	struct lifecycle_record *record;
	const char *status;

	if (lifecycle_store_load(store, id, &record, NULL) < 0)
		return; /* it is being made, or has gone */
	lifecycle_observe(record, &observed);
	status = lifecycle_status_name(observed.status);
	printf("%s %s\n", id, status != NULL ? status : "unknown");
	lifecycle_record_free(record);
}

static void show_all(struct lifecycle_store *store)
{
	struct lifecycle_strings ids;

	if (lifecycle_store_list(store, &ids, NULL, NULL) < 0)
		return;
	for (size_t i = 0; i < ids.count; i++)
		show(store, ids.items[i]);
	lifecycle_strings_free(&ids);
}

static int changed(enum lifecycle_change change, const char *id, void *unused)
{
	struct lifecycle_store *store;

	(void)unused;
	if (change == LIFECYCLE_CHANGE_REMOVED)
		printf("%s removed\n", id);
	else if (lifecycle_store_open(root, LIFECYCLE_ACCESS_READ, &store, NULL) == 0) {
		if (id != NULL)
			show(store, id);
		else
			show_all(store);
		lifecycle_store_close(store);
	}
	return fflush(stdout);
}

int main(int argc, char **argv)
{
	struct pollfd poll_fd = { .events = POLLIN };
	struct lifecycle_watch *watch;
	struct lifecycle_error error;
	int result;

	root = argc == 2 ? argv[1] : "";
	result = lifecycle_watch_open(root, &watch, &error);
	if (result == 0) {
		poll_fd.fd = lifecycle_watch_fd(watch);
		result = changed(LIFECYCLE_CHANGE_ANYTHING, NULL, NULL);
		while (result == 0 && poll(&poll_fd, 1, -1) == 1)
			result = lifecycle_watch_read(watch, changed, NULL, &error);
		lifecycle_watch_close(watch);
	} else {
		fprintf(stderr, "follow: %s\n", error.message);
	}
	return result == 0 ? 0 : 1;
}
