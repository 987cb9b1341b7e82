/* SPDX-License-Identifier: Apache-2.0 */
#include "unit.h"

#include <dirent.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <unistd.h>

#define MAX_DATA ((size_t)4 << 20)

/* Data are read before the tests run too, when check cannot be told of a failure. */
__attribute__((noreturn)) static void die(const char *path, const char *why)
{
	fprintf(stderr, "%s %s\n", path, why);
	exit(EXIT_FAILURE);
}

static const char *data_path(const char *name, char path[4096])
{
	const char *top = getenv("TOP_SRCDIR");

	snprintf(path, 4096, "%s/tests/data/%s", top ? top : ".", name);
	return path;
}

char *unit_data(const char *name, size_t *ret_length)
{
	char path[4096];
	data_path(name, path);

	FILE *file = fopen(path, "re");
	if (!file)
		die(path, "cannot be opened");
	char *text = calloc(1, MAX_DATA + 1);
	size_t length = text ? fread(text, 1, MAX_DATA, file) : 0;
	fclose(file);
	if (ret_length)
		*ret_length = length;
	return text;
}

void unit_golden(const char *name, const char *kind, const char *found)
{
	int stem = (int)(strlen(name) - strlen("json"));
	char golden[256], path[4096];
	char *expected;

	snprintf(golden, sizeof(golden), "%.*s%s", stem, name, kind);
	if (getenv("GOLDEN") != NULL) {
		FILE *out = fopen(data_path(golden, path), "we");

		ck_assert_ptr_nonnull(out);
		fputs(found, out);
		ck_assert_int_eq(fclose(out), 0);
	}
	expected = unit_data(golden, NULL);
	ck_assert_ptr_nonnull(expected);
	ck_assert_msg(strcmp(found, expected) == 0, "%s: found is\n%s", golden, found);
	free(expected);
}

static int ends_in_json(const struct dirent *entry)
{
	size_t length = strlen(entry->d_name);

	return length > 5 && strcmp(entry->d_name + length - 5, ".json") == 0;
}

char **unit_cases(const char *folder, int *ret_count)
{
	struct dirent **entries;
	char path[4096];
	int count = scandir(data_path(folder, path), &entries, ends_in_json, alphasort);
	char **names = calloc((size_t)(count > 0 ? count : 1), sizeof(*names));

	if (count <= 0 || !names)
		die(path, "holds no case");
	for (int i = 0; i < count; i++) {
		if (asprintf(&names[i], "%s/%s", folder, entries[i]->d_name) < 0)
			die(path, "does not fit into memory");
		free(entries[i]);
	}
	free(entries);
	*ret_count = count;
	return names;
}

struct lifecycle_record *unit_record(const char *text)
{
	struct lifecycle_record *record = NULL;
	struct lifecycle_error error;

	ck_assert_msg(lifecycle_record_decode(text, strlen(text), &record, &error) == 0, "%s: %s",
		text, error.message);
	return record;
}

static char directory[64];

const char *unit_directory(void)
{
	const char *parent = "/tmp"; /* not TMPDIR: the store's root is to be safe */

	if (directory[0] == '\0') {
		snprintf(directory, sizeof(directory), "%s/oci-lifecycle-XXXXXX", parent);
		if (!mkdtemp(directory))
			die(directory, "cannot be made");
	}
	return directory;
}

const char *unit_new_directory(void)
{
	static char path[128];

	snprintf(path, sizeof(path), "%s/test-XXXXXX", unit_directory());
	ck_assert_ptr_nonnull(mkdtemp(path));
	return path;
}

const char *unit_enter_directory(void)
{
	const char *path = unit_new_directory();

	ck_assert_int_eq(chdir(path), 0);
	return path;
}

void unit_put(const char *path, const char *text)
{
	FILE *file = fopen(path, "we");

	ck_assert_ptr_nonnull(file);
	ck_assert_int_ge(fputs(text, file), 0);
	ck_assert_int_eq(fclose(file), 0);
	/* whatever the umask is */
	ck_assert_int_eq(chmod(path, 0600), 0);
}

void unit_make_container(const char *id, const char *record)
{
	char path[512];

	ck_assert_int_eq(mkdir(id, 0700), 0);
	snprintf(path, sizeof(path), "%s/" LIFECYCLE_RECORD_FILE, id);
	if (record)
		unit_put(path, record);
}

static int remove_one(const char *path, const struct stat *status, int type, struct FTW *where)
{
	(void)status;
	(void)type;
	(void)where;
	return remove(path);
}

/* Asked by the leak sanitizer: it cannot look into a process that has given up its user. */
__attribute__((visibility("default"))) int __lsan_is_turned_off(void);
int __lsan_is_turned_off(void)
{
	return prctl(PR_GET_DUMPABLE) != 1;
}

int main(void)
{
	SRunner *runner = srunner_create(unit_suite());
	srunner_set_tap(runner, "-");
	srunner_run_all(runner, CK_SILENT);
	int failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	if (directory[0] != '\0')
		nftw(directory, remove_one, 10, FTW_DEPTH | FTW_PHYS);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
