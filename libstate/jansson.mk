# SPDX-License-Identifier: Apache-2.0
# jansson, built in where ./configure --with-bundled-jansson has unpacked it. What jansson's own configure looks for is
# there on any Linux; its jansson_private_config.h is empty, and the flags below say so.

EXTRA_DIST += libstate/jansson.sha256

if BUNDLED_JANSSON
noinst_LTLIBRARIES += jansson/libjansson.la

# By a variable, or automake would take this for a rule in place of its own.
needs_jansson = libstate/libstate-core.la
$(needs_jansson): jansson/libjansson.la
endif

jansson_libjansson_la_CPPFLAGS = -D_GNU_SOURCE $(HARDEN_CPPFLAGS) $(JANSSON_CFLAGS) \
	-DHAVE_ENDIAN_H -DHAVE_FCNTL_H -DHAVE_SCHED_H -DHAVE_SYS_PARAM_H -DHAVE_SYS_TIME_H -DHAVE_CLOSE -DHAVE_GETPID \
	-DHAVE_GETTIMEOFDAY -DHAVE_OPEN -DHAVE_READ -DHAVE_SCHED_YIELD -DHAVE_ATOMIC_BUILTINS -DUSE_URANDOM
jansson_libjansson_la_CFLAGS = -fvisibility=hidden $(HARDEN_CFLAGS) $(CHECKED_CFLAGS)
nodist_jansson_libjansson_la_SOURCES = \
	jansson/src/dump.c \
	jansson/src/error.c \
	jansson/src/hashtable.c \
	jansson/src/hashtable_seed.c \
	jansson/src/load.c \
	jansson/src/memory.c \
	jansson/src/pack_unpack.c \
	jansson/src/strbuffer.c \
	jansson/src/strconv.c \
	jansson/src/utf.c \
	jansson/src/value.c \
	jansson/src/version.c

# Gone with the Makefile that knows of it, not with what was built of it.
distclean-local:
	rm -rf jansson
