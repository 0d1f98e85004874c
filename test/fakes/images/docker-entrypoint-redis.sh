#!/bin/sh
# `docker run redis:8 --option`, `docker run redis:8 file.conf` and `docker run redis:8 other-program` all work:
# redis/docker-library-redis, debian/docker-entrypoint.sh.
case $1 in -* | *.conf) set -- redis-server "$@" ;; esac
if [ "$1" = redis-server ]; then
  shift
  echo 'Starting Redis Server'
  exec /stand-in/process-1.sh node /stand-in/redis.mjs "$@"
fi
exec "$@"
