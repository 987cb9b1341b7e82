# SPDX-License-Identifier: Apache-2.0
# The tools: linked with the shared library, as any other user of it.
#
# A tool is three lines:
#	bin_PROGRAMS += tools/lifecycle-ctl
#	tools_lifecycle_ctl_SOURCES = tools/ctl.c
#	tools_lifecycle_ctl_LDADD = libstate/libstate.la
# A man page is one: man_sources += tools/lifecycle-ctl.1.scd
