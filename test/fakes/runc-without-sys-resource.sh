#!/bin/sh
# runc for a machine that has not got the capability SYS_RESOURCE itself: a container that asks for it (the Redis
# Software image does) could be created there, but not started. It starts here, without the capability.
# What containerd hands over: --bundle DIR with config.json (OCI runtime specification, "process.capabilities"), and for
# `docker exec` --process FILE.
previous=
for argument; do
  case $previous in
    --bundle) file=$argument/config.json ;;
    --process) file=$argument ;;
    *) file= ;;
  esac
  if [ -n "$file" ]; then
    sed -i 's/,"CAP_SYS_RESOURCE"//g; s/"CAP_SYS_RESOURCE",\{0,1\}//g' "$file"
  fi
  previous=$argument
done
exec runc "$@"
