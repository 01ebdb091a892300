/** `<creditd-cost meter="…">`: what an action costs, whether it may run, and what is left afterwards. */
import { Trouble } from './call.js';
import { h, link } from './dom.js';
import { Shown } from './element.js';
import type { CreditdCostElement, CreditdProperties } from './public.js';
import type { Gate, Overview, Wish } from './source.js';
import { STRINGS } from './strings.js';
import { decimal, micro, type Words } from './words.js';

const OWN = ['meter', 'quantity', 'properties', 'pool'] as const;

interface Asked {
  readonly key: string;
  /** Null: it could not be said. */
  readonly gate: Gate | null;
}

export class Cost extends Shown implements CreditdCostElement {
  static override readonly observedAttributes = [...Shown.observedAttributes, ...OWN];
  static override readonly properties = [...Shown.properties, ...OWN];
  #asked: Asked | null = null;

  constructor() {
    super('status');
  }

  get meter(): string | null {
    return this.getAttribute('meter');
  }
  set meter(value: string | null) {
    this.reflect('meter', value);
  }
  get quantity(): string | null {
    return this.getAttribute('quantity');
  }
  set quantity(value: string | null) {
    this.reflect('quantity', value);
  }
  get pool(): string | null {
    return this.getAttribute('pool');
  }
  set pool(value: string | null) {
    this.reflect('pool', value);
  }
  get properties(): CreditdProperties | null {
    const written = this.getAttribute('properties');
    return written === null ? null : (JSON.parse(written) as CreditdProperties);
  }
  set properties(value: CreditdProperties | null) {
    this.reflect('properties', value === null ? null : JSON.stringify(value));
  }

  override attributeChangedCallback(name: string): void {
    super.attributeChangedCallback(name);
    if (this.isConnected && (OWN as readonly string[]).includes(name)) void this.#ask();
  }

  protected override heard(): void {
    super.heard();
    void this.#ask();
  }

  /** The answer is shown only if it is still what is asked: properties change while it is on its way. */
  async #ask(): Promise<void> {
    const { source } = this;
    if (source === null || source.overview === null || source.trouble !== null || this.meter === null) return;
    let gate: Gate | null = null;
    const key = this.#key();
    try {
      gate = await source.check(this.#wish());
    } catch (error) {
      const { code, message } =
        error instanceof Trouble ? error : new Trouble(0, 'invalid', 'properties must be a JSON object.');
      // What was said a moment ago is nearer the truth than nothing, unless something else was asked.
      if (key === this.#asked?.key && this.#asked.gate !== null) return;
      this.tell(code, message);
    }
    if (key !== this.#key() || source !== this.source) return;
    this.#asked = { key, gate };
    this.draw();
  }

  #key(): string {
    return JSON.stringify([this.person, ...OWN.map((name) => this.getAttribute(name))]);
  }

  #wish(): Wish {
    const { meter, quantity, properties, pool } = this;
    return {
      ...(meter === null ? {} : { meter }),
      ...(quantity === null ? {} : { quantity: Number(quantity) }),
      ...(properties === null ? {} : { properties: { ...properties } }),
      ...(pool === null ? {} : { pool }),
    };
  }

  protected shown(overview: Overview, words: Words): readonly Node[] {
    const asked = this.#asked;
    if (asked === null || asked.key !== this.#key()) return [];
    const { gate } = asked;
    if (gate === null) return [h('span', { part: 'trouble' }, STRINGS.unpriced)];
    const isFree = micro(gate.cost) === 0n;
    const cost = isFree ? STRINGS.free : `${words.figure(gate.cost)} ${words.unit(gate.cost)}`;
    const made: Node[] = [h('strong', { part: 'cost' }, cost)];
    if (!gate.allowed) made.push(...this.#refused(gate, overview, words));
    else if (!isFree) made.push(h('span', { part: 'after' }, afterwards(gate, overview, words)));
    return made;
  }

  #refused({ fired, remedies }: Gate, { viewer, words: own }: Overview, words: Words): Node[] {
    const [limit] = fired;
    const [way] = remedies;
    const made: Node[] = limit === undefined ? [] : [h('span', { part: 'refused' }, words.sentence(limit.sentence))];
    if (way === undefined) return made;
    const sentence = words.sentence(way.sentence);
    const may = way.who === 'anybody' || viewer.role === 'owner';
    const text = may ? sentence : STRINGS.ownerMay(sentence.replace(/\.$/, ''), own.account.one);
    return [...made, link(this.where, may ? way.url : null, 'remedy', text)];
  }
}

/** The balance as it will stand: what credits do not pay, a top-off on its way or pay-as-you-go does. */
function afterwards(gate: Gate, { balance, words: own }: Overview, words: Words): string {
  const left = micro(balance?.remaining ?? gate.available) - micro(gate.cost);
  if (left >= 0n) return STRINGS.after(words.figure(decimal(left)));
  return gate.grace ? STRINGS.onItsWay(own.topOff) : STRINGS.thenPays(own.payAsYouGo);
}
