import { createServer } from 'node:net';

/** Binds the loopback and lets go again. Null when the port is taken. */
const tryPort = (port: number): Promise<number | null> =>
  new Promise((resolve, reject) => {
    const server = createServer();
    server.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'EADDRINUSE' || error.code === 'EACCES') resolve(null);
      else reject(error);
    });
    server.listen({ port, host: '127.0.0.1', exclusive: true }, () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address ? address.port : null));
    });
  });

export const isFree = async (port: number): Promise<boolean> => (await tryPort(port)) !== null;

/** A port that is free now on 127.0.0.1; nothing keeps it free. */
export async function freePort(): Promise<number> {
  const port = await tryPort(0);
  if (port === null) throw new Error('This machine has no free port left on 127.0.0.1.');
  return port;
}
