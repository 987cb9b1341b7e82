# SPDX-License-Identifier: Apache-2.0
# The hooks: a tiny main per hook point over one runner, linked so that nothing of an image reaches them.

noinst_LIBRARIES += hooks/libhooks.a
hooks_libhooks_a_CFLAGS = $(AM_CFLAGS) -fPIE
hooks_libhooks_a_SOURCES = \
	hooks/hook.h \
	hooks/runner.c \
	hooks/options.c hooks/options.h \
	hooks/entry.c hooks/entry.h \
	hooks/startup.c hooks/startup.h \
	hooks/input.c hooks/input.h \
	hooks/command.c hooks/command.h

hooksexecdir = $(libexecdir)/oci/hooks.d
hooksexec_PROGRAMS = \
	hooks/lifecycle-prestart \
	hooks/lifecycle-create-runtime \
	hooks/lifecycle-create-container \
	hooks/lifecycle-poststart \
	hooks/lifecycle-poststop

hook_cflags = $(AM_CFLAGS) -fPIE
static_ldflags = $(AM_LDFLAGS) $(HOOK_LDFLAGS)
hook_ldflags = $(static_ldflags) $(HOOK_ENTRY_LDFLAGS)
hook_libs = hooks/libhooks.a $(core_libs)

hooks_lifecycle_prestart_SOURCES = hooks/prestart.c
hooks_lifecycle_prestart_CFLAGS = $(hook_cflags)
hooks_lifecycle_prestart_LDFLAGS = $(hook_ldflags)
hooks_lifecycle_prestart_LDADD = $(hook_libs)

hooks_lifecycle_create_runtime_SOURCES = hooks/create-runtime.c
hooks_lifecycle_create_runtime_CFLAGS = $(hook_cflags)
hooks_lifecycle_create_runtime_LDFLAGS = $(hook_ldflags)
hooks_lifecycle_create_runtime_LDADD = $(hook_libs)

hooks_lifecycle_create_container_SOURCES = hooks/create-container.c
hooks_lifecycle_create_container_CFLAGS = $(hook_cflags)
hooks_lifecycle_create_container_LDFLAGS = $(hook_ldflags)
hooks_lifecycle_create_container_LDADD = $(hook_libs)

hooks_lifecycle_poststart_SOURCES = hooks/poststart.c
hooks_lifecycle_poststart_CFLAGS = $(hook_cflags)
hooks_lifecycle_poststart_LDFLAGS = $(hook_ldflags)
hooks_lifecycle_poststart_LDADD = $(hook_libs)

hooks_lifecycle_poststop_SOURCES = hooks/poststop.c
hooks_lifecycle_poststop_CFLAGS = $(hook_cflags)
hooks_lifecycle_poststop_LDFLAGS = $(hook_ldflags)
hooks_lifecycle_poststop_LDADD = $(hook_libs)

# ---- hooks.d: podman's, CRI-O's and buildah's list of hooks ----------------------------------------
# One bad entry there stops every container of the host: each is put in place whole, after what it names is
# there, and taken away before that goes.

hooksjsondir = $(datadir)/containers/oci/hooks.d
hooks_json = \
	hooks/hooks.d/00-oci-lifecycle-0-prestart.json \
	hooks/hooks.d/00-oci-lifecycle-create-runtime.json \
	hooks/hooks.d/00-oci-lifecycle-poststart.json \
	hooks/hooks.d/zz-oci-lifecycle-poststop.json
noinst_DATA = $(hooks_json)
EXTRA_DIST += $(hooks_json:=.in)
CLEANFILES += $(hooks_json)

$(hooks_json): %: %.in Makefile
	$(AM_V_GEN)$(MKDIR_P) $(@D) && sed 's|@hooksexecdir@|$(hooksexecdir)|' $(srcdir)/$@.in >$@.part && mv $@.part $@

install-hooks-json: install-exec-am $(hooks_json)
	$(MKDIR_P) "$(DESTDIR)$(hooksjsondir)"
	for file in $(hooks_json); do \
		to="$(DESTDIR)$(hooksjsondir)/$${file##*/}"; \
		$(INSTALL_DATA) $$file "$$to.part" && mv "$$to.part" "$$to" || exit 1; \
	done

uninstall-hooks-json:
	for file in $(hooks_json); do rm -f "$(DESTDIR)$(hooksjsondir)/$${file##*/}"; done

# By a variable, or automake would take this for a rule in place of its own.
uninstall_of_hooks = uninstall-hooksexecPROGRAMS
install-data-local: install-hooks-json
uninstall-local: uninstall-hooks-json
$(uninstall_of_hooks): uninstall-hooks-json

.PHONY: install-hooks-json uninstall-hooks-json

# ---- manual: one page, found under each hook's name ---------------------------------------------------

man_sources += hooks/lifecycle-hooks.8.scd
if HAVE_SCDOC
man_MANS += $(hook_manuals)
endif
hook_manuals = $(hooksexec_PROGRAMS:=.8)
CLEANFILES += $(hook_manuals)
$(hook_manuals): Makefile
	$(AM_V_GEN)$(MKDIR_P) $(@D) && echo '.so man8/lifecycle-hooks.8' >$@
