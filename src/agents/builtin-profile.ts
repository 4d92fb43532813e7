import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import type { BuiltinAgent } from '../model/agents.ts';
import { type Profile, profileSchema } from './profile.ts';

/**
 * The profile that comes with Rollcall, read from `builtin/NAME.yaml` beside this file. A build must put the YAML
 * files at the same place beside the compiled file. Throws where one is missing or wrong: that is a broken package.
 */
export function builtinProfile(name: BuiltinAgent): Profile {
  const text = readFileSync(new URL(`./builtin/${name}.yaml`, import.meta.url), 'utf8');
  return profileSchema.parse(parse(text));
}
