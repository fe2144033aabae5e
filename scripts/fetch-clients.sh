#!/usr/bin/env bash
# Puts crane and oras, which Debian 12 lacks, into a directory for the PATH of the witness suite. Installs nothing.
#   scripts/fetch-clients.sh build/clients && PATH="$PWD/build/clients:$PATH" npm test -- witness
# They come from the unstable suite of the archive that this machine's Debian is configured for.
set -euo pipefail
mkdir -p "${1:?usage: fetch-clients.sh DIRECTORY}"
folder=$(cd "$1" && pwd)
work=$(mktemp --directory)
trap 'rm -rf "$work"' EXIT
archive=$(sed -n 's/^URIs: *\([^ ]*\).*/\1/p' /etc/apt/sources.list.d/debian.sources | head -n 1)
echo "deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] $archive sid main" >"$work/sid.list"
mkdir -p "$work"/lists/partial "$work"/cache/archives/partial
options=(
  --quiet=2
  --option "Dir::Etc::sourcelist=$work/sid.list"
  --option Dir::Etc::sourceparts=-
  --option "Dir::State::lists=$work/lists"
  --option "Dir::Cache=$work/cache"
  --option Dir::State::status=/dev/null
  --option APT::Sandbox::User=root
)
apt-get "${options[@]}" update
cd "$work"
apt-get "${options[@]}" download crane oras
for package in ./*.deb; do dpkg-deb --extract "$package" tree; done
cp tree/usr/bin/{crane,oras} "$folder"
