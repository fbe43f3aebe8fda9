# Shared by scripts/run, scripts/test and .ci/run; sourced, never run: packages, building, Python.
#
# Everything here writes to stderr: stdout belongs to results. Nothing changes the current directory,
# so that relative paths in a caller's options keep their meaning. Expects `set -o pipefail`.
# shellcheck shell=bash

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
trap 'exit 130' INT

say() { printf '%s\n' "$*" >&2; }

die() {
  say "$*"
  exit 1
}

# show_end LOG: the last lines of a log, where the reason of a failure usually stands.
show_end() {
  tail -n 30 "$1" >&2
  say "(all of it: $1)"
}

# ---- packages

# packages_of GROUP...: their names, one a line.
packages_of() {
  local group
  for group in "$@"; do
    awk -v group="$group" '$1 == group { print $2 }' "$root/scripts/packages.txt"
  done
}

# missing_packages GROUP...: those not installed; all of them where there is no dpkg to ask.
missing_packages() {
  local installed
  # shellcheck disable=SC2016 # dpkg-query's own variables
  installed=$(packages_of "$@" | xargs dpkg-query -W -f='${db:Status-Status} ${Package}\n' \
    2>/dev/null | sed -n 's/^installed //p')
  packages_of "$@" | grep -vxF -e "$installed"
}

root_rights=() # what turns a command into one of root's; set by gain_rights

# gain_rights: false where there are none. sudo asks for a password only if somebody can type one.
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

packages_changed= # set when install_packages installed something: CMake has to look again

# install_packages GROUP...: installs what is missing. Where that cannot be done it names what is
# needed and returns: the tools may have come from elsewhere, and CMake is the judge of that.
install_packages() {
  local missing log start=$SECONDS
  mapfile -t missing < <(missing_packages "$@")
  [ ${#missing[@]} -gt 0 ] || return 0
  mkdir -p "$root/build"
  log=$root/build/install.log
  if ! command -v apt-get >/dev/null; then
    say "No apt-get here to install ${missing[*]} (Debian's names): going on with what CMake finds."
    return 0
  fi
  say "Installing ${missing[*]}"
  if ! gain_rights; then
    say "No rights to install them (neither root nor sudo): going on with what CMake finds."
    return 0
  fi
  apt_get update >"$log" 2>&1 || true # old lists may do; if not, the next command says so
  if apt_get install --no-install-recommends "${missing[@]}" >>"$log" 2>&1; then
    packages_changed=yes
    say "Installed in $((SECONDS - start)) s."
  else
    tail -n 5 "$log" >&2
    say "apt could not install ${missing[*]} (see $log): going on with what CMake finds."
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

# configure DIR SETTING...: CMake settings as NAME=VALUE. Settings of an earlier call that are not
# named here stay, so that scripts/run and scripts/test share build/. Ninja itself sees to changes
# of CMakeLists.txt.
configure() {
  local dir=$1 fresh=() log=$1/configure.log
  shift
  [ -n "$packages_changed" ] || ! configured "$dir" "$@" || return 0
  command -v cmake >/dev/null || die "cmake is not on PATH: install CMake 3.25 or later and the" \
    "other packages that $root/scripts/packages.txt names."
  grep -qsxF "CMAKE_HOME_DIRECTORY:INTERNAL=$root" "$dir/CMakeCache.txt" &&
    [ -f "$dir/build.ninja" ] || fresh=(--fresh) # half-made, another generator or a moved tree
  mkdir -p "$dir"
  cmake "${fresh[@]}" -S "$root" -B "$dir" -G Ninja -DCMAKE_EXPORT_COMPILE_COMMANDS=ON \
    "${@/#/-D}" >"$log" 2>&1 || {
    show_end "$log"
    die "CMake could not configure $dir: the lines above name what it did not find;" \
      "$root/scripts/packages.txt has the Debian packages."
  }
}

# progress LABEL: ninja's output on stdin becomes one updating line; nothing off a terminal.
progress() {
  local line
  while read -r line; do
    [[ $line =~ ^\[([0-9]+/[0-9]+)\] ]] || continue
    [ ! -t 2 ] || printf '\r%s %s ' "$1" "${BASH_REMATCH[1]}" >&2
  done
  [ ! -t 2 ] || printf '\r\033[K' >&2
}

# build DIR TARGET: quiet; on failure the end of the log.
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

# find_python MODULE...: prints the first Python 3 that has these modules. One earlier on PATH than
# Debian's does not see Debian's packages.
find_python() {
  local python
  for python in python3 /usr/bin/python3; do
    "$python" - "$@" 2>/dev/null <<'PROBE' && { echo "$python" && return 0; }
import sys
from importlib.util import find_spec
sys.exit(not all(find_spec(name) for name in sys.argv[1:]))
PROBE
  done
  say "No Python 3 with $* was found (tried python3 and /usr/bin/python3): install the packages that" \
    "$root/scripts/packages.txt names."
  return 1
}
