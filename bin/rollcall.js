#!/usr/bin/env node
// Plain, old JavaScript up to the last line: it must still run, and say what is wrong, on a Node that cannot run
// the rest. (import() is the one newer word; every Node since 13.2 parses it.)
import { existsSync } from 'node:fs';
import { spawn } from 'node:child_process';
import { constants } from 'node:os';
import { fileURLToPath } from 'node:url';

var NEEDED = 24;

function inPackage(path) {
  return new URL('../' + path, import.meta.url);
}

function runUnder(node) {
  var child = spawn(node, [fileURLToPath(import.meta.url)].concat(process.argv.slice(2)), {
    stdio: 'inherit',
  });
  // A terminal sends Ctrl-C to both of us; what reaches only this process is passed on.
  ['SIGTERM', 'SIGHUP', 'SIGUSR1', 'SIGUSR2'].forEach(function (signal) {
    process.on(signal, function () {
      child.kill(signal);
    });
  });
  process.on('SIGINT', function () {});
  child.on('error', tooOld);
  child.on('exit', function (code, signal) {
    process.exit(signal === null ? code : 128 + constants.signals[signal]);
  });
}

function tooOld() {
  process.stderr.write(
    'rollcall: needs Node ' +
      NEEDED +
      ' or newer and this is ' +
      process.versions.node +
      ': install Node ' +
      NEEDED +
      ' (https://nodejs.org), or run `npm ci` in a checkout, which brings its own.\n',
  );
  process.exit(78);
}

if (Number(process.versions.node.split('.')[0]) < NEEDED) {
  var own = fileURLToPath(inPackage('node_modules/node/bin/node'));
  if (existsSync(own)) runUnder(own);
  else tooOld();
} else {
  // No module.enableCompileCache(): it writes files, and `plan` writes none, anywhere.
  // A checkout runs its sources, also where a build lies beside them; the package has only the build.
  var source = inPackage('src/cli/start.ts');
  var entry = existsSync(fileURLToPath(source)) ? source : inPackage('dist/cli/start.js');
  void import(entry.href).then(function (cli) {
    return cli.start();
  });
}
