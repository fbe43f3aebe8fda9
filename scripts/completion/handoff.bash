# Completion of handoff for bash. It asks the program on the command line (`handoff complete`).
# Installed as share/bash-completion/completions/handoff; in the source tree, `source` this file.
# shellcheck shell=bash

# _handoff COMMAND WORD: WORD is the text that readline replaces. Readline also breaks words at = and :.
_handoff() {
  local line=${COMP_LINE:0:COMP_POINT} kept last word words answer
  read -ra words <<<"$line"
  [[ $line != *[[:space:]] ]] || words+=('')
  last=${words[${#words[@]} - 1]}
  kept=${last%"$2"}
  mapfile -t answer < <("${1/#\~\//$HOME/}" complete "${words[@]:1}" 2>/dev/null)
  COMPREPLY=()
  case ${answer[0]-} in
    files | directories)
      compopt -o filenames 2>/dev/null # fails outside a completion
      local kind=-f
      [[ ${answer[0]} = files ]] || kind=-d
      mapfile -t COMPREPLY < <(compgen "$kind" -- "$2")
      ;;
    words | list)
      [[ ${answer[0]} = words ]] || compopt -o nospace 2>/dev/null # a comma may follow
      for word in "${answer[@]:1}"; do
        word=${word%%$'\t'*}
        COMPREPLY+=("${word#"$kept"}")
      done
      ;;
  esac
}
complete -F _handoff handoff
