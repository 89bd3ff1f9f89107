#!/usr/bin/env bash
# The examples of docs/scale-out.md for Slurm, on a Slurm of one node from Debian's packages (slurm-wlm, munge). It starts and
# stops daemons, so it is for a machine of its own without a Slurm, and runs as root. The argument is the program.
set -euo pipefail
. "$(dirname "$0")/example.sh"
program=$(realpath "${1:?the path of pollhook}")
part=$(example Slurm 1) submit=$(example Slurm 2) sweep=$(example Slurm 3)
folder=$(mktemp -d)
pids=()
stop() {
  status=$?
  for pid in "${pids[@]}"; do kill "$pid" 2>/dev/null || true; done
  for pid in "${pids[@]}"; do wait "$pid" 2>/dev/null || true; done
  if [ $status != 0 ]; then tail -n 20 "$folder"/*.log "$folder"/slurm-*.out >&2 || true; fi
  rm -rf "$folder"
}
trap stop EXIT
chmod 755 "$folder"

# Where the package has started its service, that one does.
if ! munge -n &>/dev/null; then
  install -d -m 755 -o munge -g munge /run/munge
  if [ ! -s /etc/munge/munge.key ]; then
    /usr/sbin/mungekey --create
    chown munge:munge /etc/munge/munge.key
  fi
  setpriv --reuid munge --regid munge --clear-groups /usr/sbin/munged --foreground --force &>"$folder/munged.log" &
  pids+=($!)
  for _ in $(seq 50); do munge -n &>/dev/null && break; sleep 0.2; done
fi
munge -n >/dev/null

name=$(hostname -s)
mkdir -p "$folder"/{state,spool}
# The node claims more processors than there may be, so that the examples fit on every machine.
cat >"$folder/slurm.conf" <<CONF
ClusterName=one
SlurmctldHost=$name(127.0.0.1)
SlurmUser=root
SlurmdUser=root
StateSaveLocation=$folder/state
SlurmdSpoolDir=$folder/spool
SlurmctldPidFile=$folder/slurmctld.pid
SlurmdPidFile=$folder/slurmd.pid
SlurmdParameters=config_overrides
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
SelectType=select/cons_tres
SelectTypeParameters=CR_CPU
ReturnToService=2
AuthType=auth/munge
MpiDefault=none
NodeName=$name NodeAddr=127.0.0.1 CPUs=8 State=UNKNOWN
PartitionName=all Nodes=ALL Default=YES MaxTime=INFINITE State=UP
CONF
export SLURM_CONF=$folder/slurm.conf
/usr/sbin/slurmctld -D &>"$folder/slurmctld.log" & pids+=($!)
/usr/sbin/slurmd -D &>"$folder/slurmd.log" & pids+=($!)
for _ in $(seq 60); do
  sinfo --noheader --format %T 2>/dev/null | grep -q idle && break
  sleep 1
done

cd "$folder"
mkdir bin
ln -s "$program" bin/pollhook
export PATH="$folder/bin:$PATH"
fewer() { sed 's/--replications [0-9]*/--replications 16/'; }
idle() {
  for _ in $(seq 300); do
    [ -z "$(squeue --noheader)" ] && return
    sleep 1
  done
  squeue >&2
  return 1
}

fewer <<<"$part" >part.sh
pollhook run day --replications 16 --out whole >/dev/null
eval "$submit"
idle
diff -r whole/day reports/day
echo "Slurm: eight tasks of a job array make the bytes of the run"

# A task that is submitted again by itself does not take itself for the whole.
rm parts/day.3-of-8.part
sbatch --wait --array=3 part.sh
test -e parts/day.3-of-8.part
sed '/POLLHOOK_SHARDS/d' part.sh >unknown.sh
if sbatch --wait --array=3 --output=refused.out unknown.sh; then
  echo "one task of an unknown number of parts did not fail" >&2
  exit 1
fi
grep -q "set POLLHOOK_SHARDS to the number of all parts" refused.out
pollhook merge parts/day.*-of-8.part --out again >/dev/null
diff -r whole/day again/day
echo "Slurm: a task that was submitted again fills its gap"

rm -r reports whole
fewer <<<"$sweep" >sweep.sh
command=$(sed -n 's/^pollhook \(sweep .*\) --shard .*/\1/p' sweep.sh)
eval "pollhook $command --out whole" >/dev/null
sbatch --wait sweep.sh
pollhook merge parts/day-sweep.*-of-5.part >/dev/null
diff -r whole/day reports/day
echo "Slurm: five tasks of a job array make the bytes of the sweep"
