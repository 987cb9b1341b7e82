/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The system calls of lifecycle-create-runtime for a new container, in their order, and as many bytes written,
 * with no JSON and no decision: floor ROOT ID PID SIZE. What a hook takes beyond this is what the hook's own code costs.
 */
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/random.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/vfs.h>
#include <unistd.h>

#define LARGEST_RECORD 4096

static const int directory_flags = O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC;

static void start_up(void)
{
	static const int signals[] = { SIGPIPE, SIGXFSZ, SIGCHLD };
	static const __rlimit_resource_t limits[] = { RLIMIT_NOFILE, RLIMIT_FSIZE, RLIMIT_CPU,
		RLIMIT_AS, RLIMIT_DATA, RLIMIT_STACK, RLIMIT_NPROC };
	const struct sigaction ignore = { .sa_handler = SIG_IGN };
	struct sigaction old_action;
	struct rlimit limit;
	sigset_t none;

	(void)sigemptyset(&none);
	(void)sigprocmask(SIG_SETMASK, &none, NULL);
	for (size_t i = 0; i < 3; i++)
		(void)sigaction(signals[i], &ignore, &old_action);
	for (size_t i = 0; i < sizeof(limits) / sizeof(limits[0]); i++)
		(void)getrlimit(limits[i], &limit);
	for (int fd = 0; fd <= 2; fd++)
		(void)fcntl(fd, F_GETFD);
	(void)close_range(3, ~0U, 0);
	(void)open(".", O_PATH | O_DIRECTORY | O_CLOEXEC);
	(void)!chdir("/");
	(void)umask(077);
}

static void read_stdin(void)
{
	struct pollfd ready = { .fd = STDIN_FILENO, .events = POLLIN };
	char *bytes = malloc(4096);
	ssize_t count;

	do {
		(void)poll(&ready, 1, 2000);
		count = read(STDIN_FILENO, bytes, 4096);
	} while (count > 0);
}

static void read_file(int directory, const char *name, int flags)
{
	char bytes[1024];
	int fd = openat(directory, name, O_RDONLY | O_CLOEXEC | flags);

	(void)!read(fd, bytes, sizeof(bytes));
	(void)close(fd);
}

static int open_proc(void)
{
	struct statfs file_system;
	int proc = open("/proc", O_PATH | O_DIRECTORY | O_CLOEXEC);

	(void)fstatfs(proc, &file_system);
	return proc;
}

static void make_random(void)
{
	char bytes[16];

	read_file(AT_FDCWD, "/dev/urandom", 0);
	(void)!getrandom(bytes, sizeof(bytes), GRND_NONBLOCK);
	(void)getpid();
	(void)getuid();
	(void)getpid();
	(void)getppid();
	(void)gettid();
}

static void look_at_process(const char *pid)
{
	char name[64];
	char target[64];
	struct stat status;
	struct pollfd exited = { .events = POLLIN };
	int proc = open_proc();

	read_file(proc, "sys/kernel/random/boot_id", O_NOFOLLOW);
	(void)fstatat(proc, "self/ns/pid", &status, 0);
	(void)!readlinkat(proc, "self", target, sizeof(target));
	(void)getpid();
	exited.fd = (int)syscall(SYS_pidfd_open, atoi(pid), 0);
	snprintf(name, sizeof(name), "%s/stat", pid);
	read_file(proc, name, O_NOFOLLOW);
	snprintf(name, sizeof(name), "%s/exe", pid);
	(void)fstatat(proc, name, &status, 0);
	(void)poll(&exited, 1, 0);
	(void)close(exited.fd);
	(void)close(proc);
}

static int open_root(char *root)
{
	struct stat status;
	int fd = open("/", directory_flags);
	int next;

	(void)fstat(fd, &status);
	for (char *name = strtok(root, "/"); name != NULL; name = strtok(NULL, "/")) {
		(void)fstatat(fd, name, &status, AT_SYMLINK_NOFOLLOW);
		next = openat(fd, name, directory_flags);
		(void)close(fd);
		fd = next;
		(void)fstat(fd, &status);
	}
	next = openat(fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	(void)close(fd);
	return next;
}

static void write_record(int directory, size_t size)
{
	static char bytes[LARGEST_RECORD];
	int fd;

	(void)openat(directory, "lifecycle.json", O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	memset(bytes, 'x', size);
	(void)unlinkat(directory, ".tmp", 0);
	fd = openat(directory, ".tmp", O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
	(void)fchmod(fd, 0600);
	(void)!write(fd, bytes, size);
	(void)fsync(fd);
	(void)close(fd);
	(void)renameat(directory, ".tmp", directory, "lifecycle.json");
	(void)fsync(directory);
}

int main(int argc, char **argv)
{
	struct stat status;
	int root;
	int directory;

	if (argc != 5 || atoi(argv[4]) > LARGEST_RECORD)
		return 2;
	start_up();
	read_stdin();
	make_random();
	look_at_process(argv[3]);
	root = open_root(argv[1]);
	(void)mkdirat(root, argv[2], 0700);
	(void)fstatat(root, argv[2], &status, AT_SYMLINK_NOFOLLOW);
	directory = openat(root, argv[2], O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	(void)fstat(directory, &status);
	(void)geteuid();
	(void)flock(directory, LOCK_EX | LOCK_NB);
	(void)fstat(directory, &status);
	(void)fstatat(root, argv[2], &status, AT_SYMLINK_NOFOLLOW);
	(void)geteuid();
	write_record(directory, (size_t)atoi(argv[4]));
	(void)fsync(root);
	(void)close(directory);
	(void)close(root);
	return 0;
}
