/** Carries due outbox rows to their queues: leased, committed, then published under the row's own id. */
import { NO_TRACER, type Outbox, type Topic, type Tracer, type Transport } from '../ports.js';

/** Rows a topic may publish in one go, so that one topic's flood does not starve the others. */
export const RELAY_BATCH_MAX = 200;

/** Answers how many rows were published; a full batch means that more may be due. */
export function makeRelayOutbox(outbox: Outbox, transport: Transport, tracer: Tracer = NO_TRACER) {
  return async (topic: Topic): Promise<number> => {
    const due = await outbox.takeDue(topic, RELAY_BATCH_MAX);
    if (due.length === 0) return 0;
    try {
      // A trace of its own: who woke the relay is not who asked for these rows.
      await tracer.span('relay', { topic, rows: due.length }, () => transport.publish(topic, due), []);
    } catch (error) {
      // What may have been published after all starts once: the second start finds the row held or gone.
      await outbox.putBack(due);
      throw error;
    }
    return due.length;
  };
}
