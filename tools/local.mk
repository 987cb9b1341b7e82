# SPDX-License-Identifier: Apache-2.0
# The tools: linked with the shared library, as any other user of it.

# What the tools for people share: the command line, where the records are, and how they are shown.
noinst_LIBRARIES += tools/libcli.a
cli_cppflags = $(AM_CPPFLAGS) -iquote $(top_srcdir)/tools/cli $(JANSSON_CFLAGS)
tools_libcli_a_CPPFLAGS = $(cli_cppflags)
tools_libcli_a_SOURCES = \
	tools/cli/cli.c tools/cli/cli.h \
	tools/cli/cli_complete.c \
	tools/cli/cli_help.c \
	tools/cli/format.c tools/cli/format.h \
	tools/cli/source.c tools/cli/source.h \
	tools/cli/view.c tools/cli/view.h \
	tools/cli/when.c tools/cli/when.h

bin_PROGRAMS += tools/lifecycle-query
tools_lifecycle_query_CPPFLAGS = $(cli_cppflags) -iquote $(top_srcdir)/tools/query $(SMARTCOLS_CFLAGS)
tools_lifecycle_query_SOURCES = \
	tools/lifecycle-query.c tools/query/query.h \
	tools/query/query_events.c \
	tools/query/query_inspect.c \
	tools/query/query_list.c \
	tools/query/query_metrics.c \
	tools/query/query_started_at.c \
	tools/query/query_timeline.c \
	tools/query/query_verify.c \
	tools/query/query_wait.c \
	tools/query/columns.c tools/query/columns.h \
	tools/query/compat.c tools/query/compat.h \
	tools/query/event.c tools/query/event.h \
	tools/query/filter.c tools/query/filter.h \
	tools/query/freezer.c tools/query/freezer.h \
	tools/query/keys.c tools/query/keys.h \
	tools/query/outfile.c tools/query/outfile.h \
	tools/query/pidfd.c tools/query/pidfd.h \
	tools/query/picture.c tools/query/picture.h \
	tools/query/rows.c tools/query/rows.h \
	tools/query/scale.c tools/query/scale.h \
	tools/query/table.c tools/query/table.h \
	tools/query/template.c tools/query/template.h \
	tools/query/watch.c tools/query/watch.h
tools_lifecycle_query_LDADD = tools/libcli.a libstate/libstate.la $(JANSSON_LIBS) $(SMARTCOLS_LIBS)
man_sources += tools/lifecycle-query.1.scd

bin_PROGRAMS += tools/lifecycle-ctl
tools_lifecycle_ctl_CPPFLAGS = $(cli_cppflags) -iquote $(top_srcdir)/tools/ctl
tools_lifecycle_ctl_SOURCES = \
	tools/lifecycle-ctl.c tools/ctl/ctl.h \
	tools/ctl/ctl_forget.c \
	tools/ctl/ctl_prune.c
tools_lifecycle_ctl_LDADD = tools/libcli.a libstate/libstate.la $(JANSSON_LIBS)
man_sources += tools/lifecycle-ctl.8.scd

# lifecycle-runtime is linked as the hooks are, since each call of the engine's is a start of it, and it speaks as they do.
noinst_LIBRARIES += tools/libruntime.a
tools_libruntime_a_CPPFLAGS = $(AM_CPPFLAGS) -iquote $(top_srcdir)/tools/runtime \
	-DHOOKS_DIR='"$(hooksexecdir)"'
tools_libruntime_a_CFLAGS = $(AM_CFLAGS) -fPIE
tools_libruntime_a_SOURCES = \
	tools/runtime/jscan.c tools/runtime/jscan.h \
	tools/runtime/jscan_text.c tools/runtime/jscan_text.h \
	tools/runtime/runtime_args.c tools/runtime/runtime_args.h \
	tools/runtime/runtime_bundle.c tools/runtime/runtime_bundle.h \
	tools/runtime/runtime_child.c tools/runtime/runtime_child.h \
	tools/runtime/runtime_find.c tools/runtime/runtime_find.h \
	tools/runtime/runtime_log.c tools/runtime/runtime_log.h \
	tools/runtime/runtime_record.c tools/runtime/runtime_record.h \
	tools/runtime/splice.c tools/runtime/splice.h \
	tools/runtime/splice_hook.c tools/runtime/splice_hook.h

bin_PROGRAMS += tools/lifecycle-runtime
tools_lifecycle_runtime_SOURCES = tools/lifecycle-runtime.c
tools_lifecycle_runtime_CPPFLAGS = $(tools_libruntime_a_CPPFLAGS)
tools_lifecycle_runtime_CFLAGS = $(hook_cflags)
tools_lifecycle_runtime_LDFLAGS = $(hook_ldflags)
tools_lifecycle_runtime_LDADD = tools/libruntime.a hooks/libhooks.a $(core_libs)
man_sources += tools/lifecycle-runtime.8.scd

# ---- completions, each where its shell looks for it --------------------------------------------------

bashcompletiondir = $(datadir)/bash-completion/completions
zshcompletiondir = $(datadir)/zsh/site-functions
fishcompletiondir = $(datadir)/fish/vendor_completions.d
dist_bashcompletion_DATA = \
	tools/completions/bash/lifecycle-ctl \
	tools/completions/bash/lifecycle-query \
	tools/completions/bash/lifecycle-runtime
dist_zshcompletion_DATA = \
	tools/completions/zsh/_lifecycle-query \
	tools/completions/zsh/_lifecycle-runtime
dist_fishcompletion_DATA = \
	tools/completions/fish/lifecycle-ctl.fish \
	tools/completions/fish/lifecycle-query.fish \
	tools/completions/fish/lifecycle-runtime.fish
