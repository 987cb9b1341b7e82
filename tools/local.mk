# SPDX-License-Identifier: Apache-2.0
# The tools: linked with the shared library, as any other user of it.

# What the tools for people share: the command line, where the records are, and how they are shown.
noinst_LIBRARIES += tools/libcli.a
tools_libcli_a_CPPFLAGS = $(AM_CPPFLAGS) $(JANSSON_CFLAGS)
tools_libcli_a_SOURCES = \
	tools/cli.c tools/cli.h \
	tools/cli_complete.c \
	tools/cli_help.c \
	tools/format.c tools/format.h \
	tools/source.c tools/source.h \
	tools/view.c tools/view.h \
	tools/when.c tools/when.h

bin_PROGRAMS += tools/lifecycle-query
tools_lifecycle_query_CPPFLAGS = $(AM_CPPFLAGS) $(JANSSON_CFLAGS) $(SMARTCOLS_CFLAGS)
tools_lifecycle_query_SOURCES = \
	tools/lifecycle-query.c tools/query.h \
	tools/query_events.c \
	tools/query_inspect.c \
	tools/query_list.c \
	tools/query_metrics.c \
	tools/query_started_at.c \
	tools/query_timeline.c \
	tools/query_verify.c \
	tools/query_wait.c \
	tools/columns.c tools/columns.h \
	tools/compat.c tools/compat.h \
	tools/event.c tools/event.h \
	tools/filter.c tools/filter.h \
	tools/freezer.c tools/freezer.h \
	tools/keys.c tools/keys.h \
	tools/outfile.c tools/outfile.h \
	tools/pidfd.c tools/pidfd.h \
	tools/picture.c tools/picture.h \
	tools/rows.c tools/rows.h \
	tools/scale.c tools/scale.h \
	tools/table.c tools/table.h \
	tools/template.c tools/template.h \
	tools/watch.c tools/watch.h
tools_lifecycle_query_LDADD = tools/libcli.a libstate/libstate.la $(JANSSON_LIBS) $(SMARTCOLS_LIBS)

bin_PROGRAMS += tools/lifecycle-ctl
tools_lifecycle_ctl_CPPFLAGS = $(AM_CPPFLAGS) $(JANSSON_CFLAGS)
tools_lifecycle_ctl_SOURCES = \
	tools/lifecycle-ctl.c tools/ctl.h \
	tools/ctl_forget.c \
	tools/ctl_prune.c
tools_lifecycle_ctl_LDADD = tools/libcli.a libstate/libstate.la $(JANSSON_LIBS)

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
tools_lifecycle_runtime_SOURCES = tools/lifecycle-runtime.c
tools_lifecycle_runtime_CPPFLAGS = $(tools_libruntime_a_CPPFLAGS)
tools_lifecycle_runtime_CFLAGS = $(hook_cflags)
tools_lifecycle_runtime_LDFLAGS = $(hook_ldflags)
tools_lifecycle_runtime_LDADD = tools/libruntime.a $(core_libs)
man_sources += tools/lifecycle-runtime.8.scd

# ---- completions, each where its shell looks for it --------------------------------------------------

bashcompletiondir = $(datadir)/bash-completion/completions
zshcompletiondir = $(datadir)/zsh/site-functions
fishcompletiondir = $(datadir)/fish/vendor_completions.d
dist_bashcompletion_DATA = tools/completions/bash/lifecycle-runtime
dist_zshcompletion_DATA = tools/completions/zsh/_lifecycle-runtime
dist_fishcompletion_DATA = tools/completions/fish/lifecycle-runtime.fish
