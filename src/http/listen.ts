/** Taking a port, with words for whoever started the process when it is not to be had. */
import type { AddressInfo } from 'node:net';
import type { FastifyInstance } from 'fastify';

const NEXT_PORTS = 20;

/** Answers the port that was taken. With `anyPort` a taken one is passed over, and at last any free one will do. */
export async function listen(
  app: FastifyInstance,
  { host, port, anyPort }: { readonly host: string; readonly port: number; readonly anyPort: boolean },
): Promise<number> {
  const wanted = [port];
  if (anyPort && port !== 0) {
    for (let next = port + 1; next <= Math.min(port + NEXT_PORTS, 65_535); next += 1) wanted.push(next);
    wanted.push(0);
  }
  for (const one of wanted) {
    const code = await tryPort(app, host, one);
    if (code === null) return (app.server.address() as AddressInfo).port;
    if (code !== 'EADDRINUSE' && code !== 'EACCES') throw new Error(sentence(code, host, one));
    if (!anyPort) throw new Error(sentence(code, host, one));
  }
  throw new Error(`No port is free on ${host}.`);
}

async function tryPort(app: FastifyInstance, host: string, port: number): Promise<string | null> {
  try {
    await app.listen({ host, port });
    return null;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === undefined) throw error;
    return code;
  }
}

function sentence(code: string, host: string, port: number): string {
  switch (code) {
    case 'EADDRINUSE':
      return `Port ${port} on ${host} is taken by another program. Stop it, or set PORT to another one.`;
    case 'EACCES':
      return `This user may not open port ${port}. Set PORT to one above 1023.`;
    case 'EADDRNOTAVAIL':
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return `This machine has no address "${host}". Set HOST to one that it has, such as 127.0.0.1 or 0.0.0.0.`;
    default:
      return `Port ${port} on ${host} could not be opened (${code}).`;
  }
}
