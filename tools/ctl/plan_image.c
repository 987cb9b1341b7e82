/* SPDX-License-Identifier: Apache-2.0 */
#include "ctl/plan_image.h"
#include "base/error.h"

#include <string.h>

static const char *const pull_words[] = {
	[IMAGE_PULL_MISSING] = "missing",
	[IMAGE_PULL_ALWAYS] = "always",
	[IMAGE_PULL_NEVER] = "never",
};

static const char *const truths[] = { "true", "false" };

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* The index of a word; `count` if it is none of them. */
static size_t find_word(const char *const *words, size_t count, const char *word)
{
	size_t i = 0;

	while (i < count && strcmp(words[i], word) != 0)
		i++;
	return i;
}

int plan_image(const struct plan_image_options *options, const struct place *place,
	const char *reference, struct image *ret_image, struct lifecycle_error *error)
{
	struct image_request request = { .reference = reference,
		.tls_verify = options->tls_verify };
	size_t pull = 0;

	if (options->pull != NULL)
		pull = find_word(pull_words, COUNT(pull_words), options->pull);
	if (pull == COUNT(pull_words))
		return error_set(error, LIFECYCLE_ERROR_INVALID,
			"--pull is missing, always or never, not '%s'", options->pull);
	if (options->tls_verify != NULL &&
		find_word(truths, COUNT(truths), options->tls_verify) == COUNT(truths))
		return error_set(error, LIFECYCLE_ERROR_INVALID,
			"--tls-verify is true or false, not '%s'", options->tls_verify);
	request.pull = (enum image_pull)pull;
	return image_get(place, &request, ret_image, error);
}

void plan_complete_pull(const struct cli_call *call, const char *begun)
{
	(void)call;
	for (size_t i = 0; i < COUNT(pull_words); i++)
		cli_offer(begun, pull_words[i], NULL);
}

void plan_complete_truth(const struct cli_call *call, const char *begun)
{
	(void)call;
	for (size_t i = 0; i < COUNT(truths); i++)
		cli_offer(begun, truths[i], NULL);
}
