/* SPDX-License-Identifier: Apache-2.0 */
/* Prints the words that the library knows, a kind and a word each: of its enumerations, and the keys of a record. */
#include "libstate.h"
#include "record.h"

#include <stdio.h>

static void print_names(const char *kind, const struct names *names)
{
	for (size_t i = 1; i < names->count; i++)
		printf("%s %s\n", kind, names->words[i]);
}

static void print_keys(const char *object, const struct record_layout *layout)
{
	for (size_t i = 0; i < layout->field_count; i++) {
		const struct record_field *field = &layout->fields[i];

		if (field->kind == RECORD_FIELD_GROUP)
			print_keys(object, field->group);
		else
			printf("%s %s\n", object, field->key);
		if (field->kind == RECORD_FIELD_ARRAY)
			print_keys(field->key, field->array->layout);
	}
}

int main(void)
{
	print_names("point", &names_of_points);
	print_names("status", &names_of_statuses);
	print_names("reason", &names_of_reasons);
	print_names("source", &names_of_sources);
	print_keys("record", &record_layout);
	return 0;
}
