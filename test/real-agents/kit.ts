import { join } from 'node:path';
import { agentsDir, binOf, PINS } from './packages.ts';
import { z } from 'zod';

/** What the tests need to know of an agent; everything else is the product's business. */
export interface AgentKit {
  /** As in the file, and as its profile is called. */
  readonly agent: string;
  /** Folder with its program. */
  readonly bin: string;
  /** Where an account's home is, below the user's: `.claude-main`. */
  home(account: string): string;
  /** Where its active link is, below the user's home. */
  readonly link: string;
  /** What its homes share. */
  readonly entries: readonly string[];
  /** `agents.NAME.args` and `.env` of the file. */
  readonly args: readonly string[];
  env(url: string): Readonly<Record<string, string>>;
  /** Writes the login of an account, and what somebody has set up in every home: its absolute path. */
  prepare(home: string, account: string, url: string): void;
}

const pins = z.array(z.object({ agent: z.string(), version: z.string() }));

/** The versions of an agent that are there to be tested, and where; none outside of `npm run test:agents`. */
export function versionsOf(agent: string): readonly { readonly version: string; readonly bin: string }[] {
  const had = pins.parse(JSON.parse(process.env['ROLLCALL_AGENTS'] ?? '[]'));
  const mine = PINS.filter((pin) =>
    had.some(({ agent: name, version }) => name === agent && pin.agent === agent && pin.version === version),
  );
  return mine.map((pin) => ({ version: pin.version, bin: join(binOf(agentsDir(process.env), pin)) }));
}
