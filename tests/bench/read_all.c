/* SPDX-License-Identifier: Apache-2.0 */
/*
 * read_all ROOT: the floor for what reads a store: the system calls that a careful reader makes for each record (its
 * directory and then its file opened, the file looked at and read), and nothing made of what was read.
 */
#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

static ssize_t read_record(int root, const char *id)
{
	static char bytes[65536];
	int directory = openat(root, id, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	int file = openat(directory, "lifecycle.json", O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
	struct stat status;
	ssize_t length = -1;

	if (file >= 0 && fstat(file, &status) == 0)
		length = read(file, bytes, sizeof(bytes));
	(void)close(file);
	(void)close(directory);
	return length;
}

int main(int argc, char **argv)
{
	DIR *root = argc == 2 ? opendir(argv[1]) : NULL;
	const struct dirent *entry;
	size_t count = 0;

	if (root == NULL)
		return EXIT_FAILURE;
	while ((entry = readdir(root)) != NULL)
		count += entry->d_name[0] != '.' && read_record(dirfd(root), entry->d_name) > 0;
	(void)closedir(root);
	return printf("%zu\n", count) > 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
