/** Runs one command to its end; nobody who waits for it is left behind by it, nor it by them. */
import { spawn } from 'node:child_process';

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'];

/**
 * Its standard output is kept back and shown, on standard error, only when it fails: a quiet install is a good install.
 * A signal is handed on to the child and ends this process, with the code a shell would give, once the child has gone.
 */
export function run(command, args, options) {
  return new Promise((resolve) => {
    const child = spawn(command, args, { ...options, stdio: ['ignore', 'pipe', 'pipe'] });
    const output = [];
    let signalled = null;
    const handlers = SIGNALS.map((signal) => {
      const handler = () => {
        signalled ??= signal;
        child.kill(signal);
      };
      process.on(signal, handler);
      return [signal, handler];
    });
    const finish = (code) => {
      for (const [signal, handler] of handlers) process.removeListener(signal, handler);
      if (signalled !== null) process.exit({ SIGINT: 130, SIGTERM: 143, SIGHUP: 129 }[signalled]);
      if (code !== 0) process.stderr.write(Buffer.concat(output));
      resolve(code);
    };
    child.stdout.on('data', (chunk) => output.push(chunk));
    child.stderr.on('data', (chunk) => output.push(chunk));
    child.on('error', (error) => {
      output.push(Buffer.from(`${command}: ${error.message}\n`));
      finish(1);
    });
    child.on('close', (code) => finish(code ?? 1));
  });
}
