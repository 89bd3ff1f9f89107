#!/usr/bin/env bash
# The example of docs/scale-out.md for GNU parallel: parts that run at the same time make the bytes of the whole run.
# The argument is the program.
set -euo pipefail
program=$(realpath "${1:?the path of pollhook}")
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
mkdir bin
ln -s "$program" bin/pollhook
export PATH="$folder/bin:$PATH"
export POLLHOOK_SHARDS=4

pollhook run day --replications 30 --out whole >/dev/null
seq 4 | parallel --line-buffer "pollhook run day --replications 30 --threads 1 --shard auto --out parts #"
pollhook merge parts/day.*-of-4.part --out merged >/dev/null
diff -r whole/day merged/day
pollhook verify merged/day

# A part that was killed is named, and nothing is merged.
rm parts/day.3-of-4.part
if pollhook merge parts/day.*-of-4.part --out halves 2>error; then
  echo "three of four parts were merged" >&2
  exit 1
fi
grep -q "part 3/4 is missing" error
test ! -e halves
echo "GNU parallel: four parts make the bytes of the run"
