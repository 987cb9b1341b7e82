# SPDX-License-Identifier: Apache-2.0
# make check: unit tests (check) and bats tests, every case counted. To add one, name it here:
# - tests/unit/NAME_test.c defines `Suite *unit_suite(void)`; tests/unit/main.c runs it
# - tests/FOLDER/NAME.bats finds the built programs by the environment below

unit_tests = \
	tests/unit/account_test \
	tests/unit/argv_test \
	tests/unit/bound_test \
	tests/unit/bundle_test \
	tests/unit/codec_test \
	tests/unit/columns_test \
	tests/unit/command_test \
	tests/unit/compat_test \
	tests/unit/conmon_name_test \
	tests/unit/container_config_test \
	tests/unit/container_log_test \
	tests/unit/counts_test \
	tests/unit/cursor_test \
	tests/unit/docker_test \
	tests/unit/doctor_test \
	tests/unit/engine_test \
	tests/unit/entry_test \
	tests/unit/error_test \
	tests/unit/event_test \
	tests/unit/evidence_test \
	tests/unit/exec_fifo_test \
	tests/unit/filter_test \
	tests/unit/find_test \
	tests/unit/foreign_test \
	tests/unit/fit_test \
	tests/unit/format_test \
	tests/unit/freezer_test \
	tests/unit/fsio_test \
	tests/unit/health_test \
	tests/unit/hook_test \
	tests/unit/image_name_test \
	tests/unit/inherit_test \
	tests/unit/input_test \
	tests/unit/io_test \
	tests/unit/jscan_test \
	tests/unit/json_output_test \
	tests/unit/kernel_event_test \
	tests/unit/keys_test \
	tests/unit/known_test \
	tests/unit/ledger_fault_test \
	tests/unit/ledger_line_test \
	tests/unit/ledger_test \
	tests/unit/life_test \
	tests/unit/lifecycle_runtime_test \
	tests/unit/lifeline_test \
	tests/unit/list_test \
	tests/unit/lock_test \
	tests/unit/log_line_test \
	tests/unit/name_annotations_test \
	tests/unit/names_test \
	tests/unit/notify_test \
	tests/unit/observation_test \
	tests/unit/oci_state_test \
	tests/unit/oom_test \
	tests/unit/options_test \
	tests/unit/outfile_test \
	tests/unit/path_test \
	tests/unit/picture_test \
	tests/unit/process_test \
	tests/unit/prune_test \
	tests/unit/record_test \
	tests/unit/remove_tree_test \
	tests/unit/resolve_test \
	tests/unit/root_test \
	tests/unit/rows_test \
	tests/unit/runtime_args_test \
	tests/unit/runtime_child_test \
	tests/unit/runtime_find_test \
	tests/unit/runtime_log_test \
	tests/unit/runtime_memory_test \
	tests/unit/runtime_record_test \
	tests/unit/scale_test \
	tests/unit/sentences_test \
	tests/unit/sized_test \
	tests/unit/splice_test \
	tests/unit/startup_test \
	tests/unit/store_test \
	tests/unit/tally_test \
	tests/unit/template_test \
	tests/unit/text_stream_test \
	tests/unit/time_test \
	tests/unit/transition_test \
	tests/unit/utf8_test \
	tests/unit/view_test \
	tests/unit/volume_test \
	tests/unit/watch_test \
	tests/unit/watched_test \
	tests/unit/when_test

# Programs that print TAP by themselves.
other_tests = \
	tests/fault/library \
	tests/fault/memory \
	tests/fuzz/replay \
	tests/model/lifecycles \
	tests/model/storm \
	tests/model/storm_blind \
	tests/model/storm_unlocked

bats_tests = \
	tests/fault/faults.bats \
	tests/hostile/hostile.bats \
	tests/integration/bad_disk.bats \
	tests/integration/bad_input.bats \
	tests/integration/bad_record.bats \
	tests/integration/bootstrap.bats \
	tests/integration/bundled_jansson.bats \
	tests/integration/cli.bats \
	tests/integration/crun_run.bats \
	tests/integration/ctl.bats \
	tests/integration/ctl_containers.bats \
	tests/integration/ctl_crun.bats \
	tests/integration/ctl_health.bats \
	tests/integration/ctl_images.bats \
	tests/integration/ctl_killed.bats \
	tests/integration/ctl_logs.bats \
	tests/integration/ctl_runc.bats \
	tests/integration/ctl_runsc.bats \
	tests/integration/ctl_volumes.bats \
	tests/integration/deadline.bats \
	tests/integration/defaults.bats \
	tests/integration/doctor.bats \
	tests/integration/doctor_hooks_d.bats \
	tests/integration/doctor_kubernetes.bats \
	tests/integration/doctor_wrapped.bats \
	tests/integration/engine_buildah.bats \
	tests/integration/engine_conmon.bats \
	tests/integration/engine_containerd.bats \
	tests/integration/engine_docker.bats \
	tests/integration/engine_podman_crun.bats \
	tests/integration/engine_podman_runc.bats \
	tests/integration/engine_podman_wrapped.bats \
	tests/integration/engine_rootless.bats \
	tests/integration/engine_runsc.bats \
	tests/integration/examples.bats \
	tests/integration/habits.bats \
	tests/integration/harness.bats \
	tests/integration/hooks_d.bats \
	tests/integration/hostile_image.bats \
	tests/integration/hygiene.bats \
	tests/integration/install.bats \
	tests/integration/kata.bats \
	tests/integration/many_hosts.bats \
	tests/integration/late_poststop.bats \
	tests/integration/lifecycle_crun.bats \
	tests/integration/lifecycle_runc.bats \
	tests/integration/nerdctl.bats \
	tests/integration/observed_cases.bats \
	tests/integration/packages.bats \
	tests/integration/parallel.bats \
	tests/integration/pipelines.bats \
	tests/integration/query_counts.bats \
	tests/integration/query_events.bats \
	tests/integration/query_explain.bats \
	tests/integration/query_help.bats \
	tests/integration/query_inspect.bats \
	tests/integration/query_list.bats \
	tests/integration/query_metrics.bats \
	tests/integration/query_narrow.bats \
	tests/integration/query_names.bats \
	tests/integration/query_parses.bats \
	tests/integration/query_observed.bats \
	tests/integration/query_pictures.bats \
	tests/integration/query_readonly.bats \
	tests/integration/query_timeline.bats \
	tests/integration/query_trace.bats \
	tests/integration/query_verify.bats \
	tests/integration/query_wait.bats \
	tests/integration/readme.bats \
	tests/integration/retention.bats \
	tests/integration/runtime_command.bats \
	tests/integration/runtime_crun.bats \
	tests/integration/runtime_fault.bats \
	tests/integration/runtime_runc.bats \
	tests/integration/schema.bats \
	tests/integration/splice.bats \
	tests/integration/store_safety.bats \
	tests/integration/sweep.bats \
	tests/integration/templates.bats \
	tests/integration/watch.bats \
	tests/integration/wrapped.bats \
	tests/integration/wrapped_runtime.bats \
	tests/layers/layers.bats \
	tests/model/lock.bats \
	tests/torture/torture.bats \
	tests/power/power.bats \
	tests/unit/process.bats \
	tests/unit/schema.bats

# Those of them that hold something to a time: each runs when no other bats test does, however many make runs.
timed_tests = crun_run ctl_crun ctl_health ctl_runc ctl_runsc deadline defaults engine_containerd engine_docker engine_podman_wrapped runtime_crun runtime_fault \
	wrapped wrapped_runtime

# ---- how they are built ---------------------------------------------------------------------------

if HAVE_CHECK
check_PROGRAMS += $(unit_tests) tests/unit/look
check_LIBRARIES += tests/unit/libunit.a
unit_tests_run = $(unit_tests)
endif
tests_unit_libunit_a_SOURCES = tests/unit/main.c tests/unit/case_view.c tests/unit/case_view.h tests/unit/unit.h
tests_unit_libunit_a_CPPFLAGS = $(AM_CPPFLAGS) $(CHECK_CFLAGS)

# For every program that does not say otherwise, and that is the unit tests: a source named as the program.
LDADD = tests/unit/libunit.a tools/libquery.a tools/libcontainer.a tools/libwatch.a tools/librecords.a tools/libcli.a \
	tools/libruntime.a hooks/libhooks.a \
	$(core_libs) $(SMARTCOLS_LIBS) $(CHECK_LIBS)

# Lives on without its first thread.
check_PROGRAMS += tests/integration/leader
tests_integration_leader_LDADD =

check_PROGRAMS += $(other_tests) tests/fault/broken_clock tests/fault/broken_hook tests/fault/broken_reader \
	tests/fault/broken_removal tests/fault/injector tests/layers/words tests/reaper
other_libs = hooks/libhooks.a $(core_libs)

tests_fault_memory_SOURCES = tests/fault/memory.c \
	tests/fault/faults.c tests/fault/faults.h tests/fault/scene.c tests/fault/scene.h
tests_fault_memory_LDADD = $(other_libs)
tests_fault_memory_LDFLAGS = $(AM_LDFLAGS) -Wl,--wrap=lifecycle_record_encode,--wrap=sendto

# Each of these fails when it is told to.
tests_fault_library_SOURCES = tests/fault/library.c tests/fault/faults.c tests/fault/faults.h
tests_fault_library_LDADD = $(core_libs)
tests_fault_library_LDFLAGS = $(AM_LDFLAGS) \
	-Wl,--wrap=open,--wrap=openat,--wrap=fstat,--wrap=fstatat,--wrap=fstatfs,--wrap=faccessat,--wrap=read,--wrap=write \
	-Wl,--wrap=fsync,--wrap=fchmod,--wrap=mkdirat,--wrap=renameat,--wrap=unlinkat,--wrap=flock,--wrap=fcntl \
	-Wl,--wrap=futimens,--wrap=statx,--wrap=readlinkat,--wrap=linkat,--wrap=fdopendir,--wrap=readdir,--wrap=close \
	-Wl,--wrap=inotify_init1,--wrap=inotify_add_watch

tests_fuzz_replay_SOURCES = tests/fuzz/replay.c tests/fuzz/targets.h tests/fuzz/table.c \
	tests/fuzz/arguments.c tests/fuzz/config.c tests/fuzz/exec_fifo.c tests/fuzz/logs.c tests/fuzz/record.c \
	tests/fuzz/typed.c tests/fuzz/planted.c tests/fuzz/planted.h
tests_fuzz_replay_LDADD = tools/libquery.a tools/libcontainer.a tools/librecords.a tools/libcli.a tools/libruntime.a \
	$(core_libs) $(SMARTCOLS_LIBS)
# a fault is planted
tests_fuzz_replay_LDFLAGS = $(AM_LDFLAGS) -Wl,--wrap=oci_state_pid,--wrap=lifecycle_record_encode,--wrap=splice_hooks \
	-Wl,--wrap=template_cell,--wrap=lifecycle_store_resolve,--wrap=locals_read,--wrap=log_tail_find \
	-Wl,--wrap=runtime_log_last_error,--wrap=conmon_name_parse,--wrap=exec_fifo_is_named

tests_layers_words_LDADD = $(core_libs)

# container.h without a command line.
check_PROGRAMS += tests/integration/container_user
tests_integration_container_user_CPPFLAGS = $(AM_CPPFLAGS) $(JANSSON_CFLAGS)
tests_integration_container_user_LDADD = tools/libcontainer.a tools/libruntime.a $(core_libs)

# Who leads out of a store, and who begins in any state.
check_PROGRAMS += tests/hostile/enter tests/hostile/floor tests/hostile/naive_hook tests/hostile/swap
tests_hostile_enter_LDADD =
tests_hostile_floor_SOURCES = tests/bench/empty.c
tests_hostile_floor_CFLAGS = $(hook_cflags)
tests_hostile_floor_LDFLAGS = $(static_ldflags)
tests_hostile_floor_LDADD =
tests_hostile_naive_hook_LDADD =
tests_hostile_swap_LDADD =

# Above each bats test: an init that reaps at once.
tests_reaper_LDADD =

# Names of system calls, and what is done to them.
tests_fault_injector_LDADD =

tests_fault_broken_clock_LDADD = $(other_libs)
tests_fault_broken_clock_LDFLAGS = $(AM_LDFLAGS) -Wl,--wrap=lifecycle_time_now
tests_fault_broken_hook_LDADD = $(other_libs)
tests_fault_broken_hook_LDFLAGS = $(AM_LDFLAGS) -Wl,--wrap=fsio_replace
tests_fault_broken_reader_LDADD = $(other_libs)
tests_fault_broken_reader_LDFLAGS = $(AM_LDFLAGS) -Wl,--wrap=io_read_up_to,--wrap=proc_read
tests_fault_broken_removal_LDADD = $(other_libs)
tests_fault_broken_removal_LDFLAGS = $(AM_LDFLAGS) -Wl,--wrap=fsio_remove

# They do not sync files, or directories, or the store.
check_PROGRAMS += tests/power/hook_without_file_sync tests/power/hook_without_directory_sync \
	tests/power/hook_without_store_sync tests/power/runtime_without_file_sync
tests_power_hook_without_file_sync_SOURCES = tests/power/hook.c tests/power/skip_sync.c
tests_power_hook_without_file_sync_LDADD = $(other_libs)
tests_power_hook_without_file_sync_LDFLAGS = $(AM_LDFLAGS) -Wl,--wrap=fsync
tests_power_hook_without_directory_sync_SOURCES = tests/power/hook.c tests/power/skip_sync.c
tests_power_hook_without_directory_sync_CPPFLAGS = $(AM_CPPFLAGS) -DSKIP_DIRECTORIES
tests_power_hook_without_directory_sync_LDADD = $(other_libs)
tests_power_hook_without_directory_sync_LDFLAGS = $(AM_LDFLAGS) -Wl,--wrap=fsync
tests_power_hook_without_store_sync_SOURCES = tests/power/hook.c tests/power/skip_sync.c
tests_power_hook_without_store_sync_CPPFLAGS = $(AM_CPPFLAGS) -DSKIP_STORE
tests_power_hook_without_store_sync_LDADD = $(other_libs)
tests_power_hook_without_store_sync_LDFLAGS = $(AM_LDFLAGS) -Wl,--wrap=fsync
tests_power_runtime_without_file_sync_SOURCES = tools/lifecycle-runtime.c tests/power/skip_sync.c
tests_power_runtime_without_file_sync_CPPFLAGS = $(tools_libruntime_a_CPPFLAGS)
tests_power_runtime_without_file_sync_LDADD = tools/libruntime.a $(other_libs)
tests_power_runtime_without_file_sync_LDFLAGS = $(AM_LDFLAGS) -Wl,--wrap=fsync

EXTRA_DIST += tests/model/TRUTH.md
tests_model_lifecycles_SOURCES = tests/model/lifecycles.c \
	tests/model/invariants.c tests/model/invariants.h tests/model/world.c tests/model/world.h
tests_model_lifecycles_LDADD = $(core_libs)
tests_model_lifecycles_LDFLAGS = $(AM_LDFLAGS) \
	-Wl,--wrap=generation_is_poststop_late,--wrap=comm_is_runtime_init,--wrap=command_has_failed

tests_model_storm_LDADD = $(core_libs)
tests_model_storm_blind_SOURCES = tests/model/storm.c
tests_model_storm_blind_CPPFLAGS = $(AM_CPPFLAGS) -DBLIND
tests_model_storm_blind_LDADD = $(core_libs)
tests_model_storm_blind_LDFLAGS = $(AM_LDFLAGS) -Wl,--wrap=fstat,--wrap=fstatat

tests_model_storm_unlocked_SOURCES = tests/model/storm.c
tests_model_storm_unlocked_CPPFLAGS = $(AM_CPPFLAGS) -DUNLOCKED
tests_model_storm_unlocked_LDADD = $(core_libs)
tests_model_storm_unlocked_LDFLAGS = $(AM_LDFLAGS) -Wl,--wrap=flock

# No inotify is left.
tests_unit_container_log_test_LDFLAGS = $(AM_LDFLAGS) -Wl,--wrap=inotify_init1

# What is equal comes out of qsort() in no order that is promised.
tests_unit_event_test_LDFLAGS = $(AM_LDFLAGS) -Wl,--wrap=qsort

# Another directory is in the place of the one that is made.
tests_unit_fsio_test_LDFLAGS = $(AM_LDFLAGS) -Wl,--wrap=mkdirat,--wrap=chmod
tests_unit_exec_fifo_test_LDFLAGS = $(AM_LDFLAGS) -Wl,--wrap=proc_open,--wrap=fdopendir

tests_unit_freezer_test_LDFLAGS = $(AM_LDFLAGS) -Wl,--wrap=fopen
tests_unit_root_test_LDFLAGS = $(AM_LDFLAGS) -Wl,--wrap=read,--wrap=lstat
tests_unit_resolve_test_LDFLAGS = $(AM_LDFLAGS) -Wl,--wrap=openat
tests_unit_list_test_LDFLAGS = $(AM_LDFLAGS) -Wl,--wrap=readdir
tests_unit_lock_test_LDFLAGS = $(AM_LDFLAGS) \
	-Wl,--wrap=flock,--wrap=nanosleep,--wrap=lifecycle_monotonic_now

# What is refused to a hook that wraps another.
tests_unit_command_test_LDFLAGS = $(AM_LDFLAGS) \
	-Wl,--wrap=pipe2,--wrap=fork,--wrap=waitpid,--wrap=ppoll,--wrap=stat,--wrap=write \
	-Wl,--wrap=getppid,--wrap=open,--wrap=read,--wrap=fcntl

# What is called on the store is seen; nothing goes to the system's log.
tests_unit_hook_test_LDFLAGS = $(AM_LDFLAGS) -Wl,--wrap=lifecycle_store_fold,--wrap=lifecycle_store_delete \
	-Wl,--wrap=lifecycle_store_sweep,--wrap=lifecycle_default_root,--wrap=log_line_to_system

# A hook's stdin as the test has it.
tests_unit_input_test_LDFLAGS = $(AM_LDFLAGS) -Wl,--wrap=poll,--wrap=read,--wrap=lifecycle_monotonic_now,--wrap=realloc

# A clock that is wrong.
tests_unit_time_test_LDFLAGS = $(AM_LDFLAGS) -Wl,--wrap=clock_gettime

# Something cannot be opened, and it is as long since the boot as the test says.
tests_unit_account_test_LDFLAGS = $(AM_LDFLAGS) -Wl,--wrap=clock_gettime,--wrap=openat

# The disk is full, no descriptor is left, and it is as long since the boot as the test says.
tests_unit_ledger_fault_test_LDFLAGS = $(AM_LDFLAGS) \
	-Wl,--wrap=clock_gettime,--wrap=openat,--wrap=write,--wrap=ftruncate,--wrap=pread

# System calls that give and take as little as they like.
tests_unit_io_test_LDFLAGS = $(AM_LDFLAGS) -Wl,--wrap=read,--wrap=write,--wrap=lifecycle_monotonic_now
tests_unit_prune_test_LDFLAGS = $(AM_LDFLAGS) -Wl,--wrap=evidence_observe,--wrap=fstat
tests_unit_process_test_LDFLAGS = $(AM_LDFLAGS) -Wl,--wrap=read,--wrap=syscall,--wrap=uname,--wrap=poll
tests_unit_conmon_name_test_LDFLAGS = $(AM_LDFLAGS) -Wl,--wrap=getppid,--wrap=openat,--wrap=read
tests_unit_inherit_test_LDFLAGS = $(AM_LDFLAGS) -Wl,--wrap=poll
tests_unit_log_line_test_LDFLAGS = $(AM_LDFLAGS) -Wl,--wrap=poll,--wrap=select,--wrap=sendto,--wrap=socket

# Each of these fails when it is told to.
tests_unit_bundle_test_LDFLAGS = $(AM_LDFLAGS) -Wl,--wrap=openat,--wrap=fstat,--wrap=read,--wrap=write,--wrap=fchown \
	-Wl,--wrap=fchmod,--wrap=fsync,--wrap=close,--wrap=renameat,--wrap=unlinkat,--wrap=flock,--wrap=lifecycle_monotonic_now,--wrap=nanosleep
tests_unit_text_stream_test_LDFLAGS = $(AM_LDFLAGS) -Wl,--wrap=malloc,--wrap=realloc,--wrap=fopencookie

# What is refused to lifecycle-runtime.
tests_unit_runtime_child_test_LDFLAGS = $(AM_LDFLAGS) -Wl,--wrap=fork,--wrap=getppid,--wrap=waitpid
tests_unit_runtime_record_test_LDFLAGS = $(AM_LDFLAGS) -Wl,--wrap=lifecycle_store_fold,--wrap=lifecycle_store_report

# lifecycle-runtime without its main's name, which is the test's.
check_LIBRARIES += tests/unit/libruntimemain.a
tests_unit_libruntimemain_a_SOURCES = tools/lifecycle-runtime.c
tests_unit_libruntimemain_a_CPPFLAGS = $(tools_libruntime_a_CPPFLAGS) -Dmain=lifecycle_runtime_main
tests_unit_libruntimemain_a_CFLAGS = $(AM_CFLAGS) -Wno-missing-prototypes
tests_unit_lifecycle_runtime_test_LDFLAGS = $(AM_LDFLAGS) \
	-Wl,--wrap=fork,--wrap=waitpid,--wrap=lifecycle_default_root,--wrap=log_line_to_system
tests_unit_lifecycle_runtime_test_LDADD = tests/unit/libruntimemain.a $(LDADD)

# Each allocation fails once; nothing goes to the system's log or to stderr.
tests_unit_runtime_memory_test_SOURCES = tests/unit/runtime_memory_test.c tests/fault/faults.c tests/fault/faults.h
tests_unit_runtime_memory_test_LDFLAGS = $(AM_LDFLAGS) \
	-Wl,--wrap=read,--wrap=log_line_to_stderr,--wrap=log_line_to_system

# What is read cannot be, memory is out.
tests_unit_docker_test_LDFLAGS = $(AM_LDFLAGS) -Wl,--wrap=read
tests_unit_splice_test_LDFLAGS = $(AM_LDFLAGS) -Wl,--wrap=text_stream_open

# Nothing goes to the system's log or to stderr.
tests_unit_runtime_log_test_LDFLAGS = $(AM_LDFLAGS) -Wl,--wrap=log_line_to_stderr,--wrap=log_line_to_system

# The kernel has no random bytes yet.
tests_unit_evidence_test_LDFLAGS = $(AM_LDFLAGS) -Wl,--wrap=getrandom

# Limits as the test has them; files of check's stay open.
tests_unit_startup_test_LDFLAGS = $(AM_LDFLAGS) -Wl,--wrap=getrlimit,--wrap=setrlimit,--wrap=syscall

# Something of the test's own comes before each flock().
tests_unit_store_test_LDFLAGS = $(AM_LDFLAGS) -Wl,--wrap=flock

# ---- how they are run -----------------------------------------------------------------------------

TESTS = $(unit_tests_run) $(other_tests) $(bats_tests)
TEST_EXTENSIONS = .bats
tap_driver = $(SHELL) $(top_srcdir)/build-aux/tap-driver.sh
LOG_DRIVER = $(tap_driver)
BATS_LOG_DRIVER = $(tap_driver)
BATS_LOG_COMPILER = $(SHELL) $(top_srcdir)/tests/run-bats

AM_TESTS_ENVIRONMENT = \
	TIMED_TESTS='$(timed_tests)'; export TIMED_TESTS; \
	TOP_SRCDIR='$(abs_top_srcdir)'; export TOP_SRCDIR; \
	TOP_BUILDDIR='$(abs_top_builddir)'; export TOP_BUILDDIR; \
	HOOKS_DIR='$(abs_top_builddir)/hooks'; export HOOKS_DIR; \
	QUERY='$(abs_top_builddir)/tools/lifecycle-query'; export QUERY; \
	CTL='$(abs_top_builddir)/tools/lifecycle-ctl'; export CTL; \
	RUNTIME='$(abs_top_builddir)/tools/lifecycle-runtime'; export RUNTIME; \
	WATCH='$(abs_top_builddir)/tools/lifecycle-watch'; export WATCH; \
	CC='$(CC)'; export CC; \
	PYTHON='$(PYTHON)'; export PYTHON;

EXTRA_DIST += tests/PROOFS.md tests/run-bats tests/total tests/demo tests/lint tests/on-arm64 tests/on-debian

# Whole folders: what a test needs beside it comes along, but not what a test left.
test_folders = data fault fuzz hostile integration layers model power strength torture unit
dist-hook:
	for folder in $(test_folders); do \
		cp -R "$(srcdir)/tests/$$folder" "$(distdir)/tests/" || exit 1; \
	done
	chmod -R u+w "$(distdir)/tests"
	find "$(distdir)/tests" '(' -name '*.log' -o -name '*.trs' -o -name .dirstamp ')' -exec rm -f {} +

# Automake's check-TESTS, with one line after all tests, passed or not, that counts their cases.
check-TESTS: $(check_PROGRAMS) $(check_LIBRARIES)
	@rm -f $(TEST_SUITE_LOG) $(TEST_LOGS) $(TEST_LOGS:.log=.trs)
	@status=0; $(MAKE) $(AM_MAKEFLAGS) $(TEST_SUITE_LOG) || status=$$?; \
	$(SHELL) $(top_srcdir)/tests/total $(TEST_LOGS:.log=.trs) || status=1; \
	exit $$status

# ---- fuzz: make fuzz FUZZ_SECONDS=600 ------------------------------------------------------------

FUZZ_SECONDS = 60
fuzz:
	@$(AM_TESTS_ENVIRONMENT) $(SHELL) $(top_srcdir)/tests/fuzz/run $(FUZZ_SECONDS)

.PHONY: fuzz

# ---- torture: make torture DURATION=1h STEPS="kill storm" KEEP_GOING=1 SEED=7 ------------------------

DURATION = 10m
torture: all $(check_PROGRAMS)
	@$(AM_TESTS_ENVIRONMENT) $(SHELL) $(top_srcdir)/tests/torture/run '$(DURATION)' $(STEPS)

.PHONY: torture

# ---- strength: which lines no test runs, which changes none finds -----------------------------------

# Not those that build the tree anew, or that run nothing of it.
not_for_coverage = %/bootstrap.bats %/bundled_jansson.bats %/install.bats %/layers.bats %/lock.bats
coverage: all
	@$(AM_TESTS_ENVIRONMENT) $(PYTHON) $(top_srcdir)/tests/strength/coverage $(filter-out $(not_for_coverage),$(TESTS))

mutants: all
	@$(AM_TESTS_ENVIRONMENT) $(PYTHON) $(top_srcdir)/tests/strength/mutate $(filter-out $(not_for_coverage),$(TESTS))

.PHONY: coverage mutants

# ---- demo -----------------------------------------------------------------------------------------

CLEANFILES += demo.svg
demo: all
	@$(AM_TESTS_ENVIRONMENT) $(SHELL) $(top_srcdir)/tests/demo

# ---- bench ----------------------------------------------------------------------------------------

bench_programs = tests/bench/empty tests/bench/floor tests/bench/measure tests/bench/read_all tests/bench/spawn
EXTRA_PROGRAMS += $(bench_programs)
CLEANFILES += $(bench_programs)
EXTRA_DIST += tests/bench/run tests/bench/readers tests/bench/readers.py tests/bench/in-runtime tests/bench/exec-accuracy \
	tests/bench/engine_cost.bats

tests_bench_empty_SOURCES = tests/bench/empty.c
tests_bench_empty_CFLAGS = $(hook_cflags)
tests_bench_empty_LDFLAGS = $(static_ldflags)
tests_bench_empty_LDADD =
tests_bench_floor_SOURCES = tests/bench/floor.c
tests_bench_floor_CFLAGS = $(hook_cflags)
tests_bench_floor_LDFLAGS = $(static_ldflags)
tests_bench_floor_LDADD =
tests_bench_measure_SOURCES = tests/bench/measure.c
tests_bench_measure_LDADD =
tests_bench_read_all_SOURCES = tests/bench/read_all.c
tests_bench_read_all_LDADD =
tests_bench_spawn_SOURCES = tests/bench/spawn.c
tests_bench_spawn_CFLAGS = $(hook_cflags)
tests_bench_spawn_LDFLAGS = $(static_ldflags)
tests_bench_spawn_LDADD =

bench: all $(bench_programs)
	@$(AM_TESTS_ENVIRONMENT) $(SHELL) $(top_srcdir)/tests/bench/run
	@$(AM_TESTS_ENVIRONMENT) bash $(top_srcdir)/tests/bench/in-runtime
	@$(AM_TESTS_ENVIRONMENT) bash $(top_srcdir)/tests/bench/readers
	@$(AM_TESTS_ENVIRONMENT) bash $(top_srcdir)/tests/bench/exec-accuracy
	@$(AM_TESTS_ENVIRONMENT) TMPDIR=/dev/shm bats $(top_srcdir)/tests/bench/engine_cost.bats

# ---- lint -----------------------------------------------------------------------------------------

# Programs that only the tests build; the unit tests alone.
check-programs: $(check_PROGRAMS) $(bench_programs)
check-unit:
	@$(MAKE) $(AM_MAKEFLAGS) check TESTS='$(unit_tests_run)'

lint: all
	@$(AM_TESTS_ENVIRONMENT) $(SHELL) $(top_srcdir)/tests/lint $(STEPS)

clean-local:
	rm -rf lint

.PHONY: bench demo lint check-programs check-unit
