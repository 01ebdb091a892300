/** The intent of a Checkout session is the session's own: to end it, the session is expired. */
import { Problem } from './problem.js';
import type { Run } from './world.js';

/** The operation, refused for an intent whose session is still open. */
export const notOfCheckout =
  (verb: 'confirm' | 'cancel', run: Run): Run =>
  (operation) => {
    const id = operation.path[0];
    const owner = operation.world.state.sessions.find(
      (one) => one.status === 'open' && (one.paymentIntent === id || one.setupIntent === id),
    );
    if (owner === undefined) return run(operation);
    const message = `You cannot ${verb} ${id}: it was created by a Checkout Session. To cancel it, expire the Checkout Session ${owner.id}.`;
    throw new Problem(400, { type: 'invalid_request_error', message }, true);
  };
