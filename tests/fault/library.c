/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Calls the library once for each system call and each allocation that it makes, and lets that one fail: with each of a
 * few errors, and for some from then on. What it says must be true: 0 means that it is done, -1 comes with a reason and
 * touches nothing that it was to return. No descriptor and no memory is left behind, and the record is the old one or the
 * new one. Prints TAP.
 */
#include "base/path.h"
#include "faults.h"
#include "libstate.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/inotify.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

/* ---- the calls that fail ---- */

/* No global state but this: what --wrap calls has no argument for it. */
static struct {
	int error; /* 0: none fails */
	long fail_at;
	bool and_all_later;
	long calls;
} plan;

static bool fails(void)
{
	plan.calls++;
	if (plan.error == 0 || plan.fail_at == 0 ||
		(plan.and_all_later ? plan.calls < plan.fail_at : plan.calls != plan.fail_at))
		return false;
	errno = plan.error;
	return true;
}

#define CALL(type, failure, name, parameters, arguments)                                           \
	type __real_##name parameters;                                                             \
	type __wrap_##name parameters;                                                             \
	type __wrap_##name parameters                                                              \
	{                                                                                          \
		return fails() ? (failure) : __real_##name arguments;                              \
	}

CALL(int, -1, open, (const char *path, int flags, unsigned mode), (path, flags, mode))
CALL(int, -1, openat, (int at, const char *path, int flags, unsigned mode), (at, path, flags, mode))
CALL(int, -1, fstat, (int fd, struct stat *ret), (fd, ret))
CALL(int, -1, fstatat, (int at, const char *name, struct stat *ret, int flags),
	(at, name, ret, flags))
CALL(int, -1, statx, (int at, const char *path, int flags, unsigned mask, struct statx *ret),
	(at, path, flags, mask, ret))
CALL(int, -1, fstatfs, (int fd, struct statfs *ret), (fd, ret))
CALL(int, -1, faccessat, (int at, const char *name, int mode, int flags), (at, name, mode, flags))
CALL(ssize_t, -1, read, (int fd, void *bytes, size_t size), (fd, bytes, size))
CALL(ssize_t, -1, write, (int fd, const void *bytes, size_t size), (fd, bytes, size))
CALL(int, -1, fsync, (int fd), (fd))
CALL(int, -1, fchmod, (int fd, mode_t mode), (fd, mode))
CALL(int, -1, mkdirat, (int at, const char *name, mode_t mode), (at, name, mode))
CALL(int, -1, renameat, (int at, const char *name, int to, const char *other),
	(at, name, to, other))
CALL(int, -1, unlinkat, (int at, const char *name, int flags), (at, name, flags))
CALL(int, -1, flock, (int fd, int operation), (fd, operation))
CALL(int, -1, fcntl, (int fd, int operation, void *argument), (fd, operation, argument))
CALL(int, -1, futimens, (int fd, const struct timespec *times), (fd, times))
CALL(ssize_t, -1, readlinkat, (int at, const char *name, char *ret, size_t size),
	(at, name, ret, size))
CALL(int, -1, linkat, (int at, const char *name, int to, const char *other, int flags),
	(at, name, to, other, flags))
CALL(DIR *, NULL, fdopendir, (int fd), (fd))
CALL(struct dirent *, NULL, readdir, (DIR * directory), (directory))
CALL(int, -1, inotify_init1, (int flags), (flags))
CALL(int, -1, inotify_add_watch, (int fd, const char *path, uint32_t mask), (fd, path, mask))

int __real_close(int fd);
int __wrap_close(int fd);
int __wrap_close(int fd)
{
	int result = __real_close(fd);

	return fails() ? -1 : result;
}

/* ---- the place ---- */

static char root[64];
static char link_to_root[80];

static void bail_out(const char *what)
{
	printf("Bail out! %s: %s\n", what, strerror(errno));
	exit(EXIT_FAILURE);
}

static int remove_one(const char *path, const struct stat *status, int type, struct FTW *where)
{
	(void)status;
	(void)type;
	(void)where;
	return remove(path);
}

static void clear(void)
{
	(void)nftw(root, remove_one, 10, FTW_DEPTH | FTW_PHYS);
}

static char *data(const char *name)
{
	const char *top = getenv("TOP_SRCDIR");
	char path[4096];
	char *text = calloc(1, LIFECYCLE_RECORD_LIMIT + 1);
	FILE *file;

	snprintf(path, sizeof(path), "%s/tests/data/records/%s", top != NULL ? top : ".", name);
	file = fopen(path, "re");
	if (file == NULL || text == NULL || fread(text, 1, LIFECYCLE_RECORD_LIMIT, file) == 0)
		bail_out(path);
	(void)fclose(file);
	return text;
}

static void put(const char *id, const char *name, const char *text)
{
	char path[512];
	FILE *file;

	snprintf(path, sizeof(path), "%s/%s", root, id);
	if (mkdir(path, 0700) < 0 && errno != EEXIST)
		bail_out(path);
	snprintf(path, sizeof(path), "%s/%s/%s", root, id, name);
	file = fopen(path, "we");
	if (file == NULL || fputs(text, file) < 0 || fclose(file) != 0 || chmod(path, 0600) < 0)
		bail_out(path);
}

static void put_record(const char *id, const char *name)
{
	char *text = data(name);

	put(id, LIFECYCLE_RECORD_FILE, text);
	free(text);
}

/* What fails so is no fact about the store: with other errors something may look as if it were not there. */
static bool is_exact(void)
{
	return plan.error == 0 || plan.error == EMFILE;
}

/* Two that have one name, and have stopped; one that is bad; what is no container. */
static void prepare_store(void)
{
	clear();
	if (mkdir(root, 0700) < 0)
		bail_out(root);
	put_record("c1", "kept/stopped.json");
	put("c2", LIFECYCLE_RECORD_FILE,
		"{\"version\":1,\"id\":\"c2\",\"name\":\"pair\",\"status\":\"stopped\","
		"\"generation\":1,"
		"\"created_at\":\"2024-01-01T00:00:00Z\"}\n");
	put("c3", LIFECYCLE_RECORD_FILE,
		"{\"version\":1,\"id\":\"c3\",\"name\":\"pair\",\"status\":\"stopped\","
		"\"generation\":1,"
		"\"created_at\":\"2024-01-02T00:00:00Z\"}\n");
	put("bad", LIFECYCLE_RECORD_FILE, "no record");
	put("bad", LIFECYCLE_CORRUPT_FILE, "an older one");
	put("exits", "c1", "3\n");
}

/* A file of counts that is merged by who writes to it: eight processes. */
static void prepare_counts(void)
{
	static char filling[70000];
	char path[512];
	FILE *file;

	prepare_store();
	memset(filling, 'x', sizeof(filling) - 1);
	snprintf(path, sizeof(path), "%s/" LIFECYCLE_COUNTS_FILE, root);
	file = fopen(path, "we");
	if (file == NULL ||
		fprintf(file,
			"sums\t5\t0\t0\t.\nentry\t-99999999999\tx\t1\t0\t0\t0\t0\t0\t0\t\t.\n"
			"entry\t-99999999999\tx\t2\t0\t0\t0\t0\t0\t0\t\t.\n"
			"entry\t-99999999999\tc3\t3\t0\t0\t0\t0\t0\t0\t\t.\n%s\n",
			filling) < 0 ||
		fclose(file) != 0 || chmod(path, 0600) < 0)
		bail_out(path);
}

/* A hook that has not come back, of a process of another boot. */
static void prepare_lost(void)
{
	prepare_store();
	put("lost", LIFECYCLE_RECORD_FILE,
		"{\"version\":1,\"id\":\"lost\",\"generation\":1,\"instance\":\"i\","
		"\"status\":\"creating\",\"pid\":2,\"pid_start_ticks\":1,"
		"\"boot_id\":\"0b1c2d3e-1111-4222-8333-444455556666\","
		"\"created_at\":\"2024-01-01T00:00:00Z\",\"hooks\":[{\"point\":\"prestart\","
		"\"time\":\"2024-01-01T00:00:00Z\",\"command\":\"/bin/net\"}]}\n");
}

/* It does not say whose it is. */
static void prepare_nerdctl(void)
{
	prepare_store();
	put_record("c1", "read/nerdctl.json");
}

/* A umask that takes away what the owner needs; a link above the store; the store is yet to be made. */
static void prepare_nothing(void)
{
	clear();
	if (mkdir(root, 0700) < 0)
		bail_out(root);
}

/* ---- what is called ---- */

#define UNTOUCHED ((void *)(uintptr_t)16)

/* Returns what the library did, or 1 if that was not right: then *fault says why. */
typedef int call_fn(struct lifecycle_error *error, const char **fault);

static int check_untouched(int result, const void *returned, const char **fault)
{
	if (result < 0 && returned != UNTOUCHED)
		*fault = "what it was to return is touched";
	return result;
}

static int open_store(
	enum lifecycle_access access, struct lifecycle_store **ret, struct lifecycle_error *error)
{
	return lifecycle_store_open(root, access, ret, error);
}

static int call_default_root(struct lifecycle_error *error, const char **fault)
{
	char *found = UNTOUCHED;
	int result = check_untouched(lifecycle_default_root(&found, error), found, fault);

	if (result == 0)
		free(found);
	return result;
}

static int call_make(struct lifecycle_error *error, const char **fault)
{
	struct lifecycle_store *store = UNTOUCHED;
	char path[128];
	int result;

	(void)umask(0777);
	snprintf(path, sizeof(path), "%s/link/a/b", root);
	if (symlink(root, link_to_root) < 0 && errno != EEXIST)
		bail_out(link_to_root);
	result = check_untouched(
		lifecycle_store_open(path, LIFECYCLE_ACCESS_WRITE, &store, error), store, fault);
	(void)umask(022);
	if (result == 0)
		lifecycle_store_close(store);
	if (result == 0 && access(path, R_OK | W_OK | X_OK) < 0)
		*fault = "it made no store";
	return result;
}

static int end_command(struct lifecycle_store *store, struct lifecycle_evidence *evidence,
	struct lifecycle_error *error)
{
	const struct lifecycle_outcome outcome = { .size = sizeof(outcome),
		.duration_ns = 1,
		.exit_code = 3,
		.signal = LIFECYCLE_UNKNOWN,
		.message = "it failed",
		.stderr_text = "why",
		.stderr_length = 3 };

	if (lifecycle_evidence_end(evidence, &outcome, error) < 0)
		return -1;
	return lifecycle_store_fold(store, evidence, LIFECYCLE_NO_DEADLINE, error);
}

static int with_evidence(struct lifecycle_store *store, const char *id, enum lifecycle_point point,
	struct lifecycle_error *error)
{
	static const char *const annotations[] = { "long", NULL };
	char state[8192];
	char exits[128];
	struct lifecycle_evidence *evidence = NULL;
	struct lifecycle_gather gather = { .size = sizeof(gather),
		.point = point,
		.time = lifecycle_time_now(),
		.deadline = LIFECYCLE_NO_DEADLINE,
		.annotations = annotations,
		.state = state };
	const struct lifecycle_command command = { .size = sizeof(command), .path = "/bin/true" };
	int result;

	snprintf(exits, sizeof(exits), "%s/exits", root);
	/* with annotations that are kept, and one that is longer than what is first taken for a record's text */
	gather.state_length = (size_t)snprintf(state, sizeof(state),
		"{\"id\":\"%s\",\"status\":\"running\",\"pid\":%d,\"bundle\":\"/b\","
		"\"annotations\":{\"io.kubernetes.pod.name\":\"p\",\"long\":\"%04000d\"}}",
		id, (int)getpid(), 0);
	result = lifecycle_evidence_gather(&gather, &evidence, error);
	if (result == 0 && point == LIFECYCLE_POINT_POSTSTOP)
		result = lifecycle_evidence_read_exit_file(evidence, exits, error);
	if (result == 0 && point == LIFECYCLE_POINT_PRESTART)
		result = lifecycle_evidence_begin(evidence, &command, error);
	if (result == 0)
		result = lifecycle_store_fold(store, evidence, LIFECYCLE_NO_DEADLINE, error);
	lifecycle_evidence_free(evidence);
	return result;
}

static void no_more_faults(void)
{
	plan.fail_at = 0;
	faults_pause();
}

/* The last hook in a record that is there, and says of which process it is. */
static bool has_hook(struct lifecycle_store *store, const char *id, enum lifecycle_point point)
{
	struct lifecycle_record *record = NULL;
	size_t count;
	bool has;

	if (lifecycle_store_load(store, id, &record, NULL) < 0)
		return false;
	count = lifecycle_record_hook_count(record);
	has = count > 0 && lifecycle_record_hook(record, count - 1)->point == point &&
	      lifecycle_record_current(record)->instance != NULL;
	lifecycle_record_free(record);
	return has;
}

static int fold(const char *id, enum lifecycle_point point, struct lifecycle_error *error,
	const char **fault)
{
	struct lifecycle_store *store = NULL;
	int result = open_store(LIFECYCLE_ACCESS_WRITE, &store, error);

	if (result == 0)
		result = with_evidence(store, id, point, error);
	no_more_faults();
	if (result == 0 && !has_hook(store, id, point))
		*fault = "it says that it wrote, and did not";
	lifecycle_store_close(store);
	return result;
}

static int call_fold_new(struct lifecycle_error *error, const char **fault)
{
	return fold("n", LIFECYCLE_POINT_PRESTART, error, fault);
}

static int call_fold_again(struct lifecycle_error *error, const char **fault)
{
	return fold("c1", LIFECYCLE_POINT_CREATE_RUNTIME, error, fault);
}

static int call_fold_bad(struct lifecycle_error *error, const char **fault)
{
	return fold("bad", LIFECYCLE_POINT_CREATE_RUNTIME, error, fault);
}

static int call_fold_lost(struct lifecycle_error *error, const char **fault)
{
	return fold("lost", LIFECYCLE_POINT_CREATE_RUNTIME, error, fault);
}

static int call_fold_stop(struct lifecycle_error *error, const char **fault)
{
	return fold("c1", LIFECYCLE_POINT_POSTSTOP, error, fault);
}

static bool is_there(const char *id)
{
	char path[128];

	snprintf(path, sizeof(path), "%s/%s", root, id);
	return access(path, F_OK) == 0;
}

/* Who began was never heard of again, and a next one comes: then a third, over the second's process. */
static int call_fold_again_and_again(struct lifecycle_error *error, const char **fault)
{
	struct lifecycle_store *store = NULL;
	int result = open_store(LIFECYCLE_ACCESS_WRITE, &store, error);

	if (result == 0)
		result = with_evidence(store, "n", LIFECYCLE_POINT_PRESTART, error);
	if (result == 0)
		result = with_evidence(store, "n", LIFECYCLE_POINT_CREATE_RUNTIME, error);
	if (result == 0)
		result = with_evidence(store, "n", LIFECYCLE_POINT_POSTSTOP, error);
	if (result == 0)
		result = with_evidence(store, "n", LIFECYCLE_POINT_PRESTART, error);
	no_more_faults();
	if (result == 0 && !has_hook(store, "n", LIFECYCLE_POINT_PRESTART))
		*fault = "it says that it wrote, and did not";
	lifecycle_store_close(store);
	return result;
}

/* The failure is in the record, with the command's own words. */
static bool has_failure(struct lifecycle_store *store, const char *id)
{
	struct lifecycle_record *record = NULL;
	bool has;

	if (lifecycle_store_load(store, id, &record, NULL) < 0)
		return false;
	has = lifecycle_record_error_count(record) == 1 &&
	      lifecycle_record_error(record, 0)->stderr_text != NULL &&
	      strcmp(lifecycle_record_error(record, 0)->stderr_text, "why") == 0;
	lifecycle_record_free(record);
	return has;
}

static int call_runtime(struct lifecycle_error *error, const char **fault)
{
	struct lifecycle_evidence *evidence = UNTOUCHED;
	struct lifecycle_store *store = NULL;
	int result = open_store(LIFECYCLE_ACCESS_WRITE, &store, error);

	if (result == 0)
		result = check_untouched(lifecycle_evidence_of_runtime(LIFECYCLE_POINT_CREATE, "c1",
						 lifecycle_time_now(), getpid(), &evidence, error),
			evidence, fault);
	if (result == 0) {
		result = end_command(store, evidence, error);
		lifecycle_evidence_free(evidence);
	}
	no_more_faults();
	if (result == 0 && !has_failure(store, "c1"))
		*fault = "it says that it wrote, and did not";
	lifecycle_store_close(store);
	return result;
}

static bool is_named(struct lifecycle_store *store, const char *id, const char *name)
{
	struct lifecycle_record *record = NULL;
	bool is;

	if (lifecycle_store_load(store, id, &record, NULL) < 0)
		return false;
	is = lifecycle_record_name(record) != NULL &&
	     strcmp(lifecycle_record_name(record), name) == 0;
	lifecycle_record_free(record);
	return is;
}

static int report_created(const char *id, struct lifecycle_error *error, const char **fault)
{
	static const char *const annotations[] = { "a", "1", NULL };
	struct lifecycle_report report = LIFECYCLE_REPORT_UNKNOWN;
	char instance[LIFECYCLE_INSTANCE_SIZE] = "";
	struct lifecycle_store *store = NULL;
	int result = open_store(LIFECYCLE_ACCESS_WRITE, &store, error);

	report.event = LIFECYCLE_EVENT_CREATED;
	report.id = id;
	report.pid = getpid();
	report.bundle = "/b";
	report.name = "reported";
	report.annotations = annotations;
	if (result == 0)
		result = lifecycle_store_report(
			store, &report, LIFECYCLE_NO_DEADLINE, instance, error);
	no_more_faults();
	/* a process that cannot be looked at may be another's: then nothing changes, and that is said */
	if (result == 0 && is_named(store, id, "reported") != (instance[0] != '\0'))
		*fault = "it says that it wrote, and did not";
	if (result == 0 && instance[0] == '\0' && plan.error == 0)
		*fault = "it wrote nothing, and could";
	lifecycle_store_close(store);
	return result;
}

static int call_report(struct lifecycle_error *error, const char **fault)
{
	return report_created("c1", error, fault);
}

static int call_report_lost(struct lifecycle_error *error, const char **fault)
{
	return report_created("lost", error, fault);
}

static int call_delete(struct lifecycle_error *error, const char **fault)
{
	struct lifecycle_store *store = NULL;
	int result = open_store(LIFECYCLE_ACCESS_MEND, &store, error);

	if (result == 0)
		result = lifecycle_store_delete(
			store, "c1", LIFECYCLE_NO_DEADLINE, NULL, NULL, error);
	lifecycle_store_close(store);
	if (result == 0 && is_there("c1"))
		*fault = "it says that it removed, and did not";
	return result;
}

static int count(struct lifecycle_store *store, struct lifecycle_counts *counts,
	struct lifecycle_error *error)
{
	struct lifecycle_record *record = NULL;
	int result = lifecycle_store_load(store, "c1", &record, error);

	if (result == 0)
		result = lifecycle_counts_add(counts, record, error);
	lifecycle_record_free(record);
	return result == 0 ? lifecycle_counts_end(counts, store, error) : result;
}

static int call_counts(struct lifecycle_error *error, const char **fault)
{
	struct lifecycle_counts *counts = UNTOUCHED;
	struct lifecycle_store *store = NULL;
	int result = open_store(LIFECYCLE_ACCESS_READ, &store, error);

	if (result < 0)
		return -1;
	result = check_untouched(lifecycle_counts_new(&counts, error), counts, fault);
	if (result == 0) {
		result = count(store, counts, error);
		if (result == 0 && is_exact() && lifecycle_counts_generations(counts) != 9)
			*fault = "it counts others";
		lifecycle_counts_free(counts);
	}
	lifecycle_store_close(store);
	return result;
}

/* What is in the file stays counted. That one more process is may fail, and the record goes all the same. */
static int call_merge(struct lifecycle_error *error, const char **fault)
{
	struct lifecycle_counts *counts = NULL;
	struct lifecycle_store *store = NULL;
	int result = open_store(LIFECYCLE_ACCESS_MEND, &store, error);

	if (result < 0)
		return -1;
	result = lifecycle_store_delete(store, "c1", LIFECYCLE_NO_DEADLINE, NULL, NULL, error);
	no_more_faults();
	if (lifecycle_counts_new(&counts, NULL) < 0 ||
		lifecycle_counts_end(counts, store, NULL) < 0)
		*fault = "counts cannot be read";
	else if (lifecycle_counts_generations(counts) < 8 ||
		 lifecycle_counts_generations(counts) > 9)
		*fault = "counts are lost";
	lifecycle_counts_free(counts);
	lifecycle_store_close(store);
	return result;
}

static int prune(const char *id, int64_t older_than, struct lifecycle_error *error, bool *ret)
{
	const struct lifecycle_prune prune = { .size = sizeof(prune), .older_than = older_than };
	struct lifecycle_store *store = NULL;
	int result = open_store(LIFECYCLE_ACCESS_MEND, &store, error);

	if (result == 0)
		result = lifecycle_store_prune(store, id, &prune, ret, error);
	lifecycle_store_close(store);
	return result;
}

static int call_prune(struct lifecycle_error *error, const char **fault)
{
	bool removed = false;
	int result = prune("c2", 0, error, &removed);

	if (removed && is_there("c2"))
		*fault = "it says that it removed, and did not";
	return result;
}

/* Without a time of its end, the first look at it counts. */
static int call_prune_young(struct lifecycle_error *error, const char **fault)
{
	bool removed = false;
	int result = prune("c3", INT64_C(3600000000000), error, &removed);

	if (removed || !is_there("c3"))
		*fault = "it removes what may be young";
	return result;
}

static int call_sweep(struct lifecycle_error *error, const char **fault)
{
	struct lifecycle_store *store = NULL;
	int result = open_store(LIFECYCLE_ACCESS_MEND, &store, error);

	(void)fault;
	if (result == 0)
		result = lifecycle_store_sweep(store, INT64_C(3600000000000),
			lifecycle_monotonic_now() + 1000000000, error);
	lifecycle_store_close(store);
	return result;
}

static int call_list(struct lifecycle_error *error, const char **fault)
{
	struct lifecycle_strings ids = { .items = UNTOUCHED };
	struct lifecycle_strings foreign = { .items = UNTOUCHED };
	struct lifecycle_store *store = NULL;
	int result = open_store(LIFECYCLE_ACCESS_READ, &store, error);

	if (result == 0)
		result = check_untouched(
			lifecycle_store_list(store, &ids, &foreign, error), ids.items, fault);
	lifecycle_store_close(store);
	if (result == 0 && is_exact() && ids.count + foreign.count != 5)
		*fault = "it says that it listed all, and did not";
	if (result == 0) {
		lifecycle_strings_free(&ids);
		lifecycle_strings_free(&foreign);
	}
	return result;
}

static int resolve(const char *reference, const char *expected, struct lifecycle_error *error,
	const char **fault)
{
	struct lifecycle_store *store = NULL;
	char *id = UNTOUCHED;
	int result = open_store(LIFECYCLE_ACCESS_READ, &store, error);

	if (result == 0)
		result = check_untouched(
			lifecycle_store_resolve(store, reference, &id, NULL, error), id, fault);
	lifecycle_store_close(store);
	if (result == 0 && is_exact() && strcmp(id, expected) != 0)
		*fault = "it finds another";
	if (result == 0)
		free(id);
	return result;
}

static int call_resolve_name(struct lifecycle_error *error, const char **fault)
{
	return resolve("pair", "c3", error, fault);
}

static int call_resolve_prefix(struct lifecycle_error *error, const char **fault)
{
	return resolve("c", "c", error, fault) < 0 && error->code == LIFECYCLE_ERROR_AMBIGUOUS ? 0
											       : -1;
}

static int call_resolve_id(struct lifecycle_error *error, const char **fault)
{
	return resolve("c1", "c1", error, fault);
}

static int call_path(struct lifecycle_error *error, const char **fault)
{
	char *path = UNTOUCHED;
	int result = check_untouched(path_absolute("a", &path, error), path, fault);

	if (result == 0 && path[0] != '/')
		*fault = "it is not absolute";
	if (result == 0)
		free(path);
	return result;
}

static int call_load(struct lifecycle_error *error, const char **fault)
{
	struct lifecycle_record *record = UNTOUCHED;
	char path[128];
	int result;

	snprintf(path, sizeof(path), "%s/c1", root);
	result = check_untouched(lifecycle_load_directory(path, &record, error), record, fault);
	if (result == 0)
		lifecycle_record_free(record);
	return result;
}

static int count_change(enum lifecycle_change change, const char *id, void *arg)
{
	(void)change;
	(void)id;
	++*(int *)arg;
	return 0;
}

/* Something changes, and what is above the store goes and comes. */
static int call_watch(struct lifecycle_error *error, const char **fault)
{
	struct lifecycle_watch *watch = UNTOUCHED;
	int changes = 0;
	int result = check_untouched(lifecycle_watch_open(root, &watch, error), watch, fault);
	char aside[96];

	if (result < 0)
		return -1;
	snprintf(aside, sizeof(aside), "%s.aside", root);
	if (rename(root, aside) < 0 || rename(aside, root) < 0)
		bail_out(aside);
	result = lifecycle_watch_read(watch, count_change, &changes, error);
	if (result == 0 && changes == 0 && is_exact())
		*fault = "it misses a change";
	lifecycle_watch_close(watch);
	return result;
}

/* A container comes, and then the whole store goes. */
static int call_watch_events(struct lifecycle_error *error, const char **fault)
{
	struct lifecycle_watch *watch = UNTOUCHED;
	int changes = 0;
	int result = check_untouched(lifecycle_watch_open(root, &watch, error), watch, fault);
	char path[96];

	if (result < 0)
		return -1;
	snprintf(path, sizeof(path), "%s/new", root);
	if (mkdir(path, 0700) < 0)
		bail_out(path);
	result = lifecycle_watch_read(watch, count_change, &changes, error);
	if (result == 0 && changes == 0 && is_exact())
		*fault = "it misses a container";
	changes = 0;
	snprintf(path, sizeof(path), "%s.aside", root);
	if (rename(root, path) < 0)
		bail_out(path);
	if (result == 0)
		result = lifecycle_watch_read(watch, count_change, &changes, error);
	if (result == 0 && changes == 0 && is_exact())
		*fault = "it misses the end";
	if (rename(path, root) < 0)
		bail_out(path);
	lifecycle_watch_close(watch);
	return result;
}

static int call_watch_absent(struct lifecycle_error *error, const char **fault)
{
	struct lifecycle_watch *watch = UNTOUCHED;
	char path[128];
	int result;

	snprintf(path, sizeof(path), "%s/not/there", root);
	result = check_untouched(lifecycle_watch_open(path, &watch, error), watch, fault);
	if (result == 0)
		lifecycle_watch_close(watch);
	return result;
}

static const struct scene {
	const char *what;
	void (*prepare)(void);
	call_fn *call;
} scenes[] = {
	{ "the default store is found", prepare_nothing, call_default_root },
	{ "a store is made, below a link and what is missing", prepare_nothing, call_make },
	{ "a first record is written", prepare_store, call_fold_new },
	{ "a record is updated", prepare_store, call_fold_again },
	{ "a bad record is set aside", prepare_store, call_fold_bad },
	{ "what came of a process of another boot is recorded", prepare_lost, call_fold_lost },
	{ "an end is recorded, with conmon's file", prepare_store, call_fold_stop },
	{ "a life is recorded, and the next", prepare_store, call_fold_again_and_again },
	{ "a runtime's create is recorded, which failed", prepare_store, call_runtime },
	{ "an engine's report is recorded", prepare_store, call_report },
	{ "it is, over a process of another boot", prepare_lost, call_report_lost },
	{ "a record is deleted", prepare_store, call_delete },
	{ "what is in records and in none is counted", prepare_counts, call_counts },
	{ "what was counted is merged, as a record is deleted", prepare_counts, call_merge },
	{ "a record is pruned", prepare_store, call_prune },
	{ "a record that may be young is not", prepare_store, call_prune_young },
	{ "a store is swept", prepare_store, call_sweep },
	{ "a store is listed", prepare_store, call_list },
	{ "a name is resolved", prepare_store, call_resolve_name },
	{ "a prefix is resolved", prepare_store, call_resolve_prefix },
	{ "an ID is resolved", prepare_store, call_resolve_id },
	{ "a path is made absolute", prepare_nothing, call_path },
	{ "a directory's record is loaded", prepare_store, call_load },
	{ "a record of nerdctl's is loaded", prepare_nerdctl, call_load },
	{ "a store is watched", prepare_store, call_watch },
	{ "a container comes, and the store goes", prepare_store, call_watch_events },
	{ "what is above a store is watched", prepare_nothing, call_watch_absent },
};

/* ---- how each is tried ---- */

static int open_files(void)
{
	DIR *directory = opendir("/proc/self/fd");
	int count = 0;

	while (directory != NULL && readdir(directory) != NULL)
		count++;
	if (directory != NULL)
		(void)closedir(directory);
	return count;
}

struct count {
	long allocations;
	long calls;
};

struct trial {
	int error; /* of a system call, or 0 for an allocation */
	long at;
	bool and_all_later;
};

static const char *try(
	const struct scene *scene, const struct trial *trial, long *ret_calls, bool *ret_failed)
{
	struct lifecycle_error error = { 0 };
	const char *fault = NULL;
	int files;
	int result;
	long leaked;

	scene->prepare();
	files = open_files();
	plan.error = trial->error;
	plan.fail_at = trial->at;
	plan.and_all_later = trial->and_all_later;
	plan.calls = 0;
	faults_begin(trial->error == 0 ? (struct faults){ trial->at, trial->and_all_later }
				       : (struct faults){ 0 });
	result = scene->call(&error, &fault);
	*ret_calls = trial->error == 0 ? faults_end(&leaked) : plan.calls;
	plan.error = 0;
	if (trial->error != 0)
		(void)faults_end(&leaked);
	*ret_failed = result < 0;
	if (fault == NULL && result != 0 && result != -1)
		fault = "it returns neither 0 nor -1";
	if (fault == NULL && result < 0 &&
		(error.code == LIFECYCLE_ERROR_NONE || error.message[0] == '\0'))
		fault = "it fails, and gives no reason";
	if (fault == NULL && leaked != 0)
		fault = "memory is left";
	if (fault == NULL && open_files() != files)
		fault = "a descriptor is left";
	return fault;
}

static const int errors[] = { 0, EMFILE, EIO, ENOENT, EACCES, EINTR, ENOSPC, EEXIST, ENOTDIR,
	EISDIR };

/* One that fails may be followed by others. */
static const char *try_error(
	const struct scene *scene, int number, bool and_all_later, long calls, long *ret_trials)
{
	const char *fault = NULL;
	bool failed;

	for (long at = 1, last = calls; at <= last && fault == NULL; at++, ++*ret_trials) {
		const struct trial trial = { number, at, and_all_later };

		fault = try(scene, &trial, &last, &failed);
		if (last < calls)
			last = calls;
		if (fault != NULL)
			printf("# error %d at %ld%s\n", number, at,
				and_all_later ? " and later" : "");
	}
	return fault;
}

static const char *try_all(
	const struct scene *scene, bool and_all_later, const struct count *count, long *ret_trials)
{
	const char *fault = NULL;

	for (size_t i = 0; i < sizeof(errors) / sizeof(errors[0]) && fault == NULL; i++) {
		/* what is interrupted again and again is tried for ever */
		if (and_all_later && errors[i] == EINTR)
			continue;
		fault = try_error(scene, errors[i], and_all_later,
			errors[i] == 0 ? count->allocations : count->calls, ret_trials);
	}
	return fault;
}

static const char *try_scene(const struct scene *scene, long *ret_trials)
{
	const struct trial none = { 0 };
	struct count count;
	const char *fault;
	bool failed;

	*ret_trials = 0;
	fault = try(scene, &none, &count.allocations, &failed);
	count.calls = plan.calls;
	if (fault == NULL && failed)
		fault = "it fails where nothing does";
	if (fault == NULL)
		fault = try_all(scene, false, &count, ret_trials);
	return fault != NULL ? fault : try_all(scene, true, &count, ret_trials);
}

static void test(int number, const struct scene *scene, const char *expected)
{
	long trials;
	const char *fault = try_scene(scene, &trials);
	bool good = expected != NULL ? fault != NULL && strcmp(fault, expected) == 0
				     : fault == NULL && trials > 20;

	printf("%sok %d - %s (%ld runs)%s%s\n", good ? "" : "not ", number, scene->what, trials,
		fault != NULL ? ": " : "", fault != NULL ? fault : "");
	(void)fflush(stdout);
}

/* ---- controls ---- */

static int lie(struct lifecycle_error *error, const char **fault)
{
	(void)call_delete(error, fault);
	if (is_there("c1"))
		*fault = "it says that it removed, and did not";
	return 0;
}

static int leave_open(struct lifecycle_error *error, const char **fault)
{
	int fd = open("/", O_RDONLY | O_CLOEXEC);
	int result = call_load(error, fault);

	if (result == 0 && fd >= 0)
		(void)close(fd);
	return result;
}

static int leave_memory(struct lifecycle_error *error, const char **fault)
{
	char *volatile text = malloc(16); /* or the compiler leaves it out */
	int result = call_load(error, fault);

	if (result == 0)
		free(text);
	/* NOLINTNEXTLINE(clang-analyzer-unix.Malloc): the control's fault */
	return result;
}

static const struct {
	struct scene scene;
	const char *fault;
} controls[] = {
	{ { "control: a lie is found", prepare_store, lie },
		"it says that it removed, and did not" },
	{ { "control: a descriptor that is left is found", prepare_store, leave_open },
		"a descriptor is left" },
	{ { "control: memory that is left is found", prepare_store, leave_memory },
		"memory is left" },
};

#ifdef __SANITIZE_ADDRESS__
static const bool has_own_malloc = false;
#else
static const bool has_own_malloc = true;
#endif

int main(void)
{
	const int count = sizeof(scenes) / sizeof(scenes[0]);
	const int control_count = sizeof(controls) / sizeof(controls[0]);

	if (!has_own_malloc) {
		printf("1..0 # SKIP with sanitizers malloc() is theirs\n");
		return 0;
	}
	snprintf(root, sizeof(root), "%s/oci-lifecycle-XXXXXX",
		access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp");
	if (mkdtemp(root) == NULL)
		bail_out(root);
	snprintf(link_to_root, sizeof(link_to_root), "%s/link", root);
	/* then the first that is opened is 0, which is a descriptor as any other */
	(void)close(STDIN_FILENO);
	printf("1..%d\n", count + control_count);
	for (int i = 0; i < count; i++)
		test(i + 1, &scenes[i], NULL);
	for (int i = 0; i < control_count; i++)
		test(count + i + 1, &controls[i].scene, controls[i].fault);
	clear();
	return 0;
}
