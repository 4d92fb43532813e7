import type { CommandLine, Flag } from './command-line.ts';
import { argumentPlaces, commonFlags, flagPlaces, offeredVerbs } from './places.ts';
import { quoted } from './quote.ts';

/** The script for zsh 5: read by `source` after compinit, or put into a folder of `fpath` as `_rollcall`. */
export function zshScript(line: CommandLine): string {
  return `#compdef rollcall
# zsh completion for rollcall. In ~/.zshrc, after compinit: source <(rollcall completion zsh)

${valueFunction(line)}

${argumentFunction(line)}

${flagsFunction(line)}

${groupFunction(line)}

_rollcall_verbs() {
  local -a verbs
  verbs=(
${offeredVerbs(line)
  .map(([name, summary]) => `    ${described(name, summary)}`)
  .join('\n')}
  )
  _describe -t commands verb verbs
}

${FIXED}`;
}

function groupFunction({ groups }: CommandLine): string {
  const tests = Object.keys(groups).map((group) => `[[ $1 == ${quoted(group)} ]]`);
  return `# WORD: whether a verb needs another word behind it.
_rollcall_group() {
  ${tests.length === 0 ? 'return 1' : tests.join(' || ')}
}`;
}

function valueFunction(line: CommandLine): string {
  const rows = flagPlaces(line).map(({ verb, names, word }) => {
    const patterns = names.map((name) =>
      verb === null ? `*${quoted(` ${name}`)}` : quoted(`${verb} ${name}`),
    );
    return `    (${patterns.join('|')}) kind=${quoted(word)} ;;`;
  });
  return `# VERB FLAG: sets what its value is; false where it takes none.
_rollcall_value() {
  case "$1 $2" in
${rows.join('\n')}
    (*) return 1 ;;
  esac
}`;
}

function argumentFunction(line: CommandLine): string {
  const rows = argumentPlaces(line).map(({ verb, index, word }) => {
    const pattern = index === null ? `${quoted(`${verb} `)}*` : quoted(`${verb} ${String(index)}`);
    return `    (${pattern}) kind=${quoted(word)} ;;`;
  });
  return `# VERB NUMBER: sets what its argument of that number is.
_rollcall_argument() {
  case "$1 $2" in
${rows.join('\n')}
    (*) kind='nothing' ;;
  esac
}`;
}

function flagsFunction(line: CommandLine): string {
  const rows = line.verbs
    .filter(({ flags }) => flags.length > 0)
    .map(({ name, flags }) => `    (${quoted(name)})\n      flags=(\n${listing(flags)}\n      )\n      ;;`);
  return `# VERB: offers the flags it takes.
_rollcall_flags() {
  local -a flags common
  case "$1" in
${rows.join('\n')}
  esac
  common=(
${listing(commonFlags(line))}
  )
  flags+=("$common[@]")
  _describe -o -t options option flags
}`;
}

function listing(flags: readonly Flag[]): string {
  return flags
    .flatMap(({ names, text }) => names.map((name) => `        ${described(name, text)}`))
    .join('\n');
}

/** As `_describe` reads it: what comes before the first colon that is not escaped. */
function described(name: string, text: string): string {
  return quoted(`${name.replaceAll(':', '\\:')}:${text}`);
}

const FIXED = `# KIND: names the fleet has now. What fails says nothing; compadd quotes what needs it.
_rollcall_names() {
  local -a names from
  if [[ -n $file ]]; then from=(-f "$file"); fi
  names=("\${(@f)$(command rollcall "$from[@]" complete-names "$1" 2>/dev/null </dev/null)}")
  names=("\${(@)names:#}")
  compadd -- "$names[@]"
}

_rollcall() {
  local verb='' file='' pending='' kind='' word
  integer i at=0 only=0
  for ((i = 2; i < CURRENT; i++)); do
    word="\${(Q)words[i]}"
    if [[ -n $pending ]]; then
      if [[ $pending == (-f|--file) ]]; then file=$word; fi
      pending=''
    elif ((only == 0)) && [[ $word == '--' ]]; then
      only=1
    elif ((only == 0)) && [[ $word == --?*=* ]]; then
      if [[ $word == --file=* ]]; then file=\${word#--file=}; fi
    elif ((only == 0)) && [[ $word == -?* ]]; then
      if _rollcall_value "$verb" "$word"; then pending=$word; fi
    elif [[ -z $verb ]]; then
      verb=$word
    elif _rollcall_group "$verb"; then
      verb+=" $word"
    else
      ((at += 1))
    fi
  done
  if [[ $file == '~/'* ]]; then file=$HOME/\${file#'~/'}; fi
  word=$words[CURRENT]
  if [[ -n $pending ]]; then
    _rollcall_value "$verb" "$pending"
  elif ((only == 0)) && [[ $word == --?*=* ]]; then
    _rollcall_value "$verb" "\${word%%=*}" || return 1
    compset -P 1 '*='
  elif ((only == 0)) && [[ $word == -* ]]; then
    _rollcall_flags "$verb"
    return
  elif [[ -z $verb ]]; then
    kind='verb'
  else
    _rollcall_argument "$verb" "$at"
  fi
  case "$kind" in
    (verb) _rollcall_verbs ;;
    ('choice '*) compadd -- \${=kind#choice } ;;
    ('names '*) _rollcall_names "\${kind#names }" ;;
    (file) _files ;;
    (*) return 1 ;;
  esac
}

if [[ $funcstack[1] == _rollcall ]]; then
  _rollcall "$@"
else
  compdef _rollcall rollcall
fi
`;
