/** Why a regular expression may not be used, or null where it may. Screens are foreign text: matching must be quick. */
export function riskOf(pattern: string): { readonly what: string; readonly help: string } | null {
  if (pattern.length > LONGEST) {
    return { what: 'the regular expression is too long', help: `at most ${String(LONGEST)} characters` };
  }
  if (!compiles(pattern)) {
    return {
      what: 'not a regular expression',
      help: 'JavaScript syntax, as with the flag u; in single quotes',
    };
  }
  if (repeatsItself(pattern)) {
    return {
      what: 'the regular expression can take for ever on an unlucky text',
      help: 'repeat nothing that itself repeats or has several ways to match: no (a+)+, (a|b?)*, and no \\1',
    };
  }
  return null;
}

const LONGEST = 500;

function compiles(pattern: string): boolean {
  try {
    return new RegExp(pattern, 'u').source !== '';
  } catch {
    return false;
  }
}

interface Group {
  /** Something in it may match in more than one length or way. */
  loose: boolean;
}

/**
 * Whether a group that is repeated without bound holds a repetition, an option or alternatives, or the pattern
 * refers back. Stricter than needed, and linear.
 */
function repeatsItself(pattern: string): boolean {
  const bare = pattern
    .replaceAll(/\\k<[^>]*>|\\[1-9]/g, '\u0001')
    .replaceAll(/\\(?:[pPu]\{[^}]*\}|.)/gs, 'x')
    .replaceAll(/\[[^\]]*\]/g, 'x');
  if (bare.includes('\u0001')) return true;
  const open: Group[] = [{ loose: false }];
  for (let index = 0; index < bare.length; index += 1) {
    const top = open.at(-1) ?? { loose: false };
    const character = bare[index];
    if (character === '(') {
      open.push({ loose: false });
      if (bare[index + 1] === '?') index += 1;
    } else if (character === ')') {
      const closed = open.pop() ?? top;
      const times = repetition(bare.slice(index + 1, index + 16));
      if (closed.loose && times > 1) return true;
      const around = open.at(-1);
      if (around !== undefined && (closed.loose || times !== 0)) around.loose = true;
    } else if (character === '|' || repetition(bare.slice(index, index + 16)) !== 0) {
      top.loose = true;
    }
  }
  return false;
}

/** How often at most the quantifier at the start lets repeat; 0 where there is none. */
function repetition(rest: string): number {
  if (/^[*+]/.test(rest)) return Infinity;
  if (rest.startsWith('?')) return 1;
  const [found, least, comma, most] = /^\{(\d+)(,?)(\d*)\}/.exec(rest) ?? [];
  if (found === undefined) return 0;
  if (comma === '') return Number(least);
  return most === '' ? Infinity : Number(most);
}
