import { type StripeDouble, startStripeDouble } from '../../src/dev/stripe-double/server.js';

/** The double, which may be away for a while: `up` listens on the same port with the same money. */
export async function openProcessor(
  stateFile: string | undefined,
  webhooks: { readonly url: string; readonly secret: string } | null,
) {
  const kept = { ...(stateFile === undefined ? {} : { stateFile }), ...(webhooks === null ? {} : { webhooks }) };
  const processor = {
    double: await startStripeDouble(kept),
    down: (): Promise<void> => processor.double.stop(),
    up: async (): Promise<void> => {
      processor.double = await startStripeDouble({ ...kept, port: processor.double.port });
    },
  };
  return processor as { double: StripeDouble; down(): Promise<void>; up(): Promise<void> };
}
