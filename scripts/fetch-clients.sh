#!/usr/bin/env bash
# Puts programs of a newer Debian into a directory for the PATH of the tests. Installs nothing.
#   scripts/fetch-clients.sh build/clients && PATH="$PWD/build/clients:$PATH" npm test -- witness
#   scripts/fetch-clients.sh build/clients trixie kubectl
# Without a suite and packages: crane and oras, which Debian 12 lacks, for the witness suite. The packages come from the
# archive that this machine's Debian is configured for.
set -euo pipefail
mkdir -p "${1:?usage: fetch-clients.sh DIRECTORY [SUITE PACKAGE...]}"
folder=$(cd "$1" && pwd)
suite=${2:-sid}
packages=("${@:3}")
((${#packages[@]} > 0)) || packages=(crane oras)
work=$(mktemp --directory)
trap 'rm -rf "$work"' EXIT
archive=$(sed -n 's/^URIs: *\([^ ]*\).*/\1/p' /etc/apt/sources.list.d/debian.sources | head -n 1)
echo "deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] $archive $suite main" >"$work/archive.list"
mkdir -p "$work"/lists/partial "$work"/cache/archives/partial
options=(
  --quiet=2
  --option "Dir::Etc::sourcelist=$work/archive.list"
  --option Dir::Etc::sourceparts=-
  --option "Dir::State::lists=$work/lists"
  --option "Dir::Cache=$work/cache"
  --option Dir::State::status=/dev/null
  --option APT::Sandbox::User=root
)
apt-get "${options[@]}" update
cd "$work"
apt-get "${options[@]}" download "${packages[@]}"
for package in ./*.deb; do dpkg-deb --extract "$package" tree; done
cp tree/usr/bin/* "$folder"
