/**
 * A small product that sells by credits: a telephone line whose calls are answered by a machine. Plain Node, no framework, no
 * build. It asks creditd before it answers, records what was used, shows the owner their billing page, and is told when the
 * balance runs low.
 */
import { randomUUID } from 'node:crypto';
import http from 'node:http';
import { creditd, EventRefusedError } from 'creditd/client';

const {
  CREDITD_URL = 'http://127.0.0.1:4800',
  CREDITD_KEY = '',
  CREDITD_EVENT_SECRET = '',
  PORT = '3000',
} = process.env;

/** In a real product these come from its own sign-up and login. Ids are opaque: no names, no addresses. */
const ACCOUNT = 'corner-shop';
const OWNER = 'member-1';

const credits = creditd({
  url: CREDITD_URL,
  key: CREDITD_KEY,
  // While creditd gives no answer, calls are answered all the same; "closed" would let them ring.
  onTrouble: 'open',
  onError: (error) => console.error(error.message),
});

/** Sign-up: the account and its first allotment. Asked again it changes nothing, so that every start may ask. */
async function signUp() {
  const answer = await fetch(`${CREDITD_URL}/v1/accounts`, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${CREDITD_KEY}`,
      'content-type': 'application/json',
      'idempotency-key': randomUUID(),
    },
    body: JSON.stringify({
      id: ACCOUNT,
      name: 'Corner Shop',
      owners: [{ id: OWNER, email: 'owner@corner-shop.example' }],
      catalog: 'receptionist',
    }),
  });
  if (!answer.ok) throw new Error(`The account could not be opened: ${(await answer.json()).detail}`);
}

/** The gate, the work, the record: in this order. */
async function answerCalls(count) {
  const calls = { meter: 'answered_call', quantity: count, properties: { outcome: 'full_conversation' } };
  const gate = await credits.check(ACCOUNT, calls);
  if (!gate.allowed) {
    const why = gate.reached ? gate.fired[0]?.sentence : 'We cannot answer at the moment.';
    const remedies = gate.reached ? gate.remedies.map((remedy) => remedy.sentence) : [];
    return { status: 402, body: { answered: 0, why, remedies } };
  }
  const key = `calls-${randomUUID()}`; // Kept with the work: sent again under the same key, it is debited once.
  // Here the machine would talk.
  await credits.track({ account: ACCOUNT, key, ...calls });
  return { status: 200, body: { answered: count, cost: gate.reached ? gate.cost : null } };
}

/** What creditd told us, newest first. An event may come twice, under the same id. */
const heard = new Map();

function hear(body, headers) {
  const event = credits.verifyEvent(body, headers, CREDITD_EVENT_SECRET);
  if (heard.has(event.id)) return;
  heard.set(event.id, event);
  console.log(`${event.account}: ${event.type} ${JSON.stringify(event.data)}`);
  if (event.type === 'balance.low') console.log('  … here the product would show its own banner.');
}

const escaped = (text) => String(text).replace(/[&<>"']/g, (sign) => `&#${sign.charCodeAt(0)};`);

async function page() {
  const { remaining } = await credits.balance(ACCOUNT);
  const events = [...heard.values()].filter(({ account }) => account === ACCOUNT).reverse();
  return `<!doctype html><html lang="en"><meta charset="utf-8"><title>Corner Shop</title>
<h1>Corner Shop</h1>
<p>Credits remaining: <strong id="remaining">${escaped(remaining)}</strong></p>
<form method="post" action="/calls"><label>Calls <input name="count" type="number" min="1" value="10"></label> <button>Answer them</button></form>
<p><a href="/billing">Billing</a></p>
<h2>Told by creditd</h2>
<ul>${events.map(({ type, data }) => `<li>${escaped(type)} ${escaped(JSON.stringify(data))}</li>`).join('')}</ul>`;
}

async function bodyOf(request) {
  const chunks = [];
  for await (const chunk of request) chunks.push(chunk);
  return Buffer.concat(chunks);
}

async function serve(request, response) {
  const json = (status, body) =>
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
  switch (`${request.method} ${request.url}`) {
    case 'GET /':
      return response.writeHead(200, { 'content-type': 'text/html; charset=utf-8' }).end(await page());
    case 'POST /calls': {
      const count = Number(new URLSearchParams((await bodyOf(request)).toString()).get('count'));
      if (!Number.isInteger(count) || count < 1) return json(400, { why: 'count must be a whole number from 1 on.' });
      const { status, body } = await answerCalls(count);
      return json(status, body);
    }
    case 'GET /billing': {
      const returnUrl = `http://${request.headers.host}/`;
      const { url } = await credits.openSession({ account: ACCOUNT, member: OWNER, role: 'owner', returnUrl });
      return response.writeHead(302, { location: url, 'cache-control': 'no-store' }).end();
    }
    case 'POST /events':
      hear(await bodyOf(request), request.headers);
      return response.writeHead(200).end();
    default:
      return json(404, { why: 'There is nothing here.' });
  }
}

await signUp();
const server = http.createServer((request, response) => {
  serve(request, response).catch((error) => {
    console.error(error.message);
    response.writeHead(error instanceof EventRefusedError ? 400 : 503).end(error.message);
  });
});
server.listen(Number(PORT), '127.0.0.1', () => console.log(`The product is running: http://127.0.0.1:${PORT}`));

process.once('SIGTERM', async () => {
  server.close();
  server.closeIdleConnections();
  // What is still on its way is sent before the process ends.
  await credits.close();
});
