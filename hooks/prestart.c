/* SPDX-License-Identifier: Apache-2.0 */
#include "hook.h"

int main(int argc, char **argv)
{
	static const struct hook hook = { "lifecycle-prestart", LIFECYCLE_POINT_PRESTART };

	return hook_run(&hook, argc, argv);
}
