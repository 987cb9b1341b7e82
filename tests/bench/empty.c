/* SPDX-License-Identifier: Apache-2.0 */
/* What no hook can be below: a static program that does nothing. */

int main(void)
{
	return 0;
}
