"""The benchmark: four routes to the same deployments, side by side. `make bench` runs it.

    __main__    the command and its options
    matrix      which runs there are: routes, engines, sizes, durations
    runs        a run: one stack from its creation to its end, each operation measured
    commands    the command of each operation, for each route and engine
    programs/   the Pulumi programs of the routes; script: the route without an engine
    service     the simulator in a process of its own, with latency
    measure     time, processor and memory of a command
    results     the data, as JSON
    table       what the command prints
    page        docs/performance.md and what docs/growth.md takes from the data (bounds, plots)

No test depends on a time. The counts of requests are tested in tests/scenarios.
"""
