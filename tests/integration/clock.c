/* SPDX-License-Identifier: Apache-2.0 */
/*
 * clock [SECONDS [STATUS]]: prints the time at which it began, sleeps, prints the time at which it ended, a line
 * each, as the record writes times; exits with STATUS. The program of the containers whose times are checked.
 */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

static void print_now(void)
{
	struct timespec now;
	struct tm utc;
	char text[32];

	clock_gettime(CLOCK_REALTIME, &now);
	gmtime_r(&now.tv_sec, &utc);
	strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%S", &utc);
	printf("%s.%09ldZ\n", text, now.tv_nsec);
	fflush(stdout);
}

int main(int argc, char **argv)
{
	double seconds = argc > 1 ? strtod(argv[1], NULL) : 0;
	struct timespec nap;

	print_now();
	nap.tv_sec = (time_t)seconds;
	nap.tv_nsec = (long)((seconds - (double)nap.tv_sec) * 1e9);
	nanosleep(&nap, NULL);
	print_now();
	return argc > 2 ? atoi(argv[2]) : 0;
}
