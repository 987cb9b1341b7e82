# SPDX-License-Identifier: Apache-2.0
# fish completion for lifecycle-runtime(8)

complete -c lifecycle-runtime -n __fish_use_subcommand -l lifecycle-runtime -r -F -a 'runc crun runsc youki' -d 'the real runtime'
complete -c lifecycle-runtime -n __fish_use_subcommand -l lifecycle-root -x -a '(__fish_complete_directories)' -d 'the store'
complete -c lifecycle-runtime -n __fish_use_subcommand -l lifecycle-hooks -x -a '(__fish_complete_directories)' -d 'where our hooks are'
complete -c lifecycle-runtime -n __fish_use_subcommand -l lifecycle-exit-dir -x -a '(__fish_complete_directories)' \
	-d 'where conmon writes exit files'
complete -c lifecycle-runtime -n __fish_use_subcommand -l lifecycle-annotation -x -d 'an annotation to keep in the record'
complete -c lifecycle-runtime -n __fish_use_subcommand -l lifecycle-name-annotation -x -d 'the annotation that holds the name'
complete -c lifecycle-runtime -n __fish_use_subcommand -l lifecycle-wrap -d 'time the hooks of others, and keep why they failed'
complete -c lifecycle-runtime -n __fish_use_subcommand -l lifecycle-help -d 'print help'
complete -c lifecycle-runtime -n __fish_use_subcommand -l lifecycle-version -d 'print the version'
complete -c lifecycle-runtime -n __fish_use_subcommand -f -a 'create delete exec kill list restore run start state'
