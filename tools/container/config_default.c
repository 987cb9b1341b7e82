/* SPDX-License-Identifier: Apache-2.0 */
/* The configuration of a container that brings none. */
#include "base/error.h"
#include "container/config.h"

#include <unistd.h>

/*
 * What `runc spec` gives, less its terminal, and less its ambient capabilities, which every program would get, whatever
 * its user. The network is that of a new namespace: a loopback device.
 */
static const char base[] =
	"{\"ociVersion\":\"1.0.2\",\"process\":{\"terminal\":false,\"user\":{\"uid\":0,\"gid\":0},"
	"\"args\":[\"sh\"],\"env\":[\"PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/"
	"sbin:/bin\"],"
	"\"cwd\":\"/\",\"rlimits\":[{\"type\":\"RLIMIT_NOFILE\",\"hard\":1024,\"soft\":1024}],"
	"\"noNewPrivileges\":true},\"root\":{\"path\":\"rootfs\"},\"mounts\":["
	"{\"destination\":\"/proc\",\"type\":\"proc\",\"source\":\"proc\"},"
	"{\"destination\":\"/dev\",\"type\":\"tmpfs\",\"source\":\"tmpfs\","
	"\"options\":[\"nosuid\",\"strictatime\",\"mode=755\",\"size=65536k\"]},"
	"{\"destination\":\"/dev/pts\",\"type\":\"devpts\",\"source\":\"devpts\","
	"\"options\":[\"nosuid\",\"noexec\",\"newinstance\",\"ptmxmode=0666\",\"mode=0620\"]},"
	"{\"destination\":\"/dev/shm\",\"type\":\"tmpfs\",\"source\":\"shm\","
	"\"options\":[\"nosuid\",\"noexec\",\"nodev\",\"mode=1777\",\"size=65536k\"]},"
	"{\"destination\":\"/dev/mqueue\",\"type\":\"mqueue\",\"source\":\"mqueue\","
	"\"options\":[\"nosuid\",\"noexec\",\"nodev\"]}],"
	"\"linux\":{\"namespaces\":[{\"type\":\"pid\"},{\"type\":\"network\"},{\"type\":\"ipc\"},"
	"{\"type\":\"uts\"},{\"type\":\"mount\"}],"
	"\"maskedPaths\":[\"/proc/acpi\",\"/proc/asound\",\"/proc/kcore\",\"/proc/keys\","
	"\"/proc/latency_stats\",\"/proc/timer_list\",\"/proc/timer_stats\",\"/proc/sched_debug\","
	"\"/proc/scsi\",\"/sys/firmware\"],"
	"\"readonlyPaths\":[\"/proc/bus\",\"/proc/fs\",\"/proc/irq\",\"/proc/sys\",\"/proc/"
	"sysrq-trigger\"]}}";

static json_t *capabilities(void)
{
	static const char *const sets[] = { "bounding", "effective", "permitted" };
	json_t *all = json_object();

	for (size_t i = 0; i < sizeof(sets) / sizeof(sets[0]); i++)
		(void)json_object_set_new(all, sets[i],
			json_pack("[s, s, s]", "CAP_AUDIT_WRITE", "CAP_KILL",
				"CAP_NET_BIND_SERVICE"));
	return all;
}

/* What only root may mount, and which devices there are, is up to root. */
static int add_roots_own(json_t *config)
{
	json_t *mounts = json_object_get(config, "mounts");
	json_t *linux_part = json_object_get(config, "linux");

	if (json_array_append_new(
		    mounts, json_pack("{s:s, s:s, s:s, s:[s, s, s, s]}", "destination", "/sys",
				    "type", "sysfs", "source", "sysfs", "options", "nosuid",
				    "noexec", "nodev", "ro")) < 0)
		return -1;
	return json_object_set_new(linux_part, "resources",
		json_pack("{s:[{s:b, s:s}]}", "devices", "allow", 0, "access", "rwm"));
}

/* A user's container: the user is its root, and it shares the user's network. */
static int add_users_own(json_t *config)
{
	json_t *linux_part = json_object_get(config, "linux");
	json_t *namespaces = json_object_get(linux_part, "namespaces");

	(void)json_array_remove(namespaces, 1);
	if (json_array_append_new(namespaces, json_pack("{s:s}", "type", "user")) < 0 ||
		json_object_set_new(linux_part, "uidMappings",
			json_pack("[{s:i, s:i, s:i}]", "containerID", 0, "hostID", (int)geteuid(),
				"size", 1)) < 0 ||
		json_object_set_new(linux_part, "gidMappings",
			json_pack("[{s:i, s:i, s:i}]", "containerID", 0, "hostID", (int)getegid(),
				"size", 1)) < 0)
		return -1;
	return json_array_append_new(json_object_get(config, "mounts"),
		json_pack("{s:s, s:s, s:s, s:[s, s, s, s, s]}", "destination", "/sys", "type",
			"none", "source", "/sys", "options", "rbind", "nosuid", "noexec", "nodev",
			"ro"));
}

json_t *config_default(struct lifecycle_error *error)
{
	json_t *config = json_loads(base, 0, NULL);
	json_t *process = json_object_get(config, "process");

	if (json_object_set_new(process, "capabilities", capabilities()) < 0 ||
		(geteuid() == 0 ? add_roots_own(config) : add_users_own(config)) < 0) {
		json_decref(config);
		(void)error_no_memory(error);
		return NULL;
	}
	return config;
}
