/* SPDX-License-Identifier: Apache-2.0 */
/*
 * place: where the containers of lifecycle-ctl are, with their images and volumes.
 *
 * DATA/containers/ID/ is a container, from its config.json on: its bundle, and what there is besides. DATA/images is one
 * OCI layout, DATA/volumes/NAME/ a volume. There is no other list of any of them. DATA is /var/lib/oci-lifecycle, a
 * user's $XDG_DATA_HOME/oci-lifecycle; nobody else may look into it, for an image's set-user-ID programs lie there.
 */
#ifndef PLACE_H
#define PLACE_H

#include "libstate.h"

#include <stdbool.h>

struct place_options {
	const char *data_root; /* NULL: the default */
	const char *store_root;
	const char *hooks_dir; /* NULL: where they are installed */
	enum lifecycle_access
		access; /* only _WRITE makes a place; one that is not there has no containers */
	/* What conmon calls at a container's end: `cleaner` --data-root D --root R --hooks-dir H cleanup ID. NULL: nothing. */
	const char *cleaner;
};

struct place {
	char *data_root;
	char *hooks_dir;
	char *cleaner;
	char *store_root;
	int containers;                /* the directory; -1 if it is not there */
	struct lifecycle_store *store; /* NULL if that is not there */
};

int place_open(const struct place_options *options, struct place **ret_place,
	struct lifecycle_error *error);
void place_close(struct place *place);

/* Containers may have outlived the store of their records: then their next start needs one. */
int place_make_store(struct place *place, struct lifecycle_error *error);

/* The default, or the absolute path of the one that is given; free() it. */
int place_find_data_root(
	const char *data_root, char **ret_data_root, struct lifecycle_error *error);

/* The IDs of the containers: what has a config.json. */
int place_list(const struct place *place, struct lifecycle_strings *ret_ids,
	struct lifecycle_error *error);

/* Whether there is such a container. */
bool place_has(const struct place *place, const char *id);

/* The same; -1 if that cannot be told. */
int place_look(
	const struct place *place, const char *id, bool *ret_has, struct lifecycle_error *error);

/* DATA/WHAT[/NAME], which is made if it is not there; free() it. `name` may be NULL. */
int place_directory(const struct place *place, const char *what, const char *name, char **ret_path,
	struct lifecycle_error *error);

/* The directory of a container, there or not; free() it. */
int place_container_path(
	const struct place *place, const char *id, char **ret_path, struct lifecycle_error *error);

#endif
