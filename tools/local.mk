# SPDX-License-Identifier: Apache-2.0
# The tools: linked with the shared library, as any other user of it.

# The command-line kit, and what the tools for people share of records.
noinst_LIBRARIES += tools/libcli.a tools/librecords.a
tools_libcli_a_SOURCES = \
	tools/cli/cli.c tools/cli/cli.h \
	tools/cli/complete.c \
	tools/cli/distance.c tools/cli/distance.h \
	tools/cli/format.c tools/cli/format.h \
	tools/cli/help.c \
	tools/cli/suggest.c \
	tools/cli/when.c tools/cli/when.h
tools_librecords_a_SOURCES = \
	tools/records/engine.c tools/records/engine.h \
	tools/records/filter.c tools/records/filter.h \
	tools/records/freezer.c tools/records/freezer.h \
	tools/records/hook.c tools/records/hook.h \
	tools/records/pidfd.c tools/records/pidfd.h \
	tools/records/records.c tools/records/records.h \
	tools/records/state_dir.c tools/records/state_dir.h \
	tools/records/view.c tools/records/view.h
tool_libs = tools/librecords.a tools/libcli.a libstate/libstate.la libstate/libbase.la

# What lifecycle-query's commands stand on.
noinst_LIBRARIES += tools/libquery.a
tools_libquery_a_CPPFLAGS = $(AM_CPPFLAGS) $(JANSSON_CFLAGS) $(SMARTCOLS_CFLAGS) \
	-DHOOKS_DIR='"$(hooksexecdir)"' -DHOOKS_JSON_DIR='"$(hooksjsondir)"' -DTOOLS_DIR='"$(bindir)"'
tools_libquery_a_SOURCES = \
	tools/query/doctor/ask.c tools/query/doctor/ask.h \
	tools/query/doctor/bare.c \
	tools/query/doctor/containerd.c \
	tools/query/doctor/containerd_config.c tools/query/doctor/containerd_config.h \
	tools/query/doctor/containerd_cure.c tools/query/doctor/containerd_cure.h \
	tools/query/doctor/crio.c \
	tools/query/doctor/docker.c \
	tools/query/doctor/docker_config.c tools/query/doctor/docker_config.h \
	tools/query/doctor/doctor.h \
	tools/query/doctor/entries.c tools/query/doctor/entries.h \
	tools/query/doctor/entry.c tools/query/doctor/entry.h \
	tools/query/doctor/kernel.c \
	tools/query/doctor/own.c \
	tools/query/doctor/podman.c \
	tools/query/doctor/podman_help.c tools/query/doctor/podman_help.h \
	tools/query/doctor/print.c tools/query/doctor/print.h \
	tools/query/doctor/processes.c tools/query/doctor/processes.h \
	tools/query/doctor/program.c tools/query/doctor/program.h \
	tools/query/doctor/report.c tools/query/doctor/report.h \
	tools/query/doctor/store.c \
	tools/query/doctor/toml.c tools/query/doctor/toml.h \
	tools/query/doctor/watcher.c \
	tools/query/follow/choice.c tools/query/follow/choice.h \
	tools/query/follow/cursor.c tools/query/follow/cursor.h \
	tools/query/follow/event.c tools/query/follow/event.h \
	tools/query/follow/event_json.c tools/query/follow/event_json.h \
	tools/query/follow/event_key.c tools/query/follow/event_key.h \
	tools/query/follow/held.c tools/query/follow/held.h \
	tools/query/follow/lines.c tools/query/follow/lines.h \
	tools/query/follow/known.c tools/query/follow/known.h \
	tools/query/follow/looker.c tools/query/follow/looker.h \
	tools/query/follow/origin.c tools/query/follow/origin.h \
	tools/query/follow/lives.c tools/query/follow/lives.h \
	tools/query/follow/teller.c tools/query/follow/teller.h \
	tools/query/output/cells.c tools/query/output/cells.h \
	tools/query/output/columns.c tools/query/output/columns.h \
	tools/query/output/compat.c tools/query/output/compat.h \
	tools/query/output/counters.c tools/query/output/counters.h \
	tools/query/output/fields.c tools/query/output/fields.h \
	tools/query/output/fit.c tools/query/output/fit.h \
	tools/query/output/gauges.c tools/query/output/gauges.h \
	tools/query/output/json_output.c tools/query/output/json_output.h \
	tools/query/output/keys.c tools/query/output/keys.h \
	tools/query/output/lifeline.c tools/query/output/lifeline.h \
	tools/query/output/lifeline_json.c tools/query/output/lifeline_json.h \
	tools/query/output/otlp.c tools/query/output/otlp.h \
	tools/query/output/otlp_value.c tools/query/output/otlp_value.h \
	tools/query/output/outfile.c tools/query/output/outfile.h \
	tools/query/output/picture.c tools/query/output/picture.h \
	tools/query/output/rows.c tools/query/output/rows.h tools/query/output/rows_format.c \
	tools/query/output/rules.h tools/query/output/rules_happened.c \
	tools/query/output/rules_next.c tools/query/output/rules_unknown.c \
	tools/query/output/sample.c tools/query/output/sample.h \
	tools/query/output/scale.c tools/query/output/scale.h \
	tools/query/output/sentences.c tools/query/output/sentences.h \
	tools/query/output/story.c tools/query/output/story.h \
	tools/query/output/svg.c tools/query/output/svg.h \
	tools/query/output/svg_shapes.c tools/query/output/svg_shapes.h \
	tools/query/output/table.c tools/query/output/table.h \
	tools/query/output/template.c tools/query/output/template.h \
	tools/query/output/template_functions.c tools/query/output/template_functions.h \
	tools/query/output/template_parse.c tools/query/output/template_parse.h \
	tools/query/output/template_pipe.c tools/query/output/template_pipe.h \
	tools/query/output/template_printf.c \
	tools/query/output/template_run.c tools/query/output/template_run.h \
	tools/query/output/template_scope.h \
	tools/query/output/template_tree.c tools/query/output/template_tree.h \
	tools/query/output/template_truth.c \
	tools/query/output/trace_id.c tools/query/output/trace_id.h \
	tools/query/output/xml.c tools/query/output/xml.h

bin_PROGRAMS += tools/lifecycle-query
tools_lifecycle_query_CPPFLAGS = $(AM_CPPFLAGS) $(JANSSON_CFLAGS)
tools_lifecycle_query_SOURCES = \
	tools/lifecycle-query.c tools/query/commands.h \
	tools/query/events.c \
	tools/query/doctor.c \
	tools/query/explain.c \
	tools/query/inspect.c \
	tools/query/list.c \
	tools/query/metrics.c \
	tools/query/started_at.c \
	tools/query/timeline.c \
	tools/query/trace.c \
	tools/query/verify.c \
	tools/query/wait.c \
	tools/query/wait_healthy.c tools/query/wait_healthy.h \
	tools/query/wait_status.c tools/query/wait_status.h
tools_lifecycle_query_LDADD = tools/libquery.a tools/libcontainer.a tools/libruntime.a $(tool_libs) $(JANSSON_LIBS) $(SMARTCOLS_LIBS)
man_sources += tools/lifecycle-query.1.scd tools/lifecycle-kubernetes.7.scd

# Containers of ours, through a real runtime. It shares lifecycle-runtime's splice and its reading of a runtime's log.
noinst_LIBRARIES += tools/libcontainer.a
tools_libcontainer_a_CPPFLAGS = $(AM_CPPFLAGS) $(JANSSON_CFLAGS) -DHOOKS_DIR='"$(hooksexecdir)"'
tools_libcontainer_a_SOURCES = \
	tools/container/attend.c tools/container/attend.h \
	tools/container/child.c tools/container/child.h \
	tools/container/config.c tools/container/config.h \
	tools/container/config_default.c \
	tools/container/config_text.c tools/container/config_text.h \
	tools/container/conmon.c tools/container/conmon.h \
	tools/container/conmon_process.c tools/container/conmon_process.h \
	tools/container/container.c tools/container/container.h \
	tools/container/create.c \
	tools/container/find.c \
	tools/container/foreign.c tools/container/foreign.h \
	tools/container/health.c tools/container/health.h \
	tools/container/held.c tools/container/held.h \
	tools/container/hold.c tools/container/hold.h \
	tools/container/image.c tools/container/image.h \
	tools/container/image_layout.c tools/container/image_layout.h \
	tools/container/image_name.c tools/container/image_name.h \
	tools/container/image_pull.c tools/container/image_pull.h \
	tools/container/log.c tools/container/log.h \
	tools/container/log_part.c tools/container/log_part.h \
	tools/container/log_tail.c tools/container/log_tail.h \
	tools/container/name.c tools/container/name.h \
	tools/container/place.c tools/container/place.h \
	tools/container/probe.c tools/container/probe.h \
	tools/container/remove_tree.c tools/container/remove_tree.h \
	tools/container/rootfs.c tools/container/rootfs.h \
	tools/container/runtime_call.c tools/container/runtime_call.h \
	tools/container/seen.c tools/container/seen.h \
	tools/container/settings.c tools/container/settings.h \
	tools/container/volume.c tools/container/volume.h

bin_PROGRAMS += tools/lifecycle-ctl
tools_lifecycle_ctl_CPPFLAGS = $(AM_CPPFLAGS) $(JANSSON_CFLAGS)
tools_lifecycle_ctl_SOURCES = \
	tools/lifecycle-ctl.c tools/ctl/commands.h \
	tools/ctl/cleanup.c \
	tools/ctl/create.c \
	tools/ctl/exec.c \
	tools/ctl/forget.c \
	tools/ctl/health.c \
	tools/ctl/kill.c \
	tools/ctl/logs.c \
	tools/ctl/plan.c tools/ctl/plan.h \
	tools/ctl/plan_health.c tools/ctl/plan_health.h \
	tools/ctl/plan_image.c tools/ctl/plan_image.h \
	tools/ctl/prune.c \
	tools/ctl/remove.c \
	tools/ctl/run.c \
	tools/ctl/site.c tools/ctl/site.h \
	tools/ctl/start.c \
	tools/ctl/stop.c
tools_lifecycle_ctl_LDADD = tools/libcontainer.a tools/libruntime.a $(tool_libs) $(JANSSON_LIBS)
man_sources += tools/lifecycle-ctl.8.scd

noinst_LIBRARIES += tools/libwatch.a
tools_libwatch_a_SOURCES = \
	tools/watch/clocks.c tools/watch/clocks.h \
	tools/watch/connector.c tools/watch/connector.h \
	tools/watch/kernel_event.c tools/watch/kernel_event.h \
	tools/watch/life.c tools/watch/life.h \
	tools/watch/loop.c tools/watch/loop.h \
	tools/watch/notify.c tools/watch/notify.h \
	tools/watch/oom.c tools/watch/oom.h \
	tools/watch/registry.c tools/watch/registry.h \
	tools/watch/round.c tools/watch/round.h \
	tools/watch/watched.c tools/watch/watched.h \
	tools/watch/watcher.c tools/watch/watcher.h \
	tools/watch/writer.c tools/watch/writer.h

bin_PROGRAMS += tools/lifecycle-watch
tools_lifecycle_watch_SOURCES = tools/lifecycle-watch.c
tools_lifecycle_watch_LDADD = tools/libwatch.a $(tool_libs)
man_sources += tools/lifecycle-watch.8.scd

# Its units for systemd, which looks for them here whatever the prefix of others is.
systemunitdir = $(prefix)/lib/systemd/system
userunitdir = $(prefix)/lib/systemd/user
systemunit_DATA = tools/units/system/lifecycle-watch.service tools/units/system/lifecycle-metrics.service \
	tools/units/system/lifecycle-metrics.timer tools/units/system/lifecycle-events.service
userunit_DATA = tools/units/user/lifecycle-watch.service
units = $(systemunit_DATA) $(userunit_DATA)

# What stands around metrics and events: lifecycle-pipelines(7).
dist_pkgdata_DATA += tools/pipelines/oci-lifecycle.rules.yml tools/pipelines/oci-lifecycle.dashboard.json
pkgdata_SCRIPTS = tools/pipelines/append-events
man_sources += tools/lifecycle-pipelines.7.scd

placed = $(units) $(pkgdata_SCRIPTS)
EXTRA_DIST += $(placed:=.in)
CLEANFILES += $(placed)

$(placed): %: %.in Makefile
	$(AM_V_GEN)$(MKDIR_P) $(@D) && sed -e 's|@toolsdir@|$(bindir)|g' -e 's|@pkgdatadir@|$(pkgdatadir)|g' $< > $@.part && \
		mv $@.part $@

# lifecycle-runtime is linked as the hooks are, since each call of the engine's is a start of it, and it speaks as they do.
noinst_LIBRARIES += tools/libruntime.a
tools_libruntime_a_CPPFLAGS = $(AM_CPPFLAGS) \
	-DHOOKS_DIR='"$(hooksexecdir)"'
tools_libruntime_a_CFLAGS = $(AM_CFLAGS) -fPIE
tools_libruntime_a_SOURCES = \
	tools/runtime/jscan.c tools/runtime/jscan.h \
	tools/runtime/jscan_text.c tools/runtime/jscan_text.h \
	tools/runtime/args.c tools/runtime/args.h \
	tools/runtime/bundle.c tools/runtime/bundle.h \
	tools/runtime/child.c tools/runtime/child.h \
	tools/runtime/docker.c tools/runtime/docker.h \
	tools/runtime/find.c tools/runtime/find.h \
	tools/runtime/locals.c tools/runtime/locals.h \
	tools/runtime/log.c tools/runtime/log.h \
	tools/runtime/option.c tools/runtime/option.h \
	tools/runtime/record.c tools/runtime/record.h \
	tools/runtime/splice.c tools/runtime/splice.h \
	tools/runtime/splice_hook.c tools/runtime/splice_hook.h \
	tools/runtime/splice_name.c tools/runtime/splice_name.h \
	tools/runtime/splice_plan.h

bin_PROGRAMS += tools/lifecycle-runtime
tools_lifecycle_runtime_SOURCES = tools/lifecycle-runtime.c
tools_lifecycle_runtime_CPPFLAGS = $(tools_libruntime_a_CPPFLAGS)
tools_lifecycle_runtime_CFLAGS = $(hook_cflags)
tools_lifecycle_runtime_LDFLAGS = $(static_ldflags)
tools_lifecycle_runtime_LDADD = tools/libruntime.a hooks/libhooks.a $(core_libs)
man_sources += tools/lifecycle-runtime.8.scd

# ---- completions, each where its shell looks for it --------------------------------------------------

bashcompletiondir = $(datadir)/bash-completion/completions
zshcompletiondir = $(datadir)/zsh/site-functions
fishcompletiondir = $(datadir)/fish/vendor_completions.d
dist_bashcompletion_DATA = \
	tools/completions/bash/lifecycle-ctl \
	tools/completions/bash/lifecycle-query \
	tools/completions/bash/lifecycle-runtime \
	tools/completions/bash/lifecycle-watch
dist_zshcompletion_DATA = \
	tools/completions/zsh/_lifecycle-query \
	tools/completions/zsh/_lifecycle-runtime
dist_fishcompletion_DATA = \
	tools/completions/fish/lifecycle-ctl.fish \
	tools/completions/fish/lifecycle-query.fish \
	tools/completions/fish/lifecycle-runtime.fish \
	tools/completions/fish/lifecycle-watch.fish
