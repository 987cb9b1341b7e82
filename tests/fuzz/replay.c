/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The targets, without a fuzzer: what is in tests/data, and as many changed copies of it, the same in each run. Then a fault is
 * planted into what each target looks at, and has to be found.
 * replay [COUNT]: that many copies for each target. Prints TAP.
 */
#include "planted.h"
#include "targets.h"

#include <dirent.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MAX_INPUTS 2000
#define MAX_LENGTH ((size_t)64 * 1024)
#define COUNT      20000

struct input {
	char *bytes;
	size_t length;
};

static struct input inputs[MAX_INPUTS];
static size_t input_count;

/* ---- the corpus ---- */

static void read_input(const char *path)
{
	FILE *file = fopen(path, "re");
	struct input *input = &inputs[input_count];

	if (!file || input_count == MAX_INPUTS)
		exit(EXIT_FAILURE);
	input->bytes = malloc(MAX_LENGTH);
	input->length = fread(input->bytes, 1, MAX_LENGTH, file);
	fclose(file);
	input_count++;
}

/* No golden text that lies beside. */
static int is_input(const struct dirent *entry)
{
	const char *dot = strrchr(entry->d_name, '.');

	return entry->d_name[0] != '.' && (dot == NULL || strncmp(dot, ".json", 5) == 0);
}

static void read_folder(const char *name)
{
	const char *top = getenv("TOP_SRCDIR");
	struct dirent **entries;
	char folder[2048], path[4096];
	int count;

	snprintf(folder, sizeof(folder), "%s/tests/data/%s", top ? top : ".", name);
	count = scandir(folder, &entries, is_input, alphasort);
	for (int i = 0; i < count; i++) {
		snprintf(path, sizeof(path), "%s/%s", folder, entries[i]->d_name);
		read_input(path);
		free(entries[i]);
	}
	if (count > 0)
		free(entries);
}

static void forget_inputs(void)
{
	while (input_count > 0)
		free(inputs[--input_count].bytes);
}

/* ---- chance, the same in each run ---- */

static uint64_t chance_state;

static size_t chance(size_t below)
{
	chance_state ^= chance_state << 13;
	chance_state ^= chance_state >> 7;
	chance_state ^= chance_state << 17;
	return below > 0 ? (size_t)(chance_state % below) : 0;
}

/* ---- changes ---- */

static const char *const pieces[] = { "{", "}", "[", "]", ",", ":", "\"", "\\", "\\u0000",
	"\\ud800", "null", "true", "false", "-1", "0", "1.5", "1e308", "18446744073709551616",
	"-9223372036854775808", "9223372036854775807", "\xff", "\xef\xbf\xbd",
	"\"id\":", "\"pid\":", "\"version\":1,", "\"generation\":", "\"hooks\":[{}],",
	"\"previous\":[{}],", "\"errors\":[{}],", "\"annotations\":{},", "\"c1\"",
	"\"2026-11-22T01:36:52Z\"", "\"0001-01-01T00:00:00Z\"", "\"stopped\"", "\"poststop\"",
	"\"hooks\":{}", "\"hooks\":null,", "\"poststop\":[],",
	"\"createRuntime\":", "\"path\":\"/x\"", "\"args\":[]", "\"timeout\":1", "lifecycle-",
	"\"Hooks\":" };

static void put(struct input *input, size_t at, const char *bytes, size_t length)
{
	if (input->length + length > MAX_LENGTH)
		return;
	memmove(input->bytes + at + length, input->bytes + at, input->length - at);
	memcpy(input->bytes + at, bytes, length);
	input->length += length;
}

static void take(struct input *input, size_t at, size_t length)
{
	if (length > input->length - at)
		length = input->length - at;
	memmove(input->bytes + at, input->bytes + at + length, input->length - at - length);
	input->length -= length;
}

/* A part of one in another, or of itself again. */
static void splice(struct input *input, size_t at)
{
	const struct input *other = &inputs[chance(input_count)];
	size_t from = chance(other->length);

	put(input, at, other->bytes + from, chance(other->length - from));
}

static void change(struct input *input)
{
	size_t at = chance(input->length + 1);
	const char *piece = pieces[chance(sizeof(pieces) / sizeof(pieces[0]))];

	switch (chance(6)) {
	case 0:
		put(input, at, piece, strlen(piece));
		break;
	case 1:
		take(input, at, chance(8) + 1);
		break;
	case 2:
		take(input, at, chance(input->length));
		break;
	case 3:
		splice(input, at);
		break;
	default:
		if (at < input->length)
			input->bytes[at] = (char)(input->bytes[at] ^ 1 << chance(8));
		break;
	}
}

/* ---- running ---- */

static int test_number;

static void print(bool good, const char *what, size_t count, const char *fault)
{
	printf("%sok %d - %s (%zu inputs)%s%s\n", good ? "" : "not ", ++test_number, what, count,
		fault ? ": " : "", fault ? fault : "");
	fflush(stdout);
}

/* Without a byte more than it has, for the sanitizers. */
static const char *try(fuzz_fn *target, const struct input *input)
{
	char *exact = malloc(input->length > 0 ? input->length : 1);
	const char *fault;

	memcpy(exact, input->bytes, input->length);
	fault = target(exact, input->length);
	free(exact);
	return fault;
}

static const char *try_all(fuzz_fn *target)
{
	const char *fault = NULL;

	for (size_t i = 0; i < input_count && !fault; i++)
		fault = try(target, &inputs[i]);
	return fault;
}

static const char *try_changed(fuzz_fn *target, size_t count)
{
	struct input input = { malloc(MAX_LENGTH), 0 };
	const char *fault = NULL;

	chance_state = 88172645463325252U;
	for (size_t i = 0; i < count && !fault; i++) {
		const struct input *from = &inputs[chance(input_count)];

		input.length = from->length;
		memcpy(input.bytes, from->bytes, from->length);
		for (size_t changes = chance(4) + 1; changes > 0; changes--)
			change(&input);
		fault = try(target, &input);
	}
	free(input.bytes);
	return fault;
}

static void read_folders(const struct fuzz_target *target)
{
	for (int i = 0; i < FUZZ_FOLDERS && target->folders[i]; i++)
		read_folder(target->folders[i]);
}

static void test(const struct fuzz_target *target, size_t count)
{
	const char *fault;
	char changed[128];

	read_folders(target);
	fault = try_all(target->check);
	print(!fault && input_count > 10, target->name, input_count, fault);
	fault = try_changed(target->check, count);
	snprintf(changed, sizeof(changed), "%s, changed", target->name);
	print(!fault, changed, count, fault);
	planted = target->name;
	fault = try_all(target->check);
	planted = NULL;
	snprintf(
		changed, sizeof(changed), "control: a fault planted for %s is found", target->name);
	print(fault != NULL, changed, input_count, fault);
	forget_inputs();
}

int main(int argc, char **argv)
{
	size_t count = argc > 1 ? strtoul(argv[1], NULL, 10) : COUNT;

	printf("1..%zu\n", 3 * fuzz_target_count);
	for (size_t i = 0; i < fuzz_target_count; i++)
		test(&fuzz_targets[i], count);
	return 0;
}
