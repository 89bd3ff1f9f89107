#!/usr/bin/env bash
# The examples of docs/scale-out.md for GNU parallel: parts that run at the same time make the bytes of the whole run, and of
# the whole sweep. The argument is the program.
set -euo pipefail
. "$(dirname "$0")/example.sh"
program=$(realpath "${1:?the path of pollhook}")
run=$(example "GNU parallel" 1) sweep=$(example Sweeps 1)
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
mkdir bin
ln -s "$program" bin/pollhook
export PATH="$folder/bin:$PATH"
fewer() { sed 's/--replications [0-9]*/--replications 16/'; }

pollhook run day --replications 16 --out whole >/dev/null
eval "$(fewer <<<"$run")"
diff -r whole/day reports/day
pollhook verify reports/day

# A part that was killed is named, and nothing is merged.
rm parts/day.3-of-8.part
if pollhook merge parts/day.*-of-8.part --out halves 2>error; then
  echo "seven of eight parts were merged" >&2
  exit 1
fi
grep -q "part 3/8 is missing" error
test ! -e halves
echo "GNU parallel: eight parts make the bytes of the run"

rm -r reports whole
command=$(fewer <<<"$sweep" | sed -n 's/^pollhook \(sweep .*\) --shard .*/\1/p' | head -n 1)
eval "pollhook $command --out whole" >/dev/null
eval "$(fewer <<<"$sweep")"
diff -r whole/day reports/day
echo "Two parts make the bytes of the sweep"
