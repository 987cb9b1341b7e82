/* SPDX-License-Identifier: Apache-2.0 */
#include "planted.h"
#include "codec.h"
#include "conmon_name.h"
#include "container/log_tail.h"
#include "exec_fifo.h"
#include "oci_state.h"
#include "query/output/template.h"
#include "runtime/locals.h"
#include "runtime/log.h"
#include "runtime/splice.h"

#include <string.h>

const char *planted;

static bool is_planted(const char *target)
{
	return planted != NULL && strcmp(planted, target) == 0;
}

/* ---- state: a pid is one more each time that it is read ---- */

int64_t __real_oci_state_pid(const struct oci_state *state);
int64_t __wrap_oci_state_pid(const struct oci_state *state);

int64_t __wrap_oci_state_pid(const struct oci_state *state)
{
	int64_t pid = __real_oci_state_pid(state);

	return is_planted("state") && pid != LIFECYCLE_UNKNOWN ? pid + 1 : pid;
}

/* ---- record: a digit is another one ---- */

int __real_lifecycle_record_encode(const struct lifecycle_record *record, const char *extra,
	char **ret_text, size_t *ret_length, struct lifecycle_error *error);
int __wrap_lifecycle_record_encode(const struct lifecycle_record *record, const char *extra,
	char **ret_text, size_t *ret_length, struct lifecycle_error *error);

int __wrap_lifecycle_record_encode(const struct lifecycle_record *record, const char *extra,
	char **ret_text, size_t *ret_length, struct lifecycle_error *error)
{
	int result = __real_lifecycle_record_encode(record, extra, ret_text, ret_length, error);
	char *pid = result == 0 && is_planted("record") ? strstr(*ret_text, "\"pid\":1") : NULL;

	if (pid != NULL)
		pid[strlen("\"pid\":")]++;
	return result;
}

/* ---- config: the last byte is another one ---- */

int __real_splice_hooks(const char *text, size_t length, const struct splice_plan *plan,
	char **ret_text, size_t *ret_length, const char **ret_why);
int __wrap_splice_hooks(const char *text, size_t length, const struct splice_plan *plan,
	char **ret_text, size_t *ret_length, const char **ret_why);

int __wrap_splice_hooks(const char *text, size_t length, const struct splice_plan *plan,
	char **ret_text, size_t *ret_length, const char **ret_why)
{
	int result = __real_splice_hooks(text, length, plan, ret_text, ret_length, ret_why);

	if (result == 0 && is_planted("config") && *ret_text != NULL)
		(*ret_text)[*ret_length - 1]++;
	return result;
}

/* ---- template: a cell is a byte too long ---- */

size_t __real_template_cell(const char *text, const char **ret_next);
size_t __wrap_template_cell(const char *text, const char **ret_next);

size_t __wrap_template_cell(const char *text, const char **ret_next)
{
	return __real_template_cell(text, ret_next) + is_planted("template");
}

/* ---- reference: another container is meant ---- */

int __real_lifecycle_store_resolve(struct lifecycle_store *store, const char *reference,
	char **ret_id, struct lifecycle_strings *ret_candidates, struct lifecycle_error *error);
int __wrap_lifecycle_store_resolve(struct lifecycle_store *store, const char *reference,
	char **ret_id, struct lifecycle_strings *ret_candidates, struct lifecycle_error *error);

int __wrap_lifecycle_store_resolve(struct lifecycle_store *store, const char *reference,
	char **ret_id, struct lifecycle_strings *ret_candidates, struct lifecycle_error *error)
{
	int result =
		__real_lifecycle_store_resolve(store, reference, ret_id, ret_candidates, error);

	if (result == 0 && is_planted("reference") && strcmp(*ret_id, "0123abc") == 0)
		(*ret_id)[6] = 'd';
	return result;
}

/* ---- arguments: a bundle is that of its directory ---- */

void __real_locals_read(char **words, struct locals *ret_locals);
void __wrap_locals_read(char **words, struct locals *ret_locals);

void __wrap_locals_read(char **words, struct locals *ret_locals)
{
	__real_locals_read(words, ret_locals);
	if (is_planted("arguments") && ret_locals->bundle != NULL && *ret_locals->bundle == '/')
		ret_locals->bundle++;
}

/* ---- logs: a place is one byte on, a text is cut where there is more room ---- */

int __real_log_tail_find(int file, struct log_tail *tail);
int __wrap_log_tail_find(int file, struct log_tail *tail);

int __wrap_log_tail_find(int file, struct log_tail *tail)
{
	int result = __real_log_tail_find(file, tail);

	tail->start[LOG_STREAM_STDERR] += is_planted("conmon_log");
	return result;
}

void __real_runtime_log_last_error(
	const struct runtime_log *log, int64_t place, char *buffer, size_t size);
void __wrap_runtime_log_last_error(
	const struct runtime_log *log, int64_t place, char *buffer, size_t size);

void __wrap_runtime_log_last_error(
	const struct runtime_log *log, int64_t place, char *buffer, size_t size)
{
	__real_runtime_log_last_error(log, place, buffer, size);
	if (is_planted("runtime_log") && strlen(buffer) == size - 1)
		memset(buffer, 'x', size);
}

/* ---- names ---- */

const char *__real_conmon_name_parse(const char *command_line, size_t length, const char *id);
const char *__wrap_conmon_name_parse(const char *command_line, size_t length, const char *id);

const char *__wrap_conmon_name_parse(const char *command_line, size_t length, const char *id)
{
	const char *name = __real_conmon_name_parse(command_line, length, id);

	return name != NULL && is_planted("conmon_name") ? name + 1 : name;
}

bool __real_exec_fifo_is_named(const char *target, size_t length);
bool __wrap_exec_fifo_is_named(const char *target, size_t length);

bool __wrap_exec_fifo_is_named(const char *target, size_t length)
{
	if (is_planted("exec_fifo"))
		return memmem(target, length, "/exec.fifo", strlen("/exec.fifo")) != NULL;
	return __real_exec_fifo_is_named(target, length);
}
