import { createHash } from 'node:crypto';
import type { DesiredReading, FileProblem } from '../model/seams.ts';
import { crossFindings } from './checks/all-checks.ts';
import { secretFindings } from './checks/secrets.ts';
import { parseDocument } from './document.ts';
import type { Finding } from './finding.ts';
import { lineAt, linesOf } from './frame.ts';
import { maskedRest } from './mask.ts';
import type { PathBase } from './paths.ts';
import { problemsOf } from './problems.ts';
import { resolveState } from './resolve/resolve-state.ts';
import { writtenState } from './schema/written-state.ts';
import { shapeFindings } from './shape.ts';
import { sourcesOf } from './sources.ts';
import { decodeText, plainText, unfitText } from './text.ts';

/**
 * What a `desired-state.yaml` declares, or every problem with it, sorted by place. Pure; `context.file` and
 * `context.home` are absolute. Never throws for what the text holds, and takes bounded time (256 KiB at most).
 */
export function readDesired(text: string, context: PathBase): DesiredReading {
  const plain = plainText(text);
  const unfit = unfitText(plain);
  if (unfit.length > 0) return refused(plain, unfit, context);
  const lines = linesOf(plain);
  const document = parseDocument(plain, (offset) => lineAt(lines, offset));
  const secrets = secretFindings(document.root);
  // What is no YAML may hold secrets at places nobody can tell.
  const shown = document.readable ? plain : plain.split('\n').map(maskedRest).join('\n');
  const show = (findings: readonly Finding[]): FileProblem[] =>
    problemsOf({
      plain: shown,
      findings,
      places: document.places,
      hidden: secrets.hidden,
      file: context.file,
    });
  if (!document.readable) return { ok: false, problems: show(document.findings) };
  const parsed = writtenState.safeParse(document.root.value);
  const shape = parsed.success ? [] : shapeFindings(document.root, parsed.error.issues);
  const problems = show([
    ...document.findings,
    ...merged(secrets.findings, shape),
    ...crossFindings(document.root, context),
  ]);
  if (!parsed.success || problems.some(({ severity }) => severity === 'error'))
    return { ok: false, problems };
  const hash = createHash('sha256').update(text).digest('hex');
  const sources = sourcesOf(plain, document.places, context.file);
  return { ok: true, desired: { ...resolveState(parsed.data, context), hash, sources }, warnings: problems };
}

/** As `readDesired`, from the file's bytes: UTF-8 only, at most 256 KiB. */
export function readDesiredBytes(bytes: Uint8Array, context: PathBase): DesiredReading {
  const decoded = decodeText(bytes);
  return decoded.ok ? readDesired(decoded.text, context) : refused('', [decoded.finding], context);
}

function refused(plain: string, findings: readonly Finding[], { file }: PathBase): DesiredReading {
  return { ok: false, problems: problemsOf({ plain, findings, places: new Map(), hidden: [], file }) };
}

/** A secret written out is one mistake, whatever its type; what the schema says of it is left out. */
function merged(secrets: readonly Finding[], shape: readonly Finding[]): Finding[] {
  const known = new Set(secrets.map(({ path }) => path));
  return [...secrets, ...shape.filter(({ path }) => !known.has(path))];
}
