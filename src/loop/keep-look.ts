import type { Diagnostic } from '../model/diagnostic.ts';
import type { Memory } from '../model/memory.ts';
import { type Crew, note } from './crew.ts';
import { closings } from './closings.ts';
import { forensics } from './forensics.ts';
import type { Look } from './look.ts';
import { quotaNews } from './quota-news.ts';

/**
 * Writes down what a look shows of quota, and keeps `memory` (the look's own where it is left out). Told first: a
 * crash in between says a thing twice rather than never.
 */
export function keepLook(crew: Crew, look: Look, memory: Memory = look.memory): Diagnostic | null {
  const { announced } = crew.memory.now();
  const said = quotaNews(look, announced);
  const over = closings(look, announced, said.announced);
  for (const { type, severity, target, message, fields } of [...said.news, ...over.news]) {
    note(crew, type, severity, target, message, fields);
  }
  const seen = forensics(look, announced);
  for (const record of seen.records) crew.evidence.append(record);
  const all = { ...over.announced, ...said.announced, ...seen.announced };
  return crew.memory.keep({ ...memory, announced: all });
}
