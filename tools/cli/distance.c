/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/distance.h"

#include <stdint.h>
#include <string.h>

static size_t least(size_t a, size_t b, size_t c)
{
	size_t smaller = a < b ? a : b;

	return smaller < c ? smaller : c;
}

size_t distance_between(const char *one, const char *other)
{
	size_t rows = strlen(one);
	size_t columns = strlen(other);
	size_t far[DISTANCE_LONGEST + 1][DISTANCE_LONGEST + 1];

	if (rows > DISTANCE_LONGEST || columns > DISTANCE_LONGEST)
		return SIZE_MAX;
	for (size_t i = 0; i <= rows; i++) {
		for (size_t j = 0; j <= columns; j++) {
			if (i == 0 || j == 0) {
				far[i][j] = i + j;
				continue;
			}
			far[i][j] = least(far[i - 1][j] + 1, far[i][j - 1] + 1,
				far[i - 1][j - 1] + (one[i - 1] != other[j - 1]));
			if (i > 1 && j > 1 && one[i - 1] == other[j - 2] &&
				one[i - 2] == other[j - 1] && far[i - 2][j - 2] + 1 < far[i][j])
				far[i][j] = far[i - 2][j - 2] + 1;
		}
	}
	return far[rows][columns];
}
