usage: lifecycle-ctl [OPTION...] COMMAND [ARGUMENT...]

Runs containers by an OCI runtime and conmon, and keeps the store of records.

commands:
  create   create a container, and print its ID
  run      create and start a container, show what it writes, and end as it ends
  start    start these containers, and print their IDs
  stop     end these containers, and print their IDs
  restart  stop these containers, and start them again
  kill     send a signal to these containers, and print their IDs
  exec     run one more program in a container
  logs     print what a container has written, each stream to ours
  health   run the health check of a container now, and print what it tells
  remove   remove these containers, and print their IDs
  prune    remove the records of stopped containers, and print their IDs
  forget   remove the records of these containers, and print their IDs
  cleanup  put away what is left of containers that have ended
  help     print help, of a command if one is given
  version  print the version

options:
      --root DIR       the store (default: $OCI_LIFECYCLE_ROOT, else where hooks
                       keep theirs)
      --data-root DIR  containers (default: $OCI_LIFECYCLE_DATA_ROOT, else
                       /var/lib/oci-lifecycle)
      --hooks-dir DIR  where our hooks are (default: where they are installed)
  -h, --help           print this help
      --version        print the version

'lifecycle-ctl COMMAND --help' says more of a command.

==== create

usage: lifecycle-ctl create [OPTION...] [IMAGE] [CMD...]

create a container, and print its ID

options:
      --name NAME                 a name for people
  -b, --bundle DIR                an OCI bundle
      --rootfs DIR                a root file system, for the command that
                                  follows
  -e, --env K=V                   a variable of the container's; K alone takes
                                  the caller's value
      --runtime PATH              the OCI runtime (default: runc, else crun)
      --runtime-arg ARG           a global option for the runtime, at each call
      --stop-signal SIGNAL        what stop sends (default: TERM)
  -v, --volume VOLUME             NAME:/PATH[:ro], which outlives the container,
                                  or /DIR:/PATH[:ro] of the host
      --pull WHEN                 get the image: missing, always or never
                                  (default: missing)
      --tls-verify BOOL           false: a registry without TLS, or without a
                                  known certificate
      --health-cmd CMD            what tells whether it is healthy: for its
                                  /bin/sh, or a JSON array
      --health-interval TIME      how long to wait between two probes (default:
                                  30s)
      --health-timeout TIME       after which a probe is killed, and has failed
                                  (default: 30s)
      --health-start-period TIME  for so long after its start a failure says
                                  nothing (default: 0)
      --health-retries N          so many failures in a row are unhealthy
                                  (default: 3)
      --no-healthcheck            without the image's health check
      --stop-timeout TIME         how long stop waits before it kills (default:
                                  10s)
      --root DIR                  the store (default: $OCI_LIFECYCLE_ROOT, else
                                  where hooks keep theirs)
      --data-root DIR             containers (default: $OCI_LIFECYCLE_DATA_ROOT,
                                  else /var/lib/oci-lifecycle)
      --hooks-dir DIR             where our hooks are (default: where they are
                                  installed)
  -h, --help                      print this help
      --version                   print the version

Its program is started by start.

==== run

usage: lifecycle-ctl run [OPTION...] [IMAGE] [CMD...]

create and start a container, show what it writes, and end as it ends

options:
      --name NAME                 a name for people
  -b, --bundle DIR                an OCI bundle
      --rootfs DIR                a root file system, for the command that
                                  follows
  -e, --env K=V                   a variable of the container's; K alone takes
                                  the caller's value
      --runtime PATH              the OCI runtime (default: runc, else crun)
      --runtime-arg ARG           a global option for the runtime, at each call
      --stop-signal SIGNAL        what stop sends (default: TERM)
  -v, --volume VOLUME             NAME:/PATH[:ro], which outlives the container,
                                  or /DIR:/PATH[:ro] of the host
      --pull WHEN                 get the image: missing, always or never
                                  (default: missing)
      --tls-verify BOOL           false: a registry without TLS, or without a
                                  known certificate
      --health-cmd CMD            what tells whether it is healthy: for its
                                  /bin/sh, or a JSON array
      --health-interval TIME      how long to wait between two probes (default:
                                  30s)
      --health-timeout TIME       after which a probe is killed, and has failed
                                  (default: 30s)
      --health-start-period TIME  for so long after its start a failure says
                                  nothing (default: 0)
      --health-retries N          so many failures in a row are unhealthy
                                  (default: 3)
      --no-healthcheck            without the image's health check
      --stop-timeout TIME         how long stop waits before it kills (default:
                                  10s)
  -d, --detach                    print the ID, and do not wait for the end
      --rm                        remove the container when it ends; its record
                                  stays
      --root DIR                  the store (default: $OCI_LIFECYCLE_ROOT, else
                                  where hooks keep theirs)
      --data-root DIR             containers (default: $OCI_LIFECYCLE_DATA_ROOT,
                                  else /var/lib/oci-lifecycle)
      --hooks-dir DIR             where our hooks are (default: where they are
                                  installed)
  -h, --help                      print this help
      --version                   print the version

Its standard input is empty. The signals INT, TERM, HUP, QUIT, USR1 and USR2 are
handed on.

==== start

usage: lifecycle-ctl start [OPTION...] REF...

start these containers, and print their IDs

options:
      --root DIR       the store (default: $OCI_LIFECYCLE_ROOT, else where hooks
                       keep theirs)
      --data-root DIR  containers (default: $OCI_LIFECYCLE_DATA_ROOT, else
                       /var/lib/oci-lifecycle)
      --hooks-dir DIR  where our hooks are (default: where they are installed)
  -h, --help           print this help
      --version        print the version

One that runs is left alone; one that has ended begins a new life under its ID.

==== stop

usage: lifecycle-ctl stop [OPTION...] REF...

end these containers, and print their IDs

options:
  -t, --time TIME      how long to wait before it is killed; 0: not at all
                       (default: the container's)
      --root DIR       the store (default: $OCI_LIFECYCLE_ROOT, else where hooks
                       keep theirs)
      --data-root DIR  containers (default: $OCI_LIFECYCLE_DATA_ROOT, else
                       /var/lib/oci-lifecycle)
      --hooks-dir DIR  where our hooks are (default: where they are installed)
  -h, --help           print this help
      --version        print the version

By the container's stop signal, and by SIGKILL if that does not help in time.
One that does not run is left alone.

==== restart

usage: lifecycle-ctl restart [OPTION...] REF...

stop these containers, and start them again

options:
  -t, --time TIME      how long to wait before it is killed; 0: not at all
                       (default: the container's)
      --root DIR       the store (default: $OCI_LIFECYCLE_ROOT, else where hooks
                       keep theirs)
      --data-root DIR  containers (default: $OCI_LIFECYCLE_DATA_ROOT, else
                       /var/lib/oci-lifecycle)
      --hooks-dir DIR  where our hooks are (default: where they are installed)
  -h, --help           print this help
      --version        print the version

==== kill

usage: lifecycle-ctl kill [OPTION...] REF...

send a signal to these containers, and print their IDs

options:
  -s, --signal SIGNAL  a name or a number (default: KILL)
      --root DIR       the store (default: $OCI_LIFECYCLE_ROOT, else where hooks
                       keep theirs)
      --data-root DIR  containers (default: $OCI_LIFECYCLE_DATA_ROOT, else
                       /var/lib/oci-lifecycle)
      --hooks-dir DIR  where our hooks are (default: where they are installed)
  -h, --help           print this help
      --version        print the version

==== exec

usage: lifecycle-ctl exec [OPTION...] REF CMD...

run one more program in a container

options:
  -t, --tty            give it a terminal
  -e, --env K=V        a variable of the program's
      --root DIR       the store (default: $OCI_LIFECYCLE_ROOT, else where hooks
                       keep theirs)
      --data-root DIR  containers (default: $OCI_LIFECYCLE_DATA_ROOT, else
                       /var/lib/oci-lifecycle)
      --hooks-dir DIR  where our hooks are (default: where they are installed)
  -h, --help           print this help
      --version        print the version

It ends as the program ends.

==== logs

usage: lifecycle-ctl logs [OPTION...] REF

print what a container has written, each stream to ours

options:
  -f, --follow         go on until the container ends
  -t, --timestamps     the time before each line
      --since TIME     only lines from then on: a time, or how long ago, as 10m
  -n, --tail N         only the last N lines of those that are there
      --root DIR       the store (default: $OCI_LIFECYCLE_ROOT, else where hooks
                       keep theirs)
      --data-root DIR  containers (default: $OCI_LIFECYCLE_DATA_ROOT, else
                       /var/lib/oci-lifecycle)
      --hooks-dir DIR  where our hooks are (default: where they are installed)
  -h, --help           print this help
      --version        print the version

What it wrote in an earlier life is there, too. A line that is not complete is
printed as far as it is there.

==== health

usage: lifecycle-ctl health [OPTION...] REF

run the health check of a container now, and print what it tells

options:
      --root DIR       the store (default: $OCI_LIFECYCLE_ROOT, else where hooks
                       keep theirs)
      --data-root DIR  containers (default: $OCI_LIFECYCLE_DATA_ROOT, else
                       /var/lib/oci-lifecycle)
      --hooks-dir DIR  where our hooks are (default: where they are installed)
  -h, --help           print this help
      --version        print the version

healthy; unhealthy, with the last line of what the check said; or starting, if
that is within the start period. The exit status is 0 for healthy, else 1.

==== remove

usage: lifecycle-ctl remove [OPTION...] REF...

remove these containers, and print their IDs

options:
  -f, --force          also what runs; what is not there is no failure
      --root DIR       the store (default: $OCI_LIFECYCLE_ROOT, else where hooks
                       keep theirs)
      --data-root DIR  containers (default: $OCI_LIFECYCLE_DATA_ROOT, else
                       /var/lib/oci-lifecycle)
      --hooks-dir DIR  where our hooks are (default: where they are installed)
  -h, --help           print this help
      --version        print the version

also: rm

Volumes stay, and so does the record: see forget.

==== prune

usage: lifecycle-ctl prune [OPTION...]

remove the records of stopped containers, and print their IDs

options:
      --older-than TIME  only those stopped for longer, as 90, 30m, 24h or 7d
                         (default: 0)
  -n, --dry-run          print which would be removed, and remove none
  -f, --force            do not ask on a terminal
      --root DIR         the store (default: $OCI_LIFECYCLE_ROOT, else where
                         hooks keep theirs)
      --data-root DIR    containers (default: $OCI_LIFECYCLE_DATA_ROOT, else
                         /var/lib/oci-lifecycle)
      --hooks-dir DIR    where our hooks are (default: where they are installed)
  -h, --help             print this help
      --version          print the version

The containers of this program go with their records, as remove has it. A
container whose end nobody saw counts from when it was first found stopped by
this command, or by a hook that keeps the store small.

==== forget

usage: lifecycle-ctl forget [OPTION...] REF...

remove the records of these containers, and print their IDs

options:
  -f, --force          also what is not stopped, or cannot be read
      --root DIR       the store (default: $OCI_LIFECYCLE_ROOT, else where hooks
                       keep theirs)
      --data-root DIR  containers (default: $OCI_LIFECYCLE_DATA_ROOT, else
                       /var/lib/oci-lifecycle)
      --hooks-dir DIR  where our hooks are (default: where they are installed)
  -h, --help           print this help
      --version        print the version

The container itself is left alone; a hook that still comes begins a new record.

==== cleanup

usage: lifecycle-ctl cleanup [OPTION...] REF...

put away what is left of containers that have ended

options:
      --root DIR       the store (default: $OCI_LIFECYCLE_ROOT, else where hooks
                       keep theirs)
      --data-root DIR  containers (default: $OCI_LIFECYCLE_DATA_ROOT, else
                       /var/lib/oci-lifecycle)
      --hooks-dir DIR  where our hooks are (default: where they are installed)
  -h, --help           print this help
      --version        print the version

conmon calls this at each end; to call it once more does no harm.

==== help

usage: lifecycle-ctl help [OPTION...] [COMMAND]

print help, of a command if one is given

options:
      --root DIR       the store (default: $OCI_LIFECYCLE_ROOT, else where hooks
                       keep theirs)
      --data-root DIR  containers (default: $OCI_LIFECYCLE_DATA_ROOT, else
                       /var/lib/oci-lifecycle)
      --hooks-dir DIR  where our hooks are (default: where they are installed)
  -h, --help           print this help
      --version        print the version

==== version

usage: lifecycle-ctl version [OPTION...]

print the version

options:
      --root DIR       the store (default: $OCI_LIFECYCLE_ROOT, else where hooks
                       keep theirs)
      --data-root DIR  containers (default: $OCI_LIFECYCLE_DATA_ROOT, else
                       /var/lib/oci-lifecycle)
      --hooks-dir DIR  where our hooks are (default: where they are installed)
  -h, --help           print this help
      --version        print the version
