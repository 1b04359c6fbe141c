# What a developer runs. `just` lists it; CONTRIBUTING.md has the same commands without just.

# The folder of labelled pages to train on and to be scored by.
corpus := env("PAGESIEVE_CORPUS", "corpus")

# List the recipes
default:
    @just --list

# Build the command as it ships
build:
    cargo build --release

# Run all tests
test:
    cargo test

# Run the tests under every set of features
test-features:
    cargo test --no-default-features
    cargo test --no-default-features --features bundled-model
    cargo test --no-default-features --features cli
    cargo test --all-features

# Run the lints; a warning fails
lint:
    cargo clippy --all-targets --all-features -- -D warnings

# Format all code
fmt:
    cargo fmt

# Build the documentation, private items too; a warning fails
doc:
    RUSTDOCFLAGS="-D warnings" cargo doc --all-features --no-deps --document-private-items

# Check dependencies: licences, bans, sources, advisories
deny:
    cargo deny check

# Check the spelling
spell:
    typos

# Train the shipped model
train:
    cargo run --release -- train --corpus {{ corpus }} --more-labels training/more-labels.csv.gz --recipe training/default.toml --out models/pagesieve.model

# Score the recipe by cross-validation over sites
evaluate:
    cargo run --release -- evaluate --corpus {{ corpus }} --more-labels training/more-labels.csv.gz --cross-validate

# Write the sample of the feature table
features-sample:
    cargo run --release -- features tests/pages/asia-summit.html tests/pages/docs-streams.html --output notebooks-data/features-sample.csv

# Measure the stages
bench:
    cargo bench --bench stages

# Compare the instructions of a page with the committed count; `just instructions --renew` writes it anew
instructions *arguments:
    benches/instructions.sh {{ arguments }}

# Measure pagesieve and its peers in turn over the pages of PAGESIEVE_CORPUS, and renew plot and tables
peers:
    cargo run --release --manifest-path benches/peers/Cargo.toml -- run {{ corpus }}
    cargo run --release --manifest-path benches/peers/Cargo.toml -- table README.md benches/README.md

# Run all checks, as on a fresh clone
ci:
    .ci/run
