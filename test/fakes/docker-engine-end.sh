#!/bin/sh
# Ends a test engine with all that it has made, as soon as standard input ends: stop() closes it, and so does the death
# of the test runner, by whatever signal. Arguments: the engine's directory, its bridge, ip_forward as it was.
dir=$1 bridge=$2 forward=$3
trap '' HUP INT TERM
export DOCKER_HOST="unix://$dir/docker.sock"
cat >/dev/null

daemon=$(cat "$dir/docker.pid" 2>/dev/null)
if [ -n "$daemon" ] && kill -0 "$daemon" 2>/dev/null; then
  docker ps --all --quiet | xargs -r docker rm --force --volumes
  docker network ls --quiet --filter type=custom | xargs -r docker network rm
  kill -TERM "$daemon"
  limit=100
  while kill -0 "$daemon" 2>/dev/null && [ "$limit" -gt 0 ]; do
    sleep 0.05
    limit=$((limit - 1))
  done
fi >/dev/null 2>&1

# What an engine leaves that was killed: its containerd, the shims, and below each shim a container.
for file in $(grep -lsF "$dir/" /proc/[0-9]*/cmdline); do
  pid=${file#/proc/}
  pid=${pid%/cmdline}
  [ "$pid" = $$ ] || kill -KILL "$pid" $(cat "/proc/$pid/task"/*/children 2>/dev/null)
done 2>/dev/null

# Bridges of networks that could not be asked for any more are named in libnetwork's own store.
for link in "$bridge" $(grep -aosh 'br-[0-9a-f]\{12\}' "$dir/data/network/files/local-kv.db" | sort -u); do
  ip link delete "$link"
done 2>/dev/null
[ "$forward" = 0 ] && echo 0 >/proc/sys/net/ipv4/ip_forward

limit=100
until rm -rf "$dir" 2>/dev/null || [ "$limit" = 0 ]; do
  # Longest paths first: a mount below another goes before it.
  awk -v dir="$dir/" 'index($5, dir) == 1 { print $5 }' /proc/self/mountinfo | sort -r | xargs -r umount -l
  sleep 0.05
  limit=$((limit - 1))
done 2>/dev/null
[ ! -e "$dir" ]
