/* SPDX-License-Identifier: Apache-2.0 */
/* The runtime's FIFO, found among the files of a process that is named as a runtime's init, and kept. */
#include "exec_fifo.h"
#include "process.h"
#include "unit.h"

#include <dirent.h>
#include <fcntl.h>
#include <limits.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define RUNC_INIT "runc:[2:INIT]"
#define SOMEBODY  12345

/* ---- what is refused ---- */

static bool no_proc, no_listing;

int __real_proc_open(void);
int __wrap_proc_open(void);
int __wrap_proc_open(void)
{
	return no_proc ? -1 : __real_proc_open();
}

DIR *__real_fdopendir(int fd);
DIR *__wrap_fdopendir(int fd);
DIR *__wrap_fdopendir(int fd)
{
	return no_listing ? NULL : __real_fdopendir(fd);
}

/* ---- a runtime's directory, a container's, and an init ---- */

struct scene {
	char top[PATH_MAX / 2];
	char fifo[PATH_MAX];
	int directory; /* the container's */
	pid_t init;
};

static struct scene make_scene(void)
{
	struct scene scene = { .directory = -1, .init = -1 };
	char container[PATH_MAX];

	snprintf(scene.top, sizeof(scene.top), "%s", unit_new_directory());
	snprintf(scene.fifo, sizeof(scene.fifo), "%s/exec.fifo", scene.top);
	snprintf(container, sizeof(container), "%s/container", scene.top);
	ck_assert_int_eq(mkdir(container, 0700), 0);
	scene.directory = open(container, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	ck_assert_int_ge(scene.directory, 0);
	return scene;
}

/* Its parts go with unit_directory(). */
static void end_scene(const struct scene *scene)
{
	ck_assert_int_gt(scene->init, 0);
	kill(scene->init, SIGKILL);
	waitpid(scene->init, NULL, 0);
	close(scene->directory);
}

/* A process of that name, which holds the file open as runtimes do, among others, and ends with us. */
static void start_init(struct scene *scene, const char *name, const char *held)
{
	int ready[2];
	char byte = 0;

	ck_assert_int_eq(pipe2(ready, O_CLOEXEC), 0);
	scene->init = fork();
	if (scene->init == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		prctl(PR_SET_NAME, name);
		if (open("/dev/null", O_RDONLY | O_CLOEXEC) < 0 ||
			open(held, O_PATH | O_CLOEXEC) < 0 || write(ready[1], "", 1) != 1)
			_exit(1);
		for (;;)
			pause();
	}
	ck_assert_int_gt(scene->init, 0);
	close(ready[1]);
	ck_assert_int_eq(read(ready[0], &byte, 1), 1);
	close(ready[0]);
}

static void link_it(const struct scene *scene)
{
	struct process init;

	process_look(scene->init, &init);
	ck_assert_int_eq(init.liveness, LIVENESS_ALIVE);
	exec_fifo_link(scene->directory, &init);
}

static int64_t written_at(const struct scene *scene)
{
	int64_t written_at;

	ck_assert_int_eq(exec_fifo_look(scene->directory, &written_at, NULL), 0);
	return written_at;
}

static void make_fifo(const char *path)
{
	ck_assert_int_eq(mkfifo(path, 0622), 0);
}

/* As the runtime's `start` does. */
static void write_to(const char *path)
{
	int fd = open(path, O_RDWR | O_NONBLOCK | O_CLOEXEC);

	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq(write(fd, "0", 1), 1);
	close(fd);
}

static int64_t now(void)
{
	struct timespec time;

	clock_gettime(CLOCK_REALTIME, &time);
	return (int64_t)time.tv_sec * 1000000000 + time.tv_nsec;
}

static bool has_link(const struct scene *scene)
{
	struct stat status;

	return fstatat(scene->directory, LIFECYCLE_EXEC_FIFO_FILE, &status, AT_SYMLINK_NOFOLLOW) ==
	       0;
}

/* ---- what it tells ---- */

static const char *const init_names[] = { RUNC_INIT, "crun" };

START_TEST(test_tells_when_it_was_written)
{
	struct scene scene = make_scene();
	int64_t before;

	make_fifo(scene.fifo);
	start_init(&scene, init_names[_i], scene.fifo);
	ck_assert_int_eq(written_at(&scene), LIFECYCLE_UNKNOWN);
	link_it(&scene);
	ck_assert_int_eq(written_at(&scene), 0); /* it was made just now, and that is no start */
	before = now();
	write_to(scene.fifo);
	ck_assert_int_eq(unlink(scene.fifo), 0);                 /* as runtimes do then */
	ck_assert_int_ge(written_at(&scene), before - 20000000); /* a tick is coarse */
	ck_assert_int_le(written_at(&scene), now());
	exec_fifo_remove(scene.directory);
	ck_assert_int_eq(written_at(&scene), LIFECYCLE_UNKNOWN);
	ck_assert(!has_link(&scene));
	end_scene(&scene);
}
END_TEST

/* ---- what is none ---- */

static void assert_none_of(const char *name, const char *held)
{
	struct scene scene = make_scene();
	char path[PATH_MAX];

	snprintf(path, sizeof(path), "%s/%s", scene.top, held);
	make_fifo(path);
	start_init(&scene, name, path);
	link_it(&scene);
	ck_assert(!has_link(&scene));
	end_scene(&scene);
}

static const char *const other_files[] = { "exec.fifo2", "an-exec.fifo", "fifo" };

START_TEST(test_a_fifo_of_another_name)
{
	assert_none_of(RUNC_INIT, other_files[_i]);
}
END_TEST

static const char *const other_processes[] = { "sleep", "runc:[1:CHILD]", "runc", "exe" };

START_TEST(test_a_process_that_is_no_init)
{
	assert_none_of(other_processes[_i], "exec.fifo");
}
END_TEST

START_TEST(test_a_file_that_is_no_fifo)
{
	struct scene scene = make_scene();

	ck_assert_int_eq(mknod(scene.fifo, S_IFREG | 0600, 0), 0);
	start_init(&scene, RUNC_INIT, scene.fifo);
	link_it(&scene);
	ck_assert(!has_link(&scene));
	end_scene(&scene);
}
END_TEST

START_TEST(test_a_fifo_of_somebody_else)
{
	struct scene scene = make_scene();

	if (geteuid() != 0)
		return; /* nobody else can give one away */
	make_fifo(scene.fifo);
	start_init(&scene, RUNC_INIT, scene.fifo);
	ck_assert_int_eq(chown(scene.fifo, SOMEBODY, SOMEBODY), 0);
	link_it(&scene);
	ck_assert(!has_link(&scene));
	/* nor is one believed that became another's */
	ck_assert_int_eq(chown(scene.fifo, 0, 0), 0);
	link_it(&scene);
	ck_assert_int_eq(written_at(&scene), 0);
	ck_assert_int_eq(chown(scene.fifo, SOMEBODY, SOMEBODY), 0);
	ck_assert_int_eq(written_at(&scene), LIFECYCLE_UNKNOWN);
	end_scene(&scene);
}
END_TEST

static int next_descriptor(void)
{
	int fd = dup(STDIN_FILENO);

	close(fd);
	return fd;
}

/* Nothing is linked, nothing is left open, and the next look finds it. */
START_TEST(test_files_that_cannot_be_listed)
{
	struct process init;
	struct scene scene = make_scene();
	int next = next_descriptor();

	make_fifo(scene.fifo);
	start_init(&scene, RUNC_INIT, scene.fifo);
	process_look(scene.init, &init);
	no_proc = _i == 0;
	no_listing = _i == 1;
	exec_fifo_link(scene.directory, &init);
	no_proc = no_listing = false;
	ck_assert(!has_link(&scene));
	ck_assert_int_eq(next_descriptor(), next);
	exec_fifo_link(scene.directory, &init);
	ck_assert(has_link(&scene));
	end_scene(&scene);
}
END_TEST

START_TEST(test_a_process_that_is_gone)
{
	struct process init;
	struct scene scene = make_scene();

	make_fifo(scene.fifo);
	start_init(&scene, RUNC_INIT, scene.fifo);
	process_look(scene.init, &init);
	init.liveness = LIVENESS_ZOMBIE;
	exec_fifo_link(scene.directory, &init);
	ck_assert(!has_link(&scene));
	/* seen alive, and gone by now */
	init.liveness = LIVENESS_ALIVE;
	kill(scene.init, SIGKILL);
	waitpid(scene.init, NULL, 0);
	exec_fifo_link(scene.directory, &init);
	ck_assert(!has_link(&scene));
	scene.init = fork();
	if (scene.init == 0)
		_exit(0);
	end_scene(&scene);
}
END_TEST

/* ---- what is in the way ---- */

START_TEST(test_an_old_one_is_removed)
{
	struct scene scene = make_scene();
	char old[PATH_MAX];

	snprintf(old, sizeof(old), "%s/container/%s", scene.top, LIFECYCLE_EXEC_FIFO_FILE);
	make_fifo(old);
	write_to(old);
	ck_assert_int_gt(written_at(&scene), 0);
	make_fifo(scene.fifo);
	start_init(&scene, RUNC_INIT, scene.fifo);
	link_it(&scene);
	ck_assert_int_eq(written_at(&scene), 0);
	write_to(scene.fifo);
	ck_assert_int_gt(written_at(&scene), 0);
	end_scene(&scene);
}
END_TEST

START_TEST(test_a_link_in_its_place)
{
	struct stat status;
	struct scene scene = make_scene();
	char elsewhere[PATH_MAX];

	snprintf(elsewhere, sizeof(elsewhere), "%s/elsewhere", scene.top);
	make_fifo(elsewhere);
	ck_assert_int_eq(symlinkat(elsewhere, scene.directory, LIFECYCLE_EXEC_FIFO_FILE), 0);
	ck_assert_int_eq(written_at(&scene), LIFECYCLE_UNKNOWN); /* it is not followed */
	make_fifo(scene.fifo);
	start_init(&scene, RUNC_INIT, scene.fifo);
	link_it(&scene);
	ck_assert_int_eq(written_at(&scene), 0);
	ck_assert_int_eq(stat(elsewhere, &status), 0);
	ck_assert_uint_eq(status.st_nlink, 1);
	ck_assert_int_gt(status.st_mtim.tv_sec, 0);
	end_scene(&scene);
}
END_TEST

START_TEST(test_a_directory_in_its_place)
{
	struct scene scene = make_scene();

	ck_assert_int_eq(mkdirat(scene.directory, LIFECYCLE_EXEC_FIFO_FILE, 0700), 0);
	make_fifo(scene.fifo);
	start_init(&scene, RUNC_INIT, scene.fifo);
	link_it(&scene);
	ck_assert_int_eq(written_at(&scene), LIFECYCLE_UNKNOWN);
	exec_fifo_remove(scene.directory);
	ck_assert(has_link(&scene));
	end_scene(&scene);
}
END_TEST

/* The store is on another file system than the runtime's state. */
START_TEST(test_another_file_system)
{
	struct scene scene = make_scene();
	char mounted[PATH_MAX];

	if (geteuid() != 0 || unshare(CLONE_NEWNS) < 0 ||
		mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) < 0)
		return; /* it cannot be made here */
	snprintf(mounted, sizeof(mounted), "%s/mounted", scene.top);
	ck_assert_int_eq(mkdir(mounted, 0700), 0);
	ck_assert_int_eq(mount("tmpfs", mounted, "tmpfs", 0, NULL), 0);
	snprintf(scene.fifo, sizeof(scene.fifo), "%s/mounted/exec.fifo", scene.top);
	make_fifo(scene.fifo);
	start_init(&scene, RUNC_INIT, scene.fifo);
	link_it(&scene);
	ck_assert(!has_link(&scene));
	ck_assert_int_eq(written_at(&scene), LIFECYCLE_UNKNOWN);
	end_scene(&scene);
	ck_assert_int_eq(umount2(mounted, MNT_DETACH), 0);
}
END_TEST

Suite *unit_suite(void)
{
	Suite *suite = suite_create("exec_fifo");
	TCase *tcase = tcase_create("exec_fifo");

	(void)unit_directory();
	tcase_add_loop_test(tcase, test_tells_when_it_was_written, 0,
		sizeof(init_names) / sizeof(init_names[0]));
	tcase_add_loop_test(tcase, test_a_fifo_of_another_name, 0,
		sizeof(other_files) / sizeof(other_files[0]));
	tcase_add_loop_test(tcase, test_a_process_that_is_no_init, 0,
		sizeof(other_processes) / sizeof(other_processes[0]));
	tcase_add_test(tcase, test_a_file_that_is_no_fifo);
	tcase_add_test(tcase, test_a_fifo_of_somebody_else);
	tcase_add_loop_test(tcase, test_files_that_cannot_be_listed, 0, 2);
	tcase_add_test(tcase, test_a_process_that_is_gone);
	tcase_add_test(tcase, test_an_old_one_is_removed);
	tcase_add_test(tcase, test_a_link_in_its_place);
	tcase_add_test(tcase, test_a_directory_in_its_place);
	tcase_add_test(tcase, test_another_file_system);
	suite_add_tcase(suite, tcase);
	return suite;
}
