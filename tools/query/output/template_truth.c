/* SPDX-License-Identifier: Apache-2.0 */
#include "base/error.h"
#include "query/output/template_functions.h"

#include <string.h>

int template_not(const struct template_values *values, json_t **ret_result)
{
	*ret_result = json_boolean(!template_functions_is_true(values->items[0]));
	return 0;
}

/* The first that decides, or the last: it is the result. */
static int decide(const struct template_values *values, bool deciding, json_t **ret_result)
{
	size_t i = 0;

	while (i + 1 < values->count && template_functions_is_true(values->items[i]) != deciding)
		i++;
	*ret_result = json_incref(values->items[i]);
	return 0;
}

int template_and(const struct template_values *values, json_t **ret_result)
{
	return decide(values, false, ret_result);
}

int template_or(const struct template_values *values, json_t **ret_result)
{
	return decide(values, true, ret_result);
}

static bool is_equal(const json_t *one, const json_t *other)
{
	if (json_is_number(one) && json_is_number(other))
		return !(json_number_value(one) < json_number_value(other)) &&
		       !(json_number_value(one) > json_number_value(other));
	return json_equal(one, other) != 0;
}

int template_eq(const struct template_values *values, json_t **ret_result)
{
	bool equal = false;

	for (size_t i = 1; i < values->count; i++)
		equal |= is_equal(values->items[0], values->items[i]);
	*ret_result = json_boolean(equal);
	return 0;
}

int template_ne(const struct template_values *values, json_t **ret_result)
{
	*ret_result = json_boolean(!is_equal(values->items[0], values->items[1]));
	return 0;
}

enum order { LESS = 1, EQUAL = 2, GREATER = 4 };

static enum order order_of(double difference)
{
	return difference < 0 ? LESS : difference > 0 ? GREATER : EQUAL;
}

/* What is not known is in no order. */
static int compare(const struct template_values *values, const char *name, unsigned wanted,
	json_t **ret_result)
{
	const json_t *one = values->items[0];
	const json_t *other = values->items[1];
	unsigned order = 0;

	if (json_is_number(one) && json_is_number(other))
		order = order_of(json_number_value(one) - json_number_value(other));
	else if (json_is_string(one) && json_is_string(other))
		order = order_of((double)strcmp(json_string_value(one), json_string_value(other)));
	else if (!json_is_null(one) && !json_is_null(other))
		return error_set(values->error, LIFECYCLE_ERROR_INVALID,
			"the template's function '%s' takes two numbers or two texts", name);
	*ret_result = json_boolean((order & wanted) != 0);
	return 0;
}

int template_lt(const struct template_values *values, json_t **ret_result)
{
	return compare(values, "lt", LESS, ret_result);
}

int template_le(const struct template_values *values, json_t **ret_result)
{
	return compare(values, "le", LESS | EQUAL, ret_result);
}

int template_gt(const struct template_values *values, json_t **ret_result)
{
	return compare(values, "gt", GREATER, ret_result);
}

int template_ge(const struct template_values *values, json_t **ret_result)
{
	return compare(values, "ge", GREATER | EQUAL, ret_result);
}
