import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import type { BuiltinAgent } from '../model/agents.ts';
import { type Profile, profileSchema } from './profile.ts';

/** Read once: a package that is upgraded under a running loop must not change what it goes by half-way. */
const read = new Map<BuiltinAgent, Profile>();

/**
 * The profile that comes with Rollcall, read from `builtin/NAME.yaml` beside this file. A build must put the YAML
 * files at the same place beside the compiled file. Throws where one is missing or wrong: that is a broken package.
 */
export function builtinProfile(name: BuiltinAgent): Profile {
  const known = read.get(name);
  if (known !== undefined) return known;
  const text = readFileSync(new URL(`./builtin/${name}.yaml`, import.meta.url), 'utf8');
  const profile = profileSchema.parse(parse(text));
  read.set(name, profile);
  return profile;
}
