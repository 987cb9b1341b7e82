# SPDX-License-Identifier: Apache-2.0
"""fill_store.py ROOT COUNT FINISHED_AT: a store with COUNT records of containers that ended then."""
import os
import sys

root, count, finished_at = sys.argv[1], int(sys.argv[2]), sys.argv[3]
os.umask(0o077)
os.makedirs(root, exist_ok=True)
for number in range(count):
    name = f"old{number:05}"
    os.mkdir(f"{root}/{name}")
    with open(f"{root}/{name}/lifecycle.json", "w", encoding="ascii") as file:
        file.write(
            f'{{"version":1,"id":"{name}","generation":1,"status":"stopped",'
            f'"finished_at":"{finished_at}","finished_at_source":"poststop","create_error":false}}'
        )
