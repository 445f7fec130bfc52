#!/usr/bin/env bash
# Asks a node of this machine how it is, with bash alone; exit code 0 if it is well.
#
#   health.sh live|ready [ADDRESS]     ADDRESS is ABIDE_LISTEN, or 127.0.0.1:8080, unless given; plain http only
set -euo pipefail

what=${1:?"health.sh live|ready [ADDRESS]"}
address=${2:-${ABIDE_LISTEN:-127.0.0.1:8080}}
host=${address%:*}
host=${host#[}
host=${host%]}

exec 3<>"/dev/tcp/$host/${address##*:}"
printf 'GET /health/%s HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n' "$what" >&3
read -r -t 3 _ status _ <&3
[[ $status == 200 ]]
