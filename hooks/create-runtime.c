/* SPDX-License-Identifier: Apache-2.0 */
#include "hook.h"

int main(int argc, char **argv)
{
	static const struct hook hook = { "lifecycle-create-runtime",
		LIFECYCLE_POINT_CREATE_RUNTIME };

	return hook_run(&hook, argc, argv);
}
