/** What the three elements share: their connection, when they are drawn, and what they say where nothing can be shown. */
import { personOf } from './call.js';
import { fill, h } from './dom.js';
import type { CreditdConnection, CreditdElement } from './public.js';
import { type Overview, type Source, sourceOf } from './source.js';
import { STRINGS } from './strings.js';
import { sheetOf } from './style.js';
import { type Words, wordsOf } from './words.js';

/** Where this very module was loaded from creditd; a product that bundles it says where creditd is. */
const OWN = /^(https?:\/\/.*)\/elements\.js(\?.*)?$/.exec(import.meta.url)?.[1];

let shared: CreditdConnection = {};
const elements = new Set<Shown>();

/** For every element without a connection of its own, those that are there already as well. */
export function connectAll(connection: CreditdConnection): void {
  shared = connection;
  for (const one of elements) one.join();
}

/** A server that renders pages may load this module too: there it defines nothing. */
const Base = globalThis.HTMLElement ?? (class {} as typeof HTMLElement);

export abstract class Shown extends Base implements CreditdElement {
  static readonly observedAttributes: readonly string[] = ['session', 'base', 'locale'];
  static readonly properties: readonly string[] = ['session', 'base', 'locale', 'refresh'];
  #refresh: (() => Promise<string>) | null = null;
  #leave: () => void = () => undefined;
  #told: unknown = null;
  /** Whose session it is, as far as that says so. */
  protected person: string | null = null;
  /** What an earlier session of the same person showed: it stands until the new one has read. */
  #earlier: Overview | null = null;
  protected source: Source | null = null;
  protected readonly frame: HTMLElement;

  constructor(role: 'status' | 'alert') {
    super();
    const root = this.attachShadow({ mode: 'open' });
    root.adoptedStyleSheets = [sheetOf()];
    this.frame = root.appendChild(h('div', { part: 'frame', role }));
  }

  get session(): string | null {
    return this.getAttribute('session');
  }
  set session(value: string | null) {
    this.reflect('session', value);
  }
  get base(): string | null {
    return this.getAttribute('base');
  }
  set base(value: string | null) {
    this.reflect('base', value);
  }
  get locale(): string | null {
    return this.getAttribute('locale');
  }
  set locale(value: string | null) {
    this.reflect('locale', value);
  }
  get refresh(): (() => Promise<string>) | null {
    return this.#refresh;
  }
  set refresh(value: (() => Promise<string>) | null) {
    this.#refresh = value;
    this.join();
  }

  connectedCallback(): void {
    this.adopt((this.constructor as typeof Shown).properties);
    elements.add(this);
    this.join();
  }

  disconnectedCallback(): void {
    elements.delete(this);
    this.#leave();
  }

  attributeChangedCallback(name: string): void {
    if (!this.isConnected) return;
    if (name === 'session' || name === 'base') this.join();
    else this.draw();
  }

  async update(): Promise<void> {
    await this.source?.update();
  }

  /** Takes up the connection as it is now. Whoever has none, of its own or of all, waits for one. */
  join(): void {
    if (!this.isConnected) return;
    const base = (this.base ?? shared.base ?? OWN)?.replace(/\/+$/, '');
    const own = this.session !== null || this.#refresh !== null;
    const session = own ? (this.session ?? undefined) : shared.session;
    const refresh = own ? (this.#refresh ?? undefined) : shared.refresh;
    if (base === undefined || (session === undefined && refresh === undefined)) return;
    const before = this.#leave;
    const person = session === undefined ? null : `${base} ${personOf(session)}`;
    const isSame = person !== null && person === this.person;
    this.#earlier = isSame ? (this.source?.overview ?? this.#earlier) : null;
    this.person = person;
    this.source = sourceOf({ base, session, refresh });
    this.#leave = this.source.listen(() => this.heard());
    before();
    this.where = base;
    this.heard();
  }

  protected where = '';

  /** Something new was read, or could not be. */
  protected heard(): void {
    this.draw();
    const trouble = this.source?.trouble ?? null;
    if (trouble !== null && trouble !== this.#told) this.tell(trouble.code, trouble.message);
    this.#told = trouble;
  }

  protected draw(): void {
    const { trouble = null } = this.source ?? {};
    const overview = this.source?.overview ?? this.#earlier;
    // What was read last stands while nothing newer comes, but not for somebody whose session is over.
    if (overview === null || trouble?.status === 401) {
      const isEnded = trouble?.status === 401;
      const text = trouble === null ? null : isEnded ? STRINGS.signedOut : STRINGS.offline;
      fill(this.frame, text === null || !this.saysTrouble ? [] : [h('span', { part: 'trouble' }, text)]);
      return;
    }
    const locale = this.locale ?? (document.documentElement.lang || navigator.language);
    fill(this.frame, this.shown(overview, wordsOf(overview, locale)));
  }

  /** Where there is nothing to show, silence may be better than an excuse. */
  protected readonly saysTrouble: boolean = true;
  protected abstract shown(overview: Overview, words: Words): readonly Node[];

  protected tell(code: string, detail: string): void {
    this.dispatchEvent(new CustomEvent('creditd-trouble', { detail: { code, detail }, bubbles: true, composed: true }));
  }

  protected reflect(name: string, value: string | null): void {
    if (value === null) this.removeAttribute(name);
    else this.setAttribute(name, value);
  }

  /** What was set before the browser knew the element lies on it as a plain field, and would hide the real one. */
  private adopt(names: readonly string[]): void {
    const self = this as unknown as Record<string, unknown>;
    for (const name of names) {
      if (!Object.hasOwn(self, name)) continue;
      const value = self[name];
      delete self[name];
      self[name] = value;
    }
  }
}
