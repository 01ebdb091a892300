/** Nodes made of text: whatever people were named or named things, it is never read as a page. */
export type Child = Node | string | null;

export function h<Tag extends keyof HTMLElementTagNameMap>(
  tag: Tag,
  attributes: Readonly<Record<string, string>>,
  ...children: readonly Child[]
): HTMLElementTagNameMap[Tag] {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  made.append(...children.filter((one) => one !== null));
  return made;
}

/** What a link may lead to: web addresses, and paths of creditd's own. */
export function addressOf(base: string, url: string): string | null {
  if (/^\/(?![/\\])/.test(url)) return `${base}${url}`;
  return URL.canParse(url) && /^https?:$/.test(new URL(url).protocol) ? url : null;
}

/** Just its words where it leads nowhere. */
export function link(base: string, url: string | null, part: string, text: string): HTMLElement {
  const href = url === null ? null : addressOf(base, url);
  return href === null ? h('span', { part }, text) : h('a', { part, href }, text);
}

/** Leaves alone what says the same: a reader's voice does not begin again, and a button keeps the focus. */
export function fill(frame: HTMLElement, children: readonly Node[]): void {
  const old = [...frame.childNodes];
  if (old.length === children.length && old.every((one, at) => one.isEqualNode(children[at] ?? null))) return;
  frame.replaceChildren(...children);
}
