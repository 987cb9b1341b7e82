/* SPDX-License-Identifier: Apache-2.0 */
#include "query/doctor/ask.h"
#include "container/child.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

/* One that has not answered by then will not. */
#define LIMIT_NS INT64_C(5000000000)

#define ANSWER_LIMIT ((size_t)1024 * 1024)
#define WORDS_LIMIT  ((size_t)4096)

const char *ask_where(struct report *report, const char *program)
{
	static const char *const more[] = { "/usr/local/sbin", "/usr/local/bin", "/usr/sbin",
		"/usr/bin", "/sbin", "/bin", NULL };
	const char *path;
	char *found;

	if (child_find(program, more, NULL, &found, NULL) < 0)
		return NULL;
	path = report_text(report, "%s", found);
	free(found);
	return path;
}

/* ---- reading ---- */

struct stream {
	int fd; /* -1 at its end */
	char *text;
	size_t length;
	size_t limit;
};

static void close_stream(struct stream *stream)
{
	if (stream->fd >= 0)
		(void)close(stream->fd);
	stream->fd = -1;
}

/* What is over the limit is read, and dropped. */
static void read_stream(struct stream *stream)
{
	char dropped[4096];
	size_t room = stream->limit - stream->length;
	ssize_t count = read(stream->fd, room > 0 ? stream->text + stream->length : dropped,
		room > 0 ? room : sizeof(dropped));

	if (count > 0)
		stream->length += room > 0 ? (size_t)count : 0;
	else if (count == 0 || (errno != EINTR && errno != EAGAIN))
		close_stream(stream);
}

/* False if the time was over before both ended. */
static bool read_both(struct stream streams[2], int64_t deadline)
{
	while (streams[0].fd >= 0 || streams[1].fd >= 0) {
		struct pollfd files[2] = { { .fd = streams[0].fd, .events = POLLIN },
			{ .fd = streams[1].fd, .events = POLLIN } };
		int64_t left = deadline - lifecycle_monotonic_now();

		if (left <= 0)
			return false;
		if (poll(files, 2, (int)(left / 1000000) + 1) < 0 && errno != EINTR)
			return false;
		for (int i = 0; i < 2; i++)
			if (files[i].revents != 0)
				read_stream(&streams[i]);
	}
	return true;
}

/* ---- ending ---- */

/* True if it has ended by itself. One that cannot be killed, as it waits for a dead disk, is not waited for. */
static bool end(pid_t pid, bool is_late, int64_t deadline, int *ret_status)
{
	bool killed = false;

	for (int64_t until = deadline;;) {
		pid_t gone = waitpid(pid, ret_status, WNOHANG);

		if (gone == pid || (gone < 0 && errno != EINTR)) {
			(void)kill(-pid, SIGKILL);
			return gone == pid && !killed;
		}
		if (is_late || lifecycle_monotonic_now() > until) {
			if (killed)
				return false;
			(void)kill(-pid, SIGKILL);
			(void)kill(pid, SIGKILL);
			killed = true;
			is_late = false;
			until = lifecycle_monotonic_now() + LIMIT_NS / 10;
		}
		(void)poll(NULL, 0, 2);
	}
}

static bool open_streams(struct stream streams[2], struct child_files *files)
{
	for (int i = 0; i < 2; i++) {
		int ends[2];

		if (streams[i].text == NULL || pipe2(ends, O_CLOEXEC) < 0)
			return false;
		streams[i].fd = ends[0];
		*(i == 0 ? &files->out : &files->err) = ends[1];
	}
	return true;
}

static void close_files(const struct child_files *files)
{
	if (files->out >= 0)
		(void)close(files->out);
	if (files->err >= 0)
		(void)close(files->err);
}

static enum ask_end run(const char *const *argv, struct stream streams[2])
{
	static const char *const environment[] = { "LC_ALL=C", NULL };
	struct child_files files = { .in = -1, .out = -1, .err = -1, .extra = -1, .leads = true };
	int64_t deadline = lifecycle_monotonic_now() + LIMIT_NS;
	bool started, is_late;
	int status = 0;
	pid_t pid;

	started = open_streams(streams, &files) &&
		  child_start(argv, environment, &files, &pid, NULL) == 0;
	close_files(&files);
	if (!started)
		return ASK_FAILED;
	is_late = !read_both(streams, deadline);
	if (!end(pid, is_late, deadline, &status))
		return ASK_LATE;
	return WIFEXITED(status) && WEXITSTATUS(status) == 0 ? ASK_ANSWERED : ASK_FAILED;
}

/* ---- asking ---- */

static const char *why(struct report *report, enum ask_end end, char *said)
{
	if (end == ASK_LATE)
		return report_text(
			report, "no answer within %d s", (int)(LIMIT_NS / INT64_C(1000000000)));
	child_keep_last_line(said);
	return said[0] != '\0' ? report_text(report, "%s", said) : "it failed, and said nothing";
}

struct answer ask(struct report *report, const char *const *argv)
{
	struct stream streams[2] = { { .fd = -1, .limit = ANSWER_LIMIT },
		{ .fd = -1, .limit = WORDS_LIMIT } };
	struct answer answer = { .end = ASK_FAILED, .text = "", .words = "" };

	if (report->late != NULL && strcmp(report->late, argv[0]) == 0) {
		answer.end = ASK_LATE;
		answer.words = why(report, answer.end, NULL);
		return answer;
	}
	for (int i = 0; i < 2; i++)
		streams[i].text = calloc(1, streams[i].limit + 1);
	answer.end = run(argv, streams);
	if (answer.end == ASK_LATE)
		report->late = report_text(report, "%s", argv[0]);
	for (int i = 0; i < 2; i++)
		close_stream(&streams[i]);
	if (streams[0].text == NULL || streams[1].text == NULL) {
		report->no_memory = true;
	} else {
		if (answer.end != ASK_ANSWERED)
			answer.words = why(report, answer.end, streams[1].text);
		answer.text = report_text(report, "%s", streams[0].text);
	}
	free(streams[0].text);
	free(streams[1].text);
	return answer;
}

const char *ask_version(struct report *report, const char *path, const char *option, unsigned word)
{
	const char *const argv[] = { path, option, NULL };
	struct answer answer = ask(report, argv);
	const char *at = answer.text;
	size_t length;

	if (answer.end != ASK_ANSWERED)
		return NULL;
	while (--word > 0) {
		at += strcspn(at, " \n");
		at += *at == ' ';
	}
	length = strcspn(at, " ,\n");
	return length > 0 ? report_text(report, "%.*s", (int)length, at) : NULL;
}
