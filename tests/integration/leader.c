/* SPDX-License-Identifier: Apache-2.0 */
/* leader SECONDS STATUS: its first thread ends at once; the second one sleeps, prints the time, and ends the process. */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

static char **arguments;

static void *second(void *arg)
{
	double seconds = strtod(arguments[1], NULL);
	struct timespec nap = { (time_t)seconds,
		(long)((seconds - (double)(time_t)seconds) * 1e9) };
	struct timespec now;
	struct tm utc;
	char text[32];

	(void)arg;
	nanosleep(&nap, NULL);
	clock_gettime(CLOCK_REALTIME, &now);
	gmtime_r(&now.tv_sec, &utc);
	strftime(text, sizeof(text), "%Y-%m-%dT%H:%M:%S", &utc);
	printf("%s.%09ldZ\n", text, now.tv_nsec);
	fflush(stdout);
	exit(atoi(arguments[2]));
}

int main(int argc, char **argv)
{
	pthread_t thread;

	if (argc < 3)
		return 99;
	arguments = argv;
	pthread_create(&thread, NULL, second, NULL);
	pthread_exit(NULL);
}
