/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Fifty processes change one container's record, then change and delete it: no update is lost, and nobody writes into a
 * directory that is removed. Each record counts in its generation's number how often it was changed; what is deleted is
 * counted as it goes. Prints TAP. Built with BLIND it does not look again at the directory that it has locked, and has
 * to go wrong.
 */
#include "record.h"

#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define PROCESSES   50
#define CHANGES     200
#define DEADLINE_NS (INT64_C(60) * 1000000000)

/* What all processes know. */
static struct {
	atomic_bool begun;
	atomic_long changed; /* successfully */
	atomic_long deleted; /* of those */
	atomic_long deletions;
	atomic_long failures;
	char failure[512]; /* one of them */
} * shared;

static char root[64];

#ifdef BLIND

int __real_fstatat(int directory, const char *name, struct stat *ret, int flags);
int __wrap_fstatat(int directory, const char *name, struct stat *ret, int flags);
int __real_fstat(int fd, struct stat *ret);
int __wrap_fstat(int fd, struct stat *ret);

static struct stat last;

int __wrap_fstat(int fd, struct stat *ret)
{
	int result = __real_fstat(fd, ret);

	last = *ret;
	return result;
}

/* What the name means now is what was locked. */
int __wrap_fstatat(int directory, const char *name, struct stat *ret, int flags)
{
	if (strcmp(name, "c1") != 0)
		return __real_fstatat(directory, name, ret, flags);
	*ret = last;
	return 0;
}

#endif

/* ---- one process ---- */

static int count_up(struct lifecycle_record *record, void *arg, struct lifecycle_error *error)
{
	(void)arg;
	if (record->version == LIFECYCLE_UNKNOWN)
		record->current.generation = 0;
	record->version = RECORD_VERSION;
	record->current.generation++;
	return record_set_text(&record->id, "c1", error);
}

static bool count_away(const struct lifecycle_record *record, void *arg)
{
	struct lifecycle_generation current = { .generation = 0 };

	if (record)
		current = *lifecycle_record_current(record);
	*(long *)arg = (long)current.generation;
	return true;
}

static void fail(const struct lifecycle_error *error)
{
	atomic_fetch_add(&shared->failures, 1);
	snprintf(shared->failure, sizeof(shared->failure), "%s", error->message);
}

static void change(struct lifecycle_store *store)
{
	int64_t deadline = lifecycle_monotonic_now() + DEADLINE_NS;
	struct lifecycle_error error;

	if (lifecycle_store_transform(store, "c1", deadline, count_up, NULL, &error) < 0)
		fail(&error);
	else
		atomic_fetch_add(&shared->changed, 1);
}

static void delete (struct lifecycle_store *store)
{
	int64_t deadline = lifecycle_monotonic_now() + DEADLINE_NS;
	struct lifecycle_error error;
	long count = 0;

	if (lifecycle_store_delete(store, "c1", deadline, count_away, &count, &error) == 0) {
		atomic_fetch_add(&shared->deleted, count);
		atomic_fetch_add(&shared->deletions, 1);
	} else if (error.code != LIFECYCLE_ERROR_NOT_FOUND) {
		fail(&error);
	}
}

__attribute__((noreturn)) static void be_one(int number, bool deletes)
{
	struct lifecycle_store *store;
	struct lifecycle_error error;

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (lifecycle_store_open(root, LIFECYCLE_ACCESS_WRITE, &store, &error) < 0) {
		fail(&error);
		_exit(1);
	}
	while (!shared->begun)
		usleep(100);
	for (int i = 0; i < CHANGES; i++)
		if (deletes && (i + number) % 4 == 0)
			delete (store);
		else
			change(store);
	lifecycle_store_close(store);
	_exit(0);
}

/* ---- all of them ---- */

static void run(bool deletes)
{
	memset(shared, 0, sizeof(*shared));
	for (int i = 0; i < PROCESSES; i++) {
		pid_t pid = fork();

		if (pid == 0)
			be_one(i, deletes);
		if (pid < 0)
			exit(EXIT_FAILURE);
	}
	shared->begun = true;
	while (wait(NULL) > 0)
		;
}

static long last_count(void)
{
	struct lifecycle_generation current = { .generation = 0 };
	struct lifecycle_record *record;
	struct lifecycle_store *store;

	if (lifecycle_store_open(root, LIFECYCLE_ACCESS_READ, &store, NULL) < 0)
		exit(EXIT_FAILURE);
	if (lifecycle_store_load(store, "c1", &record, NULL) == 0) {
		current = *lifecycle_record_current(record);
		lifecycle_record_free(record);
	}
	(void)lifecycle_store_delete(store, "c1", LIFECYCLE_NO_DEADLINE, NULL, NULL, NULL);
	lifecycle_store_close(store);
	return (long)current.generation;
}

static bool goes_well(bool deletes)
{
	long count;

	run(deletes);
	count = last_count();
	printf("# %ld changes, %ld of them deleted in %ld deletions, %ld there at the end, %ld "
	       "failures",
		shared->changed, shared->deleted, shared->deletions, count, shared->failures);
	printf(shared->failures > 0 ? ": %s\n" : "\n", shared->failure);
	return shared->failures == 0 && shared->changed == shared->deleted + count;
}

static void print(bool good, int number, const char *what)
{
	printf("%sok %d - %s\n", good ? "" : "not ", number, what);
}

int main(void)
{
	shared = mmap(
		NULL, sizeof(*shared), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	snprintf(root, sizeof(root), "%s/oci-lifecycle-XXXXXX",
		access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp");
	if (shared == MAP_FAILED || !mkdtemp(root))
		return EXIT_FAILURE;
	setbuf(stdout, NULL);
#ifdef BLIND
	printf("1..1\n");
	print(!goes_well(true), 1,
		"control: whoever does not look again writes into what is removed");
#else
	printf("1..2\n");
	print(goes_well(false) && shared->changed == PROCESSES * CHANGES, 1,
		"fifty processes change one record: no change is lost");
	print(goes_well(true) && shared->deletions > 10, 2,
		"fifty processes change and delete it: no change is lost, none is written where "
		"nobody "
		"finds it");
#endif
	return rmdir(root) == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
