#!/usr/bin/env node
/** Starts the scripted agent; what it is stands in main.ts and README.md. */
import { enableCompileCache } from 'node:module';
import { join } from 'node:path';

// Stripping the types of fifty files takes longer than all else: half a second a start on a busy machine, 0.1 with it.
enableCompileCache(join(import.meta.dirname, '..', '..', 'node_modules', '.cache', 'scripted-agent'));
await import('./main.ts');
