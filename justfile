# What a change must pass; the same script runs everywhere.
ci:
    .ci/run

# Tests, with every feature.
test:
    cargo test --all-features

# Timings of a layer beside its peers.
bench LAYER="compression" *ARGS:
    cd benches && cargo bench --bench {{LAYER}} -- {{ARGS}}

# What streams hold, and how long one poll takes.
bench-streams:
    cd benches && cargo bench --bench streams

# tower-http with its own backends, in a build of its own.
bench-as-shipped:
    cd benches && cargo bench -p tower-http-as-shipped

# Requests a second beside tower-http and Express, over loopback; three minutes.
bench-e2e *ARGS:
    benches/e2e/run {{ARGS}}

# Mixed load, clients that leave and clients that linger, in flat memory; five minutes.
soak SECONDS="300":
    benches/e2e/soak {{SECONDS}}

# Instruction counts under valgrind, with their limits.
instructions:
    cd benches && cargo bench --bench instructions

# What takes longer than a change should wait for.
nightly: deny spelling powerset semver fuzz

# Licenses, sources and duplicates of dependencies.
deny:
    cargo deny --all-features check bans licenses sources

# Spelling, one kind of English.
spelling:
    typos

# Every pair of features, alone and without warnings.
powerset:
    RUSTFLAGS="-D warnings" cargo hack check --lib --feature-powerset --depth 2

# Whether the public API still is what the last release promised; nothing to compare before the first.
semver:
    if git describe --tags --abbrev=0 >/dev/null 2>&1; then cargo semver-checks --baseline-rev "$(git describe --tags --abbrev=0)"; else echo "no release yet"; fi

# Every fuzz target, for a while each.
fuzz SECONDS="60":
    for target in $(cargo +nightly fuzz list); do cargo +nightly fuzz run "$target" -- -max_total_time={{SECONDS}} || exit 1; done
