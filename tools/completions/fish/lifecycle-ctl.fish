# SPDX-License-Identifier: Apache-2.0
# fish completion for lifecycle-ctl(8)

source (status dirname)/lifecycle-query.fish

complete -c lifecycle-ctl -f -a '(__lifecycle_tool)'
