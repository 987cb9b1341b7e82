/* SPDX-License-Identifier: Apache-2.0 */
#include "query/output/sentences.h"
#include "query/output/fields.h"
#include "query/output/rules.h"

/* What is printed, and how far that has come. */
struct page {
	struct story *story;
	FILE *out;
	const char *heading; /* of the part; printed before the first line of it */
	const char *indent;
	/* What a rule's status, reason and end are held against. */
	enum lifecycle_status status;
	enum lifecycle_reason reason;
	enum lifecycle_source end;
	bool failed; /* memory is out */
};

/* ---- which rule holds ---- */

static bool is_start(const struct story *story, enum lifecycle_source source)
{
	return story_knows_start(story) && story->view->observed.started_at_source == source;
}

static bool holds(const struct page *page, const struct rule *rule)
{
	if ((rule->status != LIFECYCLE_STATUS_NONE && rule->status != page->status) ||
		(rule->reason != LIFECYCLE_REASON_NONE && rule->reason != page->reason) ||
		(rule->end != LIFECYCLE_SOURCE_NONE && rule->end != page->end) ||
		(rule->start != LIFECYCLE_SOURCE_NONE && !is_start(page->story, rule->start)))
		return false;
	for (size_t i = 0; i < RULES_MOST_QUESTIONS && rule->when[i] != NULL; i++)
		if (!rule->when[i](page->story))
			return false;
	return true;
}

static const char *find_text(const struct page *page, const struct rules *rules)
{
	for (size_t i = 0; i < rules->count; i++)
		if (holds(page, &rules->rules[i]))
			return rules->rules[i].text;
	return NULL;
}

/* ---- lines ---- */

static void say(struct page *page, const char *text)
{
	if (page->heading != NULL)
		fprintf(page->out, "\n%s\n", page->heading);
	page->heading = NULL;
	fputs(page->indent, page->out);
	if (fields_print(page->story, text, page->out) < 0)
		page->failed = true;
	putc('\n', page->out);
}

static void say_all(struct page *page, const struct rules *list)
{
	for (; list->rules != NULL; list++) {
		const char *text = find_text(page, list);

		if (text != NULL)
			say(page, text);
	}
}

static void say_of_hooks(struct page *page, const struct rules *list)
{
	for (size_t i = 0; i < story_hook_count(page->story); i++) {
		story_take_hook(page->story, i);
		say_all(page, list);
	}
	page->story->hook = NULL;
}

static void say_of_failures(struct page *page)
{
	for (size_t i = 0; i < story_failure_count(page->story); i++) {
		story_take_failure(page->story, i);
		say_all(page, rules_of_failure);
	}
	page->story->failure = NULL;
}

static void say_of_previous(struct page *page)
{
	const struct view *view = page->story->view;
	struct page earlier = *page;

	for (size_t i = 0; i < lifecycle_record_previous_count(view->record); i++) {
		const struct lifecycle_generation *previous =
			lifecycle_record_previous(view->record, i);

		page->story->previous = previous;
		earlier.status = previous->status;
		earlier.reason = previous->reason;
		if (previous != view->shown)
			say_all(&earlier, rules_of_previous);
	}
	page->story->previous = NULL;
	page->failed = page->failed || earlier.failed;
}

/* ---- the parts ---- */

static void print_title(struct page *page)
{
	say(page, story_has_name(page->story) ? "<id>  <name>" : "<id>");
	putc('\n', page->out);
}

static void begin_part(struct page *page, const char *heading)
{
	page->heading = heading;
	page->indent = "- ";
}

int sentences_print(struct story *story, FILE *out)
{
	struct page page = { .story = story,
		.out = out,
		.indent = "",
		.status = story->view->observed.status,
		.reason = story->view->observed.reason,
		.end = story->view->shown->finished_at_source };

	story->engine = engine_of(story->view->record);
	print_title(&page);
	say_all(&page, rules_of_life);
	say_of_failures(&page);
	say_of_hooks(&page, rules_of_hook);
	say_of_previous(&page);
	begin_part(&page, "What is not known:");
	say_all(&page, rules_of_the_unknown);
	begin_part(&page, "Where to look next:");
	say_of_hooks(&page, rules_of_hook_next);
	say_all(&page, rules_of_next);
	return page.failed ? -1 : 0;
}

/* ---- for a test ---- */

static const struct rules *const lists[] = { rules_of_life, rules_of_hook, rules_of_failure,
	rules_of_previous, rules_of_the_unknown, rules_of_hook_next, rules_of_next };

const char *sentences_text(size_t index)
{
	for (size_t i = 0; i < sizeof(lists) / sizeof(lists[0]); i++)
		for (const struct rules *list = lists[i]; list->rules != NULL; list++)
			for (size_t j = 0; j < list->count; j++)
				if (list->rules[j].text != NULL && index-- == 0)
					return list->rules[j].text;
	return NULL;
}
