#!/usr/bin/env bash
# The example of docs/scale-out.md for Kubernetes: the manifest is YAML of an Indexed Job, and its container, with the
# environment that a pod gets, makes the bytes of the whole run. The argument is the program; needs python3 with yaml.
set -euo pipefail
. "$(dirname "$0")/example.sh"
program=$(realpath "${1:?the path of pollhook}")
manifest=$(example Kubernetes 1)
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
mkdir bin
ln -s "$program" bin/pollhook
export PATH="$folder/bin:$PATH"

# The command of the container, a word in each line; what a cluster would refuse, or a part could not know, is an error.
python3 - "$folder/parts" >command <<PYTHON
import sys, yaml
job = yaml.safe_load("""$manifest""")
assert (job["apiVersion"], job["kind"]) == ("batch/v1", "Job"), job
spec = job["spec"]
assert spec["completionMode"] == "Indexed", spec
pod = spec["template"]["spec"]
assert pod["restartPolicy"] in ("OnFailure", "Never"), pod
[container] = pod["containers"]
[shards] = [entry["value"] for entry in container["env"] if entry["name"] == "POLLHOOK_SHARDS"]
assert isinstance(shards, str) and int(shards) == spec["completions"], "POLLHOOK_SHARDS is another number than completions"
command = container["command"]
assert all(isinstance(word, str) for word in command), command
out = command[command.index("--out") + 1]
[mount] = container["volumeMounts"]
assert mount["mountPath"] == out and mount["name"] in [volume["name"] for volume in pod["volumes"]], "parts are lost"
command[command.index("--out") + 1] = sys.argv[1]
command[command.index("--replications") + 1] = "16"
print(shards, *command, sep="\n")
PYTHON
mapfile -t words <command
shards=${words[0]} command=("${words[@]:1}")

pollhook run day --replications 16 --out whole >/dev/null
for index in $(seq 0 $((shards - 1))); do
  env JOB_COMPLETION_INDEX="$index" POLLHOOK_SHARDS="$shards" "${command[@]}"
done
pollhook merge parts/day.*-of-"$shards".part >/dev/null
diff -r whole/day reports/day
echo "Kubernetes: $shards pods of an Indexed Job make the bytes of the run"
