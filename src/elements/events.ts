/** The account's flow of events, of which the elements need to know one thing: whether what they show is old. */

interface Shown {
  readonly sequence: number;
  readonly incidents: readonly unknown[];
}

/** Takes the text as it comes, in any pieces. The first event tells the present state, which is mostly what is shown already. */
export function isNews(shown: () => Shown | null): (text: string) => boolean {
  let [rest, last] = ['', ''];
  return (text) => {
    const blocks = (rest + text).split('\n\n');
    rest = blocks.pop() ?? '';
    let isNew = false;
    for (const block of blocks) {
      const data = /^data:(.*)$/m.exec(block)?.[1];
      if (data === undefined || data === last) continue;
      isNew ||= last !== '' || isOther(data, shown());
      last = data;
    }
    return isNew;
  };
}

function isOther(data: string, shown: Shown | null): boolean {
  const told = JSON.parse(data) as Shown;
  return shown === null || told.sequence !== shown.sequence || told.incidents.length !== shown.incidents.length;
}
