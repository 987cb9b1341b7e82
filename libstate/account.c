/* SPDX-License-Identifier: Apache-2.0 */
#include "account.h"
#include "base/error.h"
#include "ledger.h"

/* What cannot be read just now may be found there later, and is not to count twice then. */
static bool may_be_live(const struct lifecycle_error *why)
{
	return why->code == LIFECYCLE_ERROR_SYSTEM || why->code == LIFECYCLE_ERROR_NO_MEMORY;
}

/* A ledger_live_fn. */
static bool is_live(void *arg, const char *id, uint64_t identity)
{
	struct lifecycle_error why = { 0 };
	struct lifecycle_record *record;
	struct tally tally;
	bool found = true;

	if (lifecycle_store_load(arg, id, &record, &why) < 0)
		return may_be_live(&why);
	if (tally_of(record, &tally, NULL) == 0) {
		found = tally_has(&tally, identity);
		tally_free(&tally);
	}
	lifecycle_record_free(record);
	return found;
}

static int write_down(const struct container *container, const struct tally *tally,
	const struct tally *kept, struct lifecycle_error *error)
{
	struct lifecycle_store store = *container->store;

	if (tally->count == 0)
		return 0;
	return ledger_write_down(
		store.fd, container->id, tally, kept, container->deadline, is_live, &store, error);
}

static int tally_of_text(const char *text, size_t length, struct tally *ret_tally)
{
	struct lifecycle_record *record;
	int result;

	if (lifecycle_record_decode(text, length, &record, NULL) < 0)
		return -1;
	result = tally_of(record, ret_tally, NULL);
	lifecycle_record_free(record);
	return result;
}

/* A text that is nearly too long may have been shortened. */
void account_changed(const struct container *container, const struct tally *before,
	const struct lifecycle_record *record, const char *text, size_t length)
{
	struct tally kept;
	int result;

	if (before->count == 0)
		return;
	if (length > LIFECYCLE_RECORD_LIMIT / 2)
		result = tally_of_text(text, length, &kept);
	else
		result = tally_of(record, &kept, NULL);
	if (result < 0)
		return;
	(void)write_down(container, before, &kept, NULL);
	tally_free(&kept);
}

int account_removed(const struct container *container, const struct lifecycle_record *record,
	struct lifecycle_error *error)
{
	struct lifecycle_error why = { 0 };
	struct tally tally;
	int result;

	if (tally_of(record, &tally, error) < 0)
		return -1;
	result = write_down(container, &tally, NULL, &why);
	tally_free(&tally);
	if (result == 0 || why.code != LIFECYCLE_ERROR_TIMEOUT)
		return 0;
	return error_set(
		error, LIFECYCLE_ERROR_TIMEOUT, "the store's counts are locked by another process");
}
