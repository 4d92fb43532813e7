import { readFileSync } from 'node:fs';

export interface Score {
  readonly killed: number;
  /** Survived, or no test comes near. */
  readonly alive: number;
  /** `src/plan/guard.ts:12 ConditionalExpression -> false`, one for each of those. */
  readonly survivors: readonly string[];
}

interface Report {
  readonly files: Readonly<
    Record<
      string,
      {
        readonly mutants: readonly {
          readonly status: string;
          readonly mutatorName: string;
          readonly replacement?: string;
          readonly location: { readonly start: { readonly line: number } };
        }[];
      }
    >
  >;
}

/** What a report of Stryker's comes to. One that makes the tests run for ever counts as killed. */
export function scoreOf(path: string): Score {
  const { files }: Report = JSON.parse(readFileSync(path, 'utf8'));
  const all = Object.entries(files).flatMap(([file, { mutants }]) =>
    mutants.map((each) => ({ file, ...each })),
  );
  const left = all.filter(({ status }) => status === 'Survived' || status === 'NoCoverage');
  return {
    killed: all.filter(({ status }) => status === 'Killed' || status === 'Timeout').length,
    alive: left.length,
    survivors: left.map(
      ({ file, location, mutatorName, replacement = '' }) =>
        `${file}:${String(location.start.line)} ${mutatorName} -> ${replacement.replaceAll(/\s+/g, ' ').slice(0, 80)}`,
    ),
  };
}

/** One row an area. */
export function tableOf(
  scores: readonly { readonly name: string; readonly score: Score; readonly seconds: number }[],
): string {
  const rows = scores.map(({ name, score: { killed, alive }, seconds }) => {
    const percent = ((100 * killed) / Math.max(1, killed + alive)).toFixed(1);
    return `| ${name} | ${String(killed + alive)} | ${String(killed)} | ${percent} % | ${String(seconds)} |`;
  });
  return ['| area | mutants | killed | score | seconds |', '| --- | --- | --- | --- | --- |', ...rows].join(
    '\n',
  );
}
