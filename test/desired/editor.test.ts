import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type LanguageServer, startLanguageServer } from './language-server.ts';
import { EXAMPLE } from './reading.ts';

/** Nothing is written there: the server gets the text from us and only the schema beside it from disk. */
const URI = (name: string): string => new URL(`../../examples/${name}`, import.meta.url).href;

const home = mkdtempSync(join(tmpdir(), 'rollcall-editor-'));
let server: LanguageServer;

beforeAll(async () => {
  server = startLanguageServer(home);
  await server.request('initialize', { processId: process.pid, rootUri: null, capabilities: {} });
  server.notify('initialized', {});
  const settings = {
    yaml: { schemaStore: { enable: false }, validate: true, hover: true, completion: true },
  };
  server.notify('workspace/didChangeConfiguration', { settings });
}, 30_000);

afterAll(async () => {
  await server.stop();
  rmSync(home, { recursive: true });
});

/** Opens the text and gives the first diagnostics the server has for it. */
async function open(name: string, text: string): Promise<unknown> {
  const uri = URI(name);
  const diagnostics = server.heard('textDocument/publishDiagnostics', (params) => params['uri'] === uri);
  server.notify('textDocument/didOpen', { textDocument: { uri, languageId: 'yaml', version: 1, text } });
  return diagnostics;
}

function place(text: string, before: string): { line: number; character: number } {
  const lines = text.slice(0, text.indexOf(before) + before.length).split('\n');
  return { line: lines.length - 1, character: lines.at(-1)?.length ?? 0 };
}

describe('in an editor with yaml-language-server', () => {
  test('the example has no problem', async () => {
    expect(await open('clean.yaml', EXAMPLE)).toMatchObject({ diagnostics: [] });
  }, 30_000);

  test('an unknown key and a bad duration are flagged', async () => {
    const text = EXAMPLE.replace('maxActions', 'maxActons').replace('every: 15s', 'every: 15 s');
    const told = JSON.stringify(await open('bad.yaml', text));
    expect(told).toContain('maxActons');
    expect(told).toContain('a duration: such as 90s, 5m, 1h30m or 14d');
  }, 30_000);

  test('hovering over a key explains it', async () => {
    await open('hover.yaml', EXAMPLE);
    const position = place(EXAMPLE, 'maxDisr');
    const hover = await server.request('textDocument/hover', {
      textDocument: { uri: URI('hover.yaml') },
      position,
    });
    expect(JSON.stringify(hover)).toContain('stopped or relaunched in one cycle');
  }, 30_000);

  test('completion offers the keys of a pool', async () => {
    const text = EXAMPLE.replace('    cooldown: 5m             # rest', '    \n    # rest');
    await open('complete.yaml', text);
    const position = place(text, 'agent: claude\n    ');
    const offered = await server.request('textDocument/completion', {
      textDocument: { uri: URI('complete.yaml') },
      position,
    });
    expect(JSON.stringify(offered)).toContain('"cooldown"');
    expect(JSON.stringify(offered)).not.toContain('"maxSwaps"');
  }, 30_000);
});
