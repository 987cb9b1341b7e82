# SPDX-License-Identifier: Apache-2.0
# libstate: the library. What is not in libstate.sym stays inside; the hooks and the unit tests take the
# same objects as libstate-core.

# The ground floor, which the hooks and tools stand on as well.
noinst_LTLIBRARIES += libstate/libbase.la
libstate_libbase_la_SOURCES = \
	libstate/base/error.c libstate/base/error.h \
	libstate/base/defaults.h \
	libstate/base/inherit.c libstate/base/inherit.h \
	libstate/base/io.c libstate/base/io.h \
	libstate/base/log_line.c libstate/base/log_line.h \
	libstate/base/path.c libstate/base/path.h \
	libstate/base/text_stream.c libstate/base/text_stream.h \
	libstate/base/utf8.c libstate/base/utf8.h

noinst_LTLIBRARIES += libstate/libstate-core.la
libstate_libstate_core_la_CPPFLAGS = $(AM_CPPFLAGS) $(JANSSON_CFLAGS) $(UUID_CFLAGS)
libstate_libstate_core_la_SOURCES = \
	libstate/libstate.h \
	libstate/json.c libstate/json.h \
	libstate/names.c libstate/names.h \
	libstate/comm.c libstate/comm.h \
	libstate/id.c \
	libstate/sized.c libstate/sized.h \
	libstate/time.c \
	libstate/record.c libstate/record.h libstate/record_fields.c libstate/accessors.c \
	libstate/argv.c libstate/argv.h \
	libstate/observation.c libstate/observation.h \
	libstate/tally.c libstate/tally.h libstate/totals.c libstate/totals.h \
	libstate/observed.c libstate/observed.h \
	libstate/generation.c libstate/generation.h \
	libstate/report.c libstate/report.h \
	libstate/transition.c libstate/transition.h \
	libstate/bound.c libstate/bound.h \
	libstate/codec.h libstate/decode.c libstate/encode.c \
	libstate/oci_state.c libstate/oci_state.h \
	libstate/name_annotations.c libstate/name_annotations.h \
	libstate/proc.c libstate/proc.h \
	libstate/process.c libstate/process.h \
	libstate/conmon_name.c libstate/conmon_name.h \
	libstate/exec_wait.c libstate/exec_wait.h \
	libstate/evidence.c libstate/evidence.h \
	libstate/lock.c libstate/lock.h \
	libstate/aside.c libstate/aside.h \
	libstate/fsio.c libstate/fsio.h \
	libstate/exec_fifo.c libstate/exec_fifo.h \
	libstate/exit_file.c \
	libstate/root.c libstate/root.h \
	libstate/container.c libstate/container.h \
	libstate/ledger.c libstate/ledger.h libstate/ledger_line.c libstate/ledger_line.h \
	libstate/ledger_text.c libstate/ledger_text.h \
	libstate/load.c libstate/load.h \
	libstate/account.c libstate/account.h \
	libstate/store.c libstate/store.h \
	libstate/counts.c \
	libstate/list.c libstate/list.h \
	libstate/engine.c \
	libstate/resolve.c \
	libstate/prune.c \
	libstate/watch.c

core_libs = libstate/libstate-core.la libstate/libbase.la $(JANSSON_LIBS) $(UUID_LIBS)

# The shared library; without one, the tools take the same objects.
if SHARED_LIBRARY
lib_LTLIBRARIES = libstate/libstate.la
shared_ldflags = -shared -no-undefined -version-info 0:0:0 \
	-Wl,--version-script=$(top_srcdir)/libstate/libstate.sym
else
noinst_LTLIBRARIES += libstate/libstate.la
endif
libstate_libstate_la_SOURCES =
libstate_libstate_la_LIBADD = $(core_libs)
libstate_libstate_la_LDFLAGS = $(AM_LDFLAGS) $(shared_ldflags)
libstate_libstate_la_DEPENDENCIES = libstate/libstate-core.la libstate/libbase.la libstate/libstate.sym

# The static library is one object: within it the modules find each other's functions, which nobody else's may meet.
if STATIC_LIBRARY
lib_LIBRARIES = libstate/libstate.a
endif
libstate_libstate_a_SOURCES =
libstate_libstate_a_LIBADD = libstate/libstate-whole.o
libstate_libstate_a_DEPENDENCIES = libstate/libstate-whole.o
CLEANFILES += libstate/libstate-whole.o
whole_archives = libstate/.libs/libstate-core.a libstate/.libs/libbase.a

libstate/libstate-whole.o: libstate/libstate-core.la libstate/libbase.la
	$(AM_V_GEN)$(CC) -r -nostdlib $(WHOLE_LDFLAGS) -o $@.part -Wl,--whole-archive $(whole_archives) && \
		$(OBJCOPY) --localize-hidden $@.part && mv $@.part $@

include_HEADERS = libstate/libstate.h
pkgconfigdir = $(libdir)/pkgconfig
pkgconfig_DATA = libstate/libstate.pc
dist_pkgdata_DATA = libstate/lifecycle.schema.json libstate/lifecycle-event.schema.json
EXTRA_DIST += libstate/libstate.sym
examplesdir = $(docdir)/examples
dist_examples_DATA = libstate/examples/engine.c libstate/examples/follow.c

man_sources += libstate/lifecycle.json.5.scd libstate/libstate.3.scd
