import { z } from 'zod';
import { writtenState } from './schema/written-state.ts';

/** JSON Schema (draft 7, which yaml-language-server reads) of `desired-state.yaml` as it is written. */
export function desiredJsonSchema(): object {
  return z.toJSONSchema(writtenState, { target: 'draft-7', io: 'input' });
}
