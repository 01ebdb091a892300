/** A port whose every call is a span that says which call it was and of which kind its outcome, and nothing of what was asked. */
import { NO_TRACER, type Tracer } from '../ports.js';

type Answering<Port> = { readonly [Name in keyof Port]: (...asked: never[]) => Promise<{ readonly kind: string }> };

/** The port itself where nothing is traced. */
export function traced<Port extends Answering<Port>>(name: string, port: Port, tracer: Tracer): Port {
  if (tracer === NO_TRACER) return port;
  const calls = Object.entries(port) as [string, (...asked: readonly unknown[]) => Promise<{ kind: string }>][];
  const spanned = calls.map(([call, ask]) => [
    call,
    (...asked: unknown[]) =>
      tracer.span(`${name} ${call}`, {}, async (add) => {
        const said = await ask(...asked);
        add({ outcome: said.kind });
        return said;
      }),
  ]);
  return Object.fromEntries(spanned) as Port;
}
