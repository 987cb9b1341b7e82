#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""dashboard.py PORT DASHBOARD HOST...: asks the Prometheus at the port each query of the dashboard, for all hosts and for each.

Fails if one has no answer; the rules that are loaded have to be without an error. Prints what has none, and how many have.
"""

import json
import math
import sys
import time
import urllib.parse
import urllib.request


def get(port, path):
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/api/v1/{path}", timeout=10) as reply:
        return json.load(reply)["data"]


def ask(port, query):
    return get(port, "query?query=" + urllib.parse.quote(query))["result"]


def concrete(query, host):
    return query.replace("$instance", host).replace("$__rate_interval", "1m")


def answers(port, query, hosts, patience):
    """All hosts at once, as the selector's All does, then one by one."""
    for host in ["|".join(hosts), ".*", *hosts]:
        for _ in range(patience):
            result = ask(port, concrete(query, host))
            if any(not math.isnan(float(series["value"][1])) for series in result):
                break
            time.sleep(0.5)
        else:
            yield f"no answer for {host}: {query}"
        if host in hosts and any(series["metric"].get("instance", host) != host for series in result):
            yield f"not only {host}: {query}"


def main():
    port, hosts = int(sys.argv[1]), sys.argv[3:]
    with open(sys.argv[2], encoding="utf-8") as file:
        panels = json.load(file)["panels"]
    queries = [target["expr"] for panel in panels for target in panel["targets"]]
    problems = []
    for query in queries:
        problems += answers(port, query, hosts, 1 if problems else 20)
    if ask(port, 'oci_lifecycle_store_faults{instance="nowhere"}'):
        problems.append("control: a host that there is not has an answer")
    found = {series["metric"]["instance"] for series in ask(port, "oci_lifecycle_store_faults")}
    if found != set(hosts):
        problems.append(f"the hosts to select are {found}")
    rules = [rule for group in get(port, "rules")["groups"] for rule in group["rules"]]
    problems += [f"{rule['name']}: {rule.get('lastError')}" for rule in rules if rule["health"] == "err"]
    print("\n".join(problems))
    print(f"{len(queries)} queries of {len(panels)} panels, for {len(hosts)} hosts, {len(rules)} rules")
    return 1 if problems else 0


sys.exit(main())
