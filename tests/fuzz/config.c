/* SPDX-License-Identifier: Apache-2.0 */
/* config.json, and our hooks in it. */
#include "runtime/jscan_text.h"
#include "runtime/splice.h"
#include "targets.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

/* ---- jansson for a judge of what is JSON ---- */

static size_t count_brackets(const char *bytes, size_t length)
{
	size_t count = 0;

	for (size_t i = 0; i < length; i++)
		count += bytes[i] == '[' || bytes[i] == '{';
	return count;
}

/* What jansson refuses in JSON: numbers that do not fit, bytes that are not UTF-8, half a character, NUL in a key. */
static bool is_peculiar(const json_error_t *error)
{
	enum json_error_code code = json_error_code(error);

	return code == json_error_numeric_overflow || code == json_error_invalid_utf8 ||
	       code == json_error_null_byte_in_key || strstr(error->text, "Unicode") ||
	       strstr(error->text, "UTF-8");
}

static const char *check_judgement(const char *bytes, size_t length)
{
	struct jscan_value value;
	json_error_t error;
	bool taken = jscan(bytes, length, &value);
	json_t *json = json_loadb(bytes, length, JSON_DECODE_ANY | JSON_ALLOW_NUL, &error);
	bool loaded = json != NULL;

	json_decref(json);
	/* to jansson a NUL is the end */
	if (loaded && !taken && !memchr(bytes, '\0', length) &&
		count_brackets(bytes, length) <= JSCAN_DEPTH_MAX)
		return "JSON is taken for none";
	if (taken && !loaded && !is_peculiar(&error))
		return "what is not JSON is taken for it";
	return NULL;
}

/* ---- what a splice leaves alone ---- */

struct text {
	const char *bytes;
	size_t length;
};

static bool same_bytes(
	const char *one, const char *one_end, const char *other, const char *other_end)
{
	return one_end - one == other_end - other &&
	       memcmp(one, other, (size_t)(one_end - one)) == 0;
}

/* The text around `hooks`, which is added after the last member if it was not there. */
static const char *check_outside(const struct text *before, const struct text *after)
{
	const char *before_end = before->bytes + before->length,
		   *after_end = after->bytes + after->length;
	struct jscan_value top, old, new;
	size_t head, tail;

	if (!jscan(after->bytes, after->length, &top) ||
		jscan_find(&top, "hooks", &new) != JSCAN_FOUND)
		return "there are no hooks after the splice";
	jscan(before->bytes, before->length, &top);
	if (jscan_find(&top, "hooks", &old) == JSCAN_FOUND)
		return same_bytes(before->bytes, old.start, after->bytes, new.start) &&
				       same_bytes(old.end, before_end, new.end, after_end)
			       ? NULL
			       : "a byte outside the hooks is another";
	tail = (size_t)(after_end - new.end);
	if (tail > before->length)
		return "there is more after the hooks than there was";
	head = before->length - tail;
	return memcmp(before->bytes, after->bytes, head) == 0 &&
			       same_bytes(before->bytes + head, before_end, new.end, after_end)
		       ? NULL
		       : "a byte outside the hooks that were added is another";
}

static const char *check_again(const struct text *after, const struct splice_plan *plan)
{
	const char *why;
	size_t length;
	char *again;

	if (splice_hooks(after->bytes, after->length, plan, &again, &length, &why) < 0)
		return "what was made is not understood";
	free(again);
	return again ? "a second time changes it" : NULL;
}

static const char *check_splice(const char *bytes, size_t length, const struct splice_plan *plan)
{
	const struct text before = { bytes, length };
	struct text after;
	const char *why = "", *fault;
	char *made;

	if (splice_hooks(bytes, length, plan, &made, &after.length, &why) < 0)
		return *why ? NULL : "refused without a reason";
	if (!made)
		return NULL;
	after.bytes = made;
	fault = check_outside(&before, &after);
	if (!fault)
		fault = check_again(&after, plan);
	free(made);
	return fault;
}

const char *fuzz_config(const char *bytes, size_t length)
{
	static const struct splice_plan plain = { .hooks_dir = "/h" };
	static const struct splice_plan full = {
		.hooks_dir = "/h", .root = "/\"r\\", .exit_dir = "/e", .limit = 10, .wrap = true
	};
	const char *fault = check_judgement(bytes, length);

	if (!fault)
		fault = check_splice(bytes, length, &plain);
	if (!fault)
		fault = check_splice(bytes, length, &full);
	return fault;
}
