usage: lifecycle-ctl [OPTION...] COMMAND [ARGUMENT...]

Removes records of containers from the store. It touches no container.

commands:
  prune   remove the records of stopped containers, and print their IDs
  forget  remove the records of these containers, and print their IDs

options:
      --root DIR  the store (default: $OCI_LIFECYCLE_ROOT, else where hooks keep theirs)
  -h, --help      print this help
      --version   print the version

'lifecycle-ctl COMMAND --help' says more of a command.

==== prune

usage: lifecycle-ctl prune [OPTION...]

remove the records of stopped containers, and print their IDs

options:
      --older-than TIME  only those stopped for longer, as 90, 30m, 24h or 7d (default: 0)
  -n, --dry-run          print which would be removed, and remove none
      --root DIR         the store (default: $OCI_LIFECYCLE_ROOT, else where hooks keep theirs)
  -h, --help             print this help
      --version          print the version

A container whose end nobody saw counts from when it was first found stopped by this
command, or by a hook that keeps the store small.

==== forget

usage: lifecycle-ctl forget [OPTION...] REF...

remove the records of these containers, and print their IDs

options:
  -f, --force     also what is not stopped, or cannot be read
      --root DIR  the store (default: $OCI_LIFECYCLE_ROOT, else where hooks keep theirs)
  -h, --help      print this help
      --version   print the version

The container itself is left alone; a hook that still comes begins a new record.
