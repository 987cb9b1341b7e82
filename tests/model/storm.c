/* SPDX-License-Identifier: Apache-2.0 */
/*
 * storm [PROCESSES CHANGES]: many processes change one container's record, then change and delete it, then a tenth of them
 * is killed while others read as fast as they can: no update is lost, nobody writes into a directory that is removed,
 * and nobody reads what is no record, or an older one than before. Each record counts in its generation's number how often
 * it was changed; what is deleted is counted as it goes. Prints TAP. Built with BLIND it does not look again at the
 * directory that it has locked, with UNLOCKED it locks nothing, and has to go wrong.
 */
#include "record.h"

#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define READERS     4
#define DEADLINE_NS (INT64_C(600) * 1000000000)
#define FEW         10 /* what chance alone would not bring about */

/* What all processes know. */
static struct {
	atomic_bool begun, over;
	atomic_long changed; /* successfully */
	atomic_long deleted; /* of those */
	atomic_long deletions;
	atomic_long failures;
	atomic_long lost;
	atomic_long reads;
	atomic_long malformed; /* and older ones than before */
	char failure[512];     /* one of them */
} * shared;

static char root[64];
static int processes = 50;
static int changes = 200;

#ifdef BLIND

int __real_fstatat(int directory, const char *name, struct stat *ret, int flags);
int __wrap_fstatat(int directory, const char *name, struct stat *ret, int flags);
int __real_fstat(int fd, struct stat *ret);
int __wrap_fstat(int fd, struct stat *ret);

static struct stat last_locked;

int __wrap_fstat(int fd, struct stat *ret)
{
	int result = __real_fstat(fd, ret);

	last_locked = *ret;
	return result;
}

/* What the name means now is what was locked. */
int __wrap_fstatat(int directory, const char *name, struct stat *ret, int flags)
{
	if (strcmp(name, "c1") != 0)
		return __real_fstatat(directory, name, ret, flags);
	*ret = last_locked;
	return 0;
}

#endif

#ifdef UNLOCKED

int __wrap_flock(int fd, int operation);

int __wrap_flock(int fd, int operation)
{
	(void)fd;
	(void)operation;
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

__attribute__((noreturn)) static void be_one(int number, bool deletes, bool to_be_killed)
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
	for (int i = 0; i < changes || to_be_killed; i++)
		if (deletes && (i + number) % 4 == 0)
			delete (store);
		else
			change(store);
	lifecycle_store_close(store);
	_exit(0);
}

/* A record that was there stays, and its count only grows. */
static void read_once(struct lifecycle_store *store, int64_t *last)
{
	struct lifecycle_record *record;
	struct lifecycle_error error;

	if (lifecycle_store_load(store, "c1", &record, &error) == 0) {
		int64_t count = lifecycle_record_current(record)->generation;

		lifecycle_record_free(record);
		atomic_fetch_add(&shared->reads, 1);
		if (count >= *last) {
			*last = count;
			return;
		}
		snprintf(error.message, sizeof(error.message), "an older record was read");
	} else if (error.code == LIFECYCLE_ERROR_NOT_FOUND && *last == 0) {
		return;
	}
	atomic_fetch_add(&shared->malformed, 1);
	snprintf(shared->failure, sizeof(shared->failure), "%s", error.message);
}

__attribute__((noreturn)) static void be_reader(void)
{
	struct lifecycle_store *store;
	int64_t last = 0;

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (lifecycle_store_open(root, LIFECYCLE_ACCESS_READ, &store, NULL) < 0)
		_exit(1);
	while (!shared->over)
		read_once(store, &last);
	_exit(0);
}

/* ---- all of them ---- */

static pid_t start(int number, bool deletes, bool to_be_killed)
{
	pid_t pid = fork();

	if (pid == 0 && number < 0)
		be_reader();
	if (pid == 0)
		be_one(number, deletes, to_be_killed);
	if (pid < 0)
		exit(EXIT_FAILURE);
	return pid;
}

/* Spread over what the others do. Returns how many were killed before they were done. */
static int kill_some(const pid_t *pids, int count)
{
	long all = (long)processes * changes;
	int killed = 0;

	for (int i = 0; i < count; i++) {
		int status;

		while (shared->changed < all * (i + 1) / (count + 2) && shared->failures == 0)
			usleep(500);
		(void)kill(pids[i], SIGKILL);
		if (waitpid(pids[i], &status, 0) == pids[i])
			killed += WIFSIGNALED(status);
	}
	return killed;
}

/* Returns how many were killed. */
static int run(bool deletes, bool kills)
{
	pid_t *pids = calloc((size_t)processes, sizeof(*pids));
	pid_t readers[READERS];
	int killed = 0;

	if (pids == NULL)
		exit(EXIT_FAILURE);
	memset(shared, 0, sizeof(*shared));
	for (int i = 0; i < processes; i++)
		pids[i] = start(i, deletes, kills && i < processes / 10);
	for (int i = 0; kills && i < READERS; i++)
		readers[i] = start(-1, false, false);
	shared->begun = true;
	if (kills)
		killed = kill_some(pids, processes / 10);
	for (int i = kills ? processes / 10 : 0; i < processes; i++)
		(void)waitpid(pids[i], NULL, 0);
	shared->over = true;
	for (int i = 0; kills && i < READERS; i++)
		(void)waitpid(readers[i], NULL, 0);
	free(pids);
	return killed;
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

static bool goes_well(bool deletes, bool kills)
{
	int killed = run(deletes, kills);
	long count = last_count();
	long more = shared->deleted + count - shared->changed; /* the dead could not say so */

	shared->lost = more < 0 ? -more : 0;
	printf("# %ld changes, %ld of them deleted in %ld deletions, %ld there at the end, %ld "
	       "failures",
		shared->changed, shared->deleted, shared->deletions, count, shared->failures);
	if (kills)
		printf(", %d killed, %ld reads, %ld malformed", killed, shared->reads,
			shared->malformed);
	printf(shared->failures + shared->malformed > 0 ? ": %s\n" : "\n", shared->failure);
	return shared->failures == 0 && shared->malformed == 0 && more >= 0 && more <= killed &&
	       (!kills || (killed == processes / 10 && shared->reads > FEW));
}

static void print(bool good, int number, const char *what)
{
	printf("%sok %d - %s\n", good ? "" : "not ", number, what);
}

#if defined(BLIND)

static void test(void)
{
	printf("1..1\n");
	print(!goes_well(true, false), 1,
		"control: whoever does not look again writes into what is removed");
}

#elif defined(UNLOCKED)

static void test(void)
{
	printf("1..1\n");
	print(!goes_well(false, false) && shared->lost > FEW, 1,
		"control: without the lock changes are lost");
}

#else

static void test(void)
{
	printf("1..3\n");
	print(goes_well(false, false) && shared->changed == (long)processes * changes, 1,
		"many processes change one record: no change is lost");
	print(goes_well(true, false) && shared->deletions > FEW, 2,
		"many processes change and delete it: no change is lost, none is written where "
		"nobody finds it");
	print(goes_well(false, true), 3,
		"a tenth of them is killed, and others read: no change is lost, none is malformed");
}

#endif

int main(int argc, char **argv)
{
	if (argc == 3) {
		processes = atoi(argv[1]);
		changes = atoi(argv[2]);
	}
	shared = mmap(
		NULL, sizeof(*shared), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	snprintf(root, sizeof(root), "%s/oci-lifecycle-XXXXXX",
		access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp");
	if (shared == MAP_FAILED || !mkdtemp(root))
		return EXIT_FAILURE;
	setbuf(stdout, NULL);
	test();
	return rmdir(root) == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
