/* SPDX-License-Identifier: Apache-2.0 */
/*
 * look PID: what is seen of it, a line "KEY VALUE" for each; "-" for what is not known.
 * look PID START_TICKS BOOT_ID PID_NS: the same of a record's process, and what a reader would be told of it.
 */
#include "process.h"
#include "record.h"

#include <stdio.h>
#include <stdlib.h>

static void print_number(const char *key, int64_t value)
{
	if (value == LIFECYCLE_UNKNOWN)
		printf("%s -\n", key);
	else
		printf("%s %lld\n", key, (long long)value);
}

static void print_text(const char *key, const char *value)
{
	printf("%s %s\n", key, value && value[0] ? value : "-");
}

static void print(const struct process *process)
{
	static const char *const words[] = { "unknown", "gone", "zombie", "alive" };

	print_text("liveness", words[process->liveness]);
	print_number("pid", process->pid);
	print_number("start_ticks", process->start_ticks);
	print_text("boot_id", process->boot_id);
	print_number("pid_ns", process->pid_ns);
	print_text("exe", process->exe);
	print_text("comm", process->comm);
}

static int look_recorded(char **arguments)
{
	struct lifecycle_record *record = record_new();
	struct lifecycle_observed observed = { .size = sizeof(observed) };
	struct process process;

	if (!record || record_set_text(&record->current.boot_id, arguments[2], NULL) < 0)
		return 1;
	record->current.generation = 1;
	record->current.status = LIFECYCLE_STATUS_RUNNING;
	record->current.pid = strtoll(arguments[0], NULL, 10);
	record->current.pid_start_ticks = strtoll(arguments[1], NULL, 10);
	record->current.pid_ns = strtoll(arguments[3], NULL, 10);
	process_look_recorded(&record->current, &process);
	lifecycle_observe(record, &observed);
	print(&process);
	print_text("looked", observed.looked ? "true" : "false");
	print_text("status", lifecycle_status_name(observed.status));
	print_text("reason", lifecycle_reason_name(observed.reason));
	lifecycle_record_free(record);
	return 0;
}

int main(int argc, char **argv)
{
	struct process process;

	if (argc == 5)
		return look_recorded(argv + 1);
	if (argc != 2)
		return 2;
	process_look(strtoll(argv[1], NULL, 10), &process);
	print(&process);
	return 0;
}
