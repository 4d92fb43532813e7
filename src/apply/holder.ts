/**
 * What runs in a free pool session: a line that says so, then nothing, for ever. A constant script given to sh
 * with its facts as arguments, so no name is ever parsed as shell. Keys typed into it do nothing.
 */
export function holderArgv(fleet: string, session: string, pool: string): readonly string[] {
  return ['sh', '-c', HOLDER, 'rollcall-holder', fleet, session, pool];
}

const HOLDER = [
  'trap "" INT QUIT TSTP',
  'stty -echo -isig -icanon 2>/dev/null',
  'printf "%s: a free session of pool %s, fleet %s, held by Rollcall.\\n" "$2" "$3" "$1"',
  'printf "Tasks are started here; nothing runs now. Keys typed here do nothing.\\n"',
  'printf "Keep Rollcall off it:  rollcall suspend session/%s\\n" "$2"',
  'exec sleep infinity',
].join('; ');
