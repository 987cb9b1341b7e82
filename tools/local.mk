# SPDX-License-Identifier: Apache-2.0
# The tools: linked with the shared library, as any other user of it.
#
# A tool is three lines:
#	bin_PROGRAMS += tools/lifecycle-ctl
#	tools_lifecycle_ctl_SOURCES = tools/ctl.c
#	tools_lifecycle_ctl_LDADD = libstate/libstate.la
# A man page is one: man_sources += tools/lifecycle-ctl.1.scd

# lifecycle-runtime is linked as the hooks are: each call of the engine's is a start of it.
noinst_LIBRARIES += tools/libruntime.a
tools_libruntime_a_CPPFLAGS = $(AM_CPPFLAGS) -DHOOKS_DIR='"$(hooksexecdir)"'
tools_libruntime_a_CFLAGS = $(AM_CFLAGS) -fPIE
tools_libruntime_a_SOURCES = \
	tools/jscan.c tools/jscan.h \
	tools/jscan_text.c tools/jscan_text.h \
	tools/runtime_args.c tools/runtime_args.h \
	tools/runtime_bundle.c tools/runtime_bundle.h \
	tools/runtime_child.c tools/runtime_child.h \
	tools/runtime_find.c tools/runtime_find.h \
	tools/runtime_log.c tools/runtime_log.h \
	tools/runtime_record.c tools/runtime_record.h \
	tools/splice.c tools/splice.h \
	tools/splice_hook.c tools/splice_hook.h

bin_PROGRAMS += tools/lifecycle-runtime
tools_lifecycle_runtime_SOURCES = tools/runtime.c
tools_lifecycle_runtime_CPPFLAGS = $(tools_libruntime_a_CPPFLAGS)
tools_lifecycle_runtime_CFLAGS = $(hook_cflags)
tools_lifecycle_runtime_LDFLAGS = $(hook_ldflags)
tools_lifecycle_runtime_LDADD = tools/libruntime.a $(core_libs)
