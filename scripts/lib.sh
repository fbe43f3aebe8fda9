# Functions for scripts/run, scripts/test, scripts/mutants and .ci/run, which source this file:
# packages, building, Python.
#
# Messages go to stderr: stdout is for results. Nothing here changes the current directory, so that
# relative paths in a caller's options keep their meaning. Expects `set -o pipefail`.
# shellcheck shell=bash

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
trap 'exit 130' INT

say() { printf '%s\n' "$*" >&2; }

die() {
  say "$*"
  exit 1
}

# show_end LOG: prints the last lines of a log, which usually have the reason of a failure.
show_end() {
  tail -n 30 "$1" >&2
  say "(the whole log: $1)"
}

# ---- packages

# packages_of GROUP...: prints the packages of these groups, one per line.
packages_of() {
  local group
  for group in "$@"; do
    awk -v group="$group" '$1 == group { print $2 }' "$root/scripts/packages.txt"
  done
}

# missing_packages GROUP...: prints those that are not installed; without dpkg, all of them.
missing_packages() {
  local installed
  # shellcheck disable=SC2016 # dpkg-query's own variables
  installed=$(packages_of "$@" | xargs dpkg-query -W -f='${db:Status-Status} ${Package}\n' \
    2>/dev/null | sed -n 's/^installed //p')
  packages_of "$@" | grep -vxF -e "$installed"
}

root_rights=() # put before a command to run it as root; set by gain_rights

# gain_rights: fails if commands cannot be run as root. sudo asks for a password only if there is a
# terminal.
gain_rights() {
  [ "$(id -u)" != 0 ] || return 0
  command -v sudo >/dev/null || return 1
  root_rights=(sudo)
  if [ ! -t 0 ] || [ -n "${CI:-}" ]; then root_rights+=(-n); fi
  "${root_rights[@]}" true 2>/dev/null
}

apt_get() {
  "${root_rights[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -q -y \
    -o DPkg::Lock::Timeout=120 -o Dpkg::Use-Pty=0 "$@" </dev/null
}

packages_changed= # set when install_packages installed something: CMake then has to look again

# install_packages GROUP...: installs the missing packages. If that is not possible, it names them
# and returns: the tools may have been installed in another way, and CMake finds that out.
install_packages() {
  local missing log start=$SECONDS
  mapfile -t missing < <(missing_packages "$@")
  [ ${#missing[@]} -gt 0 ] || return 0
  mkdir -p "$root/build"
  log=$root/build/install.log
  if ! command -v apt-get >/dev/null; then
    say "apt-get was not found, so these packages (Debian's names) cannot be installed:" \
      "${missing[*]}. Continuing with what CMake finds."
    return 0
  fi
  say "Installing ${missing[*]}"
  if ! gain_rights; then
    say "They cannot be installed: this user is not root and cannot use sudo. Continuing with what" \
      "CMake finds."
    return 0
  fi
  apt_get update >"$log" 2>&1 || true # old package lists may suffice; else the next command fails
  if apt_get install --no-install-recommends "${missing[@]}" >>"$log" 2>&1; then
    packages_changed=yes
    say "Installed in $((SECONDS - start)) s."
  else
    tail -n 5 "$log" >&2
    say "apt-get could not install ${missing[*]} (see $log). Continuing with what CMake finds."
  fi
}

# ---- building

# configured DIR SETTING...: whether DIR is a Ninja build of this tree with these settings.
configured() {
  local dir=$1 cache=$1/CMakeCache.txt setting
  shift
  [ -f "$dir/build.ninja" ] && [ -f "$cache" ] &&
    grep -qxF "CMAKE_HOME_DIRECTORY:INTERNAL=$root" "$cache" || return 1
  for setting in "$@"; do
    grep -qxE "${setting%%=*}:[A-Z]+=${setting#*=}" "$cache" || return 1
  done
}

# configure DIR SETTING...: configures DIR with CMake settings, NAME=VALUE. Settings of an earlier
# call that are not named now are kept, so that scripts/run and scripts/test can share build/. Ninja
# itself handles changes of CMakeLists.txt.
configure() {
  local dir=$1 fresh=() log=$1/configure.log
  shift
  [ -n "$packages_changed" ] || ! configured "$dir" "$@" || return 0
  command -v cmake >/dev/null || die "cmake is not on PATH: install CMake 3.25 or later and the" \
    "other packages that $root/scripts/packages.txt names."
  grep -qsxF "CMAKE_HOME_DIRECTORY:INTERNAL=$root" "$dir/CMakeCache.txt" &&
    [ -f "$dir/build.ninja" ] || fresh=(--fresh) # incomplete, another generator or a moved tree
  mkdir -p "$dir"
  cmake "${fresh[@]}" -S "$root" -B "$dir" -G Ninja -DCMAKE_EXPORT_COMPILE_COMMANDS=ON \
    "${@/#/-D}" >"$log" 2>&1 || {
    show_end "$log"
    die "CMake could not configure $dir: the lines above say why;" \
      "$root/scripts/packages.txt names the Debian packages that are needed."
  }
}

# progress LABEL: shows ninja's output, read from stdin, as one updating line; only on a terminal.
progress() {
  local line
  while read -r line; do
    [[ $line =~ ^\[([0-9]+/[0-9]+)\] ]] || continue
    [ ! -t 2 ] || printf '\r%s %s ' "$1" "${BASH_REMATCH[1]}" >&2
  done
  [ ! -t 2 ] || printf '\r\033[K' >&2
}

# build DIR TARGET: builds quietly; if that fails, prints the end of the log.
build() {
  local dir=$1 target=$2 log=$1/build.log start=$SECONDS label
  label="Building $target in ${dir#"$root"/}/"
  if ! cmake --build "$dir" --target "$target" 2>&1 | tee "$log" | progress "$label"; then
    show_end "$log"
    die "The build in $dir failed: the lines above say where."
  fi
  ! grep -q '^\[' "$log" || say "$label: $((SECONDS - start)) s"
}

# ---- Python

# find_python MODULE...: prints the first Python 3 that has these modules. A python3 on PATH that is
# not Debian's does not see Debian's packages.
find_python() {
  local python
  for python in python3 /usr/bin/python3; do
    "$python" - "$@" 2>/dev/null <<'PROBE' && { echo "$python" && return 0; }
import sys
from importlib.util import find_spec
sys.exit(not all(find_spec(name) for name in sys.argv[1:]))
PROBE
  done
  say "No Python 3 with the modules $* was found (tried python3 and /usr/bin/python3): install the" \
    "packages that $root/scripts/packages.txt names."
  return 1
}
