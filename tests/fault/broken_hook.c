/* SPDX-License-Identifier: Apache-2.0 */
/* A hook that writes its record in place and looks at no error: what the tests with faults have to find. */
#include "../../hooks/hook.h"
#include "fsio.h"

#include <fcntl.h>
#include <unistd.h>

int __wrap_fsio_replace(int directory, const char *name, const char *temporary, const char *bytes,
	size_t length, struct lifecycle_error *error);

int __wrap_fsio_replace(int directory, const char *name, const char *temporary, const char *bytes,
	size_t length, struct lifecycle_error *error)
{
	int fd = openat(directory, name, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);

	(void)temporary;
	(void)error;
	(void)!write(fd, bytes, length);
	(void)close(fd);
	return 0;
}

int main(int argc, char **argv)
{
	static const struct hook hook = { "broken-hook", LIFECYCLE_POINT_CREATE_RUNTIME };

	return hook_run(&hook, argc, argv);
}
