/** The page on which a card's owner approves a payment, or the keeping of a card, as their bank would ask them to. */
import { formatMoney, money } from '../../domain/money.js';
import { cardText } from './hosted-cards.js';
import { hostedPage } from './hosted-layout.js';
import { escaped } from './page.js';
import type { World } from './world.js';

/** Null where there is no such intent. */
export function authenticatePage(world: World, id: string): string | null {
  const intent = world.state.intents.find((one) => one.id === id);
  const waiting = intent ?? world.state.setupIntents.find((one) => one.id === id);
  if (waiting === undefined) return null;
  if (waiting.status !== 'requires_action') {
    const text = 'Nothing waits for an answer here any more. You can close this page.';
    return hostedPage(
      'Nothing to approve',
      `<section class="panel"><h1>Nothing to approve</h1><p class="quiet">${text}</p></section>`,
      true,
    );
  }
  const method = world.state.paymentMethods.find((one) => one.id === waiting.paymentMethod);
  const what =
    intent === undefined
      ? 'keep this card for later payments'
      : `pay ${formatMoney(money(intent.amount, intent.currency))}`;
  const card = method === undefined ? '' : ` with <span class="n">${escaped(cardText(method.card))}</span>`;
  return hostedPage(
    'Is it you?',
    `<section class="panel"><p class="quiet small">Your bank asks</p><h1>Is it you?</h1>
<p>Somebody wants to ${escaped(what)}${card}.</p>
<form method="post" action="/authenticate/${id}"><p><button class="main" name="answer" value="approve">Approve</button></p>
<p><button class="wide" name="answer" value="fail">Refuse</button></p></form></section>`,
    true,
  );
}
