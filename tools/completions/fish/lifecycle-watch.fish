# SPDX-License-Identifier: Apache-2.0
# fish completion for lifecycle-watch(8)

source (status dirname)/lifecycle-query.fish

complete -c lifecycle-watch -f -a '(__lifecycle_tool)'
