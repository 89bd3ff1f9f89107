#!/usr/bin/env bash
# The example of docs/scale-out.md for Slurm, on a Slurm of one node from Debian's packages (slurm-wlm, munge). It starts and
# stops daemons, so it is for a machine of its own and runs as root. The argument is the program.
set -euo pipefail
program=$(realpath "${1:?the path of pollhook}")
folder=$(mktemp -d)
pids=()
stop() {
  for pid in "${pids[@]}"; do kill "$pid" 2>/dev/null || true; done
  rm -rf "$folder"
}
trap stop EXIT
chmod 755 "$folder"

install -d -m 755 -o munge -g munge /run/munge
test -s /etc/munge/munge.key || /usr/sbin/mungekey --create
chown munge:munge /etc/munge/munge.key
runuser -u munge -- /usr/sbin/munged --foreground --force & pids+=($!)

name=$(hostname -s)
mkdir -p "$folder"/{state,spool}
cat >"$folder/slurm.conf" <<CONF
ClusterName=one
SlurmctldHost=$name(127.0.0.1)
SlurmUser=root
SlurmdUser=root
StateSaveLocation=$folder/state
SlurmdSpoolDir=$folder/spool
SlurmctldPidFile=$folder/slurmctld.pid
SlurmdPidFile=$folder/slurmd.pid
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
SelectType=select/cons_tres
ReturnToService=2
AuthType=auth/munge
MpiDefault=none
NodeName=$name NodeAddr=127.0.0.1 CPUs=$(nproc) State=UNKNOWN
PartitionName=all Nodes=ALL Default=YES MaxTime=INFINITE State=UP
CONF
export SLURM_CONF=$folder/slurm.conf
sleep 2
/usr/sbin/slurmctld -D & pids+=($!)
/usr/sbin/slurmd -D & pids+=($!)
for _ in $(seq 60); do
  sinfo --noheader --format %T 2>/dev/null | grep -q idle && break
  sleep 1
done

cd "$folder"
mkdir bin
ln -s "$program" bin/pollhook
export PATH="$folder/bin:$PATH"
cat >part.sh <<'JOB'
#!/bin/sh
#SBATCH --array=1-4
pollhook run day --replications 30 --threads 1 --shard auto --out "$SLURM_SUBMIT_DIR/parts"
JOB
pollhook run day --replications 30 --out whole >/dev/null
sbatch --wait part.sh
pollhook merge parts/day.*-of-4.part --out merged >/dev/null
diff -r whole/day merged/day
echo "Slurm: four tasks of a job array make the bytes of the run"
