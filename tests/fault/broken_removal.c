/* SPDX-License-Identifier: Apache-2.0 */
/* A poststop that makes a record void before it removes it: what the tests that kill have to find. */
#include "../../hooks/hook.h"
#include "fsio.h"

#include <fcntl.h>
#include <unistd.h>

int __real_fsio_remove(int directory, const char *name, struct lifecycle_error *error);
int __wrap_fsio_remove(int directory, const char *name, struct lifecycle_error *error);

int __wrap_fsio_remove(int directory, const char *name, struct lifecycle_error *error)
{
	int fd = openat(directory, name, O_WRONLY | O_TRUNC | O_NOFOLLOW | O_CLOEXEC);

	(void)close(fd);
	return __real_fsio_remove(directory, name, error);
}

int main(int argc, char **argv)
{
	static const struct hook hook = { "broken-removal", LIFECYCLE_POINT_POSTSTOP };

	return hook_run(&hook, argc, argv);
}
