/* SPDX-License-Identifier: Apache-2.0 */
#include "query/output/outfile.h"
#include "unit.h"

#include <dirent.h>
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static char path
	[128]; /* of the file, in a directory of the test's own, which is the working directory */

static void set_up(void)
{
	const char *directory = unit_enter_directory();

	snprintf(path, sizeof(path), "%s/file", directory);
}

static void put(const char *text)
{
	FILE *file = fopen("file", "we");

	ck_assert_ptr_nonnull(file);
	fputs(text, file);
	fclose(file);
}

/* That the directory has the file, if so, with that text, and nothing else. */
static void check_alone(const char *text)
{
	DIR *directory = opendir(".");
	int entries = 0;
	char found[64] = "";
	FILE *file;

	ck_assert_ptr_nonnull(directory);
	while (readdir(directory) != NULL)
		entries++;
	closedir(directory);
	ck_assert_int_eq(entries, text != NULL ? 3 : 2);
	if (text == NULL)
		return;
	file = fopen("file", "re");
	ck_assert_uint_eq(fread(found, 1, sizeof(found) - 1, file), strlen(text));
	ck_assert_str_eq(found, text);
	fclose(file);
}

/* ---- what goes well ---- */

START_TEST(test_commit)
{
	struct outfile file;
	struct lifecycle_error error;
	struct stat status;

	umask(_i < 2 ? 0777 : 0);
	if (_i % 2 == 1)
		put("old, and longer than what comes");
	ck_assert_msg(
		outfile_open(_i == 3 ? "file" : path, &file, &error) == 0, "%s", error.message);
	fputs("new", file.stream);
	ck_assert_int_eq(fflush(file.stream), 0);
	/* not to be taken for one that is ready: no glob of names finds it */
	ck_assert_ptr_nonnull(strstr(file.temporary, ".file.tmp"));
	if (_i % 2 == 0)
		ck_assert_int_eq(access("file", F_OK), -1);
	ck_assert_msg(outfile_commit(&file, &error) == 0, "%s", error.message);
	ck_assert_int_eq(stat("file", &status), 0);
	ck_assert_uint_eq(status.st_mode & 07777, 0644);
	check_alone("new");
}
END_TEST

START_TEST(test_discard)
{
	struct outfile file;

	put("old");
	ck_assert_int_eq(outfile_open(path, &file, NULL), 0);
	fputs("new", file.stream);
	outfile_discard(&file);
	check_alone("old");
}
END_TEST

/* What a killed writer left, or somebody else put there: nothing of it stays, and nothing is written into it. */
START_TEST(test_leftover)
{
	struct outfile file;
	struct lifecycle_error error = { .message = "" };
	char found[8] = "";
	FILE *other = fopen("../other", "we");

	ck_assert_ptr_nonnull(other);
	fputs("other", other);
	fclose(other);
	switch (_i) {
	case 0:
		put("left by one that was killed");
		ck_assert_int_eq(rename("file", ".file.tmp"), 0);
		break;
	case 1:
		ck_assert_int_eq(link("../other", ".file.tmp"), 0);
		break;
	case 2:
		ck_assert_int_eq(symlink("../other", ".file.tmp"), 0);
		break;
	default:
		ck_assert_int_eq(mkfifo(".file.tmp", 0600), 0);
	}
	ck_assert_msg(outfile_open(path, &file, &error) == 0, "%s", error.message);
	fputs("new", file.stream);
	ck_assert_msg(outfile_commit(&file, &error) == 0, "%s", error.message);
	check_alone("new");
	other = fopen("../other", "re");
	ck_assert_uint_eq(fread(found, 1, sizeof(found), other), 5);
	fclose(other);
}
END_TEST

/* Five at once, each with another length: the file is one of them, whole. */
START_TEST(test_at_once)
{
	struct stat status;
	int left = 0;

	for (int i = 0; i < 5; i++)
		if (fork() == 0) {
			struct outfile file;

			for (int j = 0; j < 20; j++) {
				if (outfile_open(path, &file, NULL) < 0)
					_exit(1);
				for (int k = 0; k <= i; k++)
					fprintf(file.stream, "%*d\n", 9999, i);
				if (outfile_commit(&file, NULL) < 0 || stat(path, &status) < 0 ||
					status.st_size == 0 || status.st_size % 10000 != 0)
					_exit(1);
			}
			_exit(0);
		}
	for (int i = 0; i < 5; i++) {
		int how;

		ck_assert_int_gt(wait(&how), 0);
		left += how != 0;
	}
	ck_assert_int_eq(left, 0);
	ck_assert_int_eq(access(".file.tmp", F_OK), -1);
}
END_TEST

/* ---- what does not ---- */

/* Writing fails on the way, or at the end; or on the way, and there is room again at the end. */
START_TEST(test_no_room)
{
	const struct rlimit little = { .rlim_cur = 10, .rlim_max = RLIM_INFINITY };
	const struct rlimit much = { RLIM_INFINITY, RLIM_INFINITY };
	struct outfile file;
	struct lifecycle_error error = { .message = "" };

	put("old");
	signal(SIGXFSZ, SIG_IGN);
	ck_assert_int_eq(outfile_open(path, &file, NULL), 0);
	ck_assert_int_eq(setrlimit(RLIMIT_FSIZE, &little), 0);
	for (int i = 0; i < (_i == 0 ? 3 : 10000); i++)
		fputs("much, much more", file.stream);
	if (_i == 2)
		ck_assert_int_eq(setrlimit(RLIMIT_FSIZE, &much), 0);
	/* what happened since then is not what went wrong */
	errno = 0;
	ck_assert_int_eq(outfile_commit(&file, &error), -1);
	ck_assert_int_eq(setrlimit(RLIMIT_FSIZE, &much), 0);
	ck_assert_int_eq(error.code, LIFECYCLE_ERROR_SYSTEM);
	ck_assert_ptr_nonnull(strstr(error.message, "cannot write '"));
	ck_assert_ptr_null(strstr(error.message, "Success"));
	check_alone("old");
}
END_TEST

START_TEST(test_rename_fails)
{
	struct outfile file;
	struct lifecycle_error error;

	ck_assert_int_eq(outfile_open(path, &file, NULL), 0);
	ck_assert_int_eq(mkdir("file", 0700), 0);
	ck_assert_int_eq(outfile_commit(&file, &error), -1);
	ck_assert_int_eq(error.system_errno, EISDIR);
	ck_assert_int_eq(rmdir("file"), 0);
	check_alone(NULL);
}
END_TEST

START_TEST(test_what_is_no_file)
{
	struct outfile file = { .path = "untouched" };
	struct lifecycle_error error;

	switch (_i) {
	case 0:
		ck_assert_int_eq(mkdir("file", 0700), 0);
		break;
	case 1:
		ck_assert_int_eq(mkfifo("file", 0600), 0);
		break;
	default:
		ck_assert_int_eq(symlink("elsewhere", "file"), 0);
	}
	ck_assert_int_eq(outfile_open(path, &file, &error), -1);
	ck_assert_int_eq(error.code, LIFECYCLE_ERROR_SYSTEM);
	ck_assert_ptr_nonnull(strstr(error.message, "it is no regular file"));
	ck_assert_str_eq(file.path, "untouched");
	ck_assert_int_eq(access("elsewhere", F_OK), -1);
}
END_TEST

START_TEST(test_no_directory)
{
	struct outfile file;
	struct lifecycle_error error;

	ck_assert_int_eq(outfile_open("nowhere/file", &file, &error), -1);
	ck_assert_int_eq(error.system_errno, ENOENT);
	ck_assert_str_eq(error.message, "cannot write 'nowhere/file': No such file or directory");
	check_alone(NULL);
}
END_TEST

Suite *unit_suite(void)
{
	Suite *suite = suite_create("outfile");
	TCase *tcase = tcase_create("outfile");

	unit_directory();
	tcase_add_checked_fixture(tcase, set_up, NULL);
	tcase_set_timeout(tcase, 60);
	tcase_add_loop_test(tcase, test_commit, 0, 4);
	tcase_add_test(tcase, test_discard);
	tcase_add_loop_test(tcase, test_leftover, 0, 4);
	tcase_add_test(tcase, test_at_once);
	tcase_add_loop_test(tcase, test_no_room, 0, 3);
	tcase_add_test(tcase, test_rename_fails);
	tcase_add_loop_test(tcase, test_what_is_no_file, 0, 3);
	tcase_add_test(tcase, test_no_directory);
	suite_add_tcase(suite, tcase);
	return suite;
}
